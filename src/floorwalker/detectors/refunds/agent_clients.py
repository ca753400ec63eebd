"""Agents and the buyers who come to them again: two stories, and what the visits say of each.

Innocent: every visit falls to an agent by the routing, and each sign comes at its innocent rate. Guilty: the agent has
a few clients among the buyers met; a client's later visits reach the agent in a share THETA, and favours are done on
purpose in a share of them. A favour or a visit after the first meeting is judged given what was before, so the
likelihood ratios of one pair multiply; pairs multiply because different buyers are routed apart from each other. What
is not known of the agent (how many clients, how steady, which favours) is averaged over (METHODS), before the data.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from floorwalker.detectors.refunds.favours import Favours, tally
from floorwalker.detectors.refunds.meetings import Meetings, meet, set_right
from floorwalker.detectors.refunds.routing import WATCHES, Routing
from floorwalker.detectors.refunds.visits import Visits
from floorwalker.graph.slots import Floats, Longs
from floorwalker.stats.peers import PeerTest, gamma_poisson
from floorwalker.stats.tail import EXACT

THETA = (0.35, 0.8)
CLIENTS = (0.03, 0.1, 0.3)
PURPOSE = 0.6
STYLE = ("taken", "kept", "waited", "dear")
OVERRULES, WILLING = 0.2, 0.9
PAIR = math.log(1e4)
"""One buyer alone says no more of an agent: a key account has its own contact, and the tables do not say so."""
ALONE = math.log(1e3)
"""What meeting again, or the favours, may say of an agent when the other says nothing."""
PRIOR = 0.01


class Method(NamedTuple):
    """How steady an agent is, which share of the buyers met are clients, and which favours of STYLE are made."""

    theta: float
    clients: float
    style: tuple[bool, ...]


METHODS = [
    Method(theta, clients, style)
    for theta, clients, style in product(THETA, CLIENTS, product((False, True), repeat=len(STYLE)))
]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was found.

    By agent: again, how often met buyers came back; expected, by the routing; test, against the other agents; log_e.
    By pair: start, the chance of the first meeting; log_e. By buyer, ascending: log_e.
    """

    meetings: Meetings
    again: Floats
    expected: Floats
    test: PeerTest
    agent_log_e: Floats
    start: Floats
    pair_log_e: Floats
    buyer_log_e: Floats


def weigh(visits: Visits, routing: Routing, favours: Favours) -> Verdicts:
    """Judge every agent, and every pair given what the agent's other buyers say."""
    meetings = meet(visits, routing)
    agents = len(visits.agent_ids)
    again = tally(meetings.agent[meetings.pair], meetings.hit, agents)
    expected = tally(meetings.agent[meetings.pair], meetings.chance, agents)
    test = gamma_poisson(again, expected, tie=EXACT, bulk=0.9)
    start = routing.chance(meetings.agent, meetings.first)
    chance, first = set_right(meetings, start)
    ways = _Ways(meetings, chance, first, routing, favours)
    agent_log_e = _agents(ways, agents)
    return Verdicts(meetings, again, expected, test, agent_log_e, start, *_clients(ways, agent_log_e, routing))


