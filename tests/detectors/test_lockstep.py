"""Review rings in lockstep: who is named, and which honest crowds are not."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Rows
from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.detectors.reviews.reviewing import Reviewing, read_reviewing
from floorwalker.detectors.reviews.ring_tests import assess_members
from floorwalker.graph.rings import Group
from floorwalker.graph.slots import DAY
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from markets import START, honest_market

Review = tuple[str, str, int, datetime, bool, str]
"""Reviewer, product, stars, time, whether there is an order, text."""


@pytest.fixture(scope="module")
def market() -> dict[str, pa.Table]:
    return honest_market(seed=9)


def with_reviews(market: dict[str, pa.Table], reviews: list[Review], **tables: pa.Table) -> dict[str, pa.Table]:
    """The market with more reviews, and an order of the day before for each that has one."""
    bought = [(k, r) for k, r in enumerate(reviews) if r[4]]
    orders = pa.table(
        {
            "order_id": [f"extra{k}" for k, _ in bought],
            "buyer_id": [r[0] for _, r in bought],
            "product_id": [r[1] for _, r in bought],
            "placed_at": pa.array([r[3] - timedelta(days=1) for _, r in bought], pa.timestamp("us")),
        }
    )
    written = pa.table(
        {
            "review_id": [f"extra{k}" for k in range(len(reviews))],
            "product_id": [r[1] for r in reviews],
            "reviewer_id": [r[0] for r in reviews],
            "rating": [r[2] for r in reviews],
            "posted_at": pa.array([r[3] for r in reviews], pa.timestamp("us")),
            "order_id": [f"extra{k}" if r[4] else None for k, r in enumerate(reviews)],
            "body": [r[5] for r in reviews],
        }
    )
    old = market["reviews"].append_column("body", pa.nulls(market["reviews"].num_rows, pa.string()))
    return {
        **market,
        "orders": pa.concat_tables([market["orders"], orders.cast(market["orders"].schema)]),
        "reviews": pa.concat_tables([old, written.cast(old.schema)]),
        **tables,
    }


def accused(tables: dict[str, pa.Table]) -> set[str]:
    return {name for _, name in listed(LOCKSTEP, trial(LOCKSTEP, tables))}


def campaign(
    people: int, products: list[str], stars: Callable[[], int], spread: int, jobs: float = 0.6, bought: bool = True
) -> Iterator[Review]:
    """Each of `people` old accounts reviews a share of products, each within `spread` days of its start."""
    rng = np.random.default_rng(4)
    starts = rng.integers(0, 330, len(products))
    for who in range(people):
        for product, start in zip(products, starts, strict=True):
            if rng.random() < jobs:
                when = START + timedelta(days=int(start + rng.integers(0, spread)), seconds=int(rng.integers(0, 86400)))
                yield f"a{100 + who}", product, stars(), when, bought, f"words {rng.integers(1e9)}"


def test_accounts_products_and_sellers_of_a_ring_are_named_and_nobody_else(market: dict[str, pa.Table]) -> None:
    products = [f"p{13 * k + 7}" for k in range(10)]
    ring = list(campaign(20, products, lambda: 5, spread=10))
    named = accused(with_reviews(market, ring))
    shills = {f"a{100 + who}" for who in range(20)}
    sellers = {f"s{int(p[1:]) % 60}" for p in products}
    assert len(shills & named) >= 18
    assert len(set(products) & named) >= 9
    assert len(sellers & named) >= 9
    assert named <= shills | set(products) | sellers


def test_a_ring_of_three_hundred_accounts_is_named(market: dict[str, pa.Table]) -> None:
    rng = np.random.default_rng(5)
    start = {f"p{7 * job}": START + timedelta(days=int(8 * job)) for job in range(40)}
    ring: list[Review] = [
        (f"shill{who}", product, 5, start[product] + timedelta(hours=int(rng.integers(0, 600))), True, "")
        for who in range(300)
        for product in rng.choice(sorted(start), 6, replace=False).tolist()
    ]
    named = accused(with_reviews(market, ring))
    assert sum(name.startswith("shill") for name in named) >= 270
    assert not any(name.startswith("a") for name in named)


def test_fans_who_buy_every_launch_of_one_brand_and_its_older_goods_too_are_not_accused(
    market: dict[str, pa.Table],
) -> None:
    brand = market["products"]["brand"].to_pylist()
    largest = max(sorted(set(brand)), key=brand.count)
    of_brand = [f"p{k}" for k, name in enumerate(brand) if name == largest][:9]
    launches = list(campaign(20, of_brand[:6], lambda: 5, spread=5))
    later = [
        (f"a{100 + who}", product, 5, START + timedelta(days=(41 * who + 17 * k) % 360), True, f"still good {who} {k}")
        for who in range(20)
        for k, product in enumerate(of_brand[6:])
        if (who + k) % 2
    ]
    assert accused(with_reviews(market, [*launches, *later])) == set()


def test_a_sampling_programme_with_an_honest_mix_of_stars_is_not_accused(market: dict[str, pa.Table]) -> None:
    rng = np.random.default_rng(8)
    products = [f"p{11 * k + 3}" for k in range(12)]
    honest = list(campaign(25, products, lambda: int(rng.choice([5, 5, 4, 4, 3, 2])), spread=6, bought=False))
    assert accused(with_reviews(market, honest)) == set()


def test_a_product_that_goes_viral_among_first_timers_accuses_nobody(market: dict[str, pa.Table]) -> None:
    viral = [
        (f"new{k}", "p77", 5, START + timedelta(days=200 + k % 9, seconds=97 * k), True, f"saw it everywhere {k}")
        for k in range(400)
    ]
    assert accused(with_reviews(market, viral)) == set()


def test_a_household_that_shops_together_is_not_accused(market: dict[str, pa.Table]) -> None:
    products = [f"p{17 * k + 1}" for k in range(14)]
    family = list(campaign(5, products, lambda: 5, spread=3, jobs=0.9))
    names = sorted({r[0] for r in family})
    homes = pa.table({"account_id": names, "kind": ["address"] * len(names), "value": ["12 Hill Street"] * len(names)})
    assert accused(with_reviews(market, family, identifiers=homes)) == set()


def test_listings_that_show_the_same_reviews_count_as_one(market: dict[str, pa.Table]) -> None:
    """The same crowd on three products that are not one listing is a ring."""
    rng = np.random.default_rng(2)
    merged, apart = [], []
    for k in range(30):
        when = START + timedelta(days=int(rng.integers(0, 20)))
        for j, product in enumerate(("p400", "p401", "p402")):
            text = f"This is what person {k} thinks of it."
            merged.append((f"a{1000 + k}", product, 5, when, True, text))
            apart.append((f"a{1000 + k}", product, 5, when + timedelta(days=30 * j), True, f"{text} {product}"))
    assert accused(with_reviews(market, merged)) == set()
    assert accused(with_reviews(market, apart)) != set()


def test_that_a_pushed_product_is_popular_by_itself_is_said(market: dict[str, pa.Table]) -> None:
    products = [f"p{13 * k + 7}" for k in range(10)]
    ring = list(campaign(20, products, lambda: 5, spread=10))
    rush = [(f"new{k}", ring[0][1], 5, ring[0][3] + timedelta(hours=k), True, f"trend {k}") for k in range(60)]
    told = trial(LOCKSTEP, with_reviews(market, [*ring, *rush])).assessed.to_pylist()
    (product,) = [row for row in told if row["subject_kind"] == "product" and row["subject_id"] == ring[0][1]]
    assert any("popular by itself" in text for text in product["counter_evidence"])


def test_reviews_of_one_sitting_are_one_decision(market: dict[str, pa.Table]) -> None:
    day = START + timedelta(days=50)
    bundle = [
        (f"a{100 + who}", f"p{300 + k}", 5, day + timedelta(days=who % 3, minutes=k), True, f"bundle {who} {k}")
        for who in range(25)
        for k in range(6)
    ]
    assert accused(with_reviews(market, bundle)) == set()


def test_two_products_alone_prove_nothing(market: dict[str, pa.Table]) -> None:
    sequel = list(campaign(25, ["p120", "p121"], lambda: 5, spread=6, jobs=1.0))
    assert accused(with_reviews(market, sequel)) == set()


def test_outsiders_of_a_ring_have_p_values_no_smaller_than_chance_allows(market: dict[str, pa.Table]) -> None:
    sold = Counter(market["reviews"]["product_id"].to_pylist())
    popular = [product for product, _ in sorted(sold.items(), key=lambda item: (-item[1], item[0]))[:10]]
    ring = list(campaign(20, popular, lambda: 5, spread=10))
    seen: list[Reviewing] = []

    def look(rows: Rows) -> Measured:
        seen.append(read_reviewing(rows))
        return LOCKSTEP.measure(rows)

    trial(replace(LOCKSTEP, measure=look), with_reviews(market, ring))
    (world,) = seen
    shills = [k for k, name in enumerate(world.reviewer_ids.to_pylist()) if name in {r[0] for r in ring}]
    members = np.array(shills, dtype=np.int32)
    membership = assess_members(world.praise, 14 * DAY, Group(members, 1e-3, 0, 0.0))
    outside = ~np.isin(membership.account, members)
    everyone = np.unique(world.praise.account)
    log_p = np.zeros(len(everyone))
    log_p[np.searchsorted(everyone, membership.account[outside])] = membership.log_p[outside]
    assert outside.sum() > 20
    assert share_below(log_p).verdict in ("uniform", "conservative")
    assert np.median(membership.log_p[~outside]) < np.log(0.001)


def test_a_product_is_not_named_on_the_word_of_one_or_two_accounts(market: dict[str, pa.Table]) -> None:
    rng = np.random.default_rng(8)
    products = [f"p{11 * k + 3}" for k in range(12)]
    testers = list(campaign(25, products, lambda: int(rng.choice([5, 5, 4, 4, 3, 2])), spread=6, bought=False))
    pleased = [(who, product, 5 if who in ("a100", "a101") else stars, *rest) for who, product, stars, *rest in testers]
    assert accused(with_reviews(market, pleased)) == set()
