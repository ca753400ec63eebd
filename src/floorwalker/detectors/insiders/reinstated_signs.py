"""What may be unusual about bringing a seller back, and how often it is so innocently.

Every sign is yes or no at each decision. Innocently, its rate is that of the other agents, drawn to what the agent did
before, in reinstatements and denials alike: a habit shows in both. Were some reinstatements favours, the rest would go
on at the rate of his denials. Signs hang together (a ticket taken by hand may be done at once), so both rates are
raised where a sign is common among others' events with the same signs.
"""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.insiders.habit_rates import Past, before, innocent, raised, unlike
from floorwalker.detectors.insiders.reinstated_cases import NONE, TAKEN, Decisions
from floorwalker.graph.slots import Bools, Floats, Longs

HOUR = 3600
QUICK, EARLY = 0.1, 0.2
"""The share of others' decisions that counts as quick after the ticket, and early after the measure."""
MOST_ELSEWHERE = 10.0
FEWEST = 20
"""A policy has a border of its own for what is early where so many reinstatements are known."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of every decision, as arrays (n,).

    asked: the tables tell; seen. rate: how often innocently, after all that the agent did before; usual: how often in
    ordinary work, after what the agent denied before.
    """

    asked: Bools
    seen: Bools
    rate: Floats
    usual: Floats

    def log_ratio(self, guilty: Floats | float, against: Floats) -> Floats:
        """Log ratio of each event under two rates; 0 where unasked."""
        ratio = np.where(self.seen, np.log(guilty / against), np.log((1 - guilty) / (1 - against)))
        return np.where(self.asked, ratio, 0.0)


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs that are asked about.

    alone: acted without a ticket of his own; taken: with one he took; at_once: of the quick, within an hour; met: the
    agent had brought the seller back last time too.
    """

    alone: Sign
    taken: Sign
    overrules: Sign
    quick: Sign
    at_once: Sign
    early: Sign
    again: Sign
    met: Sign


def read_signs(cases: Decisions, fair: Floats) -> Signs:
    """All signs of all decisions. fair: (agents,) how far each agent is believed to be an ordinary peer."""
    size = len(cases.agent)
    everywhere = np.ones(size, dtype=bool)
    held = cases.case != NONE
    quick = cases.took <= _border(cases.took, fair[cases.agent], cases.granted & np.isfinite(cases.took), QUICK)
    early = _early(cases, fair)
    kind = cases.case * 2 + cases.overrules
    timely = cases.policy * 4 + cases.overrules * 2 + (quick & held)

    def sign(asked: Bools, seen: Bools, *kinds: Longs, elsewhere: bool = False) -> Sign:
        return _sign(cases, fair, asked, seen & asked, kinds, elsewhere)

    return Signs(
        alone=sign(everywhere, ~held),
        taken=sign(held, cases.case == TAKEN, elsewhere=True),
        overrules=sign(everywhere, cases.overrules, cases.policy, cases.case),
        quick=sign(held, quick, kind),
        at_once=sign(held & quick, cases.took <= HOUR, kind),
        early=sign(np.isfinite(cases.lasted), early, cases.policy, timely % 4, timely),
        again=sign(cases.follows & cases.granted, cases.again, cases.policy),
        met=_met(cases, sign(cases.granted & (cases.last >= 0), cases.last == cases.agent)),
    )


def _sign(cases: Decisions, fair: Floats, asked: Bools, seen: Bools, kinds: tuple[Longs, ...], elsewhere: bool) -> Sign:
    agents, granted = len(fair), asked & cases.granted
    nothing = np.zeros(len(asked))
    habits = [(nothing, nothing)]
    if elsewhere:
        tickets, taken = cases.elsewhere
        share = np.minimum(MOST_ELSEWHERE / np.maximum(tickets, 1.0), 1.0)
        habits.append(((tickets * share)[cases.agent], (taken * share)[cases.agent]))
    spread = unlike(*(cases.elsewhere if elsewhere else (np.zeros(agents),) * 2), fair)
    rates = []
    for among in (asked, asked & ~cases.granted):
        past = before(cases.agent, among, seen)
        pasts = tuple(Past(past.asked + n, past.seen + s) for n, s in habits)
        yes, no = (innocent(cases.agent, part, seen, fair, pasts, spread) for part in (granted, asked & ~cases.granted))
        rate = np.where(cases.granted, yes, no)
        for kind in kinds:
            rate = raised(rate, kind, cases.agent, granted, seen, fair)
        rates.append(rate)
    return Sign(asked, seen, *rates)


def _met(cases: Decisions, sign: Sign) -> Sign:
    """Who decides much, or much at that time of the day, meets sellers again by routing."""
    watch = cases.at // HOUR % 24 // 3
    pair = watch * len(cases.agent_ids) + cases.agent
    alike = np.bincount(pair)[pair] / np.bincount(watch)[watch]
    share = np.maximum(np.bincount(cases.agent)[cases.agent] / len(cases.agent), alike)
    rate, usual = (np.maximum(values, np.minimum(share, 0.95)) for values in (sign.rate, sign.usual))
    return Sign(sign.asked, sign.seen, rate, usual)


def standing_out(cases: Decisions, signs: Signs) -> Floats:
    """How many signs come together in each agent's reinstatements, beyond one at a time; in denials they count back."""
    together = sum(s.seen.astype(float) for s in (signs.alone, signs.taken, signs.overrules, signs.quick))
    beyond = np.maximum(np.asarray(together) - 1, 0.0) * np.where(cases.granted, 1.0, -1.0)
    return np.bincount(cases.agent, weights=beyond, minlength=len(cases.agent_ids)).astype(np.float64)


def _early(cases: Decisions, fair: Floats) -> Bools:
    known = cases.granted & np.isfinite(cases.lasted)
    weight = fair[cases.agent]
    early = cases.lasted <= _border(cases.lasted, weight, known, EARLY)
    enough = np.bincount(cases.policy[known], weights=weight[known], minlength=int(cases.policy.max(initial=0)) + 1)
    for policy in np.flatnonzero(enough >= FEWEST):
        mine = cases.policy == policy
        early[mine] &= cases.lasted[mine] <= _border(cases.lasted, weight, known & mine, EARLY)
    return early


def _border(value: Floats, weight: Floats, among: Bools, share: float) -> float:
    """The largest value of which, with smaller ones, at most this share of the weight lies."""
    if not among.any():
        return -np.inf
    order = np.argsort(value[among], kind="stable")
    sizes, ordered = weight[among][order], value[among][order]
    reached = np.searchsorted(np.cumsum(sizes), share * sizes.sum(), side="right")
    return float(ordered[min(reached, len(ordered) - 1)])
