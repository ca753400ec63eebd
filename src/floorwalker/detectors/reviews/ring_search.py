"""From reviews to rings: groups at several windows, each tested, with its accounts and products."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from floorwalker.detectors.measured import MOST_EVIDENCE
from floorwalker.detectors.reviews.honest import Circumstances, Reasons, reasons
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.detectors.reviews.ring_evidence import Shared, strengthened
from floorwalker.detectors.reviews.ring_tests import (
    WIDEST,
    GroupTest,
    Membership,
    assess_group,
    assess_items,
    assess_members,
)
from floorwalker.detectors.reviews.views import View
from floorwalker.graph.lockstep import Pairs, expected, near_pairs
from floorwalker.graph.rings import SMALLEST, TRUSS, Group, edges_of, find_groups
from floorwalker.graph.slots import DAY, Floats, Ints, Longs, Pace, Slots, pace, usual_pace
from floorwalker.graph.truss import components, truss
from floorwalker.stats.combine import p_to_e
from floorwalker.stats.tail import EXACT, log_tail_poisson

WINDOWS = (3.0, 14.0, WIDEST / DAY)
CHANCES = (1e-3, 0.05)
WORTH_TELLING = math.log(0.01)
EXPLAINED = math.log(1e-3)
NO_EVIDENCE = -math.log(2)
LEAST_ITEMS = 3
ALIKE = 0.7
"""NO_EVIDENCE is what p = 1 is turned into."""


@dataclass(frozen=True, slots=True)
class Meetings:
    """The pairs that met in two visits or more at one window, as one view sees them."""

    view: View
    around: Pace
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class Ring:
    """A group that is no accident, and the view that shows it.

    log_p: corrected for the search; log_e: at most MOST_EVIDENCE. members: accounts that can be shown to take part.
    items: item -> log p-value, corrected likewise; sellers: seller -> the same, where the group was found on sellers.
    acts: rows of `Reviewing.praise`, acts in company. explained: an honest reason weighs so much that the ring must not
    hide what is inside.
    """

    view: str
    window_days: float
    group: Group
    test: GroupTest
    log_p: float
    log_e: float
    membership: Membership
    items: dict[int, float]
    sellers: dict[int, float]
    acts: Longs
    members: Ints
    reasons: Reasons
    explained: bool


def meetings(seen: Sequence[View]) -> list[Meetings]:
    """Who met, in every view and at every window."""
    return [one for view in seen for one in _meetings(view)]


def _meetings(view: View) -> list[Meetings]:
    """What is usual is counted among outsiders: a ring that floods an item must not make its own company usual."""
    slots = view.of_all
    paces = [pace(slots, window) for window in WINDOWS]
    met = [near_pairs(slots, around) for around in paces]
    outside = np.ones(slots.accounts, dtype=bool)
    for pairs in met:
        for ends in (pairs.first, pairs.second):
            outside[ends[truss(pairs.first, pairs.second, slots.accounts, TRUSS)]] = False
    usual = [usual_pace(slots, around, outside) for around in paces]
    return [Meetings(view, around, expected(slots, around, pairs)) for around, pairs in zip(usual, met, strict=True)]


def search(world: Reviewing, known: Circumstances, shared: Shared, met: list[Meetings]) -> list[Ring]:
    """The rings among those who praise, the surest first.

    Groups that share most members count once; but where an honest reason was found for one, the groups inside it
    are looked at each for itself, since a ring may hide in an honest crowd. Each view counts for itself.
    """
    rings: list[Ring] = []
    of_account: dict[tuple[str, int], list[int]] = defaultdict(list)
    for log_p, one, group, test in _tried(met):
        who = [(one.view.sort, account) for account in group.members.tolist()]
        shared_with = Counter(number for account in who for number in of_account[account])
        if any(_settled(group, rings[number], members) for number, members in shared_with.items()):
            continue
        ring = _ring(world, known, shared, one, group, test, log_p)
        if ring:
            for account in who:
                of_account[account].append(len(rings))
            rings.append(ring)
    return rings


def _tried(met: list[Meetings]) -> list[tuple[float, Meetings, Group, GroupTest]]:
    """Groups in every view at every window, tested: log p-value corrected for the search, where found, group, test."""
    tried = []
    for one, chance in product(met, CHANCES):
        slots = one.view.of_all
        groups = find_groups(slots, one.around, edges_of(one.pairs, chance), chance)
        for group in groups:
            test = assess_group(slots, one.around, group, len(groups) * len(met) * len(CHANCES))
            tried.append((test.log_p, one, group, test))
    told = [one for one in tried if one[0] < WORTH_TELLING]
    return sorted(told, key=lambda t: (round(t[0], 6), t[1].view.sort, t[1].around.window_days, int(t[2].members[0])))


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


def same_people(rings: list[Ring]) -> Ints:
    """A number for each ring, (rings,): one for those that share most of the smaller's members, by any chain."""
    of_account: dict[int, list[int]] = defaultdict(list)
    for number, ring in enumerate(rings):
        for account in [] if ring.explained else ring.members.tolist():
            of_account[account].append(number)
    shared = Counter(pair for numbers in of_account.values() for pair in combinations(numbers, 2))
    pairs = [(i, j) for (i, j), n in shared.items() if n > 0.5 * min(len(rings[i].members), len(rings[j].members))]
    first, second = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    return components(first, second, len(rings))


