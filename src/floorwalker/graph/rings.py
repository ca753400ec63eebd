"""Groups of accounts in lockstep, and what a group did together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtrc

from floorwalker.graph.lockstep import Pairs, expect
from floorwalker.graph.slots import DAY, Floats, Ints, Pace, Slots
from floorwalker.graph.truss import communities, truss
from floorwalker.graph.visits import count_visits, in_lockstep

TRUSS = 4
SMALLEST = 4
COMPANY = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that met repeatedly. members: account codes, ascending.

    chance: a pair met repeatedly where it did so in more visits than this chance allows. pairs: how many of the
    group's pairs did; expected_pairs: how many would under the null of `lockstep`.
    """

    members: Ints
    chance: float
    pairs: int
    expected_pairs: float


def find_groups(slots: Slots, pace: Pace, edges: Pairs, chance: float) -> list[Group]:
    """Connected parts and communities of the truss of `edges`, ordered by smallest member; chance as in Group."""
    kept = edges.where(truss(edges.first, edges.second, slots.accounts, TRUSS))
    parts = communities(kept.first, kept.second, kept.visits, slots.accounts)
    return [_measured(slots, pace, members, chance) for members in parts if len(members) >= SMALLEST]


def edges_of(pairs: Pairs, chance: float) -> Pairs:
    """The pairs that met in more visits than `chance` allows, and in two at least."""
    return pairs.where(pairs.visits >= needed(pairs.expected, chance))


def _measured(slots: Slots, pace: Pace, members: Ints, chance: float) -> Group:
    first, second = all_pairs(members)
    expected = expect(slots, pace, first, second)
    least = needed(expected, chance)
    met = int(np.sum(count_visits(slots, first, second, pace, 0.0) >= least))
    return Group(members, chance, met, float(np.sum(pdtrc(least - 1, expected))))


def in_step(slots: Slots, pace: Pace, group: Group, lags_days: Sequence[float]) -> list[int]:
    """How many members met another one repeatedly when their acts are compared each lag, in days, apart."""
    least = needed(expect(slots, pace, *all_pairs(group.members)), group.chance)
    return in_lockstep(slots, group.members, least, pace, lags_days)


def lags(slots: Slots, window_days: float, most: int = 12) -> list[float]:
    """Lags, in days, at which acts cannot meet by lockstep: ±3, ±5, ±7 … windows, up to half the time seen."""
    seen = float(slots.second.max() - slots.second.min()) / DAY
    steps = (1 + 2 * np.arange(1, most + 1)) * window_days
    return [float(sign * lag) for lag in steps if lag <= seen / 2 for sign in (1, -1)]


def needed(expected: Floats, chance: float) -> Ints:
    """The least number of visits, at least 2, that Poisson(expected) reaches with at most `chance`. (m,) -> (m,)."""
    least = np.full(len(expected), 2, dtype=np.int32)
    while True:
        short = pdtrc(least - 1, expected) > chance
        if not short.any():
            return least
        least[short] += 1


def all_pairs(members: Ints) -> tuple[Ints, Ints]:
    """Every pair of members, as two (k,) arrays."""
    i, j = np.triu_indices(len(members), 1)
    return members[i], members[j]


def backed(slots: Slots, window: int, members: Ints, *, least: int) -> NDArray[np.bool_]:
    """Slots with company of at least `least` members; a (n,) mask over all slots, of members and others."""
    return company(slots, window, members) >= least


def company(slots: Slots, window: int, members: Ints) -> Ints:
    """How many members, the slot's own account apart, acted on each slot's item within `window` seconds of it. (n,)."""
    inside = np.zeros(slots.accounts, dtype=bool)
    inside[members] = True
    rows = np.flatnonzero(inside[slots.account])
    touched = np.unique(slots.item[rows])
    found = np.zeros(len(slots.account), dtype=np.int32)
    order = np.lexsort((slots.second[rows], slots.item[rows]))
    rows = rows[order]
    starts = np.searchsorted(slots.item[rows], touched)
    ends = np.searchsorted(slots.item[rows], touched, side="right")
    for item, start, end in zip(touched, starts, ends, strict=True):
        times = slots.second[rows[start:end]]
        here = slots.by_item[slots.item_ptr[item] : slots.item_ptr[item + 1]]
        low = np.searchsorted(times, slots.second[here] - window)
        high = np.searchsorted(times, slots.second[here] + window, side="right")
        found[here] = high - low - inside[slots.account[here]]
    return found
