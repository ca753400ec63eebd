"""What a removal for a friend looks like, and how often removals honestly look so.

Each sign has an innocent rate, counted among the decisions of the other agents that are alike, and raised by habit: an
agent who does it for everybody, or a seller with whom it happens whoever decides, is expected to go on. How unlike
agents and sellers are is fitted to all of them (gamma-Poisson). Signs are asked given that the agent decided, and not
amid a wave of bad reviews. Within one case a sign's log likelihood ratios are averaged: the mean of logarithms is at
most the logarithm of the mean, so that the case still counts as one e-value.
"""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.insiders.removals import BARE, ROUTED, TAKEN, Decisions
from floorwalker.graph.slots import Bools, Floats, Ints, Longs
from floorwalker.stats.peers import gamma_poisson
from floorwalker.stats.tail import EXACT

RAREST, SUREST = 0.01, 0.98
"""No innocent rate is believed to be smaller, or larger."""
STRANGE = 1.0
FEWEST = 8
"""A law is fitted to more peers than this."""
BORROWED = 5.0
"""So many decisions of any kind are added to those that are alike."""
SOON = 0.25
"""Soon is sooner after posting than this share of all removals on the agent's own motion."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign at every decision. seen, asked: (n,) whether it was there, and could be. usual: (n,) innocent rate."""

    seen: Bools
    asked: Bools
    usual: Floats

    def log_ratio(self, extra: float) -> Floats:
        """Log likelihood ratio of "on purpose in a share `extra`, else as usual" to the usual rate; 0 where unasked."""
        rate = self.usual + (1 - self.usual) * extra
        ratio = np.where(self.seen, np.log(rate / self.usual), np.log((1 - rate) / (1 - self.usual)))
        return np.asarray(np.where(self.asked, ratio, 0.0), dtype=np.float64)

    def by_pair(self, decisions: Decisions, extra: float) -> Floats:
        """The log likelihood ratio of each pair: of each case the mean, over cases the sum."""
        return _by_pair(decisions, self.log_ratio(extra), self.asked)


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Whether the removed are like bad reviews at large, or like what is honestly removed.

    seen, asked: as in Sign. usual: (n,) the rate among other agents' removals. at_large: the rate among bad reviews.
    """

    seen: Bools
    asked: Bools
    usual: Floats
    at_large: float

    def by_pair(self, decisions: Decisions) -> Floats:
        """The log likelihood ratio of each pair, of "like any bad review" to the usual rate."""
        seen, unseen = (np.log(a / u) for a, u in ((self.at_large, self.usual), (1 - self.at_large, 1 - self.usual)))
        return _by_pair(decisions, np.where(self.asked, np.where(self.seen, seen, unseen), 0.0), self.asked)


def _by_pair(decisions: Decisions, told: Floats, asked: Bools) -> Floats:
    """Of each case the mean, over the cases of a pair the sum."""
    told, number = tally(decisions.case, told), tally(decisions.case, asked)
    pair = decisions.pair[np.unique(decisions.case, return_index=True)[1]]
    return tally(pair, told / np.maximum(number, 1), int(decisions.pair.max(initial=-1)) + 1)


@dataclass(frozen=True, slots=True)
class Signs:
    """taken: on a ticket that the agent took himself. bare: no report and no reason. low: one or two stars.

    soon: soon after posting. These are asked of removals on the agent's own motion. removed: rather than kept, asked of
    bad reviews on a ticket. buyers: the reviewer had bought the product, asked of bad reviews removed on the agent's
    own motion: a friend's real buyers are silenced, a campaign against a seller comes from others.
    """

    taken: Sign
    bare: Sign
    low: Sign
    soon: Sign
    removed: Sign
    buyers: Ordinary


def read_signs(decisions: Decisions, buyers: float) -> Signs:
    """The signs at every decision, with their innocent rates. buyers: the share of buyers among bad reviews."""
    calm = ~decisions.wave
    own = decisions.own & calm
    delay = decisions.at - decisions.posted
    early = delay <= (np.quantile(delay[own], SOON) if own.any() else 0)
    ticketed = calm & decisions.low & np.isin(decisions.manner, (ROUTED, TAKEN))

    def sign(seen: Bools, asked: Bools, alike: Longs) -> Sign:
        usual = _among_others(seen & asked, asked, alike, decisions.agent)
        for owner in (decisions.agent, decisions.seller):
            habit = _habit(seen & asked, asked * usual, owner, decisions.pair)
            usual = np.clip(usual * habit, RAREST, SUREST)
        return Sign(seen & asked, asked, usual)

    none = np.zeros(len(decisions), dtype=np.int64)
    bad = own & decisions.low
    of_buyers = _among_others(decisions.bought & bad, bad, none, decisions.agent)
    return Signs(
        taken=sign(decisions.manner == TAKEN, own, none),
        bare=sign(decisions.manner == BARE, own, none),
        low=sign(decisions.low, own, decisions.manner),
        soon=sign(early, own, decisions.manner),
        removed=sign(decisions.removed, ticketed, decisions.manner),
        buyers=Ordinary(decisions.bought, bad, np.clip(of_buyers, RAREST, SUREST), min(max(buyers, RAREST), SUREST)),
    )


def tally(code: Ints | Longs, weight: Floats | Bools, size: int = 0) -> Floats:
    """The sum of the weights by code, for at least `size` codes."""
    return np.bincount(code, weights=weight, minlength=size).astype(np.float64)


def law(did: Floats, due: Floats) -> tuple[Floats, Floats]:
    """Shape and mean of the gamma law of everybody's factors, each left out of its own; vague where peers are few."""
    test = gamma_poisson(np.where(due > 0, np.round(did), 0.0), due, tie=EXACT, bulk=0.9, least_peers=FEWEST)
    known = np.isfinite(test.mean) & (test.spread > 0)
    shape = np.where(known, 1.0 / np.maximum(test.spread, 1e-6), np.where(np.isfinite(test.mean), 1e6, 1.0))
    return np.minimum(shape, 1e6), np.where(np.isfinite(test.mean), np.maximum(test.mean, 1e-6), 1.0)


