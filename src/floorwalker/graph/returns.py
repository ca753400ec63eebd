"""How often an account that was with an owner (a seller) once comes back to something else of the same owner.

Under the null an account's later acts keep their time and stratum, and each falls on the owner with the owner's share
of newcomers: of all first acts of any account with any owner, of that stratum and time, one act more assumed. Of each
account the REACH acts after its first with an owner count, those of the same day apart, so that time is linear in the
acts; and each account comes back once, however often: one loyal customer is one.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from floorwalker.graph.slots import DAY, Floats, Ints, Longs, Slots

REACH = 64
WINDOW_DAYS = 90


@dataclass(frozen=True, slots=True)
class Returns:
    """By owner, (owners,): how many accounts came; how many came back; how many would by chance. back: those slots."""

    came: Longs
    returned: Longs
    expected: Floats
    back: Longs


def count_returns(slots: Slots, owner: Ints, owners: int, *, window_days: float = WINDOW_DAYS) -> Returns:
    """Who comes back to each owner. owner: (n,) of each slot, codes from 0."""
    first = first_with_owner(slots.account, owner)
    rows = np.flatnonzero(first)
    strata = int(slots.stratum.max(initial=-1)) + 1
    key = owner.astype(np.int64) * strata + slots.stratum
    of_owner = rows[np.lexsort((rows, slots.second[rows], key[rows]))]
    of_stratum = rows[np.lexsort((rows, slots.second[rows], slots.stratum[rows]))]
    found, back = _returns(
        np.stack((owner.astype(np.int64), slots.stratum.astype(np.int64), key, slots.account.astype(np.int64))),
        slots.second,
        first,
        slots.account_ptr,
        (key[of_owner], slots.second[of_owner]),
        (slots.stratum[of_stratum].astype(np.int64), slots.second[of_stratum]),
        int(window_days * DAY),
        owners,
    )
    return Returns(
        np.bincount(owner[first], minlength=owners), found[0].astype(np.int64), found[1], np.flatnonzero(back)
    )


def first_with_owner(account: Ints, owner: Ints) -> np.ndarray:
    """Which slots, ordered by (account, second), are an account's first with their owner: a (n,) mask."""
    key = account.astype(np.int64) * (int(owner.max(initial=0)) + 1) + owner
    first = np.zeros(len(key), dtype=bool)
    first[np.unique(key, return_index=True)[1]] = True
    return first


@njit(cache=True)  # type: ignore[untyped-decorator]
def _around(found: tuple[Longs, Longs], key: int, now: int, window: int) -> int:
    """How many rows of `found`, ordered by (key, second), have the key and lie within the window."""
    begin, end = np.searchsorted(found[0], key), np.searchsorted(found[0], key, side="right")
    times = found[1][begin:end]
    return int(np.searchsorted(times, now + window, side="right") - np.searchsorted(times, now - window))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _returns(
    columns: Longs,
    second: Longs,
    first: np.ndarray,
    account_ptr: Longs,
    of_owner: tuple[Longs, Longs],
    of_stratum: tuple[Longs, Longs],
    window: int,
    owners: int,
) -> tuple[Floats, np.ndarray]:
    found, back = np.zeros((2, owners)), np.zeros(len(second), dtype=np.bool_)
    strata = columns[1].max() + 1 if len(second) > 0 else 0
    for row in range(len(second)):
        if not first[row]:
            continue
        owner, chance, came_back = columns[0, row], 0.0, False
        for k in range(row + 1, min(row + 1 + REACH, account_ptr[columns[3, row] + 1])):
            if second[k] // DAY == second[row] // DAY:
                continue
            ours = _around(of_owner, owner * strata + columns[1, k], second[k], window)
            all_ = _around(of_stratum, columns[1, k], second[k], window)
            own = columns[1, k] == columns[1, row] and abs(second[k] - second[row]) <= window
            chance += min((ours - own + 1.0) / (all_ - own + 1.0), 1.0)
            back[k] |= columns[0, k] == owner
            came_back |= columns[0, k] == owner
        found[0, owner] += came_back
        found[1, owner] -= np.expm1(-chance)
    return found, back
