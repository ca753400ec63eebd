"""Agents and the sellers for whom they may remove reviews: two stories, and what the removals say of each.

Innocent: every removal without a report falls to an agent by the routing, and each sign comes at its innocent rate.
Guilty: the agent has a few friends among the sellers met; a friend's later cases reach the agent in a share THETA, and
signs are made on purpose in a share of them. Who removes is judged given how the work came about, and signs given who,
so that nothing is counted twice; pairs multiply because sellers are routed apart. What is not known of the agent (how
many friends, how steady, which ways) is averaged over (METHODS), before the data.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from floorwalker.detectors.insiders.removal_meetings import Meetings, at_most_by_rank, meet, routed_concentration
from floorwalker.detectors.insiders.removal_routing import Routing, own_cases
from floorwalker.detectors.insiders.removal_signs import FEWEST, Signs, tally
from floorwalker.detectors.insiders.removals import Decisions
from floorwalker.graph.slots import Floats, Longs
from floorwalker.stats.peers import PeerTest, gamma_poisson

THETA = (0.35, 0.8)
FRIENDS = (0.03, 0.1, 0.3)
PURPOSE = 0.6
MANNERS = (None, "taken", "bare")
PAIR = math.log(1e7)
"""One seller alone says no more of an agent: a brand may have its own moderator, and the tables do not say so."""
ALONE = math.log(1e3)
"""What one kind of evidence (who removes, or the signs) may say when the other says nothing."""
PRIOR = 0.01


class Method(NamedTuple):
    """How steady an agent is, which share of the sellers met are friends, and in which ways it is done."""

    theta: float
    friends: float
    manner: str | None
    low: bool
    soon: bool
    removed: bool


METHODS = [Method(*ways) for ways in product(THETA, FRIENDS, MANNERS, *((False, True),) * 3)]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was found.

    By agent: again, how often the sellers met came back; expected, by the routing; test, against the other agents;
    log_e. By pair: log_e. By seller: log_e.
    """

    meetings: Meetings
    again: Floats
    expected: Floats
    test: PeerTest
    agent_log_e: Floats
    pair_log_e: Floats
    seller_log_e: Floats


def weigh(decisions: Decisions, signs: Signs) -> Verdicts:
    """Judge every agent, and every seller given what the agent's other sellers say."""
    cases = own_cases(decisions)
    meetings = meet(decisions, cases, Routing(decisions, cases))
    agents = len(decisions.agent_ids)
    again, expected = (
        tally(meetings.agent[meetings.pair], weight, agents) for weight in (meetings.hit, meetings.chance)
    )
    ways = _Ways(decisions, meetings, signs)
    agent_log_e = _agents(ways, _routed(decisions, meetings), agents)
    pair, seller = _sellers(ways, agent_log_e, len(decisions.seller_ids))
    return Verdicts(
        meetings, again, expected, gamma_poisson(again, expected, least_peers=FEWEST), agent_log_e, pair, seller
    )


class _Ways:
    """Log likelihood ratios of the pairs, (pairs,), by what the agent may do."""

    def __init__(self, decisions: Decisions, meetings: Meetings, signs: Signs) -> None:
        """Sum the parts over the cases of each pair, once."""
        self.meetings = meetings
        self.met = {theta: meetings.concentration(theta) for theta in THETA}
        names = ("taken", "bare", "low", "soon", "removed")
        self.told = {name: getattr(signs, name).by_pair(decisions, PURPOSE) for name in names}
        self.buyers = signs.buyers.by_pair(decisions)

    def signs(self, method: Method) -> Floats:
        """What the signs say of each pair."""
        used = (method.manner, *(name for name in ("low", "soon", "removed") if getattr(method, name)))
        return sum((self.told[name] for name in used if name), self.buyers)

    def both(self, method: Method) -> Floats:
        """All evidence of each pair, hardly more than one of its kinds alone has, and never above PAIR."""
        met, signs = self.met[method.theta], self.signs(method)
        bound = np.minimum(np.maximum(np.minimum(met, signs), 0.0) + ALONE, PAIR)
        return np.asarray(np.minimum(met + signs, bound), dtype=np.float64)

    def friend(self, method: Method) -> Floats:
        """All evidence of each pair, with the first case, where it is the seller who is asked about."""
        return self.met[method.theta] + self.signs(method) + self.came(method)

    def came(self, method: Method) -> Floats:
        """The first case: of a seller's cases each is as likely to be it; or it says nothing."""
        first = math.log(method.theta) - np.log(np.maximum(self.meetings.of, 1) * self.meetings.start)
        return np.asarray(np.where(self.meetings.start < 1, np.logaddexp(first, 0.0) - math.log(2), 0.0))


