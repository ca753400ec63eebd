"""Purchase, five stars, silence: who is ranked high, and which honest ways of life are not accused."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from episodes import Sold, added, day, sales
from floorwalker.detectors.reviews.silence import SILENCE
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from markets import honest_market

USUAL = [0.05, 0.08, 0.15, 0.27, 0.45]
KNOWN = [f"a{k}" for k in range(0, 1600, 2)]
HIRED = [f"n{k}" for k in range(12)]


@pytest.fixture(scope="module")
def market() -> dict[str, pa.Table]:
    return honest_market(seed=9)


def ranks(tables: dict[str, pa.Table], names: list[str]) -> list[float]:
    """The share of other accounts that rank above each of `names`."""
    rows = trial(SILENCE, tables).assessed.to_pylist()
    nats = {row["subject_id"]: row["surprise"] for row in rows}
    others = np.array([value for name, value in nats.items() if name not in names])
    return [float(np.mean(others > nats[name])) for name in names]


def jobs(people: list[str], products: list[str], first: float, apart: float) -> list[Sold]:
    return [
        Sold(who, product, day(first + apart * k), day(first + apart * k + 4) + timedelta(hours=n), 5)
        for n, who in enumerate(people)
        for k, product in enumerate(products)
    ]


def test_accounts_that_praise_all_they_buy_in_a_crowd_and_vanish_come_first(market: dict[str, pa.Table]) -> None:
    assert max(ranks(added(market, jobs(HIRED, [f"p{k}" for k in range(40, 47)], 60, 3)), HIRED)) < 0.01


def test_they_come_first_without_orders_too(market: dict[str, pa.Table]) -> None:
    tables = added(market, jobs(HIRED, [f"p{k}" for k in range(40, 47)], 60, 3))
    assert max(ranks({"reviews": tables["reviews"]}, HIRED)) < 0.02


def test_of_accounts_with_one_review_those_with_odd_stars_in_a_burst_come_first(market: dict[str, pa.Table]) -> None:
    odd = added(market, sales("p3", KNOWN[:60], (0, 340), 0.9, [0.8, 0.2, 0, 0, 0], seed=1), "odd")
    tables = added(odd, jobs(HIRED, ["p3"], 200, 1))
    assert np.mean(ranks({"reviews": tables["reviews"]}, HIRED)) < 0.1


def test_an_enthusiast_who_praises_all_she_buys_all_year_is_not_accused(market: dict[str, pa.Table]) -> None:
    fans = [f"fan{k}" for k in range(10)]
    bought = [jobs([fan], [f"p{20 * k + n}" for n in range(14)], 10 + 3 * k, 22 - k) for k, fan in enumerate(fans)]
    measured = trial(SILENCE, added(market, [sale for of_one in bought for sale in of_one]))
    assert not listed(SILENCE, measured)
    assert not [r for r in measured.assessed.to_pylist() if r["subject_id"] in fans and r["explanation"]]


def test_christmas_shoppers_who_buy_only_once_a_year_are_not_accused(market: dict[str, pa.Table]) -> None:
    rng = np.random.default_rng(3)
    gifts = [
        sale
        for who in (f"g{k}" for k in range(200))
        for sale in sales(f"p{rng.integers(60)}", [who] * 2, (200, 215), 0.5, USUAL, seed=int(rng.integers(1e6)))
    ]
    assert not listed(SILENCE, trial(SILENCE, added(market, gifts)))


def test_who_came_lately_is_not_called_silent(market: dict[str, pa.Table]) -> None:
    late = trial(SILENCE, added(market, jobs(HIRED, [f"p{k}" for k in range(40, 47)], 330, 3))).assessed.to_pylist()
    early = trial(SILENCE, added(market, jobs(HIRED, [f"p{k}" for k in range(40, 47)], 60, 3))).assessed.to_pylist()
    surest = [min(r["log_p"] for r in rows if r["subject_id"] in HIRED) for rows in (late, early)]
    assert surest[0] > surest[1]


def test_p_values_of_honest_accounts_are_not_too_small() -> None:
    for seed in (11, 12):
        measured = trial(SILENCE, honest_market(seed, orders=20000))
        assert share_below(measured.assessed["log_p"].to_numpy()).verdict in ("uniform", "conservative")
        assert not listed(SILENCE, measured)
