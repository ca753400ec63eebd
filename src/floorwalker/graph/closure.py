"""How often those who meet at one place meet again at another: closure in a bipartite network, against chance.

For each hub (a product), its visitors' other acts near in time are gathered. One is *closed* where another visitor of
the hub had acted on the same item not long before. Under the null, visitors of one hub have nothing else in common:
each earlier act of another one, of the same time and stratum, fell on that item with the share that the item has of
what everybody else did then, one act more assumed. Turned round (a hub is an account, its visitors the items it
acted on, met there by other accounts), the same code counts whom an account meets again.

Of each visitor the REACH acts before and after the visit count, so that time is linear in the acts: nobody's
thousands of acts weigh more than 2 REACH. What one account does on one day is one basket, and no second meeting.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from floorwalker.graph.slots import DAY, Floats, Ints, Longs, Pace, Slots

REACH = 16


@dataclass(frozen=True, slots=True)
class Closure:
    """By hub, (items,): acts gathered; how many are closed; how many would be by chance."""

    acts: Longs
    closed: Longs
    expected: Floats


def closure(slots: Slots, pace: Pace, near_days: float, *, turned: bool = False) -> Closure:
    """Closure around every item. Acts are gathered within `near_days` of the visit, and closed within pace's window.

    pace: of the same slots. turned: the slots' items are accounts, and their accounts are items.
    """
    found = _closure(
        _columns(slots),
        slots.second,
        pace.crowd,
        pace.share,
        slots.account_ptr,
        slots.by_item,
        slots.item_ptr,
        int(near_days * DAY),
        pace.window,
        turned,
    )
    return Closure(found[0].astype(np.int64), found[1].astype(np.int64), found[2])


def closed_acts(slots: Slots, pace: Pace, near_days: float, hub: int, *, turned: bool = False) -> Longs:
    """The rows of `slots` that are closed around one item, and those that they met, ascending."""
    visits = slots.by_item[slots.item_ptr[hub] : slots.item_ptr[hub + 1]]
    columns = _columns(slots)
    acts = _gather(visits, columns[1], slots.second, slots.account_ptr, int(near_days * DAY), turned)
    rows, closed = _closed(acts, columns, slots.second, pace.window, turned)
    found: Longs = np.sort(rows[closed | np.append(closed[1:], np.zeros(1, dtype=bool))[: len(closed)]])
    return found


def _columns(slots: Slots) -> Longs:
    return np.stack((slots.item, slots.account, slots.stratum)).astype(np.int64)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _closure(
    columns: Longs,
    second: Longs,
    crowd: Ints,
    share: Floats,
    account_ptr: Longs,
    by_item: Longs,
    item_ptr: Longs,
    near: int,
    window: int,
    turned: bool,
) -> Floats:
    found = np.zeros((3, len(item_ptr) - 1))
    for hub in range(len(item_ptr) - 1):
        visits = by_item[item_ptr[hub] : item_ptr[hub + 1]]
        if len(visits) < 2:
            continue
        acts = _gather(visits, columns[1], second, account_ptr, near, turned)
        rows, closed = _closed(acts, columns, second, window, turned)
        outside = _outside(rows, columns, second, crowd, window)
        everybody = crowd[rows] / np.maximum(share[rows], 1e-300)
        chance = _chance(rows, outside, everybody, columns, second, window)
        found[0, hub] = len(acts)
        found[1, hub] = closed.sum()
        found[2, hub] = chance.sum()
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _gather(visits: Longs, account: Longs, second: Longs, account_ptr: Longs, near: int, turned: bool) -> Longs:
    """Rows of the visitors' other acts, of another day unless turned, at most `near` seconds and REACH acts away."""
    rows = np.empty(2 * REACH * len(visits), dtype=np.int64)
    size = 0
    for visit in visits:
        now = second[visit]
        for step in (-1, 1):
            for k in range(1, REACH + 1):
                row = visit + step * k
                if row < account_ptr[account[visit]] or row >= account_ptr[account[visit] + 1]:
                    break
                if abs(second[row] - now) > near:
                    break
                if turned or second[row] // DAY != now // DAY:
                    rows[size] = row
                    size += 1
    return rows[:size].copy()


