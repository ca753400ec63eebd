"""A method campaign: one way of claiming comes up in few weeks among buyers who share nothing.

A way is a channel, a class of days waited and a class of amounts, for one reason or any. More dear goods are sold
before a feast, and more is asked by chat when the telephone is down: so a lift counts as far as it is beyond what
the amounts among those of that channel and wait, and the waits among those of that channel and amount, make likely.
"""

import numpy as np

from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.methods import CHANNEL, GOODS, PRICES, WAIT, Traits
from floorwalker.detectors.refunds.ties import Tie
from floorwalker.graph.slots import DAY, Bools, Ints, Longs
from floorwalker.stats.tail import EXACT, log_tail_binomial

FORTNIGHT = 14 * DAY
SPANS = (2, 4)
"""Fortnights in a campaign."""
LEAST_HOMES = 6
DEAR = 2
"""The class of amounts from which on all are one here: the dearest quarter."""
SURE = np.log(0.01)


def find_methods(claims: Claims, traits: Traits, home: Ints, usable: Bools) -> list[Tie]:
    """Lifts that no two traits explain, the most telling first, no claim in two. home, usable: (n,) by row."""
    rows = _one_each_home(claims, home, np.flatnonzero(usable))
    if len(rows) < LEAST_HOMES:
        return []
    fortnight = (claims.requested[rows] - claims.requested.min()) // FORTNIGHT
    amount = np.minimum(traits.value[GOODS][rows] % (len(PRICES) + 1), DEAR)
    ways = np.stack((traits.value[CHANNEL][rows], traits.value[WAIT][rows], amount))
    every = np.zeros(len(rows), dtype=np.int64)
    found = [_lifts(np.vstack((reason, ways)), fortnight) for reason in (every, traits.reason[rows])]
    tries = np.log(max(sum(size for _, size in found), 1))
    best = sorted((log_p + tries, inside.tolist()) for lifts, _ in found for log_p, inside in lifts)
    taken: set[int] = set()
    ties = []
    for log_p, inside in best:
        fresh = [k for k in inside if k not in taken]
        if log_p <= SURE and 2 * len(fresh) > len(inside):
            taken.update(inside)
            shown = rows[np.array(fresh)]
            buyers = np.unique(claims.buyer[shown])
            ties.append(Tie("method", "", buyers, shown, buyers[:0], log_p, *claims.span(shown)))
    return ties


def _one_each_home(claims: Claims, home: Ints, rows: Longs) -> Longs:
    """The first claim of each home in each fortnight."""
    when = (claims.requested[rows] - claims.requested.min()) // FORTNIGHT
    _, first = np.unique(np.stack((home[rows].astype(np.int64), when)), axis=1, return_index=True)
    return rows[np.sort(first)]


def _lifts(ways: Longs, fortnight: Longs) -> tuple[list[tuple[float, Longs]], int]:
    """(log p, places) of each cell and span that is beyond each margin, and how many were tried.

    ways: (4, n) codes of reason, channel, wait and amount.
    """
    cells, cell = np.unique(ways, axis=1, return_inverse=True)
    cell = cell.ravel()
    counts = _by_time(cell, fortnight, cells.shape[1])
    margins = []
    for left_out in (2, 3):
        _, wide = np.unique(np.delete(cells, left_out, axis=0), axis=1, return_inverse=True)
        margins.append(_by_time(wide.ravel()[cell], fortnight, int(wide.max()) + 1)[wide.ravel()])
    found, tried = [], 0
    for span in SPANS:
        here, around = _in_span(counts, span), [_in_span(margin, span) for margin in margins]
        asked = here >= LEAST_HOMES
        tried += int((_in_span(counts, span) > 0).sum())
        which, begin = np.nonzero(asked)
        log_p = np.full(len(which), -np.inf)
        for margin, inside in zip(margins, around, strict=True):
            hits, size = here[which, begin], inside[which, begin]
            rest, outside = counts.sum(axis=1)[which] - hits, margin.sum(axis=1)[which] - size
            log_p = np.maximum(log_p, log_tail_binomial(hits, size, (rest + 0.5) / (outside + 1.0), EXACT))
        for k in np.flatnonzero(log_p <= SURE):
            inside = (cell == which[k]) & (fortnight >= begin[k]) & (fortnight < begin[k] + span)
            found.append((float(np.round(log_p[k], 9)), np.flatnonzero(inside)))
    return found, tried


def _by_time(code: Longs, fortnight: Longs, size: int) -> Longs:
    """(size, fortnights) counts."""
    width = int(fortnight.max()) + 1
    return np.bincount(code * width + fortnight, minlength=size * width).reshape(size, width)


def _in_span(counts: Longs, span: int) -> Longs:
    """Counts in `span` fortnights from each on."""
    total = np.concatenate((np.zeros((len(counts), 1), dtype=np.int64), np.cumsum(counts, axis=1)), axis=1)
    last = np.minimum(np.arange(counts.shape[1]) + span, counts.shape[1])
    return np.asarray(total[:, last] - total[:, :-1])
