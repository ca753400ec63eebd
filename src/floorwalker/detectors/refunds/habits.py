"""What the number of a buyer's claims, their worth and their waits say: little, since honest people differ in them.

Each is believed to one in ten only, and all together hardly more, so that no habit accuses anybody by itself.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.claims import NEVER, Claims
from floorwalker.graph.slots import DAY, Floats
from floorwalker.stats.peers import gamma_poisson
from floorwalker.stats.tail import EXACT, log_tail_gamma_poisson

MOST = np.log(10.0)
LEAST_CLAIMS = 3
"""Two claims show no habit: who made no more is not asked about."""
RATES = (0.2, 0.4, 0.7)
"""Shares of orders that an abuser claims; half of the abusers claim no oftener than honest people."""
SCATTER = 4.0
"""Shape of the gamma distribution by which abusers differ."""
WAITS = (1.0, 2.0, 4.0, 8.0)
"""Days after delivery at which an abuser claims as a rule, each as likely."""
WIDTH = 0.7
"""Doublings: as a rule his wait lies between 0.6 and 1.6 times that."""
FREELY = 0.3
"""The share of his claims for which an abuser waits like honest people."""
GREEDY = 0.3
"""The share of his claims for which an abuser chooses an order by what it is worth."""
_CELLS, _MIDDLE, _FINE = 81, 40, 4


def log_e_of_many(rows: Rows, buyer_ids: pa.Array) -> Floats:
    """The log e-value of each buyer's number of claimed orders, given that it is LEAST_CLAIMS or more; at most MOST."""
    table = rows("asked_by_buyer", "buyer_id", "orders", "claimed", "expected", by=("buyer_id",))
    claimed, orders = (table[name].to_numpy().astype(float) for name in ("claimed", "orders"))
    expected = np.round(table["expected"].to_numpy().astype(float), 9)
    test = gamma_poisson(claimed, expected, tie=EXACT)
    place = pc.index_in(buyer_ids, value_set=table["buyer_id"].combine_chunks()).fill_null(-1).to_numpy()
    known = np.flatnonzero(place >= 0)
    known = known[(claimed[place[known]] >= LEAST_CLAIMS) & np.isfinite(test.mean[place[known]])]
    at = place[known]
    null = _given_many(claimed[at], test.expected[at], 1 / np.maximum(test.spread[at], 1e-6))
    mixed = np.full(len(at), np.log(0.5))
    for rate in RATES:
        often = _given_many(claimed[at], rate * orders[at], np.full(len(at), SCATTER))
        mixed = np.logaddexp(mixed, often - null - np.log(2 * len(RATES)))
    log_e = np.zeros(len(buyer_ids))
    log_e[known] = np.minimum(np.round(mixed, 9), MOST)
    return log_e


def log_e_of_value(rows: Rows, claims: Claims) -> Floats:
    """The log e-value of how dear each buyer's claimed orders are, given how many; at most MOST.

    Under the null a claimed order is any of the buyer's, as likely as its kind is claimed by others; an abuser chooses
    some in proportion to what they are worth.
    """
    table = rows("asked_by_buyer", "buyer_id", "expected", "expected_value", by=("buyer_id",))
    expected, value = (np.round(table[name].to_numpy().astype(float), 9) for name in ("expected", "expected_value"))
    place = pc.index_in(claims.buyer_ids, value_set=table["buyer_id"].combine_chunks()).fill_null(-1).to_numpy()
    usual = np.full(len(claims.buyer_ids), np.nan)
    usual[place >= 0] = (value / np.maximum(expected, 1e-9))[place[place >= 0]]
    amount = claims.rows["order_amount"].fill_null(np.nan).to_numpy()
    worth = np.divide(amount, usual[claims.buyer], out=np.ones(len(amount)), where=usual[claims.buyer] > 0)
    term = np.log(GREEDY * np.where(np.isfinite(worth), worth, 1.0) + 1 - GREEDY)
    total = np.bincount(claims.buyer, weights=term, minlength=len(usual))
    return np.asarray(np.minimum(np.round(total, 9), MOST), dtype=np.float64)


def _given_many(k: Floats, mean: Floats, shape: Floats) -> Floats:
    """Log P(X = k | X >= LEAST_CLAIMS) of a gamma-Poisson."""
    reach = log_tail_gamma_poisson(k, mean, shape, EXACT)
    beyond = log_tail_gamma_poisson(k + 1, mean, shape, EXACT)
    least = log_tail_gamma_poisson(np.full(len(k), float(LEAST_CLAIMS)), mean, shape, EXACT)
    point = reach + np.log(np.maximum(-np.expm1(np.minimum(beyond - reach, -1e-12)), 1e-300))
    return np.asarray(point - least, dtype=np.float64)


def log_e_of_waits(claims: Claims) -> Floats:
    """The log e-value of how regularly each buyer claims some days after delivery, as recipes advise; at most MOST.

    Under the null, waits are as other buyers' waits: counted by fourths of a doubling, each smoothed with its
    neighbours.
    """
    known = (claims.delivered != NEVER) & (claims.requested > claims.delivered)
    days = np.where(known, claims.requested - claims.delivered, DAY) / DAY
    cell = np.clip(np.floor(np.round(_FINE * np.log2(days), 9)), -_MIDDLE, _MIDDLE).astype(np.int64) + _MIDDLE
    counts = np.bincount(cell[known], minlength=_CELLS).astype(float)
    smooth = counts + np.append(counts[1:], 0.0) + np.append(0.0, counts[:-1]) + 3.0
    own = _own_near(claims.buyer.astype(np.int64), cell, known)
    null = (smooth[cell] - own) / (smooth.sum() - 3 * _per_buyer(claims, known)[claims.buyer])
    grid = (np.arange(_CELLS) - _MIDDLE + 0.5) / _FINE
    mixed = np.full(len(claims.buyer_ids), -np.inf)
    for middle in WAITS:
        law = np.exp(-0.5 * ((grid - np.log2(middle)) / WIDTH) ** 2)
        ratio = (1 - FREELY) * (law / law.sum())[cell] / null + FREELY
        total = np.bincount(claims.buyer, weights=np.where(known, np.log(ratio), 0.0), minlength=len(mixed))
        mixed = np.logaddexp(mixed, total - np.log(len(WAITS)))
    return np.asarray(np.minimum(np.round(mixed, 9), MOST), dtype=np.float64)


def _per_buyer(claims: Claims, known: NDArray[np.bool_]) -> Floats:
    counts = np.bincount(claims.buyer, weights=known.astype(np.float64), minlength=len(claims.buyer_ids))
    return np.asarray(counts, dtype=np.float64)


def _own_near(buyer: NDArray[np.int64], cell: NDArray[np.int64], known: NDArray[np.bool_]) -> Floats:
    """How many claims of the same buyer lie in each claim's cell and its two neighbours."""
    key = np.sort((buyer * (_CELLS + 2) + cell + 1)[known])
    here = buyer * (_CELLS + 2) + cell + 1
    counts = np.searchsorted(key, here + 1, side="right") - np.searchsorted(key, here - 1, side="left")
    return np.asarray(counts, dtype=np.float64)
