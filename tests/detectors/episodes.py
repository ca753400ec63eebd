"""Episodes of a marketplace, added to a made one: what happened to one product, good or bad."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from markets import START


@dataclass(frozen=True)
class Sold:
    """Somebody buys, and perhaps writes. stars: None where nothing is written; ordered: whether an order is kept."""

    buyer: str
    product: str
    placed: datetime
    written: datetime
    stars: int | None
    ordered: bool = True


def day(number: float) -> datetime:
    """A time of the made market: days from its first one."""
    return START + timedelta(days=number)


def sales(
    product: str, people: list[str], span: tuple[float, float], share: float, mix: list[float], seed: int
) -> list[Sold]:
    """Each of `people` buys within `span` (days); a share writes after 3 to 20 days, one to five stars as in `mix`."""
    rng = np.random.default_rng(seed)
    found = []
    for who in people:
        placed = day(rng.uniform(*span))
        stars = int(rng.choice(5, p=mix)) + 1 if rng.random() < share else None
        found.append(Sold(who, product, placed, placed + timedelta(days=float(rng.uniform(3, 20))), stars))
    return found


def added(market: dict[str, pa.Table], sold: list[Sold], mark: str = "x") -> dict[str, pa.Table]:
    """The market with more orders and reviews; `mark` begins their ids."""
    ordered = [(k, s) for k, s in enumerate(sold) if s.ordered]
    written = [(k, s) for k, s in enumerate(sold) if s.stars is not None]
    orders = {
        "order_id": [f"{mark}{k}" for k, _ in ordered],
        "buyer_id": [s.buyer for _, s in ordered],
        "product_id": [s.product for _, s in ordered],
        "placed_at": [s.placed for _, s in ordered],
    }
    reviews = {
        "review_id": [f"{mark}{k}" for k, _ in written],
        "product_id": [s.product for _, s in written],
        "reviewer_id": [s.buyer for _, s in written],
        "rating": [s.stars for _, s in written],
        "posted_at": [s.written for _, s in written],
        "order_id": [f"{mark}{k}" if s.ordered else None for k, s in written],
    }
    grown = {**market}
    for name, rows in (("orders", orders), ("reviews", reviews)):
        columns = market[name].column_names
        more = pa.table({c: rows.get(c, [None] * len(rows["product_id"])) for c in columns})
        grown[name] = pa.concat_tables([market[name], more.cast(market[name].schema)])
    return grown


def opened(market: dict[str, pa.Table], names: list[str], when: float) -> dict[str, pa.Table]:
    """The market with new buyers, whose accounts were opened `when` (days)."""
    schema = market["accounts"].schema
    more = pa.table({"account_id": names, "role": ["buyer"] * len(names), "created_at": [day(when)] * len(names)})
    return {**market, "accounts": pa.concat_tables([market["accounts"], more.cast(schema)])}


def best_seller(market: dict[str, pa.Table], place: int = 0) -> str:
    """The product with the most reviews, or the one at `place` after it."""
    counts = market["reviews"].group_by("product_id").aggregate([("review_id", "count")])
    order = counts.sort_by([("review_id_count", "descending"), ("product_id", "ascending")])
    return str(order["product_id"][place].as_py())
