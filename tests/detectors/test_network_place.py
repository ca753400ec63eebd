"""Places in the co-review network: what rises, and who is not accused."""

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.reviews.network_place import NETWORK_PLACE
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from markets import Review, honest_market, with_reviews


@pytest.fixture(scope="module")
def market() -> dict[str, pa.Table]:
    return honest_market(seed=9)


def surprise(tables: dict[str, pa.Table]) -> dict[str, float]:
    rows = trial(NETWORK_PLACE, tables).assessed.to_pylist()
    return {row["subject_id"]: row["surprise"] for row in rows}


def ring(products: list[str], stars: list[int]) -> list[Review]:
    return [
        (f"a{100 + who}", product, 30 * k + (who * 7) % 9, stars[(who + k) % len(stars)])
        for who in range(16)
        for k, product in enumerate(products)
        if (who * 5 + k * 3) % 8 < 5
    ]


PUSHED = [f"p{13 * k + 7}" for k in range(10)]


def test_p_values_of_honest_products_and_accounts_keep_their_promise(market: dict[str, pa.Table]) -> None:
    rows = trial(NETWORK_PLACE, market).assessed
    for role in ("product", "reviewer"):
        log_p = rows.filter(pa.compute.equal(rows["role"], role))["log_p"].to_numpy()
        assert share_below(log_p).verdict in ("uniform", "conservative")


def test_bought_products_and_their_reviewers_rank_at_the_top(market: dict[str, pa.Table]) -> None:
    found = surprise(with_reviews(market, ring(PUSHED, [5])))
    products = sorted((name for name in found if name.startswith("p")), key=lambda name: -found[name])
    people = sorted((name for name in found if name.startswith("a")), key=lambda name: -found[name])
    assert len(set(PUSHED) & set(products[:20])) >= 9
    assert len({f"a{100 + who}" for who in range(16)} & set(people[:32])) >= 14


def test_an_account_with_one_review_ranks_by_its_product(market: dict[str, pa.Table]) -> None:
    singles = [("once", PUSHED[4], 123, 5), ("elsewhere", "p31", 123, 5)]
    found = surprise(with_reviews(market, [*ring(PUSHED, [5]), *singles]))
    assert found["once"] > found["elsewhere"]


def test_alone_it_lists_nobody_in_a_large_market(market: dict[str, pa.Table]) -> None:
    assert listed(NETWORK_PLACE, trial(NETWORK_PLACE, with_reviews(market, ring(PUSHED, [5])))) == set()


def test_what_speaks_against_a_product_is_said(market: dict[str, pa.Table]) -> None:
    rows = trial(NETWORK_PLACE, with_reviews(market, ring(PUSHED, [5, 5, 4, 4, 4]))).assessed.to_pylist()
    told = [row for row in rows if row["explanation"]]
    assert told
    for row in told:
        assert any("hobby" in text for text in row["counter_evidence"])
    assert any("honest people give such a mix" in text for row in told for text in row["counter_evidence"])


def test_fans_who_meet_on_one_sellers_products_have_that_said_for_them(market: dict[str, pa.Table]) -> None:
    brand = market["products"]["brand"].to_pylist()
    largest = max(sorted(set(brand)), key=brand.count)
    rows = trial(
        NETWORK_PLACE, with_reviews(market, ring([f"p{k}" for k, name in enumerate(brand) if name == largest][:9], [5]))
    ).assessed.to_pylist()
    told = [row for row in rows if row["explanation"] and row["role"] == "reviewer" and row["subject_id"] in FANS]
    assert told
    assert all(any("one brand" in text for text in row["counter_evidence"]) for row in told)


FANS = {f"a{100 + who}" for who in range(16)}


def test_two_listings_that_show_the_same_reviews_have_one_place(market: dict[str, pa.Table]) -> None:
    rng = np.random.default_rng(2)
    bodies = market["reviews"].append_column(
        "body", pa.array([f"what I think of it, number {k}" for k in range(market["reviews"].num_rows)])
    )
    first = bodies.filter(pa.compute.equal(bodies["product_id"], "p3"))
    copied = first.set_column(0, "review_id", pa.array([f"copy{k}{rng.integers(9)}" for k in range(first.num_rows)]))
    copied = copied.set_column(1, "product_id", pa.array(["twin"] * first.num_rows))
    found = surprise({**market, "reviews": pa.concat_tables([bodies, copied])})
    assert first.num_rows >= 2
    assert found["twin"] == found["p3"]
