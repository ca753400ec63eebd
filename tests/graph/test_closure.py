"""Closure and places in the network against their definitions."""

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from floorwalker.graph.closure import closed_acts, closure
from floorwalker.graph.place import centrality, clustering, co_acts, strength
from floorwalker.graph.slots import DAY, Slots, order_slots, pace

Column = NDArray[np.int64]


def slots_of(account: Column, item: Column, day: Column) -> Slots:
    _, first = np.unique(account * (item.max() + 1) + item, return_index=True)
    account, item, day = account[first].astype(np.int32), item[first].astype(np.int32), day[first].astype(np.int64)
    return order_slots(account, item, np.zeros_like(item), day * DAY, int(account.max()) + 1, int(item.max()) + 1)


def drawn(seed: int, acts: int, accounts: int, items: int, days: int = 300) -> Slots:
    rng = np.random.default_rng(seed)
    return slots_of(rng.integers(0, accounts, acts), rng.integers(0, items, acts), rng.integers(0, days, acts))


def test_an_act_is_closed_where_another_visitor_of_the_hub_came_before() -> None:
    """Accounts 0 and 1 both visit items 0 and 1; account 2 visits 0 and, long after, 1."""
    slots = slots_of(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 0, 1]), np.array([1, 5, 2, 9, 3, 290]))
    found = closure(slots, pace(slots, 90), 90)
    assert found.acts.tolist() == [2, 2]
    assert found.closed.tolist() == [1, 1]
    rows = closed_acts(slots, pace(slots, 90), 90, 0)
    assert [(int(slots.account[r]), int(slots.item[r])) for r in rows] == [(0, 1), (1, 1)]


def test_what_is_reviewed_on_one_day_is_one_basket() -> None:
    slots = slots_of(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([4, 4, 8, 8]))
    assert closure(slots, pace(slots, 90), 90).closed.tolist() == [0, 0]


def test_independent_acts_are_closed_as_often_as_expected() -> None:
    slots = drawn(1, 20000, 2000, 400)
    found = closure(slots, pace(slots, 90), 90)
    assert found.closed.sum() == pytest.approx(found.expected.sum(), rel=0.1)


def test_accounts_with_thousands_of_acts_and_items_with_tens_of_thousands_cost_no_square() -> None:
    rng = np.random.default_rng(2)
    account = np.concatenate((np.zeros(5000, dtype=int), np.arange(50000), rng.integers(0, 50000, 50000)))
    item = np.concatenate((np.arange(5000), np.zeros(50000, dtype=int), rng.integers(0, 5000, 50000)))
    slots = slots_of(account, item, rng.integers(0, 400, len(account)))
    closure(drawn(3, 100, 20, 20), pace(drawn(3, 100, 20, 20), 90), 90)
    clustering(co_acts(drawn(3, 100, 20, 20)))
    started = time.process_time()
    closure(slots, pace(slots, 90), 90)
    clustering(co_acts(slots))
    assert time.process_time() - started < 10


def test_items_are_joined_by_how_near_in_time_accounts_acted_on_both() -> None:
    slots = slots_of(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0, 30, 5, 5]))
    network = co_acts(slots)
    assert network.toarray().tolist() == [[0, 1.5], [1.5, 0]]
    assert strength(network).tolist() == [1.5, 1.5]


def test_clustering_is_the_mean_intensity_of_triangles() -> None:
    network = co_acts(drawn(4, 400, 60, 25))
    weight = np.cbrt(network.toarray())
    degree = (weight > 0).sum(axis=1)
    expected = np.diag(weight @ weight @ weight) / np.maximum(degree * (degree - 1), 1)
    assert clustering(network) == pytest.approx(expected)


def test_centrality_is_highest_where_the_network_is_densest_and_even_without_one() -> None:
    whole = slots_of(np.repeat(np.arange(9), 4), np.tile([0, 1, 2, 3], 9), np.arange(36))
    assert centrality(co_acts(whole)) == pytest.approx(np.ones(4), rel=0.2)
    alone = slots_of(np.arange(5), np.arange(5), np.arange(5))
    assert len(set(centrality(co_acts(alone)).tolist())) == 1
