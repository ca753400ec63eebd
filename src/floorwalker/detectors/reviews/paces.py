"""How many reviews a product's orders lead one to expect in a window, and who is new to the market."""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.record import Rows
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.detectors.reviews.timeline import Timeline
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Floats, Longs

ORDER_DAYS = Step(
    "order_days",
    """
    with reviewed as (select distinct product_id from reviews)
    select o.product_id, cast(epoch(date_trunc('second', o.placed_at)) as bigint) // 86400 as day, count(*) as orders
    from orders as o join reviewed as r on r.product_id = o.product_id
    group by o.product_id, cast(epoch(date_trunc('second', o.placed_at)) as bigint) // 86400
    """,
)
REVIEW_DELAYS = Step(
    "review_delays",
    """
    select r.review_id, cast(epoch(date_trunc('second', r.posted_at)) as bigint)
        - cast(epoch(date_trunc('second', o.placed_at)) as bigint) as delay
    from reviews as r join orders as o on o.order_id = r.order_id
    where r.posted_at >= o.placed_at
    """,
)
OPENINGS = Step(
    "openings",
    """
    with reviewers as (select distinct reviewer_id from reviews)
    select a.account_id, cast(epoch(date_trunc('second', a.created_at)) as bigint) as opened
    from accounts as a join reviewers as r on r.reviewer_id = a.account_id
    """,
)
DELAYS = (0.1, 0.3, 0.5, 0.7, 0.9)
FEW_ORDERS = 2.0
NEW = 30 * DAY


@dataclass(frozen=True, slots=True)
class Ordered:
    """Orders by product and day. product: (m,) codes, ascending; day: (m,) its first second; orders: (m,) counts.

    delays: seconds from order to review, one for each fifth of the market's reviews; none where no review names one.
    """

    product: Longs
    day: Longs
    orders: Longs
    delays: Longs


def read_ordered(rows: Rows, world: Reviewing) -> Ordered:
    """The rows of ORDER_DAYS and REVIEW_DELAYS in the codes of `world`."""
    table = rows("order_days", by=("product_id", "day"))
    product = pc.index_in(table["product_id"], world.product_ids).to_numpy().astype(np.int64)
    waited = rows("review_delays", "delay", by=("review_id",))["delay"].to_numpy()
    delays = np.quantile(waited, DELAYS).astype(np.int64) if len(waited) else np.empty(0, dtype=np.int64)
    return Ordered(product, table["day"].to_numpy() * DAY, table["orders"].to_numpy().astype(np.int64), delays)


def ordered_share(ordered: Ordered, product: Longs, start: Longs, end: Longs) -> Floats:
    """The share of windows (w,) of what their products' orders lead one to expect; 0 where orders are unknown.

    Products with few orders lean on an even pace: FEW_ORDERS of the orders are taken as spread over the time seen.
    """
    if len(ordered.day) == 0 or len(ordered.delays) == 0 or len(start) == 0:
        return np.zeros(len(start))
    line = Timeline.of(ordered.product, ordered.day)
    # A day's orders are taken to be placed at noon: the window is moved by half a day, not the orders.
    shifts = ordered.delays + DAY // 2
    inside = sum(line.counts(line.between(product, start - d, end - d), ordered.orders) for d in shifts) / len(shifts)
    everything = line.counts(line.between(product, np.full_like(start, line.start), end + line.span), ordered.orders)
    share = (inside + FEW_ORDERS * (end - start) / (line.span + DAY)) / (everything + FEW_ORDERS)
    return np.asarray(np.where(everything > 0, np.minimum(share, 1.0), 0.0))


def newcomers(rows: Rows, world: Reviewing) -> NDArray[np.bool_]:
    """Which rows of `world.all` are an account's first, or written within NEW seconds of its opening."""
    slots = world.all
    first = slots.second[slots.account_ptr[:-1]][slots.account] == slots.second
    table = rows("openings", by=("account_id",))
    opened = np.full(len(world.reviewer_ids), np.iinfo(np.int64).min // 2)
    known = pc.index_in(table["account_id"], world.reviewer_ids).to_numpy()
    opened[known] = table["opened"].to_numpy()
    return np.asarray(first | (slots.second < opened[slots.account] + NEW))
