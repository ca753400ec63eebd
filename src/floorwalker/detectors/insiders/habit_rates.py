"""How often a sign comes innocently: from the other agents, and from what the agent did before.

Every agent has a rate of his own, drawn from a beta law; the law's mean and spread are weighed by the likelihood of all
other agents' counts over a grid (Griffiths 1973, Biometrics 29), so that few peers fix it only roughly. An event's rate
is what this predicts after the agent's earlier events: who has a habit is expected to go on with it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln, logsumexp

from floorwalker.graph.slots import Bools, Floats, Longs

MEANS = expit(np.linspace(-6.0, 4.0, 31))
SPREADS = np.array([0.003, 0.02, 0.06, 0.15, 0.3])
LIKELY = np.array([0.3, 0.3, 0.2, 0.15, 0.05])
"""How unlike agents may be, as an intraclass correlation, and how likely that is before the tables are read."""
ALPHA = (MEANS[:, None] * (1 / SPREADS - 1)).ravel()
BETA = ((1 - MEANS)[:, None] * (1 / SPREADS - 1)).ravel()
CLASS = 8.0
"""What is seen of a kind of event counts fully once there are many more of it than so many."""
BLOCK = 20_000
LEAST = 0.003


@dataclass(frozen=True, slots=True)
class Past:
    """Counts at each event, (n,): how often the sign was asked and seen in what the agent did before."""

    asked: Floats
    seen: Floats


def beta_log(asked: Floats, seen: Floats) -> Floats:
    """Log likelihood of counts (n,) in their order, at each point of the grid: (n, grid)."""
    a, b, n = ALPHA, BETA, asked[:, None]
    s = seen[:, None]
    top = gammaln(a + s) + gammaln(b + n - s) - gammaln(a + b + n)
    return np.asarray(top - (gammaln(a) + gammaln(b) - gammaln(a + b)), dtype=np.float64)


def unlike(asked: Floats, seen: Floats, weight: Floats) -> Floats:
    """Log weight of each spread of the grid, (grid,), by counts of other work (agents,), whatever its mean."""
    told = np.zeros(len(ALPHA))
    for low in range(0, len(asked), BLOCK):
        part = slice(low, low + BLOCK)
        told += weight[part] @ beta_log(asked[part], seen[part])
    by_spread = logsumexp(told.reshape(len(MEANS), len(SPREADS)), axis=0)
    return np.tile(np.log(LIKELY) + by_spread - by_spread.max(), len(MEANS))


def innocent(agent: Longs, asked: Bools, seen: Bools, weight: Floats, past: tuple[Past, ...], spread: Floats) -> Floats:
    """The rate of a sign at each event (n,), largest over the pasts that might explain it.

    agent: codes, events of one agent together. weight: (agents,) how far each agent is believed to be a fair peer.
    spread: as `unlike` gives it.
    """
    size = len(weight)
    counts = [np.bincount(agent, weights=w, minlength=size).astype(np.float64) for w in (asked, seen & asked)]
    total = spread.copy()
    own = np.zeros((size, len(ALPHA)))
    for low in range(0, size, BLOCK):
        part = slice(low, low + BLOCK)
        own[part] = weight[part, None] * beta_log(counts[0][part], counts[1][part])
        total += own[part].sum(axis=0)
    rate = np.full(len(agent), LEAST)
    for each in past:
        for low in range(0, len(agent), BLOCK):
            part = slice(low, low + BLOCK)
            n, s = each.asked[part], each.seen[part]
            log = total - own[agent[part]] + beta_log(n, s)
            mass = np.exp(log - log.max(axis=1, keepdims=True))
            mean = (ALPHA + s[:, None]) / (ALPHA + BETA + n[:, None])
            rate[part] = np.maximum(rate[part], (mass * mean).sum(axis=1) / mass.sum(axis=1))
    return np.asarray(np.minimum(rate, 1 - LEAST), dtype=np.float64)


def raised(rate: Floats, kind: Longs, agent: Longs, asked: Bools, seen: Bools, weight: Floats) -> Floats:
    """Rates (n,), raised where the sign is commoner among other agents' events of the same kind (codes)."""
    size = int(agent.max(initial=0)) + 1
    pair, place = np.unique(kind * size + agent, return_inverse=True)
    given = np.where(asked, weight[agent], 0.0)
    count, hits = (np.bincount(kind, weights=w)[kind] for w in (given, given * seen))
    own, own_hits = (np.bincount(place, weights=w, minlength=len(pair))[place] for w in (given, given * seen))
    there = (CLASS * rate + hits - own_hits) / (CLASS + count - own)
    return np.asarray(np.minimum(np.maximum(rate, there), 1 - LEAST), dtype=np.float64)


def before(agent: Longs, asked: Bools, seen: Bools) -> Past:
    """What each agent did before each event (n,), events of one agent together and in order."""
    counts = []
    for values in (asked, asked & seen):
        so_far = np.append(0, np.cumsum(values))[:-1].astype(np.float64)
        first = np.searchsorted(agent, agent)
        counts.append(so_far - so_far[first])
    return Past(*counts)
