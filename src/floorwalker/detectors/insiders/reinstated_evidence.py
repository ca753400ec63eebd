"""Two stories of an agent who brings sellers back, and what his decisions say of each.

Innocent: each sign comes at its innocent rate, or the agent sits at a second instance, always or by turns: there all
that he decides, denials too, comes that way. Not innocent: a share of those whom he reinstates are favours, which show
some of the signs on purpose; the rest, denials above all, is ordinary work without them. Which share and which signs is
averaged over (`WAYS`). Each decision is judged given those before it, so likelihood ratios multiply, and their mean
over the ways is an e-value.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from floorwalker.detectors.insiders.reinstated_cases import Decisions
from floorwalker.detectors.insiders.reinstated_signs import Sign, Signs, read_signs, standing_out
from floorwalker.graph.slots import Bools, Floats, Longs

SHARES = (0.25, 0.6, 0.9)
USED = 0.8
AT_ONCE, OFFENDS = 0.6, 3.0
CASES = {"given": None, "taken": (0.05, 0.8), "alone": (0.75, 0.2)}
"""How favours come to the agent: how often without a ticket of his own, and how often he took it, given he has one."""
DESK, ORDINARY, ELSEWHERE = 0.003, 0.02, 0.5
"""How many agents sit at a second instance, how much of the work there is ordinary, and how much of what belongs there
is done elsewhere."""
TURN = 0.15
"""How often an agent is sent there, or back, between two decisions."""
ONE_SELLER = math.log(300.0)
"""One seller alone says no more of an agent: an honest second look happens."""
ALONE = math.log(1e3)
"""What all signs but one kind say not at all, that kind may say up to so much."""
PRIOR = 0.01
ODD, LOOKS, CAUTION = 0.15, 4, 0.1


class Way(NamedTuple):
    """Which share of the reinstatements are favours, how they come, and which signs go with them.

    client: the same sellers come again, and are measured again.
    """

    share: float
    case: str
    overrules: bool
    quick: bool
    early: bool
    client: bool

    def uses(self, kind: str) -> bool:
        """Whether signs of this kind are among the way's."""
        used = {"case": self.case != "given", "haste": self.quick or self.early, "client": self.client}
        return bool(used.get(kind, self.overrules))


WAYS = [Way(*way) for way in product(SHARES, CASES, *(((False, True),) * 4))]
STYLES = [way for way in WAYS if way.share == SHARES[-1] and way.overrules and not way.client]
KINDS = ("case", "haste", "overrules", "client")


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
        favour, usual = _log_ratios(signs, way)
        by_pair = np.bincount(place, weights=_mixed(favour, way.share, usual)[given], minlength=len(pairs))
        by_pair = np.minimum(by_pair, ONE_SELLER)
        by_agent = np.bincount(agent, weights=by_pair, minlength=agents)
        by_agent += np.bincount(cases.agent, weights=np.where(cases.granted, 0.0, usual), minlength=agents)
        by_agent -= np.maximum(np.bincount(cases.agent, weights=usual, minlength=agents), 0.0)
        total = np.logaddexp(total, by_agent)
        for kind in KINDS:
            if not way.uses(kind):
                parts[kind] = np.logaddexp(parts[kind], by_agent)
        odds = math.log(PRIOR / len(WAYS)) + by_agent[agent] - by_pair + desk[agent]
        own = np.bincount(place, weights=(favour - usual)[given], minlength=len(pairs))
        guilt, told = np.logaddexp(guilt, odds), np.logaddexp(told, odds + own)
    total -= math.log(len(WAYS))
    bound = [np.maximum(parts[k] - math.log(sum(not w.uses(k) for w in WAYS)), 0.0) for k in KINDS]
    log_e = np.minimum(total, np.minimum.reduce(bound) + ALONE) + desk
    pair_log_e = np.minimum(np.logaddexp(told, 0.0) - np.logaddexp(guilt, 0.0), np.maximum(log_e, 0.0)[agent])
    return Verdicts(log_e, desk, agent, seller, pair_log_e, _by_seller(seller, pair_log_e, size))


