"""Buyers and the agents whom they met, and the chance of meeting them again."""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.refunds.favours import law, tally
from floorwalker.detectors.refunds.routing import CERTAIN, Routing
from floorwalker.detectors.refunds.visits import Visits
from floorwalker.graph.slots import Bools, Floats, Longs

BUSINESS = 50
"""With so many visits a buyer is a business that has its own contact: not asked about."""
OWN = 0.1
LOWERED = 0.5


@dataclass(frozen=True, slots=True)
class Meetings:
    """Pairs of buyer and agent that met, and all the buyer's visits from the first meeting on.

    By pair, (pairs,): name, its code in the routing; buyer, agent codes; first: the visit of the first meeting, the nth
    of the buyer's `of` visits; met: how many visits the agent decided. By later visit: pair, row, hit (decided by the
    agent), chance.
    """

    name: Longs
    buyer: Longs
    agent: Longs
    first: Longs
    nth: Longs
    of: Longs
    met: Longs
    pair: Longs
    row: Longs
    hit: Floats
    chance: Floats


def meet(visits: Visits, routing: Routing) -> Meetings:
    """All pairs whose buyer has at least two and at most BUSINESS visits."""
    size = np.bincount(visits.buyer)[visits.buyer]
    begin = np.searchsorted(visits.buyer, visits.buyer)
    asked = (size >= 2) & (size <= BUSINESS)
    name, first, met = np.unique(routing.pair[asked], return_index=True, return_counts=True)
    first = np.flatnonzero(asked)[first]
    left = begin[first] + size[first] - first - 1
    owner = np.repeat(np.arange(len(name)), left)
    starts = np.concatenate(([0], np.cumsum(left)[:-1])) if len(left) else left
    row = first[owner] + 1 + np.arange(len(owner)) - starts[owner] if len(owner) else np.zeros(0, dtype=np.int64)
    agent = visits.agent[first].astype(np.int64)
    chance = routing.chance(agent[owner], row)
    hit = (visits.agent[row] == agent[owner]).astype(np.float64)
    nth = first - begin[first] + 1
    buyer = visits.buyer[first].astype(np.int64)
    return Meetings(name, buyer, agent, first, nth, size[first], met, owner, row, hit, chance)


def set_right(meetings: Meetings, start: Floats) -> tuple[Floats, Floats]:
    """Chances of later and of first meetings, set right by how often buyers do come back, each pair left out.

    Chances below OWN are the largest of several guesses, and may be lowered by that as far as LOWERED; those above it
    belong to agents with few around them or a queue of their own, and are only raised. The habit of the agent's own
    customers raises later meetings only.
    """
    usual = meetings.chance < OWN
    factor, common = _habit(meetings, usual)
    later = np.where(usual, np.maximum(factor, LOWERED), np.maximum(_habit(meetings, ~usual)[0], 1.0))
    first = np.where(start < OWN, np.maximum(common, LOWERED), 1.0)
    return _raised(meetings.chance, later), _raised(start, first)


def _raised(chance: Floats, factor: Floats) -> Floats:
    odds = factor * chance / (1 - chance)
    return np.minimum(odds / (1 + odds), CERTAIN)


def _habit(meetings: Meetings, among: Bools) -> tuple[Floats, Floats]:
    """How much oftener than routed buyers come back, within some visits.

    For each later visit, to its agent and other buyers; and for each pair, to all other agents.
    """
    size, agents = len(meetings.agent), int(meetings.agent.max(initial=-1)) + 1
    hit, due = np.where(among, meetings.hit, 0.0), np.where(among, meetings.chance, 0.0)
    by_agent = [tally(meetings.agent[meetings.pair], w, agents) for w in (hit, due)]
    own, own_due = (tally(meetings.pair, w, size) for w in (hit, due))
    shape, mean = (values[meetings.agent] for values in law(*by_agent))
    again, expected = (values[meetings.agent] for values in by_agent)
    factor = (shape + again - own) / (shape / mean + np.maximum(expected - own_due, 0.0))
    return factor[meetings.pair], mean
