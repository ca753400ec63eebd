"""The chance that a claim falls to an agent, under the routing that really happened.

Whoever decided the other claims of the same hour of the day, of the same weekday, and of the same stretch of time might
have got this one. Where an agent serves a queue of its own (a country and channel, a kind of ticket, a reason, a
category, a seller, a product), the chance is that agent's share of the queue instead. The largest is taken: every doubt
about who was on duty raises the chance. A claim counts among its own neighbours, and the other claims of its buyer do
not: were neighbours dealt out at random, its agent would be that one with exactly the chance that is given here.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.codes import coded
from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.visits import Visits, codes_of
from floorwalker.graph.slots import DAY, Floats, Longs

HOUR = 3600
WATCHES = 8
WIDTHS = (DAY, 7 * DAY, 28 * DAY, 90 * DAY, 100_000 * DAY)
"""Half windows in seconds: the narrowest that holds enough claims is taken."""
NEIGHBOURS = 200
"""Enough is so many, or as many as there are agents if that is more: else each seems to have a share of them."""
OWN_QUEUE = 3
"""An agent who decided so many claims of other buyers there serves that queue, or is at work in that stretch."""
CERTAIN = 0.98


@dataclass(frozen=True, slots=True)
class _Slots:
    """A division of the visits by code, and those of everybody, each agent and each pair in order of time.

    names: for each of these levels the owners and codes that occur, as owner * size + code, ascending; ends: their
    visits, as the place in names * span + time, ascending.
    """

    code: Longs
    size: int
    span: int
    names: tuple[Longs, ...]
    ends: tuple[Longs, ...]

    @classmethod
    def of(cls, code: Longs, time: Longs, owners: tuple[Longs, ...]) -> "_Slots":
        """All from (n,) arrays; times are from 0."""
        span, size = int(time.max(initial=0)) + 2, int(code.max(initial=0)) + 1
        found = [np.unique(owner * size + code, return_inverse=True) for owner in owners]
        ends = tuple(np.sort(place * span + time) for _, place in found)
        return cls(code, size, span, tuple(names for names, _ in found), ends)

    def around(self, level: int, owner: Longs, row: Longs, at: Longs, width: Longs | int) -> Longs:
        """How many visits within `width` of a time share a row's code and an owner."""
        name, names = owner * self.size + self.code[row], self.names[level]
        place = np.minimum(np.searchsorted(names, name), len(names) - 1)
        low = np.searchsorted(self.ends[level], place * self.span + np.maximum(at - width, 0))
        end = place * self.span + np.minimum(at + width, self.span - 1)
        high = np.searchsorted(self.ends[level], end, side="right")
        return np.where(names[place] == name, high - low, 0).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose chance is asked of which visit. agent, row: (n,) codes; pair: that of buyer and agent, -1 if never met."""

    agent: Longs
    pair: Longs
    row: Longs


class Routing:
    """Who was at work when, and in which queue."""

    def __init__(self, claims: Claims, visits: Visits) -> None:
        """Order the visits once for every later question."""
        self.visits = visits
        self.at = visits.at - (visits.at.min() if len(visits) else 0)
        self.rank = np.searchsorted(np.sort(self.at), self.at)
        self.agents = len(visits.agent_ids)
        self.enough = max(NEIGHBOURS, self.agents)
        pair = visits.buyer.astype(np.int64) * self.agents + visits.agent
        self.pairs, self.pair = np.unique(pair, return_inverse=True)
        self.watch = visits.at // HOUR % 24 // (24 // WATCHES)
        hour, day = visits.at // HOUR % 24, visits.at // DAY % 7
        self.clocks = [self._slots(hour), self._slots(day * 8 + hour // 3)]
        self.queues = [self._slots(code) for code in _queues(claims, visits)]
        self.stretch = self._slots(np.zeros_like(self.at), self.rank)

    def _slots(self, code: Longs, time: Longs | None = None) -> _Slots:
        owners = np.zeros_like(code), self.visits.agent.astype(np.int64), self.pair
        return _Slots.of(code, self.at if time is None else time, owners)

    def chance(self, agent: Longs, row: Longs) -> Floats:
        """The chance that `row` falls to `agent`; both (n,)."""
        known = self.visits.buyer[row].astype(np.int64) * self.agents + agent
        pair = np.searchsorted(self.pairs, known)
        pair[self.pairs[np.minimum(pair, len(self.pairs) - 1)] != known] = -1
        asked = _Asked(agent, pair, row)
        best = self._share(self.stretch, asked, self.rank, np.full(len(row), self.enough // 2), OWN_QUEUE)
        for clock in self.clocks:
            best = np.maximum(best, self._share(clock, asked, self.at, self._width(clock, row)))
        for queue in self.queues:
            for width in (self._width(queue, row), np.full(len(row), WIDTHS[-1])):
                best = np.maximum(best, self._share(queue, asked, self.at, width, OWN_QUEUE))
        return np.minimum(best, CERTAIN)

    def _width(self, slots: _Slots, row: Longs) -> Longs:
        width = np.full(len(row), WIDTHS[-1])
        for wider in WIDTHS[-2::-1]:
            enough = slots.around(0, np.zeros_like(row), row, self.at[row], wider) >= self.enough
            width[enough] = wider
        return width

    def _share(self, slots: _Slots, asked: _Asked, time: Longs, width: Longs, least: int = 0) -> Floats:
        """The agent's share of the visits around; 0 where fewer than `least` of them were other buyers'."""
        row, at = asked.row, time[asked.row]
        everyone = slots.around(0, np.zeros_like(row), row, at, width)
        theirs = slots.around(1, asked.agent, row, at, width)
        own = slots.around(2, asked.pair, row, at, width)
        share: Floats = (theirs - own + 1.0) / np.maximum(everyone - own + 1, 1)
        return np.where(theirs - own >= least, share, 0.0)


def _queues(claims: Claims, visits: Visits) -> list[Longs]:
    """Codes of the queues that a visit may belong to."""
    rows = claims.rows.take(pa.array(visits.row))
    channel = pc.binary_join_element_wise(rows["country"], pc.fill_null(rows["channel"], ""), " ")
    named = [channel, *(rows[name] for name in ("category", "seller_id", "product_id"))]
    codes = [coded(pc.fill_null(c, ""))[0].astype(np.int64) for c in named]
    return [*codes, codes_of(claims.reason[visits.row]), codes_of(visits.kind)]
