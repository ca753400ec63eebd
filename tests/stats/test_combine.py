import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import integrate, stats

from floorwalker.stats.combine import acat, average_e, e_to_p, p_to_e

P_VALUES = some.lists(some.floats(1e-12, 0.98), min_size=1, max_size=8)


@given(P_VALUES, some.data())
@settings(max_examples=150, deadline=None)
def test_acat_is_the_tail_of_the_weighted_cauchy_sum(p, data):
    weights = data.draw(some.lists(some.floats(0.1, 5), min_size=len(p), max_size=len(p)))
    total = np.sum(np.array(weights) / np.sum(weights) * stats.cauchy.isf(p))
    assert np.exp(acat(np.log(p), weights)) == pytest.approx(stats.cauchy.sf(total), rel=1e-7)


@given(P_VALUES, some.data())
@settings(max_examples=100, deadline=None)
def test_acat_never_falls_when_a_p_value_rises_and_lies_between_the_extremes(p, data):
    place = data.draw(some.integers(0, len(p) - 1))
    raised = list(p)
    raised[place] = data.draw(some.floats(p[place], 0.98))
    combined = acat(np.log(p))
    assert acat(np.log(raised)) >= combined - 1e-9
    assert np.log(min(p)) - 1e-9 <= combined <= np.log(max(p)) + 1e-9


@pytest.mark.parametrize("smallest", [-20.0, -29.9, -30.1, -200.0, -1e5, -1e200])
def test_acat_of_one_tiny_p_value_among_k_is_k_times_it(smallest):
    assert acat([smallest, math.log(0.5), math.log(0.5)]) == pytest.approx(smallest + math.log(3), rel=1e-6)


def test_acat_leaves_out_what_was_not_tested_and_stops_one_p_of_one_from_erasing_the_rest():
    rows = [[-10.0, math.nan], [math.nan, math.nan], [-20.0, 0.0], [-math.inf, -1.0]]
    combined = acat(rows)
    np.testing.assert_allclose(combined, [-10, 0, -20 + math.log(2), -math.inf], atol=1e-4)
    assert acat([-5.0, -2000.0], [1.0, 0.0]) == pytest.approx(-5)


def test_acat_is_uniform_on_independent_and_honest_on_dependent_p_values():
    rng = np.random.default_rng(17)
    independent = np.exp(acat(np.log(rng.random((40_000, 5)))))
    for level in (0.001, 0.01, 0.05, 0.3):
        below = int(np.sum(independent < level))
        assert stats.binomtest(below, independent.size, level).pvalue > 0.001, level
    shared = rng.normal(size=(200_000, 1)) * 0.8 + rng.normal(size=(200_000, 5)) * 0.6
    dependent = np.exp(acat(stats.norm.logsf(shared)))
    assert stats.binomtest(int(np.sum(dependent < 0.001)), dependent.size, 0.001, "greater").pvalue > 0.001


def test_p_to_e_agrees_with_its_formula_and_with_the_integral_it_stands_for():
    for p in (1e-9, 1e-3, 0.2, 0.5, 0.9, 0.999):
        formula = (1 - p + p * math.log(p)) / (p * math.log(p) ** 2)
        integral = integrate.quad(lambda kappa, p=p: kappa * p ** (kappa - 1), 0, 1)[0]
        assert np.exp(p_to_e(math.log(p))) == pytest.approx(integral, rel=1e-6)
        assert formula == pytest.approx(integral, rel=1e-6)


def test_p_to_e_is_stable_at_both_ends():
    assert p_to_e(-1e5) == pytest.approx(1e5 - 2 * math.log(1e5))
    assert np.exp(p_to_e([0.0, -1e-12, -1e-7])) == pytest.approx([0.5, 0.5, 0.5], rel=1e-6)
    assert p_to_e(-math.inf) == math.inf


def test_the_calibrated_e_value_of_an_honest_p_value_has_mean_at_most_one():
    edge = math.exp(-700)
    mean = integrate.quad(lambda size: math.exp(float(p_to_e(-size)) - size), 0, -math.log(edge), limit=500)[0]
    assert 0.99 < mean + 1 / 700 < 1.01


@given(some.floats(-800, 0), some.floats(-800, 0))
def test_smaller_p_values_become_larger_e_values_that_promise_no_more_than_the_p_value(first, second):
    small, large = min(first, second), max(first, second)
    assert p_to_e(small) >= p_to_e(large) - 1e-9
    assert e_to_p(p_to_e(small)) >= small - 1e-9


@given(some.lists(some.floats(-50, 50), min_size=1, max_size=8), some.data())
def test_the_average_of_e_values_is_their_weighted_mean(log_e, data):
    weights = data.draw(some.lists(some.floats(0.1, 5), min_size=len(log_e), max_size=len(log_e)))
    expected = np.average(np.exp(log_e), weights=weights)
    assert np.exp(average_e(log_e, weights)) == pytest.approx(expected, rel=1e-9)


def test_averages_of_e_values_reach_beyond_a_double_and_leave_out_what_was_not_tested():
    averages = average_e([[1e5, 0.0], [2.0, math.nan], [math.nan, math.nan], [-math.inf, 0.0]])
    np.testing.assert_allclose(averages, [1e5 - math.log(2), 2.0, 0.0, -math.log(2)])


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: acat([0.1]),
        lambda: acat([-1.0], [0.0]),
        lambda: acat([-1.0], [-1.0]),
        lambda: average_e([0.0], [math.nan]),
        lambda: p_to_e(0.1),
        lambda: e_to_p(math.nan),
    ],
)
def test_impossible_arguments_are_refused(impossible):
    with pytest.raises(ValueError, match="must"):
        impossible()
