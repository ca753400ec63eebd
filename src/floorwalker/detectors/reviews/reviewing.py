"""Reviews as slots: who praised what, and when. Listings that show the same reviews count as one item."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.engine.step import Step
from floorwalker.graph.slots import Ints, Slots, order_slots
from floorwalker.graph.truss import components

FIRST_REVIEWS = Step(
    "first_reviews",
    """
    select r.reviewer_id, r.product_id, r.review_id, r.rating, r.order_id is not null as has_order,
        cast(epoch(date_trunc('second', r.posted_at)) as bigint) as second,
        coalesce(p.category, '') as category,
        coalesce(p.seller_id, '') as seller_id,
        coalesce(nullif(p.brand, ''), p.seller_id, '') as brand
    from reviews as r left join products as p on p.product_id = r.product_id
    qualify row_number() over (partition by r.reviewer_id, r.product_id order by r.posted_at, r.review_id) = 1
    """,
)
SAME_REVIEWS = Step(
    "same_reviews",
    """
    select a.product_id as first_id, b.product_id as second_id, count(distinct a.reviewer_id) as reviewers
    from reviews as a join reviews as b
        on b.reviewer_id = a.reviewer_id and b.posted_at = a.posted_at and b.rating = a.rating and b.body = a.body
        and b.product_id > a.product_id
    where length(a.body) >= 20
    group by a.product_id, b.product_id
    having count(distinct a.reviewer_id) >= 2
    """,
)
PRAISE = 4.0
SAME_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Reviews in code: `all` has every review, `praise` those of four stars and more.

    reviewer_ids, product_ids, seller_ids, brands: names by code. Arrays by row of `all`: stars, review_row,
    product, has_order; `praised`: (n of praise,) rows of `all`. By product code: listing (item), seller, brand.
    """

    all: Slots
    praise: Slots
    praise_of_all: Slots
    praised: NDArray[np.int64]
    stars: NDArray[np.float64]
    has_order: NDArray[np.bool_]
    product: Ints
    review_ids: pa.Array
    reviewer_ids: pa.Array
    product_ids: pa.Array
    seller_ids: pa.Array
    brands: pa.Array
    seller_of: Ints
    brand_of: Ints


def read_reviewing(rows: Rows) -> Reviewing:
    """Code the rows of FIRST_REVIEWS, with the listings that SAME_REVIEWS shows to be one."""
    table = rows("first_reviews", by=("reviewer_id", "product_id"))
    account, reviewer_ids = coded(table["reviewer_id"])
    product, product_ids = coded(table["product_id"])
    category, _ = coded(table["category"])
    seller, seller_ids = coded(table["seller_id"])
    brand, brands = coded(table["brand"])
    item = _listings(rows("same_reviews", by=("first_id", "second_id")), product_ids, product)[product]
    second = table["second"].to_numpy().astype(np.int64)
    slots = order_slots(account, item, category, second, len(reviewer_ids), len(product_ids))
    order = np.lexsort((item, second, account))
    stars = table["rating"].to_numpy()[order]
    praised = _first_of_each_item(slots, stars >= PRAISE)
    columns = slots.account[praised], slots.item[praised], slots.stratum[praised], slots.second[praised]
    praise, of_all = (
        order_slots(columns[0], columns[1], stratum, columns[3], slots.accounts, slots.items)
        for stratum in (columns[2], np.zeros_like(columns[2]))
    )
    return Reviewing(
        slots,
        praise,
        of_all,
        praised,
        stars,
        table["has_order"].to_numpy(zero_copy_only=False)[order],
        product[order],
        table["review_id"].combine_chunks().take(order),
        reviewer_ids,
        product_ids,
        seller_ids,
        brands,
        _by_code(product, seller, len(product_ids)),
        _by_code(product, brand, len(product_ids)),
    )


def named(ids: pa.Array) -> NDArray[np.bool_]:
    """Which of the names are not empty: sellers and brands that are known. (ids,)."""
    known: NDArray[np.bool_] = pc.not_equal(ids, "").to_numpy(zero_copy_only=False)
    return known


def cited(world: Reviewing, rows: NDArray[np.int64]) -> list[tuple[str, str]]:
    """Rows of `world.all` as evidence."""
    return [("reviews", str(i)) for i in world.review_ids.take(pa.array(rows)).to_pylist()]


def _by_code(keys: Ints, values: Ints, size: int) -> Ints:
    found = np.zeros(size, dtype=np.int32)
    found[keys] = values
    return found


def _first_of_each_item(slots: Slots, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
    rows = np.flatnonzero(wanted)
    key = slots.account[rows].astype(np.int64) * slots.items + slots.item[rows]
    _, first = np.unique(key, return_index=True)
    kept: NDArray[np.int64] = rows[np.sort(first)]
    return kept


def _listings(same: pa.Table, product_ids: pa.Array, product: Ints) -> Ints:
    """The listing of each product: products of which a large part of the reviews are the same are one."""
    size = len(product_ids)
    first = pc.index_in(same["first_id"], product_ids).to_numpy().astype(np.int32)
    second = pc.index_in(same["second_id"], product_ids).to_numpy().astype(np.int32)
    reviews = np.bincount(product, minlength=size)
    smaller = np.minimum(reviews[first], reviews[second])
    one = same["reviewers"].to_numpy() >= SAME_SHARE * smaller
    return components(first[one], second[one], size)
