"""What may be unusual about bringing a seller back, and how often it is so innocently.

Every sign is yes or no at each decision. Its rate is that of the other agents, raised by the agent's own way: by what
he did before, by his denials (a habit shows there too), by how he takes other work. Signs hang together (a ticket taken
by hand may be done at once), so a rate is raised too where a sign is common among others' events with the same signs.
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
    """Arrays (n,). asked: the tables tell; seen; rate: how often innocently, first: before any earlier event counts."""

    asked: Bools
    seen: Bools
    rate: Floats
    first: Floats

    def log_ratio(self, guilty: float, first: bool = False) -> Floats:
        """The log likelihood ratio of each event, were the sign made in a share `guilty`; 0 where unasked."""
        rate = self.first if first else self.rate
        ratio = np.where(self.seen, np.log(guilty / rate), np.log((1 - guilty) / (1 - rate)))
        return np.where(self.asked, ratio, 0.0)


@dataclass(frozen=True, slots=True)
class Signs:
    """alone: acted without a ticket of his own; taken: with one he took; at_once: of the quick, within an hour."""

    alone: Sign
    taken: Sign
    overrules: Sign
    quick: Sign
    at_once: Sign
    early: Sign
    again: Sign


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
    )


def _sign(cases: Decisions, fair: Floats, asked: Bools, seen: Bools, kinds: tuple[Longs, ...], elsewhere: bool) -> Sign:
    granted = asked & cases.granted
    past = before(cases.agent, granted, seen)
    agents = len(fair)
    asked_denied, seen_denied = (
        np.bincount(cases.agent, weights=w & ~cases.granted, minlength=agents).astype(np.float64)
        for w in (asked, asked & seen)
    )
    habits = [(asked_denied[cases.agent], seen_denied[cases.agent])]
    if elsewhere:
        tickets, taken = cases.elsewhere
        share = np.minimum(MOST_ELSEWHERE / np.maximum(tickets, 1.0), 1.0)
        habits.append(((tickets * share)[cases.agent], (taken * share)[cases.agent]))
    nothing = Past(np.zeros(len(asked)), np.zeros(len(asked)))
    spread = unlike(*(cases.elsewhere if elsewhere else (np.zeros(agents),) * 2), fair)
    pasts = (past, *(Past(past.asked + n, past.seen + s) for n, s in habits))
    starts = (nothing, *(Past(n, s) for n, s in habits))
    rates = [innocent(cases.agent, granted, seen, fair, p, spread) for p in (pasts, starts)]
    for kind in kinds:
        rates = [raised(rate, kind, cases.agent, granted, seen, fair) for rate in rates]
    return Sign(asked, seen, *rates)


def standing_out(cases: Decisions, signs: Signs) -> Floats:
    """How many signs come together in each agent's reinstatements, beyond one at a time."""
    together = sum(s.seen.astype(float) for s in (signs.alone, signs.taken, signs.overrules, signs.quick))
    beyond = np.maximum(np.asarray(together) - 1, 0.0) * cases.granted
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
