"""Refused claims tried elsewhere, orders paid back twice; and those who had a reason to."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.record import SUPPORT
from floorwalker.detectors.refunds.retried import RETRIED
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below

START = datetime(2025, 1, 1, 9)


class Market:
    """Orders of 80.00 for two pieces, and claims on them."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.orders: list[tuple[str, str, float]] = []
        self.refunds: list[tuple[str, str, float, datetime, datetime, str, str, str]] = []
        self.returns: list[tuple[str, datetime]] = []
        for k in range(600):
            self.buyer(f"b{k}")

    def buyer(self, name: str) -> None:
        """One who now and then is refused, and at times asks again; the machine at times pays twice."""
        habit = float(self.rng.beta(1, 6))
        for _ in range(int(self.rng.integers(1, 5))):
            day = int(self.rng.integers(0, 250))
            order = self.order(name)
            tries = int(self.rng.random() < habit) + 1
            if self.rng.random() < 0.3:
                for n in range(tries):
                    self.claim(order, name, day + 3 * n, "denied", agent=n, channel=("chat", "phone")[n])
            else:
                self.claim(order, name, day, "approved")
                if self.rng.random() < 0.02:
                    self.claim(order, name, day + 5, "approved", agent=2)

    def order(self, buyer: str, paid: float = 80.0) -> str:
        self.orders.append((f"o{len(self.orders)}", buyer, paid))
        return self.orders[-1][0]

    def claim(
        self,
        order: str,
        buyer: str,
        day: float,
        outcome: str,
        *,
        agent: int = 1,
        channel: str = "chat",
        amount: float = 80.0,
        came_back: bool = False,
    ) -> None:
        asked = START + timedelta(days=day)
        name = f"f{len(self.refunds)}"
        decided = asked + timedelta(minutes=30)
        self.refunds.append((name, order, amount, asked, decided, outcome, f"agent{agent}", channel))
        if came_back:
            self.returns.append((name, decided + timedelta(days=4)))

    def tables(self) -> dict[str, pa.Table]:
        buyer_of = {order: buyer for order, buyer, _ in self.orders}
        returns = {
            "return_id": [f"x{name}" for name, _ in self.returns],
            "refund_id": [name for name, _ in self.returns],
            "scanned_at": [at for _, at in self.returns],
        }
        return {
            **({"returns": pa.table(returns)} if self.returns else {}),
            "orders": pa.table(
                {
                    "order_id": [o for o, _, _ in self.orders],
                    "buyer_id": [b for _, b, _ in self.orders],
                    "product_id": [f"p{o}" for o, _, _ in self.orders],
                    "placed_at": [START - timedelta(days=9)] * len(self.orders),
                    "amount": [paid for _, _, paid in self.orders],
                    "quantity": [2] * len(self.orders),
                    "currency": ["EUR"] * len(self.orders),
                }
            ),
            "refunds": pa.table(
                {
                    "refund_id": [r[0] for r in self.refunds],
                    "order_id": [r[1] for r in self.refunds],
                    "buyer_id": [buyer_of[r[1]] for r in self.refunds],
                    "amount": [r[2] for r in self.refunds],
                    "requested_at": [r[3] for r in self.refunds],
                    "decided_at": [r[4] for r in self.refunds],
                    "outcome": [r[5] for r in self.refunds],
                    "staff_id": [r[6] for r in self.refunds],
                    "channel": [r[7] for r in self.refunds],
                }
            ),
        }


def accused(market: Market) -> set[str]:
    return {name for _, name in listed(RETRIED, trial(RETRIED, market.tables()))}


def row_of(market: Market, name: str) -> dict[str, object]:
    (row,) = [row for row in trial(RETRIED, market.tables()).assessed.to_pylist() if row["subject_id"] == name]
    return dict(row)


def shop_around(market: Market, name: str, orders: int = 8, came_back: bool = False, channels: int = 3) -> None:
    """Asks agent after agent until the third says yes."""
    for k in range(orders):
        order = market.order(name)
        for n in range(3):
            outcome = "approved" if n == 2 else "denied"
            channel = ("chat", "phone", "email")[n % channels]
            agent = n if channels > 1 else 1
            market.claim(
                order, name, 20 * k + 2 * n, outcome, agent=agent, channel=channel, came_back=came_back and n == 2
            )


