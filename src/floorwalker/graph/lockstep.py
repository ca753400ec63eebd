"""Pairs of accounts that do the same things at the same time.

Expected coincidences of a pair (u, v) keep each account's own times, each item's popularity over time and
each account's share of every stratum: whenever v acts within the window of u's act and in its stratum, it
falls on u's item with that item's share of all acts then (`Pace.share`), and the other way round; the mean
of the two directions is the pair's expectation.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from floorwalker.graph.slots import Floats, Ints, Longs, Pace, Slots
from floorwalker.graph.visits import RUSH, count_visits


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs that met in at least two visits, ordered by (first, second); first < second.

    visits: (m,) meetings counted by distinct days of either account, the smaller. expected: (m,) under the null.
    """

    first: Ints
    second: Ints
    visits: Ints
    expected: Floats

    def where(self, keep: np.ndarray) -> "Pairs":
        """The pairs that `keep`, a (m,) mask or index, selects."""
        return Pairs(self.first[keep], self.second[keep], self.visits[keep], self.expected[keep])


def near_pairs(slots: Slots, pace: Pace, *, rush: int = RUSH) -> Pairs:
    """All pairs that met in two or more visits within the window of `pace`.

    Slots with more than `rush` others around them on their item are passed over: they say next to nothing,
    and cost the square of their crowd.
    """
    first, second = _candidates(
        slots.item,
        slots.account,
        slots.second,
        slots.account_ptr,
        slots.by_item,
        slots.item_ptr,
        pace.crowd,
        pace.window,
        rush,
    )
    visits = count_visits(slots, first, second, pace, 0.0)
    return expected(slots, pace, Pairs(first, second, visits, np.zeros(len(first))).where(visits >= 2))


def expected(slots: Slots, pace: Pace, pairs: Pairs) -> Pairs:
    """The same pairs with what `pace` lets expect of them."""
    return Pairs(pairs.first, pairs.second, pairs.visits, expect(slots, pace, pairs.first, pairs.second))


def expect(slots: Slots, pace: Pace, first: Ints, second: Ints) -> Floats:
    """Expected meetings of each pair under the null of this module. (m,)."""
    found: Floats = _expect(slots.stratum, slots.second, slots.account_ptr, pace.share, first, second, pace.window)
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _grown(values: Ints) -> Ints:
    larger = np.empty(2 * len(values), dtype=np.int32)
    larger[: len(values)] = values
    return larger


@njit(cache=True)  # type: ignore[untyped-decorator]
def _meet(
    u: int,
    block: Longs,
    at: int,
    account: Ints,
    second: Longs,
    window: int,
    met: Ints,
    touched: Ints,
    seen: int,
) -> int:
    now = second[block[at]]
    for step in (-1, 1):
        k = at + step
        while 0 <= k < len(block) and abs(second[block[k]] - now) <= window:
            v = account[block[k]]
            if v > u:
                if met[v] == 0:
                    touched[seen] = v
                    seen += 1
                met[v] += 1
            k += step
    return seen


@njit(cache=True)  # type: ignore[untyped-decorator]
def _candidates(
    item: Ints,
    account: Ints,
    second: Longs,
    account_ptr: Longs,
    by_item: Longs,
    item_ptr: Longs,
    crowd: Ints,
    window: int,
    rush: int,
) -> tuple[Ints, Ints]:
    position = np.empty(len(by_item), dtype=np.int64)
    position[by_item] = np.arange(len(by_item))
    met = np.zeros(len(account_ptr) - 1, dtype=np.int32)
    touched = np.empty(len(account_ptr) - 1, dtype=np.int32)
    first, other, size = np.empty(1024, dtype=np.int32), np.empty(1024, dtype=np.int32), 0
    for u in range(len(account_ptr) - 1):
        seen = 0
        for row in range(account_ptr[u], account_ptr[u + 1]):
            if crowd[row] <= rush:
                block = by_item[item_ptr[item[row]] : item_ptr[item[row] + 1]]
                at = position[row] - item_ptr[item[row]]
                seen = _meet(u, block, at, account, second, window, met, touched, seen)
        partners = np.sort(touched[:seen])
        for v in partners:
            if met[v] >= 2:
                if size == len(first):
                    first, other = _grown(first), _grown(other)
                first[size], other[size] = u, v
                size += 1
            met[v] = 0
    return first[:size].copy(), other[:size].copy()


@njit(cache=True)  # type: ignore[untyped-decorator]
def _expect(
    stratum: Ints, second: Longs, account_ptr: Longs, share: Floats, first: Ints, other: Ints, window: int
) -> Floats:
    expected = np.zeros(len(first))
    for k in range(len(first)):
        low = account_ptr[other[k]]
        end = account_ptr[other[k] + 1]
        for i in range(account_ptr[first[k]], account_ptr[first[k] + 1]):
            while low < end and second[low] < second[i] - window:
                low += 1
            j = low
            while j < end and second[j] <= second[i] + window:
                if stratum[i] == stratum[j]:
                    expected[k] += 0.5 * (share[i] + share[j])
                j += 1
    return expected
