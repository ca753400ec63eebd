"""Bought low stars: which products and accounts are named, and which unhappy buyers are not."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from episodes import Sold, added, day, opened, sales
from floorwalker.detectors.reviews.sabotage import SABOTAGE
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from markets import honest_market

GOOD = [0.01, 0.03, 0.1, 0.3, 0.56]
BAD = [0.6, 0.25, 0.1, 0.05, 0.0]
TARGETS = ["p4", "p64", "p124", "p184"]
BUYERS = [f"a{k}" for k in range(0, 2000, 4)]
HIRED = [f"n{k}" for k in range(15)]


@pytest.fixture(scope="module")
def market() -> dict[str, pa.Table]:
    quiet = honest_market(seed=9)
    for k, product in enumerate(TARGETS):
        quiet = added(quiet, sales(product, BUYERS[k * 60 : k * 60 + 60], (0, 340), 0.9, GOOD, seed=k), f"usual{k}_")
    return quiet


def named(tables: dict[str, pa.Table]) -> set[str]:
    return {name for _, name in listed(SABOTAGE, trial(SABOTAGE, tables))}


def attack(products: list[str], ordered: bool = False) -> list[Sold]:
    return [
        Sold(who, product, day(120 + 40 * k), day(126 + 40 * k + n % 5) + timedelta(minutes=n), 1, ordered)
        for k, product in enumerate(products)
        for n, who in enumerate(HIRED)
    ]


def test_the_products_under_attack_are_told_of_and_nothing_else_is_named(market: dict[str, pa.Table]) -> None:
    found = trial(SABOTAGE, added(opened(market, HIRED, 110), attack(TARGETS)))
    told = {r["subject_id"] for r in found.assessed.to_pylist() if r["role"] == "victim" and r["explanation"]}
    assert told == set(TARGETS)
    products = {i for kind, i in listed(SABOTAGE, found) if kind == "product"}
    assert products
    assert products <= set(TARGETS)


def test_accounts_that_attack_a_seller_together_come_before_all_others(market: dict[str, pa.Table]) -> None:
    assessed = trial(SABOTAGE, added(opened(market, HIRED, 110), attack(TARGETS))).assessed.to_pylist()
    told = {row["subject_id"] for row in assessed if row["role"] == "reviewer" and row["explanation"]}
    assert told == set(HIRED)
    surest = sorted((r for r in assessed if r["role"] == "reviewer"), key=lambda r: -r["surprise"])
    assert {row["subject_id"] for row in surest[: len(HIRED)]} == set(HIRED)


def test_a_bad_batch_accuses_nobody(market: dict[str, pa.Table]) -> None:
    assert not named(added(market, sales("p4", BUYERS[300:400], (150, 170), 0.6, BAD, seed=5)))


def test_a_seller_whose_whole_range_went_bad_accuses_none_of_its_customers(market: dict[str, pa.Table]) -> None:
    rng = np.random.default_rng(6)
    crisis = [
        sale
        for k, product in enumerate(TARGETS)
        for sale in sales(product, list(rng.choice(BUYERS[300:380], 50, replace=False)), (150, 190), 0.6, BAD, seed=k)
    ]
    found = trial(SABOTAGE, added(market, crisis))
    assert not {i for kind, i in listed(SABOTAGE, found) if kind == "account"}


def test_a_lone_angry_buyer_is_never_accused(market: dict[str, pa.Table]) -> None:
    angry = [Sold("a7", product, day(100 + k), day(110 + 9 * k), 1) for k, product in enumerate(TARGETS)]
    assessed = trial(SABOTAGE, added(market, angry)).assessed.to_pylist()
    (row,) = [row for row in assessed if row["subject_id"] == "a7" and row["role"] == "reviewer"]
    assert row["explanation"] is None
    assert row["log_p"] > np.log(0.05)


def test_refunds_that_rise_with_the_low_stars_speak_for_a_bad_batch(market: dict[str, pa.Table]) -> None:
    struck = added(opened(market, HIRED, 110), attack(["p4"]))
    asked = {
        "refund_id": [f"f{k}" for k in range(20)],
        "order_id": [f"usual0_{k}" for k in range(20)],
        "buyer_id": BUYERS[:20],
        "amount": [10.0] * 20,
        "requested_at": [day(122 + k % 8) for k in range(20)],
    }
    before, after = (
        next(r for r in trial(SABOTAGE, tables).assessed.to_pylist() if r["subject_id"] == "p4" and r["explanation"])
        for tables in (struck, {**struck, "refunds": pa.table(asked)})
    )
    assert after["log_e"] < before["log_e"]
    assert any("refunds asked for" in text for text in after["counter_evidence"])


def test_p_values_of_honest_products_and_accounts_are_not_too_small() -> None:
    measured = trial(SABOTAGE, honest_market(11, orders=20000))
    assert share_below(measured.assessed["log_p"].to_numpy()).verdict in ("uniform", "conservative")
    assert not listed(SABOTAGE, measured)
