"""Groups of buyers that ties join, and who belongs to them.

A group must be surprising by itself: that strangers share its scripts, tools and labels so, after every place where
such a tie was looked for is given a try. Then each claimant is asked: are its ties to the group, its claims in the
group's weeks, and the way they were made those of a client, or those of a claimant outside?
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc, logsumexp

from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.explained import Bools
from floorwalker.detectors.refunds.method_lifts import find_methods
from floorwalker.detectors.refunds.methods import DOUBT, Traits, log_alike, log_ratio, usual
from floorwalker.detectors.refunds.one_agent import agents, of_one_desk
from floorwalker.detectors.refunds.recipes import by_recipe, joined
from floorwalker.detectors.refunds.ties import Tie
from floorwalker.graph.slots import DAY, Floats, Ints, Longs
from floorwalker.graph.truss import components

SMALLEST = 3
MOST_ALIKE = np.log(1e5)
"""Words and goods go together among honest claimants too: their likeness is not believed further."""
STRONG = np.log(0.01)
RAREST = 1e-4
"""A tie is never taken to be rarer than this among outsiders."""
SHARING = 0.5
"""At most so many of a group's clients hold a thing of one kind: those found by it are more than the rest are seen."""
BUSY = (0.9, 0.5)
"""The share of a client's claims that fall into the group's weeks."""
MARGIN = 3 * DAY
GENERAL = ("script", "method")
"""What a tool was seen from and to are the group's weeks; what others do too shows them by the members' claims alone."""
ROUNDS = 2
LIKELY = np.log(1000.0)
"""Odds at which a claimant counts as a client when the method is learned again."""


@dataclass(frozen=True, slots=True)
class Gang:
    """One group. begin, end: its weeks, seconds. log_e: of the group as such, from the ties that join it.

    By place in `buyer` (codes, ascending), all who claimed in those weeks: log_e of membership given the group; tied:
    nats from shared things; method: nats from the way of claiming.
    """

    ties: list[Tie]
    begin: int
    end: int
    log_p: float
    buyer: Ints
    log_e: Floats
    tied: Floats
    method: Floats


def find_gangs(
    claims: Claims, traits: Traits, home: Ints, explained: Bools, ties: list[Tie], unproven: Bools
) -> list[Gang]:
    """The groups with ties between three homes or more, most surprising first; then those of one method alone.

    home: by buyer; explained, unproven: (n,) by row.
    """
    strong = [tie for tie in ties if tie.log_p <= STRONG]
    weak = [tie for tie in ties if tie.log_p > STRONG]
    part = _parts(strong, len(claims.buyer_ids))
    groups = []
    for group, members, log_e in _one_recipe(claims, traits, home, explained, _grouped(strong, part)):
        more = [tie for tie in weak if _homes(home, tie.buyers, members) >= 2]
        groups.append((group, more, members, log_e))
    clients = _clients([_gang(claims, traits, explained, *group) for group in groups])
    usable = unproven & ~explained & ~np.isin(claims.buyer, clients)
    methods = find_methods(claims, traits, home[claims.buyer], usable)
    groups += [([tie], [], tie.buyers, 0.0) for tie in methods if not of_one_desk(*agents(claims), tie.rows)]
    outside = usual(traits, ~np.isin(claims.buyer, clients))
    found = [_gang(claims, outside, explained, *group) for group in groups]
    return sorted(found, key=lambda gang: (round(gang.log_p, 9), gang.begin, gang.end))


def _clients(gangs: list[Gang]) -> Ints:
    """Who is likely a client: no measure of what is usual."""
    likely = [gang.buyer[np.minimum(gang.log_e, -gang.log_p) >= LIKELY] for gang in gangs]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int32), *likely]))


def _one_recipe(
    claims: Claims, traits: Traits, home: Ints, explained: Bools, networks: list[list[Tie]]
) -> list[tuple[list[Tie], Ints, float]]:
    """Groups of one recipe with three homes or more, with the ties that two homes or more of each hold.

    And nats: how much more alike those whom the ties join claim than strangers do.
    """
    parts: list[tuple[list[Tie], Ints, float]] = []
    for ties in networks:
        shown = np.unique(np.concatenate([tie.rows for tie in ties]))
        alike = log_alike(traits, claims, shown[~explained[shown]])
        for members in by_recipe(claims, traits, ties):
            held = [tie for tie in ties if _homes(home, tie.buyers, members) >= 2]
            if held:
                parts.append((held, members, alike))
    rows = [np.unique(np.concatenate([tie.rows for tie in held])) for held, _, _ in parts]
    rows = [one[np.isin(claims.buyer[one], members)] for one, (_, members, _) in zip(rows, parts, strict=True)]
    label = joined(claims, traits, rows)
    found = []
    for one in np.unique(label):
        here = [parts[k] for k in np.flatnonzero(label == one)]
        members = np.unique(np.concatenate([who for _, who, _ in here]))
        ties = list({id(tie): tie for held, _, _ in here for tie in held}.values())
        if len(np.unique(home[members])) >= SMALLEST:
            found.append((ties, members, max(nats for _, _, nats in here)))
    return found


def _homes(home: Ints, buyers: Ints, members: Ints) -> int:
    return len(np.unique(home[np.intersect1d(buyers, members)]))


def _parts(ties: list[Tie], buyers: int) -> Ints:
    first = np.concatenate(
        [np.repeat(tie.buyers[:1], len(tie.buyers)) for tie in ties] or [np.empty(0, dtype=np.int32)]
    )
    second = np.concatenate([tie.buyers for tie in ties] or [np.empty(0, dtype=np.int32)])
    return components(first.astype(np.int32), second.astype(np.int32), buyers)


