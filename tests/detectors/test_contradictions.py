"""Claims against carriers, scales and clocks: what raises a buyer, and which unlucky buyers nobody accuses."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.refunds.contradictions import CONTRADICTIONS
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from refund_markets import START, Row, Shop, honest_shop

THIEF = "thief"
DAYS = [40.0, 130.0, 210.0, 260.0, 330.0, 410.0]


def evidence(shop: Shop, buyer: str = THIEF) -> float:
    rows = trial(CONTRADICTIONS, shop.tables()).assessed.to_pylist()
    return float(next(row["log_e"] for row in rows if row["subject_id"] == buyer))


def accused(shop: Shop) -> set[str]:
    return {name for _, name in listed(CONTRADICTIONS, trial(CONTRADICTIONS, shop.tables()))}


def with_claims(
    reason: str, *, order: Row | None = None, refund: Row | None = None, parcel: Row | None = None, wait: float = 6.0
) -> Shop:
    """An honest shop with one more buyer, who made six claims of one kind among twelve orders."""
    shop = honest_shop(seed=5)
    for day in DAYS:
        shop.claim(THIEF, day, reason, wait=wait + day % 7, order=order, refund=refund, parcel=parcel)
        shop.order(THIEF, day + 20)
    return shop


@pytest.fixture(scope="module")
def in_order() -> float:
    return evidence(with_claims("defective"))


def test_on_honest_shops_nobody_is_accused_and_p_values_keep_their_promise() -> None:
    log_p = []
    for seed in (1, 2, 3):
        measured = trial(CONTRADICTIONS, honest_shop(seed).tables())
        assert not listed(CONTRADICTIONS, measured)
        log_p.append(measured.assessed["log_p"].to_numpy())
        assert measured.assessed["log_e"].to_numpy().max() < np.log(1000)
    assert share_below(np.concatenate(log_p)).verdict in ("uniform", "conservative")


@pytest.mark.parametrize(
    "parcel",
    [
        pytest.param({"scanned_weight_g": 20, "inspection": "none"}, id="too light"),
        pytest.param({"inspection": "empty"}, id="empty"),
        pytest.param({"inspection": "wrong_item"}, id="something else"),
    ],
)
def test_a_buyer_whose_returns_hold_something_else_is_accused_and_no_other(parcel: Row) -> None:
    shop = with_claims("defective", parcel=parcel)
    assert accused(shop) == {THIEF}


def test_a_buyer_to_whom_nothing_ever_comes_is_accused_and_no_other() -> None:
    assert accused(with_claims("not_received")) == {THIEF}


@pytest.mark.parametrize(
    "parcel",
    [
        pytest.param({"scanned_postcode": "77777"}, id="another postcode"),
        pytest.param({"tracking_number": "T1"}, id="a label of somebody else"),
    ],
)
def test_where_and_how_returns_travel_raises_a_buyer(parcel: Row, in_order: float) -> None:
    assert evidence(with_claims("defective", parcel=parcel)) > in_order + 3


def test_labels_older_than_the_order_raise_a_buyer(in_order: float) -> None:
    shop = honest_shop(seed=5)
    for row in shop.returns:
        row["label_created_at"] = START + timedelta(days=900)
    for day in DAYS:
        made = START + timedelta(days=day - 30)
        shop.claim(THIEF, day, "defective", wait=6 + day % 7, parcel={"label_created_at": made})
        shop.order(THIEF, day + 20)
    assert evidence(shop) > in_order + 3


def test_claims_about_goods_before_they_came_raise_a_buyer(in_order: float) -> None:
    assert evidence(with_claims("defective", wait=-9.0)) > in_order + 3


def test_returns_that_never_come_raise_a_buyer(in_order: float) -> None:
    assert evidence(with_claims("defective", parcel={"scanned_at": None, "scanned_weight_g": None})) > in_order + 2


@pytest.mark.parametrize(
    ("reason", "order", "rest"),
    [
        pytest.param("not_received", {"code_confirmed": True}, {"code_confirmed": False}, id="code"),
        pytest.param("not_received", {"photo_taken": True}, {"photo_taken": False}, id="photo"),
        pytest.param("not_received", {"delivered_postcode": "10000"}, {"delivered_postcode": "99999"}, id="postcode"),
    ],
)
def test_what_the_courier_recorded_raises_a_buyer(reason: str, order: Row, rest: Row) -> None:
    def shop(own: Row) -> Shop:
        made = with_claims(reason, order=own)
        for row in made.orders:
            if row["buyer_id"] != THIEF:
                row.update(rest)
        return made

    assert evidence(shop(order)) > evidence(shop(rest)) + 3


def test_an_empty_box_that_left_with_full_weight_raises_a_buyer() -> None:
    def shop(grams: int) -> Shop:
        made = with_claims("empty_box", order={"shipped_weight_g": grams})
        for row in made.orders:
            row.setdefault("shipped_weight_g", 500)
        for row in made.refunds:
            if row["reason"] == "not_received":
                row["reason"] = "empty_box"
                next(o for o in made.orders if o["order_id"] == row["order_id"])["shipped_weight_g"] = 60
        return made

    assert evidence(shop(500)) > evidence(shop(60)) + 3


def test_serials_that_were_not_shipped_and_strange_devices_raise_a_buyer(in_order: float) -> None:
    other = with_claims("defective", order={"shipped_serial": "S1"}, parcel={"returned_serial": "S2"})
    assert evidence(other) > in_order + 3
    shop = with_claims("defective", refund={"session_device": "d9"})
    for row in shop.refunds:
        row.setdefault("session_device", f"phone of {row['buyer_id']}")
    buyers = sorted({str(row["buyer_id"]) for row in shop.orders})
    identifiers = pa.table(
        {"account_id": buyers, "kind": ["device"] * len(buyers), "value": [f"phone of {b}" for b in buyers]}
    )
    rows = trial(CONTRADICTIONS, {**shop.tables(), "identifiers": identifiers}).assessed.to_pylist()
    assert next(row["log_e"] for row in rows if row["subject_id"] == THIEF) > in_order + 3


def test_a_heavy_returner_who_returns_in_order_is_not_accused() -> None:
    shop = honest_shop(seed=6)
    for k in range(60):
        shop.claim("picky", 20 + 7 * k, ("changed_mind", "damaged", "not_as_described")[k % 3], wait=3 + k % 9)
    assert "picky" not in accused(shop)
    assert evidence(shop, "picky") < 1


def test_a_couriers_region_is_not_accused() -> None:
    shop = honest_shop(seed=7)
    rng = np.random.default_rng(7)
    for k in range(60):
        for _ in range(3):
            day = float(rng.uniform(200, 226))
            shop.claim(f"local{k}", day, "not_received", wait=2 + k % 5, postcode=f"88{k:03}", product=f"p{k % 150}")
        shop.order(f"local{k}", 100.0, postcode=f"88{k:03}")
    assert not {name for name in accused(shop) if name.startswith("local")}


def test_buyers_of_a_recalled_or_wrongly_packed_product_are_not_accused() -> None:
    shop = honest_shop(seed=8)
    for k in range(60):
        for piece in range(3):
            shop.claim(f"fan{k}", 60.0 + 3 * k + piece, "recall", wait=200 - 3 * k, product="recalled")
            shop.claim(f"kit{k}", 60.0 + 3 * k, "damaged", product="mislabelled", parcel={"scanned_weight_g": 900})
    assert not {name for name in accused(shop) if name.startswith(("fan", "kit"))}


def test_people_who_share_a_forwarder_are_not_accused_for_its_losses() -> None:
    shop = honest_shop(seed=9)
    for k in range(40):
        for piece in range(3):
            day = 30.0 + 11 * k % 400 + 40 * piece
            shop.claim(f"abroad{k}", day, "not_received", wait=4 + k % 9, address="Unit 7, Harbour Road")
    assert not {name for name in accused(shop) if name.startswith("abroad")}


def test_one_box_with_several_returns_is_no_contradiction(in_order: float) -> None:
    shop = honest_shop(seed=5)
    for day in DAYS[:3]:
        for piece in range(2):
            box: Row = {"tracking_number": f"BOX {day}", "scanned_weight_g": 1000}
            shop.claim(THIEF, day + piece, "defective", wait=6 + day % 7, parcel=box)
            shop.order(THIEF, day + 20)
    assert evidence(shop) < in_order + 1


def test_who_was_sent_the_wrong_thing_may_send_it_back() -> None:
    shop = with_claims("wrong_item", parcel={"inspection": "wrong_item", "scanned_weight_g": 900})
    assert THIEF not in accused(shop)


def test_two_claims_are_no_habit() -> None:
    shop = honest_shop(seed=5)
    for day in DAYS[:2]:
        shop.claim(THIEF, day, "defective", parcel={"inspection": "empty"})
    rows = trial(CONTRADICTIONS, shop.tables()).assessed.to_pylist()
    assert THIEF not in {row["subject_id"] for row in rows}


def test_the_words_say_what_was_counted_and_what_was_expected_and_cite_claims_and_parcels() -> None:
    measured = trial(CONTRADICTIONS, with_claims("defective", parcel={"inspection": "empty"}).tables())
    row = next(row for row in measured.assessed.to_pylist() if row["subject_id"] == THIEF)
    assert "6 of 6 returns held something else" in row["explanation"]
    assert {cited["table"] for cited in row["evidence"]} == {"refunds", "returns"}
    assert row["counter_evidence"]