def _settled(group: Group, ring: Ring, shared: int) -> bool:
    """Whether `ring` speaks for the group: it has most of the smaller's members, or explains nearly the same."""
    sizes = len(group.members), len(ring.group.members)
    return shared > (ALIKE * max(sizes) if ring.explained else 0.5 * min(sizes))


def _ring(
    world: Reviewing,
    known: Circumstances,
    shared: Shared,
    one: Meetings,
    group: Group,
    test: GroupTest,
    log_p: float,
) -> Ring | None:
    """The group as a ring, or None where too few accounts can be shown to take part, or on too few products.

    On two products, the buyers of a thing and of its sequel meet just so. A group of which honest reasons leave too
    few is no evidence against the rest.
    """
    view, window = one.view, one.around.window_days
    membership = assess_members(view.praise, one.around.window, group)
    membership = strengthened(membership, shared, group.members, world.praise.accounts)
    acts = _on_products(world, view, membership.hit)
    belongs = membership.account[membership.log_p < WORTH_TELLING]
    if len(belongs) < SMALLEST:
        return None
    crowd = _crowded(view.praise, one.around.window, belongs, membership.hit, log_p)
    telling = np.array([item for item, p in crowd.items() if p < WORTH_TELLING], dtype=np.int32)
    found = reasons(world, known, view, belongs, acts, telling, one.around.window)
    suspects = np.array([a for a in belongs if found.weight_alone(int(a)) >= EXPLAINED], dtype=np.int32)
    if len(suspects) < SMALLEST:
        return Ring(view.sort, window, group, test, 0.0, NO_EVIDENCE, membership, {}, {}, acts, belongs, found, True)
    pushed = _crowded(view.praise, one.around.window, suspects, membership.hit, log_p)
    if sum(p < WORTH_TELLING for p in pushed.values()) < LEAST_ITEMS:
        return None
    by_product = view.sort == "product"
    items = pushed if by_product else _crowded(world.praise, one.around.window, suspects, acts, log_p)
    log_e = min(p_to_e(log_p).item(), MOST_EVIDENCE)
    sellers = {} if by_product else pushed
    explained = not items or found.weight(belongs) < EXPLAINED
    return Ring(
        view.sort, window, group, test, log_p, log_e, membership, items, sellers, acts, belongs, found, explained
    )


def _crowded(slots: Slots, window: int, members: Ints, hit: Longs, least: float) -> dict[int, float]:
    """Items that members crowd: item -> log p-value, no smaller than the group's own, `least`."""
    return {item: max(least, p) for item, p in assess_items(slots, window, members, hit).items()}


def _on_products(world: Reviewing, view: View, hit: Longs) -> Longs:
    """Acts in company, as rows of `Reviewing.praise`; where seen by seller, all praise of it in those weeks."""
    acts = np.sort(view.row[hit])
    if view.sort == "product":
        return acts
    seller = world.seller_of[world.product[world.praised]]
    key = world.praise.account.astype(np.int64) * len(world.seller_ids) + seller
    order = np.argsort(key[acts], kind="stable")
    keys, times = key[acts][order], world.praise.second[acts][order]
    place = np.minimum(np.searchsorted(keys, key), max(len(keys) - 1, 0))
    return np.flatnonzero((keys[place] == key) & (np.abs(times[place] - world.praise.second) <= WIDEST))
