"""Rings that only their sellers, their tools or their words give away."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.pipeline.trial import listed, trial
from markets import START, honest_market

PEOPLE = 12


@pytest.fixture(scope="module")
def market() -> dict[str, pa.Table]:
    return honest_market(seed=9, accounts=2500, orders=10_000)


def thin_ring(*, sellers: int, spread: int = 12, people: int = PEOPLE) -> dict[str, list[object]]:
    """Accounts with five jobs each over all products of a few sellers: hardly two meet on any product.

    Product k of the market is sold by seller k % 60; the campaigns of one seller's last `spread` days together.
    """
    rng = np.random.default_rng(5)
    shelf = [f"p{seller + 60 * k}" for k in range(8) for seller in range(10, 10 + sellers)]
    starts = {product: 20 + 70 * (k % sellers) for k, product in enumerate(shelf)}
    columns: dict[str, list[object]] = {name: [] for name in ("reviewer_id", "product_id", "posted_at", "body")}
    for who in range(people):
        for job, product in enumerate(rng.choice(shelf, 5, replace=False)):
            columns["reviewer_id"].append(f"a{300 + who}")
            columns["product_id"].append(str(product))
            columns["posted_at"].append(START + timedelta(days=starts[str(product)] + int(rng.integers(0, spread))))
            columns["body"].append(f"own words of {who} about job {job}, as long as any honest review would be")
    return columns


def with_ring(market: dict[str, pa.Table], ring: dict[str, list[object]], **more: pa.Table) -> dict[str, pa.Table]:
    size = len(ring["reviewer_id"])
    rows = pa.table(
        {
            **ring,
            "posted_at": pa.array(ring["posted_at"], pa.timestamp("us")),
            "review_id": [f"x{k}" for k in range(size)],
            "rating": [5] * size,
            "order_id": [f"x{k}" for k in range(size)],
        }
    )
    bought = {"order_id": rows["order_id"], "buyer_id": rows["reviewer_id"], "product_id": rows["product_id"]}
    orders = pa.table({**bought, "placed_at": rows["posted_at"]})
    old = market["reviews"].append_column("body", pa.nulls(market["reviews"].num_rows, pa.string()))
    return {
        **market,
        "orders": pa.concat_tables([market["orders"], orders.cast(market["orders"].schema)]),
        "reviews": pa.concat_tables([old, rows.select(old.column_names).cast(old.schema)]),
        **more,
    }


def accused(tables: dict[str, pa.Table]) -> set[str]:
    return {name for _, name in listed(LOCKSTEP, trial(LOCKSTEP, tables))}


def test_few_accounts_that_spread_over_many_products_of_few_sellers_are_found_by_the_sellers(
    market: dict[str, pa.Table],
) -> None:
    found = accused(with_ring(market, thin_ring(sellers=4)))
    ring = {f"a{300 + who}" for who in range(PEOPLE)}
    assert len(found & ring) > PEOPLE / 2
    assert not {name for name in found if name.startswith("a")} - ring
    assert {name for name in found if name.startswith("s")} <= {f"s{k}" for k in range(10, 14)}


def test_without_sellers_the_same_accounts_cannot_be_told_from_chance(market: dict[str, pa.Table]) -> None:
    tables = with_ring(market, thin_ring(sellers=4))
    assert not accused({name: table for name, table in tables.items() if name != "products"})


def test_fans_of_two_shops_who_come_all_year_are_no_ring(market: dict[str, pa.Table]) -> None:
    assert not accused(with_ring(market, thin_ring(sellers=2, spread=300, people=30)))


def e_values(tables: dict[str, pa.Table]) -> dict[str, float]:
    rows = trial(LOCKSTEP, tables).assessed.to_pylist()
    return {row["subject_id"]: row["log_e"] for row in rows if row["role"] == "reviewer"}


def identifiers(*pairs: tuple[str, str, str]) -> pa.Table:
    account, kind, value = zip(*pairs, strict=True)
    return pa.table({"account_id": account, "kind": kind, "value": value})


def test_a_phone_that_two_of_a_ring_use_speaks_against_both_and_one_home_takes_that_back(
    market: dict[str, pa.Table],
) -> None:
    ring = thin_ring(sellers=4)
    phone = ("a300", "device", "phone"), ("a301", "device", "phone")
    home = ("a300", "address", "home"), ("a301", "address", "home")
    apart = e_values(with_ring(market, ring))
    together = e_values(with_ring(market, ring, identifiers=identifiers(*phone)))
    at_home = e_values(with_ring(market, ring, identifiers=identifiers(*phone, *home)))
    assert together["a300"] > apart["a300"]
    assert together["a302"] == pytest.approx(apart["a302"], abs=0.01)
    assert at_home["a300"] <= apart["a300"] + 0.01


def test_words_that_two_of_a_ring_wrote_alike_speak_against_both(market: dict[str, pa.Table]) -> None:
    ring, copied = thin_ring(sellers=4), thin_ring(sellers=4)
    copied["body"][0] = copied["body"][5] = "the very same sentence, word for word, and long enough to be no phrase"
    apart, together = e_values(with_ring(market, ring)), e_values(with_ring(market, copied))
    assert together["a300"] > apart["a300"]
    assert together["a301"] > apart["a301"]
