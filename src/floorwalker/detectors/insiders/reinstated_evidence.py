"""Two stories of an agent who brings sellers back, and what his decisions say of each.

Innocent: each sign comes at its innocent rate, or the agent sits at a second instance: for a stretch of time all that
he decides, denials too, comes that way. Not innocent: a share of those whom he reinstates are favours, which show some
of the signs on purpose; the rest is ordinary work. Which share and which signs is averaged over (`WAYS`). Each decision
is judged given those before it, so likelihood ratios multiply, and their mean over the ways is an e-value.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from floorwalker.detectors.insiders.reinstated_cases import Decisions
from floorwalker.detectors.insiders.reinstated_signs import Signs, read_signs, standing_out
from floorwalker.graph.slots import Bools, Floats, Longs

SHARES = (0.25, 0.6, 0.9)
USED = 0.8
AT_ONCE, OFFENDS = 0.6, 0.4
CASES = {"given": None, "taken": (0.05, 0.8), "alone": (0.75, 0.2)}
"""How favours come to the agent: how often without a ticket of his own, and how often he took it, given he has one."""
DESK, ORDINARY, ELSEWHERE = 0.01, 0.05, 0.5
"""How many agents sit at a second instance, how much of the work there is ordinary, and how much of what belongs there
is done elsewhere."""
ONE_SELLER = math.log(300.0)
"""One seller alone says no more of an agent: an honest second look happens."""
ALONE = math.log(1e3)
"""What all signs but one kind say not at all, that kind may say up to so much."""
PRIOR = 0.01
ODD, LOOKS, CAUTION = 0.15, 4, 0.1


class Way(NamedTuple):
    """Which share of the reinstatements are favours, how they come, and which signs of haste go with them."""

    share: float
    case: str
    overrules: bool
    quick: bool
    early: bool
    again: bool

    def uses(self, kind: str) -> bool:
        """Whether signs of this kind are among the way's."""
        return bool({"case": self.case != "given", "haste": self.quick or self.early}.get(kind, self.overrules))


WAYS = [Way(*way) for way in product(SHARES, CASES, *(((False, True),) * 4))]
STYLES = [way for way in WAYS if way.share == SHARES[-1] and way.overrules and not way.again]
KINDS = ("case", "haste", "overrules")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was found, as natural logs.

    By agent: log_e; desk, how far the second instance lowers it (<= 0). By pair of agent and seller, ascending: their
    codes and log_e. By seller: log_e, -inf where never brought back.
    """

    log_e: Floats
    desk: Floats
    agent: Longs
    seller: Longs
    pair_log_e: Floats
    seller_log_e: Floats


def weigh(cases: Decisions, signs: Signs) -> Verdicts:
    """Judge every agent, and every seller brought back given what the agent's other decisions say."""
    given = np.flatnonzero(cases.granted)
    size = len(cases.seller_ids)
    pairs, place = np.unique(cases.agent[given] * size + cases.seller[given], return_inverse=True)
    agent, seller = pairs // size, pairs % size
    agents = len(cases.agent_ids)
    total, parts = np.full(agents, -np.inf), {kind: np.full(agents, -np.inf) for kind in KINDS}
    guilt, told = np.full(len(pairs), -np.inf), np.full(len(pairs), -np.inf)
    desk = _desk(cases, signs)
    for way in WAYS:
        mixed = _mixed(_log_ratio(signs, way)[given], way.share)
        by_pair = np.minimum(np.bincount(place, weights=mixed, minlength=len(pairs)), ONE_SELLER)
        by_agent = np.bincount(agent, weights=by_pair, minlength=agents)
        total = np.logaddexp(total, by_agent)
        for kind in KINDS:
            if not way.uses(kind):
                parts[kind] = np.logaddexp(parts[kind], by_agent)
        odds = math.log(PRIOR / len(WAYS)) + by_agent[agent] - by_pair + desk[agent]
        own = np.bincount(place, weights=_log_ratio(signs, way, first=True)[given], minlength=len(pairs))
        guilt, told = np.logaddexp(guilt, odds), np.logaddexp(told, odds + own)
    total -= math.log(len(WAYS))
    bound = [np.maximum(parts[k] - math.log(sum(not w.uses(k) for w in WAYS)), 0.0) for k in KINDS]
    log_e = np.minimum(total, np.minimum.reduce(bound) + ALONE) + desk
    pair_log_e = np.minimum(np.logaddexp(told, 0.0) - np.logaddexp(guilt, 0.0), np.maximum(log_e, 0.0)[agent])
    return Verdicts(log_e, desk, agent, seller, pair_log_e, _by_seller(seller, pair_log_e, size))


def _mixed(log_ratio: Floats, share: float) -> Floats:
    return np.asarray(np.logaddexp(math.log1p(-share), math.log(share) + log_ratio), dtype=np.float64)


