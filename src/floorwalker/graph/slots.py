"""Slots: who did something to what, and when. The common form of ring search.

A slot is one act of one account on one item (a review of a product). An account has at most one slot on
an item. Acts of one account on one day are one *visit*: what was put into one basket, or written in one
sitting, is one decision and counts once.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY = 86_400
PRIOR = 20.0


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots ordered by (account, second, item), with two more orders of the same rows.

    account, item, stratum: (n,) codes from 0; second: (n,) seconds since 1970, UTC.
    account_ptr: (accounts + 1,) where each account's slots begin. by_account: (n,) rows ordered by (account, item).
    by_item, by_stratum: (n,) rows ordered by (item, second) and by (stratum, second), with item_ptr and stratum_ptr.
    """

    account: Ints
    item: Ints
    stratum: Ints
    second: Longs
    account_ptr: Longs
    by_account: Longs
    by_item: Longs
    item_ptr: Longs
    by_stratum: Longs
    stratum_ptr: Longs

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return len(self.account_ptr) - 1

    @property
    def items(self) -> int:
        """How many items there are."""
        return len(self.item_ptr) - 1


def order_slots(account: Ints, item: Ints, stratum: Ints, second: Longs, accounts: int, items: int) -> Slots:
    """Slots from (n,) arrays in any order; codes run from 0 to `accounts` and `items` (exclusive)."""
    order = np.lexsort((item, second, account))
    account, item, stratum, second = account[order], item[order], stratum[order], second[order]
    by_item = np.lexsort((account, second, item))
    by_stratum = np.lexsort((account, item, second, stratum))
    strata = int(stratum.max(initial=-1)) + 1
    return Slots(
        account,
        item,
        stratum,
        second,
        _pointers(account, accounts),
        np.lexsort((item, account)),
        by_item,
        _pointers(item, items),
        by_stratum,
        _pointers(stratum, strata),
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """What goes on around each slot within `window_days`.

    crowd: (n,) other slots on its item. share: (n,) of 0–1, the chance that another slot of the same time and
    stratum falls on its item.
    """

    window_days: float
    crowd: Ints
    share: Floats

    @property
    def window(self) -> int:
        """The window in seconds."""
        return int(self.window_days * DAY)


def pace(slots: Slots, window_days: float) -> Pace:
    """The pace of every slot's item and stratum, the slot itself left out."""
    everybody = np.ones(len(slots.account), dtype=np.bool_)
    crowd, around = _around_each(slots, everybody, int(window_days * DAY))
    return Pace(window_days, crowd, crowd / np.maximum(around, 1))


def usual_pace(slots: Slots, pace: Pace, usual: NDArray[np.bool_]) -> Pace:
    """The same pace, its share counted among the acts of the accounts `usual`, a (accounts,) mask, alone.

    The item's share of all their acts is added as PRIOR acts more, so that a thin time does not decide alone.
    """
    counted = usual[slots.account]
    on_item, in_stratum = _around_each(slots, counted, pace.window)
    overall = (np.bincount(slots.item[counted], minlength=slots.items) + 0.5) / (counted.sum() + 1)
    return replace(pace, share=(on_item + PRIOR * overall[slots.item]) / (in_stratum + PRIOR))


def _around_each(slots: Slots, counted: NDArray[np.bool_], window: int) -> tuple[Ints, Ints]:
    """How many other slots of `counted` fall within `window` seconds on each slot's item, and in its stratum."""
    on_item = _others_within(slots.by_item, slots.item_ptr, slots.second, counted, window)
    return on_item, _others_within(slots.by_stratum, slots.stratum_ptr, slots.second, counted, window)


def marked_share(slots: Slots, window: int, marked: NDArray[np.bool_], among: NDArray[np.bool_], rows: Longs) -> Floats:
    """For each of `rows`: the share of marked slots among those of its stratum within `window` s, itself left out.

    marked, among: (n,) masks; only slots in `among` are counted. The share of all time and strata counts as
    PRIOR slots more, so that a thin stratum does not decide alone. (len(rows),) of 0–1.
    """
    order, inside = slots.by_stratum, marked & among
    totals = [np.concatenate(([0], np.cumsum(mask[order]))) for mask in (inside, among)]
    low, high = _around(order, slots.stratum_ptr, slots.stratum, slots.second, rows, window)
    ours, all_ = (total[high] - total[low] for total in totals)
    overall = (inside.sum() + 0.5) / (among.sum() + 1)
    share: Floats = (ours - inside[rows] + PRIOR * overall) / (all_ - among[rows] + PRIOR)
    return share


@njit(cache=True)  # type: ignore[untyped-decorator]
def _around(order: Longs, ptr: Longs, block: Ints, second: Longs, rows: Longs, window: int) -> tuple[Longs, Longs]:
    low, high = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.int64)
    ordered = second[order]
    for k, row in enumerate(rows):
        begin, end = ptr[block[row]], ptr[block[row] + 1]
        times = ordered[begin:end]
        low[k] = begin + np.searchsorted(times, second[row] - window)
        high[k] = begin + np.searchsorted(times, second[row] + window, side="right")
    return low, high


def _pointers(codes: Ints, size: int) -> Longs:
    return np.concatenate(([0], np.cumsum(np.bincount(codes, minlength=size)))).astype(np.int64)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _others_within(order: Longs, ptr: Longs, second: Longs, counted: NDArray[np.bool_], window: int) -> Ints:
    found = np.zeros(len(order), dtype=np.int32)
    for block in range(len(ptr) - 1):
        low = high = ptr[block]
        inside = 0
        for k in range(ptr[block], ptr[block + 1]):
            now = second[order[k]]
            while high < ptr[block + 1] and second[order[high]] <= now + window:
                inside += counted[order[high]]
                high += 1
            while second[order[low]] < now - window:
                inside -= counted[order[low]]
                low += 1
            found[order[k]] = inside - counted[order[k]]
    return found
