"""The chance that a removal without a report falls to an agent, as the work of the moderators really fell.

Whoever removed other sellers' reviews on his own at the same hour of the day, on the same weekday and watch, in the
same stretch of time, in the same category or in the same manner might have removed this one. And whom the router gives
a share of a seller's reports is expected to do that share of the seller's other removals. The largest is taken: every
doubt about who was on duty raises the chance. Each seller counts once a month in an agent's share of the work, so that
a few sellers served on purpose are no large share.
"""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.insiders.removals import REASONED, ROUTED, Decisions
from floorwalker.graph.slots import DAY, Floats, Longs

HOUR, MONTH = 3600, 30 * DAY
WIDTHS = (7 * DAY, 28 * DAY, 90 * DAY, 100_000 * DAY)
"""Half windows in seconds: the narrowest that holds enough work is taken."""
ENOUGH = 200
QUEUE = 3
"""An agent with so much work of other sellers in a category serves it."""
CERTAIN = 0.98


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases of removals that no router gave out, by seller and time.

    agent, seller, pair: codes as in Decisions. at: seconds. row: the first decision of each.
    """

    agent: Longs
    seller: Longs
    pair: Longs
    at: Longs
    row: Longs

    def __len__(self) -> int:
        return len(self.row)


def own_cases(decisions: Decisions) -> Cases:
    """What agents removed on their own, each case once."""
    mine = np.flatnonzero(decisions.own)
    row = mine[np.unique(decisions.case[mine], return_index=True)[1]]
    row = row[np.lexsort((row, decisions.at[row], decisions.seller[row]))]
    agent, seller = (code[row].astype(np.int64) for code in (decisions.agent, decisions.seller))
    return Cases(agent, seller, decisions.pair[row], decisions.at[row], row)


class _Slots:
    """Work by code and time: how much of it lies around a time, of everybody, of an agent, or of a pair."""

    def __init__(self, code: Longs, at: Longs, owners: tuple[Longs, Longs]) -> None:
        self.size, self.span = int(code.max(initial=0)) + 1, int(at.max(initial=0)) + 2
        keys = [(owner * self.size + code) for owner in (np.zeros_like(code), *owners)]
        self.names = [np.unique(key) for key in keys]
        self.ends = [
            np.sort(np.searchsorted(names, key) * self.span + at) for names, key in zip(self.names, keys, strict=True)
        ]

    def around(self, level: int, owner: Longs | int, code: Longs, at: Longs, width: Longs | int) -> Longs:
        names, ends, name = self.names[level], self.ends[level], owner * self.size + code
        place = np.minimum(np.searchsorted(names, name), len(names) - 1)
        low = np.searchsorted(ends, place * self.span + np.clip(at - width, 0, self.span - 1))
        high = np.searchsorted(ends, place * self.span + np.clip(at + width, 0, self.span - 1), side="right")
        return np.where(names[place] == name, high - low, 0).astype(np.int64)


class Routing:
    """Who was at work when, on what."""

    def __init__(self, decisions: Decisions, cases: Cases) -> None:
        """Order the work once for every later question."""
        self.cases, self.agents = cases, len(decisions.agent_ids)
        self.at = cases.at - cases.at.min(initial=2**62)
        self.enough = max(ENOUGH, self.agents)
        hour, day = cases.at // HOUR % 24, cases.at // DAY % 7
        reasoned = (decisions.manner[cases.row] == REASONED).astype(np.int64)
        self.codes = [np.zeros_like(hour), hour, day * 8 + hour // 3, reasoned, decisions.category[cases.row]]
        month = cases.pair * (int(self.at.max(initial=0)) // MONTH + 1) + self.at // MONTH
        once = np.unique(month, return_index=True)[1] if len(cases) else np.zeros(0, dtype=np.int64)
        owners = cases.agent[once], cases.pair[once]
        self.slots = [_Slots(code[once], self.at[once], owners) for code in self.codes]
        self.given = _given(decisions)

    def chance(self, agent: Longs, pair: Longs, row: Longs) -> Floats:
        """The chance that case `row` falls to `agent`; pair: of that agent and the case's seller. All (n,)."""
        best = self.given[pair]
        for place, (slots, code) in enumerate(zip(self.slots, self.codes, strict=True)):
            least = QUEUE if place >= 3 else 0
            width = self._width(slots, code, row)
            best = np.maximum(best, self._share(slots, code, agent, pair, row, width, least))
        return np.minimum(best, CERTAIN)

    def _width(self, slots: _Slots, code: Longs, row: Longs) -> Longs:
        width = np.full(len(row), WIDTHS[-1])
        for wider in WIDTHS[-2::-1]:
            width[slots.around(0, 0, code[row], self.at[row], wider) >= self.enough] = wider
        return width

    def _share(
        self, slots: _Slots, code: Longs, agent: Longs, pair: Longs, row: Longs, width: Longs, least: int
    ) -> Floats:
        """The agent's share of the work around on other sellers; 0 where it is less than `least`."""
        code, at = code[row], self.at[row]
        own = slots.around(2, pair, code, at, width)
        theirs = slots.around(1, agent, code, at, width) - own
        everyone = slots.around(0, 0, code, at, width) - own
        return np.where(theirs >= least, (theirs + 1.0) / (everyone + 1), 0.0)


def given_counts(decisions: Decisions) -> tuple[Longs, Longs]:
    """By pair: how many of the seller's reports somebody gave to the agent, and to anybody; each case once."""
    mine = np.flatnonzero(decisions.manner == ROUTED)
    row = mine[np.unique(decisions.case[mine], return_index=True)[1]]
    pairs = int(decisions.pair.max(initial=-1)) + 1
    got = np.bincount(decisions.pair[row], minlength=pairs)
    of_seller = np.bincount(decisions.seller[row], minlength=len(decisions.seller_ids))
    first = np.unique(decisions.pair, return_index=True)[1]
    return got, of_seller[decisions.seller[first]]


def _given(decisions: Decisions) -> Floats:
    """By pair: the agent's share of the seller's reports, as the router gave them out."""
    got, among = given_counts(decisions)
    return np.asarray(np.where(got > 0, got / (among + 1.0), 0.0), dtype=np.float64)
