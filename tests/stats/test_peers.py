import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import optimize, stats

from floorwalker.stats.calibration import share_below
from floorwalker.stats.discovery import benjamini_hochberg
from floorwalker.stats.likelihood import BETA_BINOMIAL, GAMMA_POISSON, unit_derivatives
from floorwalker.stats.peers import beta_binomial, gamma_poisson


def honest_trials(rng, units, alpha, beta, most=200):
    trials = rng.integers(5, most, units)
    return rng.binomial(trials, rng.beta(alpha, beta, units)), trials


def honest_counts(rng, units, shape, rate=2.0):
    exposure = rng.gamma(2.0, 10.0, units)
    return rng.poisson(exposure * rng.gamma(shape, rate / shape, units)), exposure


def brute_beta_binomial(k, n):
    """Mean rate and intraclass correlation from a plain search over scipy's likelihood."""
    cost = lambda t: -stats.betabinom.logpmf(k, n, *np.exp(t)).sum()  # noqa: E731
    found = optimize.minimize(cost, [0, 2], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    a, b = np.exp(found.x)
    return a / (a + b), 1 / (a + b + 1)


def brute_gamma_poisson(k, e):
    """Mean rate and 1 / shape from a plain search over scipy's likelihood."""
    cost = lambda t: -stats.nbinom.logpmf(k, np.exp(t[1]), 1 / (1 + e * np.exp(t[0] - t[1]))).sum()  # noqa: E731
    found = optimize.minimize(cost, [0, 1], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    return math.exp(found.x[0]), math.exp(-found.x[1])


@pytest.mark.parametrize("family", [BETA_BINOMIAL, GAMMA_POISSON])
@pytest.mark.parametrize("censored", [False, True])
@pytest.mark.parametrize(("k", "size"), [(3.0, 9.0), (40.0, 90.0), (1.0, 5.0)])
def test_likelihood_and_derivatives_agree_with_scipy_and_with_differences(family, censored, k, size):
    def value(a, b):
        law = stats.betabinom(int(size), a, b) if family == BETA_BINOMIAL else stats.nbinom(a, b / (b + size))
        return law.logsf(k - 1) if censored else law.logpmf(k)

    a, b, h = 1.3, 2.6, 1e-5
    found = unit_derivatives(family, k, size, censored, a, b)
    constant = 0.0 if censored else value(1.0, 1.0) - unit_derivatives(family, k, size, censored, 1.0, 1.0)[0]
    assert found[0] + constant == pytest.approx(value(a, b), abs=1e-9)

    def by_difference(part, da, db):
        up = unit_derivatives(family, k, size, censored, a + da, b + db)[part]
        return (up - unit_derivatives(family, k, size, censored, a - da, b - db)[part]) / (2 * h)

    differences = [
        by_difference(part, *step) for part, step in ((0, (h, 0)), (0, (0, h)), (1, (h, 0)), (1, (0, h)), (2, (0, h)))
    ]
    np.testing.assert_allclose(found[1:], differences, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("units", [25, 300])
def test_leaving_one_out_agrees_with_refitting_without_it(units):
    rng = np.random.default_rng(43)
    k, n = honest_trials(rng, units, 1, 19)
    k[3] = n[3]
    c, e = honest_counts(rng, units, 3.0)
    c[3] *= 20
    trials, exposure = beta_binomial(k, n), gamma_poisson(c, e)
    for unit in (0, 3, units - 1):
        rest = np.arange(units) != unit
        np.testing.assert_allclose(
            [trials.mean[unit], trials.spread[unit]], brute_beta_binomial(k[rest], n[rest]), rtol=2e-3
        )
        np.testing.assert_allclose(
            [exposure.mean[unit], exposure.spread[unit]], brute_gamma_poisson(c[rest], e[rest]), rtol=2e-3
        )


@pytest.mark.parametrize("bulk", [1.0, 0.9])
@pytest.mark.parametrize("group_size", [25, 2000])
def test_honest_units_have_uniform_p_values(bulk, group_size):
    rng = np.random.default_rng(47)
    units = 6000
    group = np.repeat(np.arange(units // group_size), group_size)
    for shape in (0.8, 4000.0):
        k, n = honest_trials(rng, units, shape, 19 * shape)
        c, e = honest_counts(rng, units, shape)
        for test in (beta_binomial(k, n, group, bulk=bulk), gamma_poisson(c, e, group, bulk=bulk)):
            found = share_below(test.log_p)
            assert found.verdict == "uniform", (shape, found)
            assert 0.03 < found.share < 0.07
            assert share_below(test.log_p, 0.001, margin=0.0009).verdict == "uniform", shape


def test_randomised_p_values_of_a_large_honest_group_are_uniform_throughout():
    rng = np.random.default_rng(53)
    k, n = honest_trials(rng, 6000, 0.8, 15)
    c, e = honest_counts(rng, 6000, 2.0)
    u = rng.random(6000)
    for test in (beta_binomial(k, n, tie=u), gamma_poisson(c, e, tie=u)):
        assert stats.kstest(np.exp(test.log_p), "uniform").pvalue > 0.01


@pytest.mark.parametrize("offenders", [15, 40])
def test_a_few_percent_of_offenders_do_not_hide_one_another(offenders):
    rng = np.random.default_rng(59)
    k, n = honest_trials(rng, 500, 10, 190)
    k[:offenders] = rng.binomial(n[:offenders], 0.35)
    c, e = honest_counts(rng, 500, 10.0)
    c[:offenders] = rng.poisson(e[:offenders] * 10)
    for test, size in ((beta_binomial, (k, n)), (gamma_poisson, (c, e))):
        plain, bulk = test(*size), test(*size, bulk=0.9)
        listed = benjamini_hochberg(bulk.log_p) <= math.log(0.05)
        assert listed[:offenders].mean() > 0.75
        assert listed[offenders:].sum() <= 0.1 * listed.sum()
        assert listed[:offenders].sum() >= (benjamini_hochberg(plain.log_p) <= math.log(0.05)).sum()
        assert np.median(bulk.spread) < 0.6 * np.median(plain.spread)


def test_a_few_units_with_huge_counts_do_not_make_the_rest_look_guilty():
    rng = np.random.default_rng(61)
    trials = np.concatenate([rng.integers(20, 200, 1600), rng.integers(50_000, 200_000, 6)])
    rates = np.concatenate([rng.beta(0.4, 12, 1600), np.full(6, 0.0005)])
    test = beta_binomial(rng.binomial(trials, rates), trials)
    assert 0.03 < share_below(test.log_p[:1600]).share < 0.07
    assert np.sum(benjamini_hochberg(test.log_p) < math.log(0.1)) == 0


def test_without_spread_the_baseline_is_the_plain_binomial_or_poisson():
    rng = np.random.default_rng(67)
    trials = np.full(400, 50)
    k = np.round(trials * 0.1 + rng.choice([-1, 0, 1], 400))
    k[0] = 15
    test = beta_binomial(k, trials)
    assert test.spread[0] < 1e-4
    assert test.log_p[0] == pytest.approx(float(np.log(stats.binom(50, 0.1).sf(15) * 1.5)), abs=0.7)
    counted = gamma_poisson(k, trials / 10)
    assert counted.spread[0] < 1e-3
    poisson = stats.poisson(5.0)
    assert counted.log_p[0] == pytest.approx(math.log(poisson.sf(15) + 0.5 * poisson.pmf(15)), abs=0.2)


def test_too_few_peers_or_nothing_done_is_no_evidence():
    k, n = [5, 0, 3, 4], [5, 0, 9, 9]
    test = beta_binomial(k, n, ["a", "a", "b", "b"])
    np.testing.assert_array_equal(test.log_p, 0.0)
    np.testing.assert_array_equal(test.peers, [0, 0, 1, 1])
    assert np.isnan(test.mean).all()
    assert gamma_poisson([], []).log_p.size == 0
    assert np.all(beta_binomial(np.zeros(30), np.zeros(30)).log_p == 0)


def test_the_first_of_peers_who_never_did_it_is_no_rarer_than_being_first():
    k, n = np.zeros(60), np.full(60, 10.0)
    assert np.all(beta_binomial(k, n).log_p > math.log(0.4))
    k[0] = 9
    for test in (beta_binomial(k, n), gamma_poisson(k, n)):
        assert test.log_p[0] == pytest.approx(math.log(1 / 60))
        assert test.expected[0] == pytest.approx(10 * 0.5 / 590, rel=0.01)
        assert np.isfinite(test.log_p).all()


def test_rare_and_clustered_events_in_small_groups_do_not_make_tiny_p_values():
    rng = np.random.default_rng(71)
    n = rng.integers(20, 200, 10_000)
    k = rng.binomial(n, rng.beta(0.02, 1.98, n.size))
    c = rng.poisson(n * 0.01 * rng.gamma(0.02, 50, n.size))
    group = np.arange(n.size) // 25
    for test in (beta_binomial(k, n, group), gamma_poisson(c, n, group)):
        rare = int(np.sum(test.log_p < math.log(1e-3)))
        assert stats.binomtest(rare, n.size, 1e-3, "greater").pvalue > 0.001


def test_units_that_always_succeed_are_not_evidence_against_one_another():
    n = np.full(40, 12)
    assert np.all(beta_binomial(n, n).log_p > math.log(0.4))


@given(some.integers(0, 2**32), some.sampled_from([1.0, 0.9]))
@settings(max_examples=25, deadline=None)
def test_groups_are_independent_and_the_order_of_rows_does_not_matter(seed, bulk):
    rng = np.random.default_rng(seed)
    k, n = honest_trials(rng, 90, *rng.uniform([0.05, 1], [5, 50]))
    group = np.repeat(["<b>", "'; drop", "c"], 30)
    together = beta_binomial(k, n, group, bulk=bulk)
    assert np.all(np.isfinite(together.log_p) & (together.log_p <= 0))
    order = rng.permutation(90)
    shuffled = beta_binomial(k[order], n[order], group[order], bulk=bulk)
    np.testing.assert_allclose(shuffled.log_p, together.log_p[order], rtol=1e-4, atol=1e-6)
    alone = beta_binomial(k[:30], n[:30], bulk=bulk)
    np.testing.assert_array_equal(alone.log_p, together.log_p[:30])


@given(some.lists(some.tuples(some.integers(0, 50), some.integers(0, 10_000)), min_size=3, max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_counts_whatever_give_a_p_value(rows):
    k = np.array([count for count, _ in rows])
    n = k + np.array([room for _, room in rows])
    for test in (beta_binomial, gamma_poisson):
        for bulk in (1.0, 0.9):
            found = test(k, n, least_peers=1, bulk=bulk)
            assert np.all((found.log_p <= 0) & ~np.isnan(found.log_p))
            tested = found.peers[n > 0] >= 1
            assert np.all(np.isfinite(found.expected[n > 0][tested]))


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: beta_binomial([2], [1]),
        lambda: beta_binomial([1, 2], [3]),
        lambda: beta_binomial([0.5], [3]),
        lambda: beta_binomial([-1], [3]),
        lambda: beta_binomial([1], [3], bulk=0.0),
        lambda: beta_binomial([1], [3], least_peers=0),
        lambda: beta_binomial([1], [3], ["a", "b"]),
        lambda: gamma_poisson([1], [0.0]),
        lambda: gamma_poisson([1], [math.inf]),
        lambda: gamma_poisson([math.nan], [1.0]),
    ],
)
def test_impossible_arguments_are_refused(impossible):
    with pytest.raises(ValueError, match=r"must|needs|shape"):
        impossible()