def test_who_asks_agent_after_agent_until_one_says_yes_is_listed_and_nobody_else() -> None:
    market = Market(1)
    shop_around(market, "shopper")
    assert accused(market) == {"shopper"}
    told = str(row_of(market, "shopper")["explanation"])
    assert "16 of 16 refused claims were tried again" in told
    assert "8 of these with success" in told


def test_who_is_paid_twice_for_order_after_order_is_listed_and_nobody_else() -> None:
    market = Market(2)
    for k in range(7):
        order = market.order("dipper")
        market.claim(order, "dipper", 20 * k, "approved")
        market.claim(order, "dipper", 20 * k + 6, "approved", agent=4, channel="phone")
    assert accused(market) == {"dipper"}
    assert "7 of 7 orders paid back were paid back beyond the price, 1,120 for 560" in str(
        row_of(market, "dipper")["explanation"]
    )


@pytest.mark.parametrize("seed", range(4))
def test_in_an_honest_market_nobody_is_accused_and_p_values_keep_their_promise(seed: int) -> None:
    measured = trial(RETRIED, Market(seed).tables())
    assert not listed(RETRIED, measured)
    assert share_below(measured.assessed["log_p"].to_numpy()).verdict != "too small"


def test_two_items_of_one_order_paid_back_one_by_one_are_no_double_payment() -> None:
    market = Market(3)
    for k in range(8):
        order = market.order("careful")
        for n in range(2):
            market.claim(order, "careful", 20 * k + 4 * n, "approved", agent=n, amount=40.0)
    assert accused(market) == set()
    assert row_of(market, "careful")["effect"] == 0


def test_part_of_the_money_now_and_the_rest_later_is_no_double_payment() -> None:
    market = Market(4)
    for k in range(8):
        order = market.order("partly")
        market.claim(order, "partly", 20 * k, "approved", amount=24.0)
        market.claim(order, "partly", 20 * k + 5, "approved", agent=3, amount=60.0)
    assert accused(market) == set()


def test_asking_the_same_agent_again_in_the_same_channel_is_not_trying_elsewhere() -> None:
    market = Market(5)
    shop_around(market, "patient", channels=1)
    assert row_of(market, "patient")["effect"] == 0


def test_goods_that_came_back_after_the_second_answer_speak_for_the_buyer() -> None:
    kept, returned = Market(6), Market(6)
    shop_around(kept, "wronged", orders=4)
    shop_around(returned, "wronged", orders=4, came_back=True)
    one, two = row_of(kept, "wronged"), row_of(returned, "wronged")
    assert float(str(two["log_e"])) < float(str(one["log_e"])) - 3
    assert "the refusal may have been wrong" in str(two["counter_evidence"])
    assert accused(returned) == set()


def test_payments_made_twice_within_the_hour_speak_for_the_buyer() -> None:
    slow, quick = Market(7), Market(7)
    for market, later in ((slow, 6.0), (quick, 0.01)):
        for k in range(6):
            order = market.order("lucky")
            market.claim(order, "lucky", 20 * k, "approved")
            market.claim(order, "lucky", 20 * k + later, "approved", agent=4)
    assert float(str(row_of(quick, "lucky")["log_e"])) < float(str(row_of(slow, "lucky")["log_e"])) - 2
    assert "by machine" in str(row_of(quick, "lucky")["counter_evidence"])


def test_a_mistaken_refusal_corrected_once_accuses_nobody() -> None:
    market = Market(8)
    for k in range(40):
        order = market.order(f"once{k}")
        market.claim(order, f"once{k}", 5 * k, "denied")
        market.claim(order, f"once{k}", 5 * k + 1, "approved", agent=2, came_back=True)
    assert accused(market) == set()


def test_what_was_refused_yesterday_is_not_yet_known_to_be_given_up() -> None:
    market = Market(9)
    order = market.order("fresh")
    market.claim(order, "fresh", 300, "denied")
    names = {row["subject_id"] for row in trial(RETRIED, market.tables()).assessed.to_pylist()}
    assert "fresh" not in names


def test_it_has_a_small_voice() -> None:
    assert RETRIED.weight == SUPPORT