def _mixed(method: Method, told: Floats) -> Floats:
    """Where the seller may, or may not, be one of the friends."""
    return np.asarray(np.logaddexp(math.log1p(-method.friends), math.log(method.friends) + told))


def _routed(decisions: Decisions, meetings: Meetings) -> Floats:
    """By agent, how the reports of a few sellers come to him, as far as few others get so many of one seller's.

    Reports come by the router, so this lends the signs weight and is no evidence by itself.
    """
    agents = len(decisions.agent_ids)
    told = [
        tally(meetings.agent, np.logaddexp(math.log1p(-f), math.log(f) + routed_concentration(decisions, meetings, t)))
        for t, f in product(THETA, FRIENDS)
    ]
    total = logsumexp(told, axis=0) - math.log(len(told)) if agents else np.zeros(0)
    return at_most_by_rank(total, np.ones(agents, dtype=np.bool_))


def _agents(ways: _Ways, routed: Floats, agents: int) -> Floats:
    """The log e-value of each agent: of all the evidence, but hardly more than one kind of it alone has."""
    agent = ways.meetings.agent

    def averaged(parts: list[Floats]) -> Floats:
        total = [tally(agent, _mixed(m, part), agents) for m, part in zip(METHODS, parts, strict=True)]
        return np.asarray(logsumexp(total, axis=0) - math.log(len(METHODS)), dtype=np.float64)

    everything = averaged([ways.both(m) for m in METHODS])
    met = np.maximum(averaged([ways.met[m.theta] for m in METHODS]), routed)
    signs = averaged([ways.signs(m) for m in METHODS])
    return np.asarray(np.minimum(everything, np.maximum(np.minimum(met, signs), 0.0) + ALONE), dtype=np.float64)


def _sellers(ways: _Ways, agent_log_e: Floats, sellers: int) -> tuple[Floats, Floats]:
    """The log e-value of each pair, and of each seller.

    The agent's guilt and ways are weighed by what the agent's other sellers say. A seller may be the friend of any
    guilty agent: these share what is staked, and those whom the seller never met have lost their stakes.
    """
    meetings = ways.meetings
    agent, size = meetings.agent, len(meetings.agent)
    guilt, told = np.full(size, -np.inf), np.full(size, -np.inf)
    for method in METHODS:
        mixed = _mixed(method, ways.both(method))
        odds = tally(agent, mixed, len(agent_log_e))[agent] - mixed + math.log(PRIOR / len(METHODS))
        guilt, told = np.logaddexp(guilt, odds), np.logaddexp(told, odds + ways.friend(method))
    guilty = math.log(PRIOR) + agent_log_e
    staked = float(np.exp(guilty - np.logaddexp(0.0, guilty)).sum())
    told -= np.logaddexp(0.0, guilt) + math.log(max(staked, 1.0))
    pair = np.minimum(told, np.maximum(agent_log_e[agent], 0.0))
    left = math.log(max(1 - staked, 1e-9))
    return pair, np.logaddexp(left, _log_sums(pair, meetings.seller, sellers))


def _log_sums(values: Floats, code: Longs, size: int) -> Floats:
    """Log of the sum of exp(values) by code."""
    most = np.full(size, -1e3)
    np.maximum.at(most, code, values)
    return np.asarray(np.log(np.maximum(tally(code, np.exp(values - most[code]), size), 1e-300)) + most)