class _Ways:
    """Log likelihood ratios of the pairs, (pairs,), by what the agent may do."""

    def __init__(self, meetings: Meetings, chance: Floats, start: Floats, routing: Routing, favours: Favours) -> None:
        """Sum the parts over the visits of each pair, once."""
        self.meetings, self.start = meetings, start
        size, hit = len(meetings.agent), meetings.hit > 0
        self.later = {
            theta: tally(meetings.pair, np.where(hit, np.log(theta / chance), np.log((1 - theta) / (1 - chance))), size)
            for theta in THETA
        }
        self.plain = self._told(routing, favours.overruled.log_ratio(OVERRULES) + favours.yes.log_ratio(WILLING))
        purposes = [getattr(favours, name).log_ratio(PURPOSE) for name in STYLE]
        self.styled = [self._told(routing, told) for told in purposes]

    def _told(self, routing: Routing, told: Floats) -> Floats:
        return tally(routing.pair, told, len(routing.pairs))[self.meetings.name]

    def met(self, method: Method, visits: bool = True, favours: bool = True) -> Floats:
        """Given that they met; by the visits, the favours, or both."""
        total = self.later[method.theta] if visits else np.zeros_like(self.plain)
        if favours:
            total = total + self.plain
            for used, told in zip(method.style, self.styled, strict=True):
                total = total + told if used else total
        return total

    def mixed(self, method: Method, visits: bool = True, favours: bool = True) -> Floats:
        """Where the buyer may, or may not, be one of the clients."""
        share, met = method.clients, self.met(method, visits, favours)
        return np.asarray(np.logaddexp(math.log1p(-share), math.log(share) + np.minimum(met, PAIR)))

    def came(self, method: Method) -> Floats:
        """With the first meeting, which came at one of the buyer's visits, each as likely."""
        first = math.log(method.theta) - np.log(self.meetings.of * self.start)
        return np.asarray(self.met(method) + first, dtype=np.float64)


def _agents(ways: _Ways, agents: int) -> Floats:
    """The log e-value of each agent: of all the evidence, but hardly more than visits or favours alone have.

    Who has customers of his own by arrangement meets them again; who is lenient is so without meeting anybody again.
    """
    agent = ways.meetings.agent
    parts = [(True, True), (True, False), (False, True)]
    totals = [[tally(agent, ways.mixed(m, *part), agents) for m in METHODS] for part in parts]
    everything, *alone = (logsumexp(total, axis=0) - math.log(len(METHODS)) for total in totals)
    return np.asarray(np.minimum(everything, np.maximum(np.minimum(*alone), 0.0) + ALONE))


def _clients(ways: _Ways, agent_log_e: Floats, routing: Routing) -> tuple[Floats, Floats]:
    """The log e-value of each pair, and of each buyer.

    The agent's guilt and ways are weighed by what the agent's other buyers say, which is settled before this buyer
    is looked at. A buyer may be the client of any guilty agent: these share what is staked, and those whom the buyer
    never met have lost their stakes.
    """
    meetings = ways.meetings
    guilt, told = np.full(len(meetings.agent), -np.inf), np.full(len(meetings.agent), -np.inf)
    for method in METHODS:
        mixed = ways.mixed(method)
        odds = tally(meetings.agent, mixed, len(agent_log_e))[meetings.agent] - mixed
        odds += math.log(PRIOR / len(METHODS))
        guilt, told = np.logaddexp(guilt, odds), np.logaddexp(told, odds + ways.came(method))
    stake, left = _stakes(math.log(PRIOR) + agent_log_e, routing)
    _, buyer = np.unique(meetings.buyer, return_inverse=True)
    bound = np.maximum(agent_log_e[meetings.agent], 0.0)
    told += stake[meetings.agent, routing.watch[meetings.first]] - np.logaddexp(0.0, guilt)
    pair = np.minimum(told, bound)
    return pair, np.logaddexp(left, _log_sums(pair, buyer))


def _stakes(agents: Floats, routing: Routing) -> tuple[Floats, float]:
    """How much is staked on each agent, were he guilty, at each watch of the day: (agents, watches) logs.

    At any visit no more than everything is staked, on the guilty by their share of that watch. And the log of what is
    never staked.
    """
    guilty = np.exp(agents - np.logaddexp(0.0, agents))[:, None]
    count = np.zeros((len(agents), WATCHES))
    np.add.at(count, (routing.visits.agent, routing.watch), 1.0)
    share = (count + 1) / (count + 1).sum(axis=0)
    stake = np.minimum(share / np.maximum((guilty * share).sum(axis=0), 1e-300), 1.0)
    return np.log(stake), math.log(max(1 - float((guilty * stake).sum(axis=0).max(initial=0.0)), 1e-9))


def _log_sums(values: Floats, code: Longs) -> Floats:
    """Log of the sum of exp(values) by code."""
    most = np.full(int(code.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(most, code, values)
    return np.asarray(np.log(tally(code, np.exp(values - most[code]))) + most, dtype=np.float64)