def _log_ratio(signs: Signs, way: Way, first: bool = False) -> Floats:
    """Of each decision (n,), were it a favour done this way."""
    total = np.zeros(len(signs.alone.seen))
    comes = CASES[way.case]
    if comes is not None:
        total += signs.alone.log_ratio(comes[0], first) + signs.taken.log_ratio(comes[1], first)
    for used, sign in ((way.overrules, signs.overrules), (way.quick, signs.quick), (way.early, signs.early)):
        if used:
            total += sign.log_ratio(USED, first)
    if way.quick:
        total += signs.at_once.log_ratio(AT_ONCE, first)
    return total + signs.again.log_ratio(OFFENDS, first) if way.again else total


def _desk(cases: Decisions, signs: Signs) -> Floats:
    """Log of the factor (<= 1) by which the second instance lowers each agent's evidence.

    All decisions from one on, or up to one, or all, come as favours would, denials too. Where there is a desk, few of
    the second looks of that time are had by those who do ordinary work.
    """
    agents = len(cases.agent_ids)
    count = np.bincount(cases.agent, minlength=agents)
    last = np.cumsum(count) - 1
    first = last - count + 1
    since, until = _elsewhere(cases, first[cases.agent], last[cases.agent])
    desk = np.full(agents, -np.inf)
    for way in STYLES:
        so_far = np.cumsum(np.minimum(_mixed(_log_ratio(signs, way), 1 - ORDINARY), ONE_SELLER))
        start = np.append(0.0, so_far)[first]
        done = so_far - start[cases.agent]
        whole = done[last]
        rest = whole[cases.agent] - done
        halves = [_log_sum(values, cases.agent, agents) for values in (done + until, rest + since)]
        stretches = np.logaddexp(*halves) - np.log(2 * count)
        desk = np.logaddexp(desk, np.logaddexp(whole + until[last], stretches) - math.log(2))
    desk += math.log(DESK / len(STYLES))
    return np.asarray(-np.logaddexp(0.0, desk), dtype=np.float64)


def _elsewhere(cases: Decisions, first: Longs, last: Longs) -> tuple[Floats, Floats]:
    """Log weight of a desk after each decision (n,), and up to it, by the second looks that others had meanwhile."""
    agents = len(cases.agent_ids)
    own = np.bincount(cases.agent, weights=cases.second, minlength=agents)
    usual = own <= np.bincount(cases.agent, minlength=agents) / 2
    counts = cases.second & usual[cases.agent]
    times = np.sort(cases.at[counts])
    mine = np.cumsum(counts)
    up_to = np.searchsorted(times, cases.at, side="right")
    since = (up_to[last] - up_to) - (mine[last] - mine)
    until = (up_to - up_to[first]) - (mine - mine[first])
    factor = math.log(ELSEWHERE)
    return (factor * since).astype(np.float64), (factor * until).astype(np.float64)


def _log_sum(values: Floats, code: Longs, size: int) -> Floats:
    """Log of the sum of exp(values) by code."""
    most = np.full(size, -np.inf)
    np.maximum.at(most, code, values)
    return np.asarray(np.log(np.bincount(code, np.exp(values - most[code]), minlength=size)) + most, dtype=np.float64)


def _by_seller(seller: Longs, pair_log_e: Floats, size: int) -> Floats:
    """The mean over the agents who brought the seller back: each may be the one."""
    found = np.full(size, -np.inf)
    np.logaddexp.at(found, seller, pair_log_e)
    return np.asarray(found - np.log(np.maximum(np.bincount(seller, minlength=size), 1)), dtype=np.float64)


def settle(cases: Decisions) -> tuple[Signs, Verdicts]:
    """Signs and verdicts, with the innocent rates learned from those who are believed to be ordinary peers.

    A few who do otherwise would pass for the way of the house. So the first look leaves out those who stand out most,
    and each later one weighs everybody by what the one before says of him, as the steps of an EM fit do.
    """
    fair = np.ones(len(cases.agent_ids))
    signs = read_signs(cases, fair)
    together = standing_out(cases, signs)
    odd = np.argsort(-together, kind="stable")[: math.ceil(ODD * len(fair))]
    fair[odd[together[odd] > 0]] = 0.0
    for _ in range(LOOKS):
        signs = read_signs(cases, fair)
        found = weigh(cases, signs)
        fair = np.asarray(1 / (1 + CAUTION * np.exp(np.minimum(found.log_e - found.desk, 50.0))), dtype=np.float64)
    return signs, found


def listed_pairs(found: Verdicts, least: float) -> Bools:
    """Pairs in which both have evidence above `least`."""
    return np.asarray((found.pair_log_e > least) & (found.log_e[found.agent] > least), dtype=np.bool_)
