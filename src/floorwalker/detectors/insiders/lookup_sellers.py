"""What an agent's unexplained visits say of a seller: one story against the usual law, and against other sellers.

Story: a share of the visits (SHARES, averaged over) is drawn from the seller's customers, the others as usual. Visits
multiply, for under the usual law they are drawn apart; but for whatever reason an honest agent may busy himself with
one seller's customers for some days, so that all hits within a week of a first one say together no more than PROJECT
beyond the first. Sellers are averaged over by a weight set before the looks are seen (half by orders, half alike), so
that having searched them all is paid for.
"""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import logsumexp

from floorwalker.detectors.insiders.lookup_visits import Visits
from floorwalker.graph.slots import DAY, Bools, Floats, Longs
from floorwalker.stats.combine import p_to_e
from floorwalker.stats.compiled import compiled
from floorwalker.stats.peers import LEAST_PEERS, PeerTest, beta_binomial

SHARES = (0.02, 0.05, 0.15, 0.4, 0.8)
STYLES = (0, 1)
WAYS = list(product(SHARES, STYLES))
WEEK = 7 * DAY
PROJECT = math.log(100)
RATE = math.log(30)
"""Many unexplained looks, whoever the customers: curiosity, training, analysis. Never enough to name anybody."""
LEAST_EXPLAINED, LEAST_OWN = 0.5, 1 / 3
"""Where the tables explain less of the peers' looks, or of the agent's own, nothing is known of the work there."""
TOP = 8
WORTH = math.log(10)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    By agent: rate, unexplained visits against peers; peers, their unexplained share; blind, where too little is
    explained to judge; log_e. By pair: told, the log likelihood ratio averaged over the ways; log_e, of the seller,
    the agent's other sellers given. By seller: log_e, and best, the pair that says most (-1 where none).
    """

    rate: PeerTest
    blind: Bools
    agent_log_e: Floats
    told: Floats
    pair_log_e: Floats
    seller_log_e: Floats
    best: Longs


def weigh(visits: Visits, contact: Floats, recall: Floats) -> Found:
    """Judge every agent and every seller. contact, recall: (pairs,) logs of what messages and shared products say."""
    rate, blind = _rates(visits)
    ways = _ways(visits)
    told = logsumexp(ways, axis=0) - math.log(len(WAYS)) + recall
    busy = np.minimum(p_to_e(rate.log_p), RATE)
    agent_log_e = _agents(visits, told + contact) + busy
    agent_log_e[blind] = np.minimum(agent_log_e[blind], 0.0)
    bound = np.maximum(agent_log_e[visits.pair_agent], 0.0)
    pair_log_e = np.minimum(_given_other_sellers(visits, ways, told) + contact, bound)
    return Found(rate, blind, agent_log_e, told, pair_log_e, *_sellers(visits, pair_log_e, busy))


def _rates(visits: Visits) -> tuple[PeerTest, Bools]:
    """Unexplained visits against the closest peers who are enough, and about whose work too little is known."""
    done = visits.explained + visits.unexplained
    group = np.full(len(done), -1, dtype=np.int64)
    next_group = 0
    for depth in (3, 2, 1, 0):
        names = np.array(["\n".join(stratum[:depth]) for stratum in visits.strata], dtype=str)
        _, code = np.unique(names, return_inverse=True)
        peers = np.bincount(code, weights=done > 0)
        chosen = (group < 0) & ((peers > LEAST_PEERS)[code] if depth else np.ones(len(done), dtype=bool))
        group[chosen] = next_group + code[chosen]
        next_group += len(peers)
    explained, total = np.bincount(group, weights=visits.explained), np.bincount(group, weights=done)
    others = (explained[group] - visits.explained) / np.maximum(total[group] - done, 1)
    blind = (others < LEAST_EXPLAINED) | (visits.explained < LEAST_OWN * done)
    return beta_binomial(visits.unexplained, done, group, bulk=0.9), blind


def _ways(visits: Visits) -> Floats:
    """Log likelihood ratio of each pair in each of WAYS, (ways, pairs)."""
    pairs = len(visits.pair_agent)
    ptr = np.searchsorted(visits.pair, np.arange(pairs + 1))
    second, missed = visits.second[visits.visit], visits.unexplained[visits.pair_agent] - np.diff(ptr)
    out = np.empty((len(WAYS), pairs))
    for row, (share, style) in enumerate(WAYS):
        hit = np.log1p(share * (visits.lift[style] / visits.usual - 1))
        out[row] = within_projects(hit, second, ptr) + missed * math.log1p(-share)
    return out


@compiled
def within_projects(told: Floats, second: Longs, ptr: Longs) -> Floats:
    """Sums of `told` between the places `ptr`, each row ordered by second; see the module for PROJECT."""
    out = np.zeros(len(ptr) - 1)
    for k in range(len(out)):
        begin, rest = second[ptr[k]] if ptr[k] < ptr[k + 1] else 0, 0.0
        for j in range(ptr[k], ptr[k + 1]):
            if j == ptr[k] or second[j] >= begin + WEEK:
                out[k] += min(rest, PROJECT) + told[j]
                begin, rest = second[j], 0.0
            else:
                rest += told[j]
        out[k] += min(rest, PROJECT)
    return out


def _agents(visits: Visits, told: Floats) -> Floats:
    """Sellers averaged over; those with one hit or none can only speak against."""
    size = len(visits.agents)
    prior = visits.prior[visits.pair_seller]
    left = np.maximum(1 - np.bincount(visits.pair_agent, weights=prior, minlength=size), 0.0)
    none = logsumexp([visits.unexplained * math.log1p(-share) for share in SHARES], axis=0) - math.log(len(SHARES))
    with np.errstate(divide="ignore"):
        total = np.log(left) + none
    np.logaddexp.at(total, visits.pair_agent, np.log(prior) + told)
    return np.asarray(np.maximum(total, -50.0), dtype=np.float64)


def _given_other_sellers(visits: Visits, ways: Floats, told: Floats) -> Floats:
    """The log e-value of each pair that this seller is looked up for, were the agent bribed by any other one.

    Either this seller alone, against the other alone; or both, against the other alone: the mean of the two. The
    least over the others counts. Two sellers with the same customers cannot be told apart and clear each other.
    """
    out = told.copy()
    ptr = np.searchsorted(visits.pair_agent, np.arange(len(visits.agents) + 1))
    best = ways.max(axis=0, initial=0.0)
    for pair in np.flatnonzero(told > WORTH):
        own = np.arange(ptr[visits.pair_agent[pair]], ptr[visits.pair_agent[pair] + 1])
        rivals = own[(own != pair) & (best[own] > 0)]
        for rival in rivals[np.lexsort((rivals, -np.round(best[rivals], 9)))][:TOP]:
            alone = told[pair] - best[rival]
            both = _besides(visits, int(pair), int(rival), WAYS[int(np.argmax(np.round(ways[:, rival], 9)))])
            out[pair] = min(out[pair], float(np.logaddexp(both, alone)) - math.log(2))
    return out


def _besides(visits: Visits, pair: int, rival: int, way: tuple[float, int]) -> float:
    """Log likelihood ratio that the agent looks for the pair's seller too, against for the rival alone.

    A rival's customers buy elsewhere too, more alike than chance has it: they speak for no second seller.
    """
    share, style = way
    rows, theirs = (slice(*np.searchsorted(visits.pair, (k, k + 1))) for k in (pair, rival))
    ratio = visits.lift / visits.usual
    known = dict(zip(visits.visit[theirs].tolist(), ratio[style, theirs].tolist(), strict=True))
    there = np.array([known.get(v, 0.0) for v in visits.visit[rows].tolist()])
    alone = 1 - share + share * there
    second, ends = visits.second[visits.visit[rows]], np.array([0, len(there)])
    missed = [ratio_there for visit, ratio_there in known.items() if visit not in set(visits.visit[rows].tolist())]
    elsewhere = np.append(missed, np.zeros(int(visits.unexplained[visits.pair_agent[pair]]) - len(missed) - len(there)))
    told = []
    for more, its in WAYS:
        if more + share >= 1:
            continue
        hit = np.log1p(more * (ratio[its, rows] - 1) / alone)
        added = within_projects(np.where(there > 0, np.minimum(hit, 0.0), hit), second, ends)[0]
        told.append(added + float(np.sum(np.log1p(-more / (1 - share + share * elsewhere)))))
    return float(logsumexp(told)) - math.log(len(WAYS))


def _sellers(visits: Visits, pair_log_e: Floats, busy: Floats) -> tuple[Floats, Longs]:
    """The log e-value of each seller, and the pair that says most.

    Any agent may look for it: half of the stake is on all alike, half by how many unexplained looks they made, which
    says nothing of the customers.
    """
    seller, size = visits.pair_seller, len(visits.sellers)
    stake = 0.5 / max(len(visits.agents), 1) + 0.5 * np.exp(busy) / max(float(np.exp(busy).sum()), 1.0)
    told = np.full(size, -50.0)
    np.logaddexp.at(told, seller, np.log(stake[visits.pair_agent]) + pair_log_e)
    order = np.lexsort((visits.pair_agent, -np.round(pair_log_e, 9), seller))
    first = np.append(True, seller[order][1:] != seller[order][:-1])[: len(order)]
    best = np.full(size, -1, dtype=np.int64)
    best[seller[order][first]] = order[first]
    bound = np.full(size, -50.0)
    np.maximum.at(bound, seller, pair_log_e)
    return np.minimum(told, np.maximum(bound, 0.0)), best
