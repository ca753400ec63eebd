"""Claims that a place explains: many other buyers of the product, or in the postcode area, claim the same then.

A recall, a bad batch, or a courier who loses parcels makes strangers claim for one reason in the same weeks. Such
claims never speak for a gang.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.claims import Claims
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Bools, Ints, Longs
from floorwalker.stats.tail import EXACT, log_tail_poisson

PRODUCT_SALES = Step(
    "product_sales",
    "select product_id, count(*) as orders from orders where product_id is not null group by product_id",
)
AREA_SALES = Step(
    "area_sales",
    """
    select coalesce(o.ship_postcode, '') as ship_postcode, coalesce(a.country, '') as country, count(*) as orders
    from orders as o left join accounts as a on a.account_id = o.buyer_id
    group by coalesce(o.ship_postcode, ''), coalesce(a.country, '')
    """,
)
SPAN = 42 * DAY
LEAST_HOMES = 4
EXPLAINING = np.log(1e-3)
AREAS = (2, 3, 5)
"""How many first letters of a postcode make an area: a town, a round, a street."""


def explained(claims: Claims, home: Ints, reason: Ints, rows: Rows) -> tuple[Bools, Bools]:
    """Which claims the product explains, and which the postcode area; (n,) each. home, reason: (n,) codes."""
    sales = rows("product_sales", by=("product_id",))
    of_product = _lifted(
        claims.requested, home, reason, claims.rows["product_id"], sales["product_id"], sales["orders"]
    )
    sales = rows("area_sales", by=("country", "ship_postcode"))
    of_area = np.zeros(len(claims), dtype=bool)
    for letters in AREAS:
        here, there = _area(claims.rows, letters), _area(sales, letters)
        of_area |= _lifted(claims.requested, home, reason, here, there, sales["orders"])
    return of_product, of_area


def _area(table: pa.Table, letters: int) -> pa.ChunkedArray:
    """Country and the first letters of the postcode; null where there is none."""
    code = pc.utf8_slice_codeunits(table["ship_postcode"], 0, letters)
    known = pc.if_else(pc.equal(code, ""), pa.scalar(None, pa.string()), code)
    return pc.binary_join_element_wise(table["country"], known, " ")


def _lifted(
    second: Longs, home: Ints, reason: Ints, place: pa.ChunkedArray, places: pa.ChunkedArray, orders: pa.ChunkedArray
) -> Bools:
    """Claims in a span in which more homes of the place claim for the reason than its share of the orders explains."""
    names = pc.unique(places.drop_null())
    if len(names) == 0:
        return np.zeros(len(second), dtype=bool)
    which = pc.index_in(places, names)
    known = which.is_valid().to_numpy()
    sold = np.bincount(which.to_numpy()[known].astype(int), orders.to_numpy()[known], len(names))
    share = sold / max(float(orders.to_numpy().sum()), 1.0)
    code = pc.fill_null(pc.index_in(place, names), -1).to_numpy().astype(np.int64)
    kept = np.flatnonzero(code >= 0)
    order = kept[np.lexsort((kept, second[kept], reason[kept], code[kept]))]
    first = _first_of_home(order, code, reason, home)
    low, high = _spans(first, second, code, reason)
    around = np.zeros(len(first), dtype=np.int64)
    for one in np.unique(reason):
        here, pace = reason[first] == one, np.sort(second[reason == one])
        begin = second[first[here]]
        around[here] = np.searchsorted(pace, begin + SPAN, side="right") - np.searchsorted(pace, begin)
    homes = high - low
    log_p = log_tail_poisson(homes, around * share[code[first]], EXACT) if len(first) else np.empty(0)
    hot = (homes >= LEAST_HOMES) & (log_p <= EXPLAINING)
    return _marked(order, second, code, reason, first[hot])


def _first_of_home(order: Longs, code: Longs, reason: Ints, home: Ints) -> Longs:
    """Of `order`, the first claim of each (place, reason, home), in the same order."""
    key = np.stack((code[order], reason[order], home[order]))
    _, first = np.unique(key, axis=1, return_index=True)
    kept: Longs = order[np.sort(first)]
    return kept


@njit(cache=True)  # type: ignore[untyped-decorator]
def _spans(rows: Longs, second: Longs, code: Longs, reason: Ints) -> tuple[Longs, Longs]:
    """For each of `rows`: its place, and the place after the last one of the same code and reason within SPAN."""
    low, high = np.arange(len(rows)), np.empty(len(rows), dtype=np.int64)
    end = 0
    for k in range(len(rows)):
        end = max(end, k)
        while (
            end < len(rows)
            and code[rows[end]] == code[rows[k]]
            and reason[rows[end]] == reason[rows[k]]
            and second[rows[end]] <= second[rows[k]] + SPAN
        ):
            end += 1
        high[k] = end
    return low, high


def _marked(order: Longs, second: Longs, code: Longs, reason: Ints, hot: Longs) -> Bools:
    """All claims within SPAN after one of `hot`, at its place and for its reason."""
    marked = np.zeros(len(second), dtype=bool)
    if len(hot) == 0:
        return marked
    key = code * (int(reason.max()) + 1) + reason
    base = int(second.min())
    width = int(second.max()) - base + SPAN + 1
    at, starts = key[order] * width + (second[order] - base), np.sort(key[hot] * width + (second[hot] - base))
    last = np.searchsorted(starts, at, side="right") - 1
    marked[order] = (last >= 0) & (at - starts[np.maximum(last, 0)] <= SPAN)
    return marked
