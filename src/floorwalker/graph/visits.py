"""Visits of two accounts to the same items at the same time, or at a lag."""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from floorwalker.graph.slots import DAY, Ints, Longs, Pace, Slots

RUSH = 500


def count_visits(slots: Slots, first: Ints, second: Ints, pace: Pace, lag_days: float, *, rush: int = RUSH) -> Ints:
    """Visits in which the first of each pair acted on an item `lag_days` after the second, or nearly. (m,)."""
    lag = int(lag_days * DAY)
    found: Ints = _count_visits(
        slots.by_account, slots.item, slots.second, slots.account_ptr, pace.crowd, first, second, pace.window, lag, rush
    )
    return found


def in_lockstep(
    slots: Slots, members: Ints, least: Ints, pace: Pace, lags_days: Sequence[float], *, rush: int = RUSH
) -> list[int]:
    """How many members met another one in enough visits, when acts are compared each lag, in days, apart.

    least: visits that are enough for each pair of members, in the order of `np.triu_indices`.
    """
    lags = (np.array(lags_days) * DAY).astype(np.int64)
    columns = slots.by_account, slots.item, slots.second, slots.account_ptr, pace.crowd
    met: NDArray[np.bool_] = _in_lockstep(*columns, members, least, pace.window, lags, rush)
    return [int(count) for count in met.sum(axis=1)]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _distinct(days: Longs) -> int:
    ordered = np.sort(days)
    found = 0
    for k in range(len(ordered)):
        if k == 0 or ordered[k] != ordered[k - 1]:
            found += 1
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _shared_items(rows: Longs, item: Ints, account_ptr: Longs, one: int, other: int, ones: Longs, others: Longs) -> int:
    """Fill in the slots of both accounts on items that both acted on; how many there are."""
    i, j, found = account_ptr[one], account_ptr[other], 0
    while i < account_ptr[one + 1] and j < account_ptr[other + 1]:
        a, b = rows[i], rows[j]
        if item[a] < item[b]:
            i += 1
        elif item[a] > item[b]:
            j += 1
        else:
            ones[found], others[found] = a, b
            found += 1
            i += 1
            j += 1
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _visits(
    ones: Longs, others: Longs, second: Longs, crowd: Ints, window: int, lag: int, rush: int, days: Longs
) -> int:
    """Meetings on these shared items, counted by distinct days. days: (2, items) to work in."""
    met = 0
    for k in range(len(ones)):
        a, b = ones[k], others[k]
        if abs(second[a] - second[b] - lag) <= window and crowd[a] <= rush and crowd[b] <= rush:
            days[0, met], days[1, met] = second[a] // 86_400, second[b] // 86_400
            met += 1
    if met < 2:
        return met
    fewer: int = min(_distinct(days[0, :met]), _distinct(days[1, :met]))
    return fewer


@njit(cache=True)  # type: ignore[untyped-decorator]
def _count_visits(
    rows: Longs,
    item: Ints,
    second: Longs,
    account_ptr: Longs,
    crowd: Ints,
    first: Ints,
    other: Ints,
    window: int,
    lag: int,
    rush: int,
) -> Ints:
    visits = np.zeros(len(first), dtype=np.int32)
    longest = np.max(account_ptr[1:] - account_ptr[:-1]) if len(account_ptr) > 1 else 0
    work = np.empty((4, longest), dtype=np.int64)
    for k in range(len(first)):
        found = _shared_items(rows, item, account_ptr, first[k], other[k], work[0], work[1])
        visits[k] = _visits(work[0, :found], work[1, :found], second, crowd, window, lag, rush, work[2:])
    return visits


@njit(cache=True)  # type: ignore[untyped-decorator]
def _in_lockstep(
    rows: Longs,
    item: Ints,
    second: Longs,
    account_ptr: Longs,
    crowd: Ints,
    members: Ints,
    least: Ints,
    window: int,
    lags: Longs,
    rush: int,
) -> NDArray[np.bool_]:
    met = np.zeros((len(lags), len(members)), dtype=np.bool_)
    longest = np.max(account_ptr[1:] - account_ptr[:-1]) if len(account_ptr) > 1 else 0
    work = np.empty((4, longest), dtype=np.int64)
    pair = 0
    for one in range(len(members)):
        for other in range(one + 1, len(members)):
            enough = least[pair]
            pair += 1
            found = _shared_items(rows, item, account_ptr, members[one], members[other], work[0], work[1])
            for at in range(len(lags) if found >= enough else 0):
                ones, others = work[0, :found], work[1, :found]
                if _visits(ones, others, second, crowd, window, lags[at], rush, work[2:]) >= enough:
                    met[at, one] = met[at, other] = True
    return met