def _mixed(favour: Floats, share: float, usual: Floats | float = 0.0) -> Floats:
    return np.asarray(np.logaddexp(math.log1p(-share) + usual, math.log(share) + favour), dtype=np.float64)


def _log_ratios(signs: Signs, way: Way) -> tuple[Floats, Floats]:
    """Of each decision (n,), against innocence: were it a favour done this way, and were it ordinary work beside."""
    used: list[tuple[Sign, Floats | float]] = []
    comes = CASES[way.case]
    if comes is not None:
        used += [(signs.alone, comes[0]), (signs.taken, comes[1])]
    if way.overrules:
        used += [(signs.overrules, USED)]
    if way.quick:
        used += [(signs.quick, USED), (signs.at_once, AT_ONCE)]
    if way.early:
        used += [(signs.early, USED)]
    if way.client:
        rate = signs.again.usual
        used += [(signs.again, OFFENDS * rate / (1 + (OFFENDS - 1) * rate)), (signs.met, USED)]
    favour, usual = np.zeros(len(signs.alone.seen)), np.zeros(len(signs.alone.seen))
    for sign, guilty in used:
        favour += sign.log_ratio(guilty, sign.rate)
        usual += sign.log_ratio(sign.usual, sign.rate)
    return favour, usual


def _desk(cases: Decisions, signs: Signs) -> Floats:
    """Log of the factor (<= 1) by which the second instance lowers each agent's evidence.

    All decisions, or those of stretches of time, come as favours would, denials too. Where there is such a desk, few of
    the second looks of that time are had by those who do ordinary work.
    """
    count = np.bincount(cases.agent, minlength=len(cases.agent_ids))
    ends = np.cumsum(count)
    meanwhile = _meanwhile(cases)
    desk = np.full(len(count), -np.inf)
    for way in STYLES:
        steps = np.minimum(_mixed(_log_ratios(signs, way)[0], 1 - ORDINARY), ONE_SELLER)
        for agent, (low, high) in enumerate(zip(ends - count, ends, strict=True)):
            desk[agent] = np.logaddexp(desk[agent], _turns(steps[low:high], meanwhile[low:high]))
    desk += math.log(DESK / len(STYLES))
    return np.asarray(-np.logaddexp(0.0, desk), dtype=np.float64)


def _turns(steps: Floats, meanwhile: Floats) -> float:
    """Log likelihood ratio of one agent's decisions, were he sent to such a desk and back, or there all the time.

    steps: (n,) log ratios. meanwhile: (n,) log weights; while he is there, they go on falling.
    """
    fallen = np.append(0.0, np.diff(meanwhile))
    there, away, stay, turn = math.log(0.5), math.log(0.5), math.log1p(-TURN), math.log(TURN)
    for step, fall in zip(steps.tolist(), fallen.tolist(), strict=True):
        arrives = float(np.logaddexp(there + stay + fall, away + turn))
        away = float(np.logaddexp(away + stay, there + turn))
        there = arrives + step
    whole = float(steps.sum() + meanwhile[-1] - meanwhile[0])
    return float(np.logaddexp(whole, np.logaddexp(there, away)) - math.log(2))


def _meanwhile(cases: Decisions) -> Floats:
    """Log weight (n,), falling with the second looks that others, who do ordinary work, have had until then."""
    agents = len(cases.agent_ids)
    own = np.bincount(cases.agent, weights=cases.second, minlength=agents)
    usual = own <= np.bincount(cases.agent, minlength=agents) / 2
    counts = cases.second & usual[cases.agent]
    until = np.searchsorted(np.sort(cases.at[counts]), cases.at, side="right") - np.cumsum(counts)
    return np.asarray(math.log(ELSEWHERE) * until, dtype=np.float64)


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
