"""Counts: tails agree with scipy where it can follow, and with exact arithmetic where it cannot."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from scipy import stats

from floorwalker.stats.tail import (
    EXACT,
    log_tail_beta_binomial,
    log_tail_binomial,
    log_tail_gamma_poisson,
    log_tail_poisson,
)

TIES = [0.0, 0.5, 1.0]


def scipy_tail(law, k, tie):
    return np.log(law.sf(k) + tie * law.pmf(k))


@pytest.mark.parametrize("tie", TIES)
def test_each_tail_agrees_with_scipy_at_every_count(tie):
    k = np.arange(0, 30)
    expected = scipy_tail(stats.poisson(6.5), k, tie)
    np.testing.assert_allclose(log_tail_poisson(k, 6.5, tie), expected, rtol=1e-11, atol=1e-15)
    expected = scipy_tail(stats.binom(40, 0.2), k, tie)
    np.testing.assert_allclose(log_tail_binomial(k, 40, 0.2, tie), expected, rtol=1e-11, atol=1e-15)
    expected = scipy_tail(stats.nbinom(1.7, 1.7 / 8.2), k, tie)
    np.testing.assert_allclose(log_tail_gamma_poisson(k, 6.5, 1.7, tie), expected, rtol=1e-11, atol=1e-15)
    expected = scipy_tail(stats.betabinom(40, 0.4, 3.5), k, tie)
    np.testing.assert_allclose(log_tail_beta_binomial(k, 40, 0.4, 3.5, tie), expected, rtol=1e-9, atol=1e-15)


def exact_log(fraction):
    return math.log(fraction.numerator) - math.log(fraction.denominator)


def test_a_binomial_tail_far_below_a_double_agrees_with_exact_fractions():
    n, k, p = 3000, 2000, Fraction(1, 1000)
    point = [math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k, n + 1)]
    expected = exact_log(sum(point[1:]) + point[0] / 2)
    assert expected < -11_000
    assert log_tail_binomial(k, n, 1e-3) == pytest.approx(expected, rel=1e-12)


def test_a_beta_binomial_tail_far_below_a_double_agrees_with_exact_fractions():
    n, k, a, b = 600, 580, 2, 4000
    ways = [math.comb(j + a - 1, j) * math.comb(n - j + b - 1, n - j) for j in range(n + 1)]
    expected = exact_log(Fraction(2 * sum(ways[k + 1 :]) + ways[k], 2 * sum(ways)))
    assert expected < -1000
    assert log_tail_beta_binomial(k, n, a, b) == pytest.approx(expected, rel=1e-12)


def test_poisson_and_gamma_poisson_tails_reach_a_hundred_thousand_below_zero():
    k, mean = 20_000, Fraction(1, 8)
    terms = [Fraction(1)]
    for j in range(k + 1, k + 20):
        terms.append(terms[-1] * mean / j)
    expected = k * math.log(mean) - float(mean) - math.lgamma(k + 1) + math.log(sum(terms))
    assert expected < -1e5
    assert log_tail_poisson(k, 0.125, EXACT) == pytest.approx(expected, rel=1e-12)
    geometric = log_tail_gamma_poisson(200_000, 1.0, 1.0, EXACT)
    assert geometric == pytest.approx(200_000 * math.log(0.5), rel=1e-12)


def test_a_uniform_tie_makes_honest_counts_exactly_uniform():
    rng = np.random.default_rng(7)
    u = rng.random(20_000)
    rates = rng.beta(0.5, 9.5, u.size)
    draws = {
        "poisson": log_tail_poisson(rng.poisson(0.7, u.size), 0.7, u),
        "binomial": log_tail_binomial(rng.binomial(12, 0.05, u.size), 12, 0.05, u),
        "gamma-Poisson": log_tail_gamma_poisson(rng.poisson(rng.gamma(0.8, 2.0, u.size)), 1.6, 0.8, u),
        "beta-binomial": log_tail_beta_binomial(rng.binomial(30, rates), 30, 0.5, 9.5, u),
    }
    for name, log_p in draws.items():
        assert stats.kstest(np.exp(log_p), "uniform").pvalue > 0.001, name


@given(some.integers(0, 60), some.integers(0, 60), some.floats(1e-3, 1e3), some.floats(1e-3, 1e3))
@example(42, 60, 0.001, 18.0)  # where the incomplete beta alone was off by 3e-5
@settings(max_examples=150, deadline=None)
def test_tails_fall_with_the_count_and_rise_with_the_share_of_ties(k, room, a, b):
    n = k + room
    counts = np.arange(n + 1)
    tails = {
        "beta-binomial": lambda tie: log_tail_beta_binomial(counts, n, a, b, tie),
        "binomial": lambda tie: log_tail_binomial(counts, n, a / (a + b), tie),
        "poisson": lambda tie: log_tail_poisson(counts, a, tie),
        "gamma-Poisson": lambda tie: log_tail_gamma_poisson(counts, a, b, tie),
    }
    for name, tail in tails.items():
        exact, mid = tail(1.0), tail(0.5)
        assert exact[0] == pytest.approx(0, abs=1e-12), name
        assert np.all(np.diff(exact) <= 1e-12), name
        assert np.all(mid <= exact), name
        np.testing.assert_allclose(tail(0.0)[:-1], exact[1:], rtol=1e-8, atol=1e-12, err_msg=name)


def test_a_rate_that_splits_people_in_two_is_summed_to_the_far_end():
    assert np.exp(log_tail_beta_binomial(1, 50, 1e-9, 1e-9, EXACT)) == pytest.approx(0.5, rel=1e-8)


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: log_tail_poisson(1, -1.0),
        lambda: log_tail_poisson(1.5, 1.0),
        lambda: log_tail_poisson(1, math.inf),
        lambda: log_tail_poisson(1, math.nan),
        lambda: log_tail_poisson(1, 1.0, 1.5),
        lambda: log_tail_binomial(3, 2, 0.5),
        lambda: log_tail_binomial(1, 2, 1.5),
        lambda: log_tail_gamma_poisson(1, 1.0, 0.0),
        lambda: log_tail_beta_binomial(1, 2, 0.0, 1.0),
        lambda: log_tail_beta_binomial(1, 2, 1.0, math.inf),
    ],
)
def test_impossible_arguments_are_refused(impossible):
    with pytest.raises(ValueError, match="must"):
        impossible()
