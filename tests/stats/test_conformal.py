import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from floorwalker.stats.conformal import conformal_log_p

SCORES = some.lists(some.integers(-5, 5).map(float), max_size=20)


@given(SCORES, SCORES, some.integers(0, 9))
@settings(deadline=None)
def test_p_values_agree_with_counting_and_the_seeded_ones_lie_within_the_tie(scores, honest, seed):
    conservative = np.exp(conformal_log_p(scores, honest))
    broken = np.exp(conformal_log_p(scores, honest, seed))
    for score, p, q in zip(scores, conservative, broken, strict=True):
        assert p == pytest.approx((1 + sum(h >= score for h in honest)) / (len(honest) + 1))
        assert sum(h > score for h in honest) / (len(honest) + 1) < q <= p * (1 + 1e-12)


def test_a_seeded_tie_break_is_uniform_and_the_same_each_time():
    rng = np.random.default_rng(29)
    p = []
    for seed in range(4000):
        scores = rng.poisson(1.5, 51)
        p.append(np.exp(conformal_log_p(scores[:1], scores[1:], seed))[0])
    assert stats.kstest(p, "uniform").pvalue > 0.001
    again = conformal_log_p([1.0, 2.0], [1.0, 2.0], seed=4)
    np.testing.assert_array_equal(again, conformal_log_p([1.0, 2.0], [1.0, 2.0], seed=4))


def test_the_conservative_p_value_never_promises_too_much_under_ties():
    rng = np.random.default_rng(31)
    scores = rng.poisson(0.3, (20_000, 40))
    p = [math.exp(conformal_log_p(row[:1], row[1:])[0]) for row in scores]
    assert stats.binomtest(int(np.sum(np.array(p) <= 0.05)), len(p), 0.05, "greater").pvalue > 0.001


def test_the_last_bits_of_a_score_neither_make_nor_break_a_tie():
    assert conformal_log_p([0.1 + 0.2], [0.3]) == conformal_log_p([0.3], [0.1 + 0.2]) == [0.0]


def test_without_honest_scores_nothing_is_known():
    np.testing.assert_array_equal(conformal_log_p([1.0, 9.0], []), [0.0, 0.0])


@pytest.mark.parametrize("scores", [[math.nan], [math.inf], [[1.0]]])
def test_impossible_scores_are_refused(scores):
    with pytest.raises(ValueError, match="must"):
        conformal_log_p(scores, [1.0])
