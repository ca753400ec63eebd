"""Small honest markets, made here and knowing nothing of any detector."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

START = datetime(2025, 1, 1)

Review = tuple[str, str, int, int]
"""Reviewer, product, day, stars."""


def honest_market(seed: int, accounts: int = 3000, products: int = 500, orders: int = 12000) -> dict[str, pa.Table]:
    """Buyers of unlike activity and taste, products of unlike popularity that come and fade; a third is reviewed."""
    rng = np.random.default_rng(seed)
    category = rng.integers(0, 12, products)
    brand = category * 5 + rng.integers(0, 5, products)
    popularity = rng.pareto(1.2, products) + 0.2
    listed = rng.integers(-300, 300, products)
    taste = rng.integers(0, 12, accounts)
    activity = rng.pareto(1.5, accounts) + 0.1
    buyer = rng.choice(accounts, orders, p=activity / activity.sum())
    day = rng.integers(0, 365, orders)
    product = np.empty(orders, dtype=int)
    for k in range(orders):
        age = day[k] - listed
        appeal = popularity * (age >= 0) * np.exp(-np.maximum(age, 0) / 200) * (1 + 6 * (category == taste[buyer[k]]))
        product[k] = rng.choice(products, p=appeal / appeal.sum())
    reviewed = rng.random(orders) < 0.33
    placed = [
        START + timedelta(days=int(d), seconds=int(s)) for d, s in zip(day, rng.integers(0, 86400, orders), strict=True)
    ]
    delay = rng.integers(3, 20, orders)
    quality = rng.normal(4.3, 0.4, products)
    stars = np.clip(np.round(quality[product] + rng.normal(0, 1.1, orders)), 1, 5)
    rows = np.flatnonzero(reviewed)
    return {
        "accounts": pa.table(
            {
                "account_id": [f"a{k}" for k in range(accounts)] + [f"s{k}" for k in range(60)],
                "role": ["buyer"] * accounts + ["seller"] * 60,
                "created_at": [START] * (accounts + 60),
            }
        ),
        "products": pa.table(
            {
                "product_id": [f"p{k}" for k in range(products)],
                "seller_id": [f"s{k % 60}" for k in range(products)],
                "brand": [f"brand {k}" for k in brand],
                "category": [f"category {k}" for k in category],
                "price": [float(k % 90 + 5) for k in range(products)],
            }
        ),
        "orders": pa.table(
            {
                "order_id": [f"o{k}" for k in range(orders)],
                "buyer_id": [f"a{k}" for k in buyer],
                "product_id": [f"p{k}" for k in product],
                "placed_at": placed,
            }
        ),
        "reviews": pa.table(
            {
                "review_id": [f"r{k}" for k in rows],
                "product_id": [f"p{product[k]}" for k in rows],
                "reviewer_id": [f"a{buyer[k]}" for k in rows],
                "rating": [int(stars[k]) for k in rows],
                "posted_at": [placed[k] + timedelta(days=int(delay[k])) for k in rows],
                "order_id": [f"o{k}" for k in rows],
            }
        ),
    }


def with_reviews(
    market: dict[str, pa.Table], reviews: list[Review], orders: list[tuple[str, str]] | None = None
) -> dict[str, pa.Table]:
    """The market with more reviews, and with orders (buyer, product)."""
    extra = pa.table(
        {
            "review_id": [f"extra{k}" for k in range(len(reviews))],
            "product_id": [r[1] for r in reviews],
            "reviewer_id": [r[0] for r in reviews],
            "rating": [r[3] for r in reviews],
            "posted_at": pa.array([START + timedelta(days=r[2], minutes=k) for k, r in enumerate(reviews)]),
            "order_id": pa.nulls(len(reviews), pa.string()),
        }
    )
    bought = pa.table(
        {
            "order_id": [f"extra{k}" for k in range(len(orders or []))],
            "buyer_id": [b for b, _ in orders or []],
            "product_id": [p for _, p in orders or []],
            "placed_at": pa.array([START] * len(orders or []), pa.timestamp("us")),
        }
    )
    return {
        **market,
        "reviews": pa.concat_tables([market["reviews"], extra.cast(market["reviews"].schema)]),
        "orders": pa.concat_tables([market["orders"], bought.cast(market["orders"].schema)]),
    }
