import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from floorwalker.stats.permutation import permutation_log_p, permutation_test, shuffles


@given(some.lists(some.tuples(some.integers(0, 4), some.sampled_from("abc")), max_size=40), some.integers(0, 99))
@settings(deadline=None)
def test_every_stratum_keeps_its_own_labels(rows, seed):
    labels = np.array([label for label, _ in rows], dtype=np.int64)
    strata = np.array([stratum for _, stratum in rows], dtype="U1")
    for shuffled in shuffles(labels, strata, 3, seed):
        for stratum in "abc":
            inside = strata == stratum
            np.testing.assert_array_equal(np.sort(shuffled[inside]), np.sort(labels[inside]))


def test_each_order_within_a_stratum_is_equally_likely():
    strata = [1, 0, 1, 0, 1]
    seen = [tuple(shuffled[[0, 2, 4]]) for shuffled in shuffles(list("axbyc"), strata, 6000, seed=3)]
    counts = [seen.count(order) for order in permutations("abc")]
    assert sum(counts) == 6000
    assert stats.chisquare(counts).pvalue > 0.001


def test_the_same_seed_gives_the_same_shuffles():
    first, again, other = (np.stack(list(shuffles(np.arange(50), np.zeros(50), 4, seed))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_p_value_approaches_the_exact_one_of_all_orders():
    labels, weights = np.array([1, 1, 0, 0, 0, 1, 0]), np.array([5.0, 3, 4, 1, 2, 9, 7])
    strata = np.array([0, 0, 0, 0, 0, 1, 1])
    totals = [np.sum(np.array(o) * weights[:5]) for o in permutations(labels[:5])]
    observed = float(labels @ weights)
    exact = np.mean([t + w >= observed for t in totals for w in (9.0, 7.0)])
    log_p = permutation_test(lambda shuffled: shuffled @ weights, labels, strata, 4000, seed=5)
    assert math.exp(log_p) == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 4000))


def test_honest_labels_give_conservative_p_values_and_a_marked_stratum_a_small_one():
    rng = np.random.default_rng(41)
    strata = np.repeat([0, 1], 30)
    weights = rng.normal(size=60) + 3 * strata
    log_p = [
        permutation_test(lambda x: x @ weights, (rng.random(60) < 0.3).astype(float), strata, 99, seed)
        for seed in range(400)
    ]
    below = int(np.sum(np.exp(log_p) <= 0.05))
    assert stats.binomtest(below, 400, 0.05).pvalue > 0.001
    marked = (weights > np.quantile(weights[:30], 0.8)) & (strata == 0)
    assert permutation_test(lambda x: x @ weights, marked, strata, 999, 0) == pytest.approx(math.log(0.001))


def test_a_sum_that_differs_in_its_last_bits_counts_as_a_tie():
    assert permutation_log_p(0.3 + 1e-13, [0.3, 0.1, 0.1]) == pytest.approx(math.log(0.5))


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: shuffles([1, 2], [0], 1, 0),
        lambda: shuffles([1], [0], 0, 0),
        lambda: permutation_log_p([1.0], [[1.0, 2.0]]),
        lambda: permutation_log_p(1.0, []),
        lambda: permutation_log_p(math.nan, [1.0]),
    ],
)
def test_impossible_arguments_are_refused(impossible):
    with pytest.raises(ValueError, match="must"):
        impossible()
