"""Sellers whose reviewers come back: what rises, and which loyal customers do not make a seller suspect."""

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.reviews.seller_reviewers import SELLER_REVIEWERS
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from markets import Review, honest_market, with_reviews

OF_SELLER_7 = [f"p{7 + 60 * k}" for k in range(8)]


@pytest.fixture(scope="module")
def market() -> dict[str, pa.Table]:
    return honest_market(seed=9)


def row_of_seller_7(tables: dict[str, pa.Table]) -> dict[str, object]:
    rows = trial(SELLER_REVIEWERS, tables).assessed.to_pylist()
    (row,) = [row for row in rows if row["subject_id"] == "s7"]
    return dict(row)


def returning(people: int, days_apart: int, stars: int = 5) -> list[Review]:
    return [
        (f"a{100 + who}", product, (9 * who + days_apart * k) % 360, stars)
        for who in range(people)
        for k, product in enumerate(OF_SELLER_7[:4])
    ]


def test_in_an_honest_market_p_values_keep_their_promise_in_the_tail_too(market: dict[str, pa.Table]) -> None:
    log_p = trial(SELLER_REVIEWERS, market).assessed["log_p"].to_numpy()
    assert share_below(log_p, level=0.1).verdict != "too small"
    assert log_p.min() > -8


def test_a_seller_whose_reviewers_all_come_back_is_told_of_and_no_other(market: dict[str, pa.Table]) -> None:
    rows = trial(SELLER_REVIEWERS, with_reviews(market, returning(20, 30))).assessed.to_pylist()
    assert [row["subject_id"] for row in rows if row["explanation"]] == ["s7"]
    assert max(rows, key=lambda row: float(row["surprise"]))["subject_id"] == "s7"


def test_no_finding_is_worth_more_than_a_thousand_to_one(market: dict[str, pa.Table]) -> None:
    tables = with_reviews(market, returning(20, 30))
    assert np.exp(float(str(row_of_seller_7(tables)["log_e"]))) == pytest.approx(1000)
    assert listed(SELLER_REVIEWERS, trial(SELLER_REVIEWERS, tables)) == set()


def test_what_is_praised_in_one_sitting_is_no_return(market: dict[str, pa.Table]) -> None:
    tables = with_reviews(market, returning(20, 0))
    assert listed(SELLER_REVIEWERS, trial(SELLER_REVIEWERS, tables)) == set()


def test_one_customer_who_praises_everything_is_one(market: dict[str, pa.Table]) -> None:
    devoted = [("a100", product, 20 * k, 5) for k, product in enumerate(OF_SELLER_7)]
    assert listed(SELLER_REVIEWERS, trial(SELLER_REVIEWERS, with_reviews(market, devoted))) == set()


def test_customers_who_also_bought_what_they_did_not_praise_speak_for_the_seller(market: dict[str, pa.Table]) -> None:
    reviews = returning(20, 30)
    plain = row_of_seller_7(with_reviews(market, reviews))
    loyal = row_of_seller_7(with_reviews(market, reviews, [(f"a{100 + k}", OF_SELLER_7[6]) for k in range(14)]))
    assert float(str(loyal["log_e"])) < float(str(plain["log_e"])) - 5
    assert "also bought there what they did not praise" in str(loyal["counter_evidence"])


def test_mixed_stars_speak_for_the_seller(market: dict[str, pa.Table]) -> None:
    mixed = [(who, product, day, 4 if k % 2 else 5) for k, (who, product, day, _) in enumerate(returning(20, 30))]
    assert "honest people give such a mix" in str(row_of_seller_7(with_reviews(market, mixed))["counter_evidence"])


def test_a_seller_with_one_product_is_not_assessed(market: dict[str, pa.Table]) -> None:
    goods = market["products"].set_column(1, "seller_id", pa.array([f"one{k}" for k in range(500)]))
    assert trial(SELLER_REVIEWERS, {**market, "products": goods}).assessed.num_rows == 0
