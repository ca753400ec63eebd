"""Refused claims that were tried again elsewhere, and orders that were paid back more than once."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.codes import coded
from floorwalker.detectors.refunds.claims import NEVER, Claims
from floorwalker.graph.slots import DAY, Bools, Floats, Ints, Longs

AGAIN = 30 * DAY
"""Who asks for the same goods within so long after a no asks again."""
TOO_MUCH = 1.1
"""Paid back above this multiple of what was paid: postage and rounding lie below it."""
AT_ONCE = 3600
"""Two payments within so many seconds may be one that the machine made twice."""


@dataclass(frozen=True, slots=True)
class Retries:
    """Refused claims for which it is known whether they were tried again.

    refused: their rows. after: the row of the next claim for the same goods, with somebody else or through another
    channel; -1 where there is none.
    """

    refused: Longs
    after: Longs


@dataclass(frozen=True, slots=True)
class Doubles:
    """Orders paid back. By order: buyer, codes; paid, back: money paid and paid back; twice: whether back is too much.

    at_once: its payments lie within AT_ONCE. rows: the approved claims by order, ptr where each order's begin.
    """

    buyer: Ints
    paid: Floats
    back: Floats
    twice: Bools
    at_once: Bools
    rows: Longs
    ptr: Longs


def find_retries(claims: Claims) -> Retries:
    """Every refused claim, and the next one on its order or, by the same buyer, on its product."""
    asked, answered = claims.requested, np.where(claims.decided == NEVER, claims.requested, claims.decided)
    refused = np.flatnonzero(pc.fill_null(pc.equal(claims.rows["outcome"], "denied"), False).to_numpy())
    after = np.full(len(claims), -1, dtype=np.int64)
    for column in ("product_id", "order_id"):
        name, _ = coded(pc.fill_null(claims.rows[column], ""))
        known = pc.not_equal(pc.fill_null(claims.rows[column], ""), "").to_numpy()
        order = np.lexsort((np.arange(len(claims)), asked, name, claims.buyer))
        one, two = order[:-1], order[1:]
        same = (claims.buyer[one] == claims.buyer[two]) & (name[one] == name[two]) & known[one]
        same &= (asked[two] > answered[one]) & (asked[two] <= answered[one] + AGAIN)
        after[one[same]] = two[same]
    next_ = after[refused]
    elsewhere = _elsewhere(claims, refused, np.maximum(next_, 0)) & (next_ >= 0)
    known = elsewhere | (answered[refused] + AGAIN <= asked.max(initial=0))
    return Retries(refused[known], np.where(elsewhere, next_, -1)[known])


def _elsewhere(claims: Claims, one: Longs, two: Longs) -> Bools:
    """Whether two claims were answered by other people, or made through other channels."""
    found = np.zeros(len(one), dtype=np.bool_)
    for column in ("staff_id", "channel"):
        values = claims.rows[column]
        differs = pc.not_equal(values.take(pa.array(one)), values.take(pa.array(two)))
        found |= pc.fill_null(differs, False).to_numpy()
    return found


def find_doubles(claims: Claims) -> Doubles:
    """All orders with money back whose price is known, in one currency."""
    rows = claims.rows
    paid = np.fmax(_numbers(rows["order_amount"]), _numbers(rows["price"]) * np.fmax(_numbers(rows["quantity"]), 1.0))
    paid = np.where(np.isnan(_numbers(rows["order_amount"])), np.nan, paid)
    told = np.flatnonzero(claims.approved & (paid > 0))
    order, _ = coded(rows["order_id"].take(pa.array(told)))
    sort = np.lexsort((told, claims.decided[told], order))
    mine, order = told[sort], order[sort]
    start = np.flatnonzero(np.append(True, order[1:] != order[:-1])) if len(order) else np.zeros(0, dtype=np.int64)
    ptr = np.append(start, len(mine)).astype(np.int64)
    if not len(start):
        none = np.zeros(0)
        return Doubles(claims.buyer[:0], none, none, none > 0, none > 0, mine, ptr)
    amount = _numbers(rows["amount"])[mine]
    currency, _ = coded(rows["currency"].take(pa.array(mine)))
    mixed = np.maximum.reduceat(currency, start) != np.minimum.reduceat(currency, start)
    back = np.add.reduceat(amount, start)
    some = np.diff(ptr) > 1
    gap = claims.decided[mine[ptr[1:] - 1]] - claims.decided[mine[start]]
    twice = some & ~mixed & (np.round(back, 2) > np.round(TOO_MUCH * paid[mine[start]], 2))
    return Doubles(claims.buyer[mine[start]], paid[mine[start]], back, twice, gap <= AT_ONCE, mine, ptr)


def _numbers(column: pa.ChunkedArray) -> Floats:
    values: Floats = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
    return values
