"""Rates of claims against peers: what is told of, and who is not accused for sending much back."""

import numpy as np
import pytest

from floorwalker.detectors.refunds.limits import keep_limit
from floorwalker.detectors.refunds.rates import RATES
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from refund_markets import Shop, honest_shop


def row_of(shop: Shop, buyer: str) -> dict[str, object]:
    rows = trial(RATES, shop.tables()).assessed.to_pylist()
    return dict(next(row for row in rows if row["subject_id"] == buyer))


def with_buyer(claims: int, orders: int = 20, *, reason: str = "damaged", product: str = "p1") -> Shop:
    """An honest shop with one more buyer, who claims some of his orders."""
    shop = honest_shop(seed=11)
    for k in range(orders):
        if k < claims:
            shop.claim("buyer", 20.0 + 23 * k, reason, product=product)
        else:
            shop.order("buyer", 20.0 + 23 * k, product=product)
    return shop


def test_on_honest_shops_nobody_is_accused_and_p_values_keep_their_promise() -> None:
    log_p = []
    for seed in (1, 2, 3):
        measured = trial(RATES, honest_shop(seed).tables())
        assert not listed(RATES, measured)
        log_p.append(measured.assessed["log_p"].to_numpy())
    assert share_below(np.concatenate(log_p)).verdict in ("uniform", "conservative")


def test_the_oftener_somebody_claims_the_stronger_the_evidence() -> None:
    few, many = (float(str(row_of(with_buyer(n), "buyer")["log_e"])) for n in (2, 19))
    assert many > few + 2


def test_claims_with_nothing_back_are_counted_for_themselves() -> None:
    lost, back = (row_of(with_buyer(14, reason=r), "buyer") for r in ("not_received", "damaged"))
    assert float(str(lost["surprise"])) > float(str(back["surprise"]))
    assert "nothing was seen to come back" in str(lost["explanation"])


def test_no_rate_is_believed_beyond_a_thousand_to_one_so_heavy_returners_are_not_accused() -> None:
    shop = with_buyer(60, 60, reason="changed_mind")
    measured = trial(RATES, shop.tables())
    assert measured.assessed["log_e"].to_numpy().max() <= np.log(1000) + 1e-9
    assert not listed(RATES, measured)


def test_buyers_of_a_recalled_product_are_not_told_of() -> None:
    shop = honest_shop(seed=12)
    for k in range(30):
        for piece in range(15):
            shop.claim(f"owner{k}", 30.0 + 20 * piece + k, "recall", product=f"recalled{piece % 3}")
    rows = trial(RATES, shop.tables()).assessed.to_pylist()
    owners = [row for row in rows if row["subject_id"].startswith("owner")]
    assert len(owners) == 30
    assert not [row for row in owners if row["explanation"]]


def test_a_couriers_region_is_not_told_of() -> None:
    shop = honest_shop(seed=13)
    for k in range(60):
        for piece in range(16):
            day, where = 100.0 + 20 * piece, f"77{k:03}"
            if 180 <= day < 205:
                shop.claim(f"local{k}", day, "not_received", postcode=where, product=f"p{piece}")
            else:
                shop.order(f"local{k}", day, postcode=where, product=f"p{piece}")
    rows = trial(RATES, shop.tables()).assessed.to_pylist()
    assert not [row for row in rows if row["subject_id"].startswith("local") and row["explanation"]]


def test_dear_orders_on_consecutive_days_that_are_all_claimed_are_told_of() -> None:
    def shop(days_apart: float) -> Shop:
        made = honest_shop(seed=14)
        for k in range(10):
            made.claim("buyer", 50.0 + days_apart * k, "not_received", amount=900.0, product=f"p{k}")
        for k in range(200):
            made.order(f"rich{k}", 30.0 + k, amount=900.0, product=f"p{k % 9}")
            if k % 12:
                made.order(f"rich{k}", 31.0 + k, amount=800.0, product=f"p{k % 7}")
            else:
                made.claim(f"rich{k}", 31.0 + k, "not_received", amount=800.0, product=f"p{k % 7}")
            if k % 12 == 0:
                made.claim(f"rich{k}", 32.0 + k, "not_received", amount=800.0, product=f"p{k % 5}")
        for k in range(14):
            made.order("buyer", 100.0 + 23 * k, amount=30.0, product=f"p{k}")
        return made

    burst, apart = (row_of(shop(days), "buyer") for days in (1.0, 30.0))
    assert "9 dear orders followed another" in str(burst["explanation"])
    assert "dear orders" not in str(apart["explanation"])


def test_claims_just_under_the_amount_from_which_goods_are_asked_back_raise_a_buyer() -> None:
    def shop(amount: float) -> Shop:
        made = honest_shop(seed=15)
        for k in range(300):
            price = 10.0 + k / 10
            made.claim(f"c{k % 60}", 20.0 + k, "damaged", amount=price, refund={"return_waived": price < 25})
        for k in range(15):
            made.claim(
                "buyer", 20.0 + 23 * k, "damaged", amount=amount + k / 100, refund={"return_waived": amount < 25}
            )
        return made

    under, over = (row_of(shop(amount), "buyer") for amount in (24.0, 28.0))
    assert float(str(under["surprise"])) > float(str(over["surprise"]))
    assert "just under the amount" in str(under["explanation"])


def test_the_limit_is_found_where_the_policy_changes_and_nowhere_else() -> None:
    rng = np.random.default_rng(1)
    amount = np.round(rng.uniform(1, 60, 4000), 2)
    assert keep_limit(amount, (amount < 20) & (rng.random(4000) < 0.5)) == pytest.approx(20, abs=0.3)
    assert keep_limit(amount, rng.random(4000) < 0.2) is None
    assert keep_limit(amount, amount > 40) is None


def test_a_buyer_of_few_orders_has_no_rate() -> None:
    shop = with_buyer(5, 5)
    assert "buyer" not in {row["subject_id"] for row in trial(RATES, shop.tables()).assessed.to_pylist()}