def _among_others(seen: Bools, asked: Bools, alike: Longs, agent: Ints) -> Floats:
    """The share seen among the asked of the same code, the agent's own left out; thin codes borrow from all."""
    none = np.zeros(len(alike), dtype=np.int64)
    wide = (_without(seen, none, agent) + 0.5) / (_without(asked, none, agent) + 1.0)
    return (_without(seen, alike, agent) + BORROWED * wide) / (_without(asked, alike, agent) + BORROWED)


def _without(flags: Bools, code: Longs, agent: Ints) -> Floats:
    """How many flags each row's code has, those of its agent left out."""
    joint = np.unique(code * (int(agent.max(initial=0)) + 1) + agent, return_inverse=True)[1]
    total: Floats = tally(code, flags)[code] - tally(joint, flags)[joint]
    return total


def _habit(seen: Bools, expected: Floats, owner: Ints, pair: Longs) -> Floats:
    """By what factor (1 or more) each row's owner does this oftener than expected, the row's pair left out.

    Each pair weighs as one decision, so that a few friends make no habit. An owner may be unlike all others: the
    others' law counts as STRANGE expected events and no more.
    """
    size = np.maximum(tally(pair, expected > 0), 1)
    here, here_due = tally(pair, seen) / size, tally(pair, expected) / size
    first = np.unique(pair, return_index=True)[1]
    did, due = tally(owner[first], here), tally(owner[first], here_due)
    shape, mean = law(tally(owner, seen), tally(owner, expected))
    shape = np.minimum(shape, STRANGE)
    left = shape[owner] + did[owner] - here[pair]
    rest = shape[owner] / mean[owner] + np.maximum(due[owner] - here_due[pair], 0.0)
    return np.asarray(np.maximum(left / rest, 1.0), dtype=np.float64)
