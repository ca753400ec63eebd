"""Pairs and their expectation, against the plainest way to say the same."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from floorwalker.graph.lockstep import expect, near_pairs
from floorwalker.graph.rings import backed, edges_of, find_groups, in_step, lags, needed
from floorwalker.graph.slots import DAY, PRIOR, Slots, marked_share, order_slots, pace
from floorwalker.graph.visits import count_visits

ACCOUNTS, ITEMS = 9, 6


@st.composite
def acts(draw: st.DrawFn) -> Slots:
    cells = draw(
        st.lists(
            st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, ITEMS - 1)), unique=True, min_size=2, max_size=40
        )
    )
    seconds = draw(st.lists(st.integers(0, 40 * DAY), min_size=len(cells), max_size=len(cells)))
    strata = draw(st.lists(st.integers(0, 1), min_size=ITEMS, max_size=ITEMS))
    account, item = np.array(cells, dtype=np.int32).T
    stratum = np.array(strata, dtype=np.int32)[item]
    return order_slots(account, item, stratum, np.array(seconds, dtype=np.int64), ACCOUNTS, ITEMS)


def met(slots: Slots, u: int, v: int, window: int, lag: int = 0) -> int:
    days_u, days_v = set(), set()
    for i in np.flatnonzero(slots.account == u):
        for j in np.flatnonzero((slots.account == v) & (slots.item == slots.item[i])):
            if abs(slots.second[i] - slots.second[j] - lag) <= window:
                days_u.add(slots.second[i] // DAY)
                days_v.add(slots.second[j] // DAY)
    return min(len(days_u), len(days_v))


@settings(max_examples=60, deadline=None)
@given(acts(), st.sampled_from([1.0, 5.0]))
def test_the_pairs_found_are_those_that_met_in_two_visits(slots: Slots, window: float) -> None:
    pairs = near_pairs(slots, pace(slots, window))
    expected = {
        (u, v): met(slots, u, v, int(window * DAY))
        for u, v in combinations(range(ACCOUNTS), 2)
        if met(slots, u, v, int(window * DAY)) >= 2
    }
    assert (
        dict(zip(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True), pairs.visits.tolist(), strict=True))
        == expected
    )


@settings(max_examples=60, deadline=None)
@given(acts(), st.integers(-20, 20))
def test_visits_at_a_lag_are_counted_the_same_way(slots: Slots, lag: int) -> None:
    first, second = np.array(list(combinations(range(ACCOUNTS), 2)), dtype=np.int32).T
    counted = count_visits(slots, first, second, pace(slots, 2.0), lag)
    assert counted.tolist() == [met(slots, u, v, 2 * DAY, lag * DAY) for u, v in zip(first, second, strict=True)]


@settings(max_examples=60, deadline=None)
@given(acts())
def test_the_expectation_is_the_share_of_each_act_s_item_summed_over_acts_of_one_time_and_stratum(slots: Slots) -> None:
    around = pace(slots, 4.0)
    first, second = np.array(list(combinations(range(ACCOUNTS), 2)), dtype=np.int32).T
    plain = []
    for u, v in zip(first, second, strict=True):
        total = 0.0
        for i in np.flatnonzero(slots.account == u):
            for j in np.flatnonzero(slots.account == v):
                if slots.stratum[i] == slots.stratum[j] and abs(slots.second[i] - slots.second[j]) <= around.window:
                    total += 0.5 * (around.share[i] + around.share[j])
        plain.append(total)
    np.testing.assert_allclose(expect(slots, around, first, second), plain, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(acts(), st.randoms(use_true_random=False))
def test_other_names_for_accounts_and_items_change_nothing(slots: Slots, rng: object) -> None:
    accounts, items = list(range(ACCOUNTS)), list(range(ITEMS))
    rng.shuffle(accounts)  # type: ignore[attr-defined]
    rng.shuffle(items)  # type: ignore[attr-defined]
    renamed = order_slots(
        np.array(accounts, dtype=np.int32)[slots.account],
        np.array(items, dtype=np.int32)[slots.item],
        slots.stratum,
        slots.second,
        ACCOUNTS,
        ITEMS,
    )
    one, other = (near_pairs(s, pace(s, 5.0)) for s in (slots, renamed))
    named = {
        frozenset((accounts[u], accounts[v])): n for u, v, n in zip(one.first, one.second, one.visits, strict=True)
    }
    assert {
        frozenset((u, v)): n for u, v, n in zip(other.first.tolist(), other.second.tolist(), other.visits, strict=True)
    } == named


@settings(max_examples=40, deadline=None)
@given(acts(), st.sets(st.integers(0, ACCOUNTS - 1), min_size=3))
def test_company_needs_that_many_other_members_on_the_item_in_the_window(slots: Slots, members: set[int]) -> None:
    around = pace(slots, 5.0)
    found = backed(slots, around.window, np.array(sorted(members), dtype=np.int32), least=2)
    for row in range(len(slots.account)):
        near = (slots.item == slots.item[row]) & (np.abs(slots.second - slots.second[row]) <= around.window)
        others = [a for a in slots.account[near] if a in members and a != slots.account[row]]
        assert found[row] == (len(others) >= 2)


@settings(max_examples=40, deadline=None)
@given(acts(), st.data())
def test_the_marked_share_is_that_of_others_of_the_time_and_stratum_pulled_to_the_overall_share(
    slots: Slots, data: st.DataObject
) -> None:
    around, size = pace(slots, 5.0), len(slots.account)
    masks = st.lists(st.booleans(), min_size=size, max_size=size).map(np.array)
    marked, among = data.draw(masks), data.draw(masks)
    shares = marked_share(slots, around.window, marked, among, np.arange(size))
    overall = ((marked & among).sum() + 0.5) / (among.sum() + 1)
    for row in range(size):
        near = (slots.stratum == slots.stratum[row]) & (np.abs(slots.second - slots.second[row]) <= around.window)
        near[row] = False
        plain = ((near & marked & among).sum() + PRIOR * overall) / ((near & among).sum() + PRIOR)
        assert abs(shares[row] - plain) < 1e-12


@given(st.floats(0, 50))
def test_a_pair_must_meet_as_often_as_chance_allows_once_in_a_thousand(expected: float) -> None:
    least = needed(np.array([expected]), 1e-3).item()
    assert least >= 2
    assert poisson.sf(least - 1, expected) <= 1e-3
    assert least == 2 or poisson.sf(least - 2, expected) > 1e-3


def test_lags_are_longer_than_any_lockstep_and_leave_half_the_time_to_compare() -> None:
    second = np.array([0, 100 * DAY], dtype=np.int64)
    codes = np.zeros(2, dtype=np.int32)
    slots = order_slots(np.array([0, 1], dtype=np.int32), codes, codes, second, 2, 1)
    assert lags(slots, 7.0) == [21.0, -21.0, 35.0, -35.0, 49.0, -49.0]


def test_a_ring_is_found_among_honest_reviewers_and_is_not_in_step_weeks_later() -> None:
    rng = np.random.default_rng(5)
    account = rng.integers(20, 1020, 3000).astype(np.int32)
    item = rng.integers(10, 410, 3000).astype(np.int32)
    second = rng.integers(0, 365 * DAY, 3000)
    ring = [
        (a, job, (30 * job + rng.integers(0, 5)) * DAY) for a in range(20) for job in range(10) if rng.random() < 0.6
    ]
    extra = np.array(ring)
    account = np.concatenate((account, extra[:, 0])).astype(np.int32)
    item = np.concatenate((item, extra[:, 1])).astype(np.int32)
    second = np.concatenate((second, extra[:, 2])).astype(np.int64)
    _, once = np.unique(account.astype(np.int64) * 500 + item, return_index=True)
    slots = order_slots(account[once], item[once], np.zeros(len(once), dtype=np.int32), second[once], 1020, 500)
    around = pace(slots, 7.0)
    groups = find_groups(slots, around, edges_of(near_pairs(slots, around), 1e-3), 1e-3)
    assert groups
    assert set().union(*(g.members.tolist() for g in groups)) == set(groups[0].members.tolist())
    assert set(groups[0].members.tolist()) <= set(range(20))
    assert len(groups[0].members) >= 16
    assert groups[0].pairs > 100 * groups[0].expected_pairs
    assert in_step(slots, around, groups[0], [0.0, 49.0]) == [len(groups[0].members), 0]
