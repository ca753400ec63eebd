import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from floorwalker.stats.calibration import share_below


def p_values(below, n):
    return np.log(np.repeat([0.01, 0.5], [below, n - below]))


@given(some.integers(1, 400), some.data())
@settings(deadline=None)
def test_the_interval_is_clopper_and_pearsons(n, data):
    below = data.draw(some.integers(0, n))
    found = share_below(p_values(below, n))
    expected = stats.binomtest(below, n).proportion_ci(0.99, "exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert (found.n, found.share) == (n, below / n)


@pytest.mark.parametrize(
    ("below", "n", "verdict"),
    [
        (50, 1000, "uniform"),
        (10, 1000, "conservative"),
        (120, 1000, "too small"),
        (2, 40, "not enough"),
        (30, 40, "too small"),
        (0, 0, "not enough"),
        (52_000, 1_000_000, "uniform"),
        (0, 150, "conservative"),
    ],
)
def test_the_verdict_says_what_the_share_shows(below, n, verdict):
    assert share_below(p_values(below, n), margin=0.01 if n > 500 else 0.0).verdict == verdict


def test_honest_p_values_are_found_uniform_and_halved_ones_too_small():
    p = np.random.default_rng(37).random(5000)
    assert share_below(np.log(p)).verdict == "uniform"
    assert share_below(np.log(p / 2)).verdict == "too small"
    assert share_below(np.log(np.minimum(4 * p, 1))).verdict == "conservative"


def test_what_was_not_tested_is_not_counted():
    assert share_below([math.nan, -5.0, -0.1]).n == 2


@pytest.mark.parametrize("options", [{"level": 0.0}, {"confidence": 1.0}, {"margin": 0.05}])
def test_impossible_arguments_are_refused(options):
    with pytest.raises(ValueError, match="must"):
        share_below([-1.0], **options)
    with pytest.raises(ValueError, match="must"):
        share_below([1.0])
