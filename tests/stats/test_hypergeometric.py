import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from floorwalker.stats.hypergeometric import log_tail_hypergeometric


@given(some.integers(0, 60), some.data())
@settings(max_examples=150, deadline=None)
def test_every_overlap_agrees_with_counting_the_ways(total, data):
    first, second = data.draw(some.integers(0, total)), data.draw(some.integers(0, total))
    overlap = data.draw(some.integers(max(0, first + second - total), min(first, second)))
    ways = [math.comb(first, j) * math.comb(total - first, second - j) for j in range(second + 1)]
    expected = Fraction(2 * sum(ways[overlap + 1 :]) + ways[overlap], 2 * math.comb(total, second))
    assert np.exp(log_tail_hypergeometric(overlap, first, second, total)) == pytest.approx(float(expected))
    swapped = log_tail_hypergeometric(overlap, second, first, total)
    assert log_tail_hypergeometric(overlap, first, second, total) == pytest.approx(swapped, abs=1e-12)


def test_two_identical_large_sets_keep_their_digits_far_below_a_double():
    total, size = 1_000_000, 5000
    expected = -(math.lgamma(total + 1) - math.lgamma(size + 1) - math.lgamma(total - size + 1))
    assert expected < -30_000
    assert log_tail_hypergeometric(size, size, size, total, 1.0) == pytest.approx(expected, rel=1e-10)


def test_an_overlap_below_the_least_possible_is_no_evidence():
    assert log_tail_hypergeometric(0, 8, 8, 10) == 0.0


def test_honest_overlaps_are_uniform_when_ties_are_drawn():
    rng = np.random.default_rng(11)
    overlap = rng.hypergeometric(40, 160, 30, 20_000)
    p = np.exp(log_tail_hypergeometric(overlap, 40, 30, 200, rng.random(overlap.size)))
    assert stats.kstest(p, "uniform").pvalue > 0.001


@pytest.mark.parametrize("sizes", [(3, 2, 5, 10), (1, 11, 2, 10), (0, -1, 2, 10), (0.5, 1, 1, 2)])
def test_impossible_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match="must"):
        log_tail_hypergeometric(*sizes)
