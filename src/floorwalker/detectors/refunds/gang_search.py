"""Groups of buyers that ties join, and who belongs to them.

A group must be surprising by itself: that strangers share its scripts, tools and labels so, after every place where
such a tie was looked for is given a try. Then each claimant is asked whether it belongs (see `membership`).
"""

import numpy as np

from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.membership import Gang, Group, weigh
from floorwalker.detectors.refunds.method_lifts import find_methods
from floorwalker.detectors.refunds.methods import Traits, log_alike, usual
from floorwalker.detectors.refunds.one_agent import agents, of_one_desk
from floorwalker.detectors.refunds.recipes import by_recipe, joined
from floorwalker.detectors.refunds.ties import Tie
from floorwalker.graph.slots import Bools, Ints, Longs
from floorwalker.graph.truss import components

SMALLEST = 3
STRONG = np.log(0.01)
ROUNDS = 6
LIKELY = np.log(1000.0)
"""Odds at which a claimant counts as a client when the method is learned again."""


def find_gangs(
    claims: Claims, traits: Traits, home: Ints, explained: Bools, ties: list[Tie], unproven: Bools
) -> list[Gang]:
    """The groups with ties between three homes or more, most surprising first; then those of one method alone.

    home: by buyer; explained, unproven: (n,) by row.
    """
    groups = _groups(claims, traits, home, explained, ties)
    gangs = _settled(claims, traits, explained, groups)
    clients = np.flatnonzero(_best(gangs, len(claims.buyer_ids)) >= 0)
    usable = unproven & ~explained & ~np.isin(claims.buyer, clients)
    methods = find_methods(claims, traits, home[claims.buyer], usable)
    decided_by = agents(claims)
    methods = [tie for tie in methods if not of_one_desk(*decided_by, tie.rows)]
    groups += [Group([tie], [], tie.buyers, 0.0) for tie in methods]
    joined_by_ties = np.concatenate([np.empty(0, dtype=np.int32), *(group.members for group in groups)])
    unusual = np.isin(claims.buyer, np.intersect1d(clients, joined_by_ties))
    gangs = _settled(claims, usual(traits, ~unusual), explained, groups)
    return sorted(gangs, key=lambda gang: (round(gang.log_p, 9), gang.begin, gang.end))


def _settled(claims: Claims, traits: Traits, explained: Bools, groups: list[Group]) -> list[Gang]:
    """Each group weighed by those whom it claims more than any other does, some times over.

    Buyers whom only a method joins are those of the lift, bystanders among them: they count in the first round alone.
    """
    members = [group.members for group in groups]
    for _ in range(ROUNDS):
        gangs = [weigh(claims, traits, explained, group, who) for group, who in zip(groups, members, strict=True)]
        best = _best(gangs, len(claims.buyer_ids))
        for place, group in enumerate(groups):
            own = group.members[best[group.members] < 0] if group.ties[0].kind != "method" else group.members[:0]
            mine = np.union1d(_core(gangs[place], group, np.flatnonzero(best == place)), own).astype(np.int32)
            members[place] = mine if len(mine) >= SMALLEST else members[place]
    return gangs if groups else []


def _core(gang: Gang, group: Group, claimed: Longs) -> Longs:
    """Whose claims show the method: those whom it claims and a tie holds, and no more of the others, the likeliest."""
    held = np.isin(claimed, np.concatenate([tie.buyers for tie in gang.ties]))
    others = claimed[~held]
    sure = np.round(gang.log_e[np.searchsorted(gang.buyer, others)], 9)
    return np.concatenate((claimed[held], others[np.lexsort((others, -sure))][: max(int(held.sum()), SMALLEST)]))


def _best(gangs: list[Gang], buyers: int) -> Longs:
    """By buyer: the gang that claims it most, where one likely does; else -1."""
    best, most = np.full(buyers, -1), np.full(buyers, float(LIKELY))
    for place, gang in enumerate(gangs):
        better = (gang.whole >= LIKELY) & (np.round(gang.log_e, 9) > np.round(most[gang.buyer], 9))
        best[gang.buyer[better]], most[gang.buyer[better]] = place, gang.log_e[better]
    return best


def _groups(claims: Claims, traits: Traits, home: Ints, explained: Bools, ties: list[Tie]) -> list[Group]:
    """Groups of one recipe with three homes or more, with the ties that two homes or more of each hold."""
    strong = [tie for tie in ties if tie.log_p <= STRONG]
    weak = [tie for tie in ties if tie.log_p > STRONG]
    parts: list[Group] = []
    for network in _networks(strong, len(claims.buyer_ids)):
        shown = np.unique(np.concatenate([tie.rows for tie in network]))
        alike = log_alike(traits, claims, shown[~explained[shown]])
        for members in by_recipe(claims, traits, network):
            held = [tie for tie in network if _homes(home, tie.buyers, members) >= 2]
            if held:
                parts.append(Group(held, [], members, alike))
    rows = [np.unique(np.concatenate([tie.rows for tie in part.ties])) for part in parts]
    rows = [one[np.isin(claims.buyer[one], part.members)] for one, part in zip(rows, parts, strict=True)]
    label = joined(claims, traits, rows)
    found = []
    for one in np.unique(label):
        here = [parts[k] for k in np.flatnonzero(label == one)]
        members = np.unique(np.concatenate([part.members for part in here]))
        shared = list({id(tie): tie for part in here for tie in part.ties}.values())
        more = [tie for tie in weak if _homes(home, tie.buyers, members) >= 2]
        if len(np.unique(home[members])) >= SMALLEST:
            found.append(Group(shared, more, members, max(part.alike for part in here)))
    return found


def _homes(home: Ints, buyers: Ints, members: Ints) -> int:
    return len(np.unique(home[np.intersect1d(buyers, members)]))


def _networks(ties: list[Tie], buyers: int) -> list[list[Tie]]:
    """Ties that hang together by a buyer."""
    first = np.concatenate(
        [np.repeat(tie.buyers[:1], len(tie.buyers)) for tie in ties] or [np.empty(0, dtype=np.int32)]
    )
    second = np.concatenate([tie.buyers for tie in ties] or [np.empty(0, dtype=np.int32)])
    part = components(first.astype(np.int32), second.astype(np.int32), buyers)
    groups: dict[int, list[Tie]] = {}
    for tie in ties:
        groups.setdefault(int(part[tie.buyers[0]]), []).append(tie)
    return [groups[key] for key in sorted(groups)]
