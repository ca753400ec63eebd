"""Who comes back to a subject more often than the routing that happened, and case ownership, explain."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorwalker.stats.calibration import share_below
from floorwalker.stats.combine import average_e
from floorwalker.stats.concentration import concentration, permuted
from floorwalker.stats.discovery import benjamini_hochberg


def desk(rng, *, owned=0.0, favour=0.0):
    """Twenty agents, four on duty in each of sixty weeks; 600 subjects of one to six cases of one or two acts.

    owned: how often a case goes to whoever had the last one; favour: how often agent 3 takes a case of subject 0.
    """
    agent, subject, case, week = [], [], [], []
    for who in range(600):
        last = -1
        weeks = np.sort(rng.choice(60, 40 if who == 0 else rng.integers(1, 7), replace=False))
        for number, at in enumerate(weeks):
            duty = (at + np.array([0, 1, 2, 3])) % 20
            takes = int(rng.choice(duty))
            if last >= 0 and rng.random() < owned:
                takes = last
            if who == 0 and rng.random() < favour:
                takes = 3
            last = takes
            for _ in range(rng.integers(1, 3)):
                agent.append(takes)
                subject.append(who)
                case.append(who * 100 + number)
                week.append(at)
    return tuple(np.array(column) for column in (agent, subject, case, week))


def test_routing_by_shift_makes_nobody_suspicious():
    found = concentration(*desk(np.random.default_rng(1)))
    assert (benjamini_hochberg(found.log_p) > math.log(0.1)).all()
    assert found.owner[0] < 0.03


def test_case_ownership_alone_looks_like_concentration_only_to_a_null_that_does_not_know_it():
    acts = desk(np.random.default_rng(2), owned=0.6)
    blind, knowing = concentration(*acts, ownership=False), concentration(*acts)
    assert np.sum(benjamini_hochberg(blind.log_p) < math.log(0.1)) > 100
    assert np.sum(benjamini_hochberg(knowing.log_p) < math.log(0.1)) == 0
    assert knowing.owner == pytest.approx((0.6, 0.0), abs=0.1)
    assert knowing.expected.sum() == pytest.approx(knowing.again.sum(), rel=0.05)


def test_one_agent_who_takes_one_subjects_cases_out_of_turn_is_found_and_no_other():
    found = concentration(*desk(np.random.default_rng(3), favour=0.5))
    listed = benjamini_hochberg(found.log_p) < math.log(0.1)
    assert {*zip(found.agent[listed], found.subject[listed], strict=True)} == {(3, 0)}
    assert found.log_e[listed].max() > math.log(1000)


def test_of_agents_permuted_within_strata_one_in_twenty_is_below_five_percent_and_none_is_listed():
    acts = desk(np.random.default_rng(4), owned=0.6, favour=0.5)
    rounds = list(permuted(*acts, rounds=4, seed=7, ownership=False, tie=None))
    p = np.concatenate([found.log_p for found in rounds])
    assert share_below(p, margin=0.015).verdict == "uniform"
    assert sum(np.sum(benjamini_hochberg(found.log_p) < math.log(0.1)) for found in rounds) <= 1


def test_the_evidence_is_an_e_value_on_permuted_agents():
    acts = desk(np.random.default_rng(5), owned=0.6)
    told = np.concatenate([found.log_e for found in permuted(*acts, rounds=6, seed=1, ownership=False)])
    assert np.exp(average_e(told)) < 1.1


def test_follow_ups_of_one_case_count_once():
    agent, subject = [0, 1, 1, 1, 1, 2], [0, 0, 0, 0, 0, 0]
    stratum = [0, 0, 1, 1, 1, 1]
    found = concentration(agent, subject, [0, 0, 1, 1, 1, 1], stratum, ownership=False)
    assert list(found.agent) == [0, 1]
    assert list(found.again) == [0, 1]
    assert found.expected[1] == pytest.approx(1 - 0.25**4)


def test_who_met_a_subject_only_in_its_last_case_is_not_asked_about():
    found = concentration([0, 1], [0, 0], [0, 1], [0, 0])
    assert list(found.agent) == [0]
    empty = concentration([], [], [], [])
    assert not len(empty.log_p)


def test_a_case_of_two_subjects_is_refused():
    with pytest.raises(ValueError, match="one subject"):
        concentration([0, 0], [0, 1], [0, 0], [0, 0])


@given(st.permutations(range(4)))
def test_the_expectation_is_the_mean_over_all_ways_to_deal_the_agents_out(agents):
    """Eight acts in two strata of four; subject 0 has one act in each."""
    fixed = np.array([0, 1, 2, 3])
    subject, case, stratum = np.array([0, 1, 1, 2, 0, 3, 3, 4]), np.arange(8), np.repeat([0, 1], 4)
    first = np.append(fixed, agents)
    who = int(first[0])
    hits = [other[0] == who for other in itertools.permutations(agents)]
    found = concentration(first, subject, case, stratum, ownership=False)
    pair = (found.agent == who) & (found.subject == 0)
    assert found.expected[pair] == pytest.approx(np.mean(hits))


@given(st.integers(0, 1000))
def test_names_and_the_order_of_acts_decide_nothing(seed):
    rng = np.random.default_rng(seed)
    acts = [rng.integers(0, 5, 40), rng.integers(0, 4, 40), np.zeros(40, dtype=int), rng.integers(0, 6, 40)]
    acts[2] = acts[1] * 10 + rng.integers(0, 4, 40)
    order, names = rng.permutation(40), rng.permutation(5)
    one = concentration(*acts)
    two = concentration(names[acts[0]][order], *(column[order] for column in acts[1:]))
    back = np.lexsort((two.subject, np.argsort(names)[two.agent]))
    np.testing.assert_allclose(one.log_p, two.log_p[back], atol=1e-9)
    np.testing.assert_allclose(one.log_e, two.log_e[back], atol=1e-9)