def _grouped(ties: list[Tie], part: Ints) -> list[list[Tie]]:
    groups: dict[int, list[Tie]] = {}
    for tie in ties:
        groups.setdefault(int(part[tie.buyers[0]]), []).append(tie)
    return [groups[key] for key in sorted(groups)]


def _gang(
    claims: Claims, traits: Traits, explained: Bools, group: list[Tie], more: list[Tie], members: Ints, alike: float
) -> Gang:
    shown = np.unique(np.concatenate([tie.rows for tie in group]))
    shown = shown[np.isin(claims.buyer[shown], members)]
    log_p = _surprise(group, members) - min(max(alike, 0.0), MOST_ALIKE)
    begin, end = int(claims.requested[shown].min()), int(claims.requested[shown].max())
    tools = [
        tie for tie in group if tie.kind not in GENERAL and len(np.intersect1d(tie.buyers, members)) == len(tie.buyers)
    ]
    begin = min([begin, *(tie.begin for tie in tools)]) - MARGIN
    end = max([end, *(tie.end for tie in tools)]) + MARGIN
    within = (claims.requested >= begin) & (claims.requested <= end)
    ties = [*group, *more]
    buyer = np.unique(claims.buyer[within])
    rows = np.flatnonzero(within)
    place = np.searchsorted(buyer, claims.buyer[rows])
    for _ in range(ROUNDS):
        core = within & np.isin(claims.buyer, members)
        method = _method(claims, traits, explained, core, rows, place, len(buyer))
        tied = _tied(claims, ties, members, buyer)
        log_e = method + tied + _timed(claims, within, buyer)
        likely = buyer[log_e >= LIKELY]
        members = likely if group[0].kind == "method" else np.union1d(members, likely)
    return Gang(ties, begin, end, log_p, buyer, log_e, tied, method)


def _method(
    claims: Claims, traits: Traits, explained: Bools, core: Bools, rows: Longs, place: Longs, size: int
) -> Floats:
    """Nats from the way of claiming; some claims are of the client's own life, and those explained say nothing for."""
    ratio = log_ratio(traits, claims, core, rows)
    mixed = np.logaddexp(np.log(DOUBT), np.log(1 - DOUBT) + ratio)
    speaking = np.where(explained[rows], np.minimum(mixed, 0.0), mixed)
    return np.bincount(place, speaking, size).astype(np.float64)


def _tied(claims: Claims, ties: list[Tie], members: Ints, buyer: Ints) -> Floats:
    """Nats from shared things, kind by kind: which of the group's one holds, or none, against how many outsiders do.

    Who holds several counts for the most telling one.
    """
    total = np.zeros(len(buyer))
    inside = np.isin(buyer, members)
    outsiders = max(len(claims.buyer_ids) - len(members), 1)
    for kind in sorted({tie.kind for tie in ties} - {"method"}):
        here = sorted((tie for tie in ties if tie.kind == kind), key=lambda tie: (round(tie.log_p, 9), tie.name))
        free, left = np.ones(len(buyer), dtype=bool), np.ones(len(claims.buyer_ids), dtype=bool)
        shares, chances, holding = np.zeros(len(buyer)), 0.0, np.zeros(len(buyer))
        for tie in here:
            holds, others = tie.buyers[left[tie.buyers]], tie.others[left[tie.others]]
            left[holds], left[others] = False, False
            has = free & np.isin(buyer, holds)
            outside = len(np.setdiff1d(np.concatenate((holds, others)), members))
            chance = max((outside + 1) / (outsiders + 2), RAREST)
            share = (len(np.intersect1d(holds, members)) - (has & inside) + 0.5) / (len(members) - inside + 1.0)
            share = np.maximum(share, chance)
            holding[has] = np.log(share / chance)[has]
            free &= ~has
            shares, chances = shares + share, chances + chance
        scale = np.minimum(1.0, SHARING / shares)
        none = np.log((1 - scale * shares) / max(1 - chances, 1 - SHARING))
        total += np.where(free, none, holding + np.log(scale))
    return total


def _timed(claims: Claims, within: Bools, buyer: Ints) -> Floats:
    """Nats from claims in the group's weeks and at other times, against the market's share of those weeks."""
    share = within.mean()
    inside = np.bincount(claims.buyer, within, len(claims.buyer_ids))[buyer]
    every = np.bincount(claims.buyer, minlength=len(claims.buyer_ids))[buyer]
    ratios = [
        inside * np.log(max(busy, share) / share)
        + (every - inside) * np.log((1 - max(busy, share)) / max(1 - share, 1e-9) + 1e-12)
        for busy in BUSY
    ]
    return np.asarray(logsumexp(np.array(ratios), axis=0) - np.log(len(BUSY)), dtype=np.float64)


def _surprise(group: list[Tie], members: Ints) -> float:
    """Log p of all its ties together (Fisher 1932), each tie's shared out by the buyers who are members."""
    shares = [(len(np.intersect1d(tie.buyers, members)) - 1) / max(len(tie.buyers) - 1, 1) for tie in group]
    total = -sum(tie.log_p * share for tie, share in zip(group, shares, strict=True))
    tail = float(gammaincc(len(group), total))
    return float(np.log(tail)) if tail > 0 else -total + (len(group) - 1) * float(np.log(max(total, 1.0)))