@njit(cache=True)  # type: ignore[untyped-decorator]
def _ordered(rows: Longs, key: Longs, second: Longs) -> Longs:
    """Rows by (key, second)."""
    rows = rows[np.argsort(second[rows], kind="mergesort")]
    return rows[np.argsort(key[rows], kind="mergesort")]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _closed(acts: Longs, columns: Longs, second: Longs, window: int, turned: bool) -> tuple[Longs, NDArray[np.bool_]]:
    """The acts by (item, second), and which follow another visitor's on the item within the window.

    A visitor acts on an item once, so that whoever came before is another one.
    """
    rows = _ordered(acts, columns[0], second)
    closed = np.zeros(len(rows), dtype=np.bool_)
    for k in range(1, len(rows)):
        one, two = rows[k - 1], rows[k]
        closed[k] = columns[0, one] == columns[0, two] and second[two] - second[one] <= window
        if turned and second[two] // DAY == second[one] // DAY:
            closed[k] = False
    return rows, closed


@njit(cache=True)  # type: ignore[untyped-decorator]
def _outside(rows: Longs, columns: Longs, second: Longs, crowd: Ints, window: int) -> Floats:
    """Of each act, rows by item: acts on its item within the window by who is no visitor, one more assumed.

    0 where nobody else acted there at all.
    """
    outside = np.zeros(len(rows))
    low = high = 0
    for k in range(len(rows)):
        while columns[0, rows[low]] != columns[0, rows[k]] or second[rows[low]] < second[rows[k]] - window:
            low += 1
        high = max(high, k)
        while (
            high < len(rows)
            and columns[0, rows[high]] == columns[0, rows[k]]
            and second[rows[high]] <= second[rows[k]] + window
        ):
            high += 1
        if crowd[rows[k]] > 0:
            outside[k] = crowd[rows[k]] - (high - low - 1) + 1.0
    return outside


@njit(cache=True)  # type: ignore[untyped-decorator]
def _chance(rows: Longs, outside: Floats, everybody: Floats, columns: Longs, second: Longs, window: int) -> Floats:
    """The chance that each act is closed: visitors' earlier acts of its stratum and time, times its item's share.

    everybody: acts of its stratum and time. Of two acts at one time each is half the earlier; a visitor's own acts
    do not count.
    """
    order = np.argsort(second[rows], kind="mergesort")
    order = order[np.argsort(columns[2][rows[order]], kind="mergesort")]
    by_account = _ordered(rows, columns[1], second)
    visitors = columns[1][by_account]
    chance = np.zeros(len(rows))
    begin = 0
    while begin < len(rows):
        end = begin
        while end < len(rows) and columns[2, rows[order[end]]] == columns[2, rows[order[begin]]]:
            end += 1
        times = second[rows[order[begin:end]]]
        for place in order[begin:end]:
            row = rows[place]
            mine = by_account[
                np.searchsorted(visitors, columns[1, row]) : np.searchsorted(visitors, columns[1, row], side="right")
            ]
            mine = mine[columns[2][mine] == columns[2, row]]
            earlier = _earlier(times, second[row], window) - _earlier(np.sort(second[mine]), second[row], window)
            around = np.searchsorted(times, second[row] + window, side="right")
            around -= np.searchsorted(times, second[row] - window)
            share = outside[place] / max(everybody[place] - around + 1.0 + outside[place], 1.0)
            chance[place] = -np.expm1(-earlier * share)
        begin = end
    return chance


@njit(cache=True)  # type: ignore[untyped-decorator]
def _earlier(times: Longs, now: int, window: int) -> float:
    """How many of the ascending times lie within the window before, those at the same time by half."""
    low, tied = np.searchsorted(times, now - window), np.searchsorted(times, now)
    return tied - low + 0.5 * (np.searchsorted(times, now, side="right") - tied)
