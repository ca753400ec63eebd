import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays
from scipy import stats

from floorwalker.stats.combine import p_to_e
from floorwalker.stats.discovery import benjamini_hochberg, e_benjamini_hochberg

P_VALUES = arrays.arrays(float, some.integers(1, 30), elements=some.sampled_from([1e-9, 1e-4, 0.01, 0.04, 0.3, 1.0]))


def listed_by_definition(evidence, m, level):
    """The step-up rule word for word: the largest k whose k-th smallest p is at most level * k / m."""
    ordered = np.sort(evidence)
    passing = [k for k in range(1, evidence.size + 1) if ordered[k - 1] <= level * k / m * (1 + 1e-8)]
    return evidence <= ordered[passing[-1] - 1] if passing else np.zeros(evidence.size, dtype=bool)


@given(P_VALUES)
@settings(deadline=None)
def test_benjamini_hochberg_q_values_agree_with_scipy(p):
    np.testing.assert_allclose(np.exp(benjamini_hochberg(np.log(p))), stats.false_discovery_control(p), rtol=1e-7)


@given(P_VALUES, some.integers(0, 100), some.sampled_from([0.01, 0.05, 0.2]))
@settings(deadline=None)
def test_listing_by_q_value_is_the_step_up_rule_with_all_hypotheses_counted(p, untested, level):
    m = p.size + untested
    listed = benjamini_hochberg(np.log(p), m) <= math.log(level) + 1e-8
    np.testing.assert_array_equal(listed, listed_by_definition(p, m, level))
    listed = e_benjamini_hochberg(-np.log(p), m) <= math.log(level) + 1e-8
    np.testing.assert_array_equal(listed, listed_by_definition(p, m, level))


@given(P_VALUES, some.randoms(use_true_random=False))
@settings(deadline=None)
def test_q_values_follow_their_hypotheses_through_any_shuffle_and_equal_evidence_is_equal(p, random):
    order = list(range(p.size))
    random.shuffle(order)
    q = benjamini_hochberg(np.log(p))
    np.testing.assert_array_equal(benjamini_hochberg(np.log(p[order])), q[order])
    for value in np.unique(p):
        assert np.unique(q[p == value]).size == 1


def test_the_last_bits_of_a_float_do_not_part_two_ties():
    log_p = np.log([0.01, 0.01, 0.9])
    log_p[1] = np.nextafter(log_p[1], -1)
    q = benjamini_hochberg(log_p)
    assert q[0] == q[1]


def test_evidence_beyond_a_double_keeps_its_order():
    q = benjamini_hochberg([-1e5, -2e5, 0.0], 10)
    np.testing.assert_allclose(q, [-1e5 + math.log(5), -2e5 + math.log(10), 0.0])
    np.testing.assert_allclose(e_benjamini_hochberg([1e5, -math.inf]), [-1e5 + math.log(2), 0.0])


def test_nothing_assessed_is_nothing_listed():
    assert benjamini_hochberg([]).size == 0


def test_the_promised_false_discovery_rate_is_kept():
    rng = np.random.default_rng(23)
    shares = {"p": [], "e": []}
    for _ in range(400):
        z = rng.normal(size=300)
        z[:60] += 4.5
        log_p = stats.norm.logsf(z)
        for name, q in (("p", benjamini_hochberg(log_p)), ("e", e_benjamini_hochberg(p_to_e(log_p)))):
            listed = q <= math.log(0.1)
            shares[name].append(listed[60:].sum() / max(listed.sum(), 1))
            assert listed[:60].sum() > 10
    error = 3 * np.std(shares["p"]) / math.sqrt(400)
    assert abs(np.mean(shares["p"]) - 0.1 * 240 / 300) < error
    assert np.mean(shares["e"]) < 0.1


@pytest.mark.parametrize("arguments", [([0.1],), ([math.nan],), ([-1.0, -1.0], 1), ([[-1.0]],)])
def test_impossible_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match=r"must|one"):
        benjamini_hochberg(*arguments)
