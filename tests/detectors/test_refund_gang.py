"""Clients of a refund gang: who is named, and which honest claimants who look alike are not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorwalker.detectors.refunds.gang import GANG
from floorwalker.detectors.refunds.recipes import _likelihood
from floorwalker.detectors.refunds.scripts import _episode
from floorwalker.graph.slots import DAY
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below

START = datetime(2025, 1, 1)
REASONS = ("not_received", "damaged", "not_as_described", "changed_mind", "defective")
SCRIPT = "The courier never rang at my door and the police have the report number {} so pay me back at once"
PHRASE = "I would like to return this item and get my money back please"


@dataclass
class Market:
    """Orders, claims and tools that are written down one by one."""

    rng: np.random.Generator
    orders: list[tuple[object, ...]] = field(default_factory=list)
    refunds: list[tuple[object, ...]] = field(default_factory=list)
    identifiers: list[tuple[object, ...]] = field(default_factory=list)
    returns: list[tuple[object, ...]] = field(default_factory=list)

    def words(self) -> str:
        """Words of unlike frequency, as in any language."""
        return " ".join(f"w{k}" for k in np.minimum(self.rng.zipf(1.3, int(self.rng.integers(6, 25))), 4000))

    def buy(self, buyer: str, day: float, *, amount: float | None = None, product: str = "", area: str = "") -> str:
        amount = float(np.round(self.rng.lognormal(3.5, 1), 2)) if amount is None else amount
        name = f"o{len(self.orders)}"
        product = product or f"p{int(self.rng.integers(0, 300))}"
        area = area or f"{int(self.rng.integers(100, 999))}00"
        placed = START + timedelta(days=day)
        self.orders.append((name, buyer, product, placed, placed + timedelta(days=3), amount, area))
        return name

    def claim(
        self,
        buyer: str,
        day: float,
        *,
        wait: float | None = None,
        text: str | None = None,
        reason: str = "",
        channel: str = "",
        agent: str = "",
        **order: object,
    ) -> str:
        """A claim, its order placed `wait` and three days before `day`."""
        wait = float(self.rng.exponential(8)) if wait is None else wait
        bought = self.buy(buyer, day - wait - 3, **order)  # type: ignore[arg-type]
        name = f"f{len(self.refunds)}"
        reason = reason or str(self.rng.choice(REASONS))
        channel = channel or str(self.rng.choice(["self_service", "chat", "email"]))
        agent = agent or f"staff{int(self.rng.integers(0, 30))}"
        text = self.words() if text is None else text
        at = START + timedelta(days=day)
        amount = self.orders[-1][5]
        self.refunds.append((name, bought, buyer, amount, at, reason, text, "approved", agent, channel))
        return name

    def send_back(
        self, refund: str, *, grams: int = 500, scanned: int = 500, label: str = "", seen_at: str = "10000"
    ) -> None:
        name = f"b{len(self.returns)}"
        self.returns.append((name, refund, "carrier", label or f"T{name}", grams, scanned, "10000", seen_at, "ok"))

    def use(self, buyer: str, kind: str, value: str, first: float, last: float) -> None:
        begin, end = START + timedelta(days=first), START + timedelta(days=last)
        self.identifiers.append((buyer, kind, value, begin, end))

    def tables(self) -> dict[str, pa.Table]:
        every = {
            "orders": (
                "order_id buyer_id product_id placed_at delivered_at amount ship_postcode",
                self.orders,
            ),
            "refunds": (
                "refund_id order_id buyer_id amount requested_at reason claim_text outcome staff_id channel",
                self.refunds,
            ),
            "identifiers": ("account_id kind value first_seen_at last_seen_at", self.identifiers),
            "returns": (
                "return_id refund_id carrier tracking_number expected_weight_g scanned_weight_g expected_postcode "
                "scanned_postcode inspection",
                self.returns,
            ),
        }
        return {
            table: pa.table(dict(zip(head.split(), map(list, zip(*rows, strict=True)), strict=True)))
            for table, (head, rows) in every.items()
            if rows
        }


def honest(seed: int = 5, buyers: int = 2500, orders: int = 6000) -> Market:
    """A year of buyers, each with a phone; one order in five is claimed for, a third in a ready-made phrase."""
    market = Market(np.random.default_rng(seed))
    rng = market.rng
    for k in range(orders):
        buyer, day = f"a{int(rng.integers(0, buyers))}", float(rng.uniform(20, 360))
        if k % 5:
            market.buy(buyer, day)
            continue
        name = market.claim(buyer, day, text=PHRASE if rng.random() < 0.3 else None)
        if market.refunds[-1][5] != "not_received" and rng.random() < 0.7:
            market.send_back(name, scanned=int(rng.normal(500, 15)))
    for k in range(buyers):
        market.use(f"a{k}", "device", f"phone{k}", 0, 364)
        market.use(f"a{k}", "address", f"street {k // 2 if k < 400 else k}", 0, 364)
        market.use(f"a{k}", "ip", f"carrier{k % 7}", 0, 364)
    return market


CLIENTS = [f"a{500 + 7 * k}" for k in range(14)]


def accused(market: Market) -> set[str]:
    return {name for _, name in listed(GANG, trial(GANG, market.tables()))}


def campaign(market: Market, buyers: Iterable[str] = CLIENTS, *, script: bool = True, begin: float = 100) -> None:
    """Each claims for two dear things in three weeks, in chat, two days after they came."""
    for buyer in buyers:
        for _ in range(2):
            text = SCRIPT.format(int(market.rng.integers(1000, 9999))) if script else None
            market.claim(
                buyer,
                begin + float(market.rng.uniform(0, 20)),
                wait=float(market.rng.normal(2, 0.1)),
                text=text,
                reason="not_received",
                channel="chat",
                amount=float(market.rng.integers(400, 700)),
            )


def test_clients_of_one_script_are_named_as_one_gang_with_the_text_that_links_them() -> None:
    market = honest()
    campaign(market)
    measured = trial(GANG, market.tables())
    assert {name for _, name in listed(GANG, measured)} == set(CLIENTS)
    rows = [row for row in measured.assessed.to_pylist() if row["explanation"]]
    assert {row["ring"] for row in rows} == {rows[0]["ring"]}
    assert "claim text with 13" in rows[0]["explanation"]
    assert {(row["link"], row["source_kind"]) for row in measured.links.to_pylist()} == {("same_text", "account")}
    assert set(measured.links["target_id"].to_pylist()) <= set(CLIENTS)


def test_a_script_with_another_report_number_each_time_is_one_script() -> None:
    market = honest()
    for k, buyer in enumerate(CLIENTS):
        market.claim(buyer, 100 + k, text=SCRIPT.format(1000 + 91 * k), reason="not_received")
    assert accused(market) == set(CLIENTS)


def test_clients_of_one_tool_are_named_though_each_has_words_of_its_own() -> None:
    market = honest()
    campaign(market, script=False)
    for buyer in CLIENTS:
        market.use(buyer, "device", "desk", 95, 125)
    assert accused(market) == set(CLIENTS)


def test_one_label_on_parcels_of_strangers_joins_them() -> None:
    market = honest()
    for k, buyer in enumerate(CLIENTS[:8]):
        name = market.claim(buyer, 100 + k, wait=2, reason="not_as_described", channel="chat", amount=500.0)
        market.send_back(name, scanned=20, label="AGAIN")
    assert accused(market) == set(CLIENTS[:8])


def test_a_client_without_text_or_tool_of_the_gang_is_known_by_the_method() -> None:
    market = honest()
    campaign(market, CLIENTS[:-1])
    campaign(market, CLIENTS[-1:], script=False)
    assert accused(market) == set(CLIENTS)


def test_a_method_alone_is_found_when_many_follow_it_in_few_weeks() -> None:
    market = honest()
    many = [f"a{500 + 7 * k}" for k in range(30)]
    campaign(market, many, script=False)
    found = accused(market)
    assert len(found & set(many)) >= 24
    assert found <= set(many)


def test_claims_of_other_buyers_in_the_same_weeks_are_not_the_gangs() -> None:
    market = honest()
    campaign(market)
    bystanders = [f"a{1500 + k}" for k in range(40)]
    for buyer in bystanders:
        market.claim(buyer, float(market.rng.uniform(100, 120)))
    assert not accused(market) & set(bystanders)


def test_one_that_shares_the_text_but_not_the_weeks_is_worth_less() -> None:
    market = honest()
    campaign(market)
    market.claim("a2000", 300, text=SCRIPT.format(1))
    assert "a2000" not in accused(market)


def test_a_ready_made_phrase_accuses_nobody() -> None:
    market = honest()
    for k in range(60):
        market.claim(f"a{600 + k}", 6.0 * k + 5, text=SCRIPT.format(k))
    assert accused(market) == set()


def test_a_household_is_no_gang() -> None:
    market = honest()
    family = [f"a{2000 + k}" for k in range(5)]
    for buyer in family:
        market.use(buyer, "address", "farm", 0, 364)
        market.use(buyer, "device", "tablet", 0, 364)
    campaign(market, family)
    assert accused(market) == set()


def test_two_accounts_are_no_gang() -> None:
    market = honest()
    campaign(market, CLIENTS[:2])
    for buyer in CLIENTS[:2]:
        market.use(buyer, "device", "desk", 95, 125)
    assert accused(market) == set()


@pytest.mark.parametrize("kind", ["ip", "device"])
def test_a_dormitory_or_an_office_with_one_network_is_no_gang(kind: str) -> None:
    market = honest()
    for k in range(80):
        market.use(f"a{800 + k}", kind, "shared", 0, 364)
        market.use(f"a{800 + k}", "address", "dormitory", 0, 364)
    for k in range(0, 80, 4):
        market.claim(f"a{800 + k}", float(market.rng.uniform(20, 360)))
    assert accused(market) == set()


def test_customers_of_a_forwarder_are_no_gang() -> None:
    market = honest()
    for k in range(200):
        market.use(f"a{800 + k}", "address", "warehouse 7", 0, 364)
    for k in range(0, 200, 5):
        market.claim(f"a{800 + k}", float(market.rng.uniform(100, 150)), reason="not_received", area="55501")
    assert accused(market) == set()


def test_buyers_of_a_recalled_product_are_no_gang() -> None:
    market = honest()
    for k in range(60):
        text = "I read about the recall of this thing and want my money back now" if k % 2 else None
        order = {"product": "p7", "amount": 300.0}
        market.claim(f"a{600 + 5 * k}", float(market.rng.uniform(200, 215)), reason="recall", text=text, **order)
    assert accused(market) == set()


def test_a_bad_batch_of_one_product_is_no_gang() -> None:
    market = honest()
    for k in range(40):
        day, wait = float(market.rng.uniform(200, 220)), float(market.rng.normal(2, 0.2))
        market.claim(f"a{600 + 5 * k}", day, wait=wait, reason="defective", product="p7", amount=500.0, channel="chat")
    assert accused(market) == set()


def test_those_whom_one_courier_fails_are_no_gang() -> None:
    market = honest()
    for k in range(40):
        day = float(market.rng.uniform(200, 230))
        market.claim(f"a{600 + 5 * k}", day, wait=1.5, reason="not_received", area=f"777{k:02}", channel="chat")
    assert accused(market) == set()


def test_a_heavy_returner_is_no_gang() -> None:
    market = honest()
    for k in range(25):
        market.send_back(market.claim("a900", 14.0 * k + 5))
    assert accused(market) == set()


def test_what_one_agent_decided_is_not_taken_for_a_campaign() -> None:
    market = honest()
    for k in range(30):
        for _ in range(2):
            day, amount = float(market.rng.uniform(100, 120)), float(market.rng.integers(400, 700))
            market.claim(f"a{600 + k}", day, wait=2, channel="chat", amount=amount, reason="damaged", agent="staff3")
    assert accused(market) == set()


def test_goods_that_came_back_are_said() -> None:
    market = honest()
    campaign(market)
    market.send_back(market.claim(CLIENTS[0], 110, text=SCRIPT.format(1), reason="damaged"))
    rows = trial(GANG, market.tables()).assessed.to_pylist()
    (row,) = [row for row in rows if row["subject_id"] == CLIENTS[0]]
    assert any("right weight came back for 1" in text for text in row["counter_evidence"])


@pytest.mark.parametrize(("seen_at", "came_back"), [("10 000", True), ("10-000 ", True), ("20000", False)])
def test_a_postcode_is_the_same_place_however_it_is_spelt(seen_at: str, came_back: bool) -> None:
    market = honest()
    campaign(market)
    market.send_back(market.claim(CLIENTS[0], 110, text=SCRIPT.format(1), reason="damaged"), seen_at=seen_at)
    rows = trial(GANG, market.tables()).assessed.to_pylist()
    (row,) = [row for row in rows if row["subject_id"] == CLIENTS[0]]
    assert any("right weight came back for 1" in text for text in row["counter_evidence"]) == came_back


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_in_an_honest_market_nobody_is_named_and_p_values_keep_their_promise(seed: int) -> None:
    measured = trial(GANG, honest(seed).tables())
    assert listed(GANG, measured) == set()
    log_p = measured.assessed["log_p"].to_numpy()
    assert share_below(log_p).verdict != "too small"
    assert np.exp(measured.assessed["log_e"].to_numpy()).mean() <= 1.2


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30))
def test_times_of_a_text_that_keep_the_markets_pace_are_rarely_an_episode(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    pace = np.sort(rng.integers(0, 700 * DAY, 5000))
    log_p = [_episode(np.sort(rng.choice(pace, size)), pace)[2] for _ in range(40)]
    assert (np.array(log_p) <= np.log(0.05)).mean() <= 0.15


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=6), st.floats(0.1, 5))
def test_the_order_of_habits_does_not_change_how_likely_they_are(counts: list[int], prior: float) -> None:
    block = np.array([counts, counts[::-1]], dtype=float)
    alike = _likelihood([block], [np.full(len(counts), prior)])
    assert alike[0] == pytest.approx(alike[1])
