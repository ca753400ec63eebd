"""From reviews to rings: groups at several windows, each tested, with its accounts and products."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.measured import Counter
from floorwalker.detectors.reviews.honest import Circumstances, reasons
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.detectors.reviews.ring_tests import (
    GroupTest,
    Membership,
    assess_group,
    assess_items,
    assess_members,
)
from floorwalker.graph.lockstep import near_pairs
from floorwalker.graph.rings import SMALLEST, Group, find_groups, needed
from floorwalker.graph.slots import Floats, Slots, pace
from floorwalker.stats.combine import p_to_e
from floorwalker.stats.tail import EXACT, log_tail_poisson

WINDOWS = (3.0, 14.0, 45.0)
WORTH_TELLING = math.log(0.01)
MOST_E = math.log(1e9)
"""No null is trusted beyond one in 10^9: larger e-values count as this."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A group that is no accident. log_p: corrected for the windows searched; log_e: at most MOST_E.

    items: item -> log p-value, corrected likewise. counter: the honest reasons found.
    """

    window_days: float
    group: Group
    test: GroupTest
    log_p: float
    log_e: float
    membership: Membership
    items: dict[int, float]
    counter: list[Counter]


def search(world: Reviewing, known: Circumstances) -> list[Ring]:
    """The rings among those who praise, the surest first; groups that share most members count once."""
    tried: list[tuple[float, float, Group, GroupTest]] = []
    slots = world.praise_of_all
    paces = {window: pace(slots, window) for window in WINDOWS}
    for window, around in paces.items():
        groups = find_groups(slots, around)
        for group in groups:
            test = assess_group(slots, around, group, len(groups))
            tried.append((min(test.log_p + math.log(len(WINDOWS)), 0.0), window, group, test))
    tried.sort(key=lambda one: (round(one[0], 6), one[1], int(one[2].members[0])))
    rings: list[Ring] = []
    for log_p, window, group, test in tried:
        if log_p < WORTH_TELLING and not any(_same(group, ring.group) for ring in rings):
            ring = _ring(world, known, window, group, test, log_p)
            rings += [ring] if ring else []
    return rings


def pair_surprise(slots: Slots) -> Floats:
    """For each account, the nats by which its meetings with each partner exceed chance, summed; best window."""
    best = np.zeros(slots.accounts)
    for window in WINDOWS:
        pairs = near_pairs(slots, pace(slots, window))
        pairs = pairs.where(pairs.visits >= needed(pairs.expected))
        nats = -log_tail_poisson(pairs.visits, pairs.expected, EXACT)
        total = np.bincount(pairs.first, weights=nats, minlength=slots.accounts)
        total += np.bincount(pairs.second, weights=nats, minlength=slots.accounts)
        best = np.maximum(best, total)
    return best


def _same(one: Group, other: Group) -> bool:
    shared = len(np.intersect1d(one.members, other.members, assume_unique=True))
    return shared > 0.5 * min(len(one.members), len(other.members))


def _ring(
    world: Reviewing, known: Circumstances, window: float, group: Group, test: GroupTest, log_p: float
) -> Ring | None:
    """The group as a ring, or None where too few accounts can be shown to take part."""
    around = pace(world.praise, window)
    membership = assess_members(world.praise, around, group)
    belongs = membership.account[membership.log_p < WORTH_TELLING]
    if len(belongs) < SMALLEST:
        return None
    members: NDArray[np.bool_] = np.zeros(world.praise.accounts, dtype=bool)
    members[belongs] = True
    items = assess_items(world.praise, around, members, membership.hit)
    items = {item: max(log_p, p) for item, p in items.items()}
    counter = reasons(world, known, belongs, membership.hit)
    log_e = min(p_to_e(log_p).item(), MOST_E)
    return Ring(window, group, test, log_p, log_e, membership, items, counter)
