"""Bought five-star campaigns on a product: which product is named, and which honest crowds are not."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from episodes import Sold, added, best_seller, day, opened, sales
from floorwalker.detectors.reviews.campaign import CAMPAIGN
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from markets import honest_market

USUAL = [0.05, 0.08, 0.15, 0.27, 0.45]
BETTER = [0.0, 0.0, 0.02, 0.08, 0.9]
NEW = [f"n{k}" for k in range(120)]
KNOWN = [f"a{k}" for k in range(0, 1600, 4)]


@pytest.fixture(scope="module")
def market() -> dict[str, pa.Table]:
    quiet = honest_market(seed=9)
    return added(quiet, sales("p3", KNOWN[:90], (0, 340), 0.9, USUAL, seed=1), "usual")


def named(tables: dict[str, pa.Table]) -> set[str]:
    return {name for _, name in listed(CAMPAIGN, trial(CAMPAIGN, tables))}


def bought(people: int, product: str, ordered: bool = True) -> list[Sold]:
    return [
        Sold(NEW[k], product, day(170 + k % 6), day(174 + k % 9) + timedelta(minutes=k), 5, ordered)
        for k in range(people)
    ]


def test_a_bought_campaign_names_the_product_and_its_seller_and_nobody_else(market: dict[str, pa.Table]) -> None:
    assert named(added(opened(market, NEW, 160), bought(70, "p3"))) == {"p3", "s3"}


def test_it_is_found_without_orders_accounts_and_products(market: dict[str, pa.Table]) -> None:
    assert named({"reviews": added(market, bought(70, "p3"))["reviews"]}) == {"p3"}


def test_its_words_say_what_was_counted_and_its_evidence_is_the_praise_of_the_window(
    market: dict[str, pa.Table],
) -> None:
    rows = trial(CAMPAIGN, added(market, bought(70, "p3"))).assessed.to_pylist()
    (told,) = [row for row in rows if row["subject_id"] == "p3"]
    assert "gave five stars" in told["explanation"]
    assert sum(cited["id"].startswith("x") for cited in told["evidence"]) >= 50


@pytest.mark.parametrize(("people", "share"), [(KNOWN + NEW, 0.35), (NEW, 0.9)], ids=["viral", "sale to newcomers"])
def test_a_crowd_with_the_usual_stars_is_not_accused(
    market: dict[str, pa.Table], people: list[str], share: float
) -> None:
    crowd = sales("p3", people, (200, 206), share, USUAL, seed=2)
    assert not named(added(opened(market, NEW, 199), crowd))


def test_a_launch_whose_first_buyers_are_new_and_kind_is_not_accused(market: dict[str, pa.Table]) -> None:
    kind = sales("new", NEW, (100, 115), 0.6, [0.01, 0.02, 0.04, 0.13, 0.8], seed=3)
    later = sales("new", KNOWN[:150], (130, 340), 0.5, USUAL, seed=4)
    assert not named(added(opened(market, NEW, 99), kind + later))


def test_a_mail_that_asks_every_buyer_for_a_review_accuses_nobody(market: dict[str, pa.Table]) -> None:
    rng = np.random.default_rng(5)
    written = set(market["reviews"]["order_id"].to_pylist())
    asked = [row for row in market["orders"].to_pylist() if row["order_id"] not in written]
    replies = [
        {
            "review_id": f"m{k}",
            "product_id": row["product_id"],
            "reviewer_id": row["buyer_id"],
            "rating": int(rng.choice(5, p=BETTER)) + 1,
            "posted_at": day(300) + timedelta(hours=float(rng.exponential(24))),
            "order_id": row["order_id"],
        }
        for k, row in enumerate(asked)
        if row["placed_at"] < day(290) and rng.random() < 0.3
    ]
    more = pa.Table.from_pylist(replies, market["reviews"].schema)
    assert len(replies) > 1000
    assert not named({**market, "reviews": pa.concat_tables([market["reviews"], more])})


def test_a_product_that_became_better_and_sells_better_is_not_accused(market: dict[str, pa.Table]) -> None:
    better = sales("p3", KNOWN[90:330], (180, 340), 0.6, BETTER, seed=6)
    assert not named(added(market, better))


def test_good_gifts_of_the_season_are_not_accused(market: dict[str, pa.Table]) -> None:
    gifts = [best_seller(market, place) for place in range(8)]
    season = [s for k, gift in enumerate(gifts) for s in sales(gift, KNOWN[k::8], (315, 335), 0.6, BETTER, seed=k)]
    assert not named(added(market, season))


def test_p_values_of_honest_products_are_not_too_small() -> None:
    for seed in (11, 12):
        measured = trial(CAMPAIGN, honest_market(seed, orders=20000))
        assert share_below(measured.assessed["log_p"].to_numpy()).verdict in ("uniform", "conservative")
        assert not listed(CAMPAIGN, measured)
