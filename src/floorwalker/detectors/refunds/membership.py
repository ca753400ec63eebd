"""Who belongs to a group: each claimant by its ties to it, its claims in the group's weeks, and how they were made.

Each is a likelihood ratio of a client against a claimant outside, and so an e-value given the group: what is usual is
counted outside the group, a group's own habits without the buyer who is asked about.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc, logsumexp

from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.methods import DOUBT, Traits, log_ratio
from floorwalker.detectors.refunds.ties import Tie
from floorwalker.graph.slots import DAY, Bools, Floats, Ints, Longs

MOST_ALIKE = np.log(1e5)
"""Words and goods go together among honest claimants too: their likeness is not believed further."""
RAREST = 1e-4
"""A tie is never taken to be rarer than this among outsiders."""
SHARING = 0.5
"""At most so many of a group's clients hold a thing of one kind: those found by it are more than the rest are seen."""
BUSY = (0.9, 0.5)
"""The share of a client's claims that fall into the group's weeks."""
MARGIN = 3 * DAY
GENERAL = ("script", "method")
"""A tool's visits are the group's weeks; a script and a method show them by the members' claims alone."""


@dataclass(frozen=True, slots=True)
class Group:
    """Buyers (codes, ascending) with the ties that join them, and weak ones that two homes of them hold.

    alike: nats, how much more alike those whom the ties join claim than strangers do.
    """

    ties: list[Tie]
    weak: list[Tie]
    members: Ints
    alike: float


@dataclass(frozen=True, slots=True)
class Gang:
    """A group that was weighed. begin, end: its weeks, seconds. log_p: that its ties are nothing.

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

    @property
    def whole(self) -> Floats:
        """Nats for membership in a gang, which are no more than the group itself bears."""
        return np.minimum(self.log_e, -self.log_p)


def weigh(claims: Claims, traits: Traits, explained: Bools, group: Group, members: Ints) -> Gang:
    """Weigh all who claimed in the group's weeks against the claims of `members`, codes, there."""
    shown = np.unique(np.concatenate([tie.rows for tie in group.ties]))
    begin, end = claims.span(shown[np.isin(claims.buyer[shown], group.members)])
    tools = [tie for tie in group.ties if tie.kind not in GENERAL and np.isin(tie.buyers, group.members).all()]
    begin = min([begin, *(tie.begin for tie in tools)]) - MARGIN
    end = max([end, *(tie.end for tie in tools)]) + MARGIN
    within = (claims.requested >= begin) & (claims.requested <= end)
    rows = np.flatnonzero(within)
    buyer = np.unique(claims.buyer[rows])
    ratio = log_ratio(traits, claims, within & np.isin(claims.buyer, members), rows)
    method = _method(explained[rows], ratio, np.searchsorted(buyer, claims.buyer[rows]), len(buyer))
    tied = _tied(claims, [*group.ties, *group.weak], members, buyer)
    log_e = method + tied + _timed(claims, within, buyer)
    log_p = _surprise(group) - min(max(group.alike, 0.0), MOST_ALIKE)
    return Gang([*group.ties, *group.weak], begin, end, log_p, buyer, log_e, tied, method)


def _method(explained: Bools, ratio: Floats, place: Longs, size: int) -> Floats:
    """Nats from the way of claiming; some claims are of the client's own life, and those explained say nothing for."""
    mixed = np.logaddexp(np.log(DOUBT), np.log(1 - DOUBT) + ratio)
    return np.bincount(place, np.where(explained, np.minimum(mixed, 0.0), mixed), size).astype(np.float64)


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


def _surprise(group: Group) -> float:
    """Log p of all its ties together (Fisher 1932), each tie's shared out by the buyers who are members."""
    shares = [(len(np.intersect1d(tie.buyers, group.members)) - 1) / max(len(tie.buyers) - 1, 1) for tie in group.ties]
    total = -sum(tie.log_p * share for tie, share in zip(group.ties, shares, strict=True))
    tail = float(gammaincc(len(group.ties), total))
    return float(np.log(tail)) if tail > 0 else -total + (len(group.ties) - 1) * float(np.log(max(total, 1.0)))
