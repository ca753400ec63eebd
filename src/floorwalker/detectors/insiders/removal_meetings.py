"""Sellers whose reviews an agent removes again: when it could have happened, and the chance that it did."""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.insiders.removal_routing import CERTAIN, Cases, Routing, given_counts
from floorwalker.detectors.insiders.removal_signs import law, tally
from floorwalker.detectors.insiders.removals import Decisions
from floorwalker.graph.slots import Bools, Floats, Longs

BUSINESS = 500
"""A seller with so many cases is not asked whom they fall to."""


@dataclass(frozen=True, slots=True)
class Meetings:
    """Pairs of agent and seller, and all the seller's cases after the first that fell to the agent.

    By pair, (pairs,): agent, seller; start: the chance of the first case on the agent's own motion, 1 where none;
    of: how many such cases the seller had. By later case: pair, hit (it fell to the agent), chance.
    """

    agent: Longs
    seller: Longs
    start: Floats
    of: Longs
    pair: Longs
    hit: Floats
    chance: Floats

    def concentration(self, theta: float) -> Floats:
        """By pair the log likelihood ratio of "a share `theta` falls to the agent" to the routing."""
        told = np.where(self.hit > 0, np.log(theta / self.chance), np.log((1 - theta) / (1 - self.chance)))
        return tally(self.pair, told, len(self.agent))


def meet(decisions: Decisions, cases: Cases, routing: Routing) -> Meetings:
    """All pairs; chances are raised by how often other agents' sellers come back to them, and this agent's others."""
    first = np.unique(decisions.pair, return_index=True)[1]
    agent, seller = decisions.agent[first].astype(np.int64), decisions.seller[first].astype(np.int64)
    size = np.bincount(cases.seller, minlength=len(decisions.seller_ids))
    known, begin = np.unique(cases.pair, return_index=True)
    asked = size[cases.seller[begin]] <= BUSINESS
    known, begin = known[asked], begin[asked]
    # Cases at the same moment as the first are later ones too, whatever their names.
    low = np.searchsorted(_moment(cases.seller, cases.at, cases), _moment(seller[known], cases.at[begin], cases))
    end = np.searchsorted(cases.seller, seller[known], side="right")
    owner = np.repeat(np.arange(len(known)), end - low)
    row = low[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(end - low) - (end - low), end - low)
    later = row != begin[owner]
    owner, row = owner[later], row[later]
    pair = known[owner]
    chance = routing.chance(agent[pair], pair, row)
    hit = (cases.agent[row] == agent[pair]).astype(np.float64)
    start = np.ones(len(agent))
    start[known] = routing.chance(agent[known], known, begin)
    factor, common = _habit(agent, pair, hit, chance)
    of = size[seller]
    return Meetings(agent, seller, _raised(start, common), of, pair, hit, _raised(chance, np.maximum(factor, 1.0)))


def _moment(seller: Longs, at: Longs, cases: Cases) -> Longs:
    low, high = int(cases.at.min(initial=0)), int(cases.at.max(initial=0))
    return seller * (high - low + 1) + at - low


def _raised(chance: Floats, factor: Floats) -> Floats:
    odds = factor * chance / np.maximum(1 - chance, 1 - CERTAIN)
    return np.where(chance < 1, np.minimum(odds / (1 + odds), CERTAIN), 1.0)


def _habit(agent: Longs, pair: Longs, hit: Floats, due: Floats) -> tuple[Floats, Floats]:
    """By later case, how much oftener than routed the agent's other sellers come back; by pair, other agents'.

    A seller comes back once or never, so that a few friends make no habit.
    """
    agents, pairs = int(agent.max(initial=-1)) + 1, len(agent)
    back = (tally(pair, hit, pairs) > 0).astype(np.float64)
    likely = -np.expm1(tally(pair, np.log1p(-due), pairs))
    again, expected = (tally(agent, weight, agents) for weight in (back, likely))
    shape, mean = (values[agent] for values in law(again, expected))
    factor = (shape + again[agent] - back) / (shape / mean + np.maximum(expected[agent] - likely, 0.0))
    return factor[pair], np.maximum(mean, 1.0)


def routed_concentration(decisions: Decisions, meetings: Meetings, theta: float) -> Floats:
    """By pair the log likelihood ratio of "a share `theta` of the reports comes to the agent" to equal routing."""
    got, among = given_counts(decisions)
    by_agent = tally(meetings.agent, got.astype(np.float64), len(decisions.agent_ids))
    share = (by_agent[meetings.agent] - got + 1) / (got.sum() - among + 1)
    share = np.clip(share, 0.0, CERTAIN)
    hits, misses = np.maximum(got - 1, 0), np.where(got > 0, among - got, 0)
    return np.asarray(hits * np.log(theta / share) + misses * np.log((1 - theta) / (1 - share)), dtype=np.float64)


def at_most_by_rank(values: Floats, tested: Bools) -> Floats:
    """Log evidence (n,) cut down to how rarely so much of it is met: one in as many as have no less."""
    rounded = np.round(values, 9)
    ordered = np.sort(rounded[tested])
    no_less = len(ordered) - np.searchsorted(ordered, rounded)
    return np.asarray(np.minimum(values, np.log(max(len(ordered), 1) / np.maximum(no_less, 1))), dtype=np.float64)
