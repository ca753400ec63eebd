import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from floorwalker.stats.poisson_binomial import log_tail_poisson_binomial
from floorwalker.stats.tail import log_tail_binomial


def convolved(probabilities):
    """The whole distribution, event by event."""
    mass = np.array([1.0])
    for p in probabilities:
        mass = np.convolve(mass, [1 - p, p])
    return mass


@given(some.lists(some.floats(0, 1), max_size=25), some.data())
@settings(max_examples=200, deadline=None)
def test_every_count_agrees_with_brute_force(probabilities, data):
    k = data.draw(some.integers(0, len(probabilities)))
    mass = convolved(probabilities)
    expected = mass[k + 1 :].sum() + 0.5 * mass[k]
    log_p = log_tail_poisson_binomial([k], probabilities, [0, len(probabilities)])
    assert np.exp(log_p[0]) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("k", [0, 5, 10, 11, 40, 300, 999, 1000])
def test_equal_chances_are_a_binomial_however_deep_the_tail(k):
    log_p = log_tail_poisson_binomial([k], np.full(1000, 0.01), [0, 1000], 1.0)
    assert log_p[0] == pytest.approx(float(log_tail_binomial(k, 1000, 0.01, 1.0)), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("k", [380, 400, 401, 450, 1000, 15_000])
def test_the_saddle_point_of_a_large_row_is_within_a_ten_thousandth_of_the_truth(k):
    log_p = log_tail_poisson_binomial([k], np.full(20_000, 0.02), [0, 20_000])
    assert log_p[0] == pytest.approx(float(log_tail_binomial(k, 20_000, 0.02)), abs=1e-4)


def test_a_large_row_of_unlike_chances_agrees_with_brute_force_on_both_sides_of_its_mean():
    rng = np.random.default_rng(5)
    p = rng.beta(0.5, 10, 6000)
    mass = convolved(p)
    mean, sd = p.sum(), math.sqrt((p * (1 - p)).sum())
    for z in (-3, -0.5, 0, 0.5, 3, 6):
        k = round(mean + z * sd)
        expected = math.log(mass[k + 1 :].sum() + 0.5 * mass[k])
        log_p = log_tail_poisson_binomial([k], p, [0, p.size])[0]
        assert log_p == pytest.approx(expected, abs=2e-4), z


def test_many_rare_chances_stay_exact_where_a_saddle_point_would_not():
    p = np.full(200_000, 2e-6)
    log_p = log_tail_poisson_binomial([3], p, [0, p.size])[0]
    assert log_p == pytest.approx(float(log_tail_binomial(3, p.size, 2e-6)), rel=1e-9)


def test_a_ragged_batch_is_its_rows_one_by_one():
    rng = np.random.default_rng(3)
    lengths = rng.integers(0, 30, 50)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    p = rng.random(indptr[-1])
    k = rng.integers(0, lengths + 1)
    batch = log_tail_poisson_binomial(k, p, indptr)
    alone = [
        log_tail_poisson_binomial([count], p[a:b], [0, b - a])[0]
        for count, (a, b) in zip(k, pairwise(indptr), strict=True)
    ]
    np.testing.assert_array_equal(batch, alone)


def test_honest_sums_are_uniform_when_ties_are_drawn():
    rng = np.random.default_rng(13)
    p = rng.beta(0.5, 6, 60)
    rows = 8000
    k = (rng.random((rows, p.size)) < p).sum(axis=1)
    indptr = np.arange(rows + 1) * p.size
    log_p = log_tail_poisson_binomial(k, np.tile(p, rows), indptr, rng.random(rows))
    assert stats.kstest(np.exp(log_p), "uniform").pvalue > 0.001


def test_certain_and_impossible_events_only_shift_the_count():
    p = [1.0, 1.0, 0.0, 0.3]
    log_p = log_tail_poisson_binomial([0, 2, 3, 4], p * 4, [0, 4, 8, 12, 16], 1.0)
    np.testing.assert_allclose(np.exp(log_p), [1, 1, 0.3, 0], atol=1e-15)


@pytest.mark.parametrize(
    ("k", "p", "indptr"),
    [([1], [1.5], [0, 1]), ([2], [0.5], [0, 1]), ([0], [0.5], [0, 2]), ([0], [math.nan], [0, 1]), ([0], [], [0])],
)
def test_impossible_arguments_are_refused(k, p, indptr):
    with pytest.raises(ValueError, match="must"):
        log_tail_poisson_binomial(k, p, indptr)
