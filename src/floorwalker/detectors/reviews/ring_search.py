"""From reviews to rings: groups at several windows, each tested, with its accounts and products."""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.reviews.honest import Circumstances, Reasons, reasons
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.detectors.reviews.ring_tests import (
    GroupTest,
    Membership,
    assess_group,
    assess_items,
    assess_members,
)
from floorwalker.graph.lockstep import Pairs, near_pairs
from floorwalker.graph.rings import SMALLEST, Group, edges_of, find_groups
from floorwalker.graph.slots import DAY, Floats, Ints, Pace, Slots, pace
from floorwalker.stats.combine import p_to_e
from floorwalker.stats.tail import EXACT, log_tail_poisson

WINDOWS = (3.0, 14.0, 45.0)
CHANCES = (1e-3, 0.05)
SEARCHES = len(WINDOWS) * len(CHANCES)
WORTH_TELLING = math.log(0.01)
EXPLAINED = math.log(1e-3)
NO_EVIDENCE = -math.log(2)
LEAST_ITEMS = 3
ALIKE = 0.7
MOST_E = math.log(1e9)
"""No null is trusted beyond one in 10^9: larger e-values count as this. NO_EVIDENCE is what p = 1 is turned into."""


@dataclass(frozen=True, slots=True)
class Meetings:
    """The pairs that met in two visits or more at one window."""

    around: Pace
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class Ring:
    """A group that is no accident. log_p: corrected for the windows searched; log_e: at most MOST_E.

    members: accounts that can be shown to take part. items: item -> log p-value, corrected likewise.
    """

    window_days: float
    group: Group
    test: GroupTest
    log_p: float
    log_e: float
    membership: Membership
    items: dict[int, float]
    members: Ints
    reasons: Reasons

    @property
    def explained(self) -> bool:
        """Whether an honest reason weighs so much that it must not hide what is inside."""
        return not self.items or self.reasons.weight(self.members) < EXPLAINED


def meetings(slots: Slots) -> list[Meetings]:
    """Who met, at every window."""
    paces = [pace(slots, window) for window in WINDOWS]
    return [Meetings(around, near_pairs(slots, around)) for around in paces]


def search(world: Reviewing, known: Circumstances, met: list[Meetings]) -> list[Ring]:
    """The rings among those who praise, the surest first.

    Groups that share most members count once; but where an honest reason was found for one, the groups inside it
    are looked at each for itself, since a ring may hide in an honest crowd.
    """
    rings: list[Ring] = []
    for log_p, window, group, test in _tried(world.praise_of_all, met):
        if not any(_settled(group, ring) for ring in rings):
            ring = _ring(world, known, window, group, test, log_p)
            rings += [ring] if ring else []
    return rings


def _tried(slots: Slots, met: list[Meetings]) -> list[tuple[float, float, Group, GroupTest]]:
    """Groups at every window, tested: log p-value corrected for the search, window, group, test."""
    tried = []
    for one, chance in product(met, CHANCES):
        groups = find_groups(slots, one.around, edges_of(one.pairs, chance), chance)
        for group in groups:
            test = assess_group(slots, one.around, group, len(groups) * SEARCHES)
            tried.append((test.log_p, one.around.window_days, group, test))
    told = [one for one in tried if one[0] < WORTH_TELLING]
    return sorted(told, key=lambda one: (round(one[0], 6), one[1], int(one[2].members[0])))


def pair_surprise(accounts: int, met: list[Meetings]) -> Floats:
    """For each account, the nats by which its meetings with each partner exceed chance, summed; best window."""
    best = np.zeros(accounts)
    for one in met:
        edges = edges_of(one.pairs, CHANCES[0])
        nats = -log_tail_poisson(edges.visits, edges.expected, EXACT)
        total = np.bincount(edges.first, weights=nats, minlength=accounts)
        total += np.bincount(edges.second, weights=nats, minlength=accounts)
        best = np.maximum(best, total)
    return best


def _settled(group: Group, ring: Ring) -> bool:
    """Whether `ring` speaks for the group: it shares most of the smaller's members, or explains nearly the same."""
    shared = len(np.intersect1d(group.members, ring.group.members, assume_unique=True))
    sizes = len(group.members), len(ring.group.members)
    return shared > (ALIKE * max(sizes) if ring.explained else 0.5 * min(sizes))


def _ring(
    world: Reviewing, known: Circumstances, window: float, group: Group, test: GroupTest, log_p: float
) -> Ring | None:
    """The group as a ring, or None where too few accounts can be shown to take part, or on too few products.

    On two products, the buyers of a thing and of its sequel meet just so. A group of which honest reasons leave too
    few is no evidence against the rest.
    """
    seconds = int(window * DAY)
    membership = assess_members(world.praise, seconds, group)
    belongs = membership.account[membership.log_p < WORTH_TELLING]
    if len(belongs) < SMALLEST:
        return None
    found = reasons(world, known, belongs, membership.hit, seconds)
    suspects = np.array([a for a in belongs if found.weight(np.array([a])) >= EXPLAINED], dtype=np.int32)
    if len(suspects) < SMALLEST:
        return Ring(window, group, test, 0.0, NO_EVIDENCE, membership, {}, belongs, found)
    members: NDArray[np.bool_] = np.zeros(world.praise.accounts, dtype=bool)
    members[suspects] = True
    items = assess_items(world.praise, seconds, members, membership.hit)
    items = {item: max(log_p, p) for item, p in items.items()}
    if sum(p < WORTH_TELLING for p in items.values()) < LEAST_ITEMS:
        return None
    log_e = min(p_to_e(log_p).item(), MOST_E)
    return Ring(window, group, test, log_p, log_e, membership, items, belongs, found)
