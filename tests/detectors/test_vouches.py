"""Buyers whose refunds are vouched for: who is listed, and who must not be."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.refunds.vouches import TRUST, VOUCHES
from floorwalker.pipeline.trial import listed, trial

START = datetime(2025, 2, 1, 8)
Tables = dict[str, pa.Table]
Post = tuple[str, str, float]
"""Channel, body, day."""


def market(posts: list[Post], cents: list[int] | None = None, seed: int = 3, size: int = 600) -> Tables:
    """Refunds of many prices over four months; refund k is asked for on day k / 5 and decided two days later."""
    rng = np.random.default_rng(seed)
    drawn = np.round(np.exp(rng.normal(4.5, 1.2, size)) * 100).astype(int) if cents is None else np.array(cents)
    asked = [START + timedelta(days=k / 5) for k in range(len(drawn))]
    return {
        "refunds": pa.table(
            {
                "refund_id": [f"f{k}" for k in range(len(drawn))],
                "order_id": [f"o{k}" for k in range(len(drawn))],
                "buyer_id": [f"b{k}" for k in range(len(drawn))],
                "amount": drawn / 100,
                "currency": ["EUR"] * len(drawn),
                "requested_at": asked,
                "decided_at": [t + timedelta(days=2) for t in asked],
                "outcome": ["approved"] * len(drawn),
            }
        ),
        "posts": pa.table(
            {
                "post_id": [f"v{k}" for k in range(len(posts))],
                "source": ["telegram"] * len(posts),
                "channel": [channel for channel, *_ in posts],
                "author": [f"u{k}" for k in range(len(posts))],
                "posted_at": pa.array([START + timedelta(days=day) for *_, day in posts], pa.timestamp("us")),
                "body": [body for _, body, _ in posts],
            }
        ),
    }


def amounts(tables: Tables) -> list[float]:
    return [float(a) for a in tables["refunds"]["amount"].to_pylist()]


def vouched(refunds: range, form: str = "vouch @plug, {:.2f} € back in 2 days", channel: str = "plug") -> list[Post]:
    prices = amounts(market([]))
    return [(channel, form.format(prices[k]), k / 5 + 3) for k in refunds]


def told(tables: Tables) -> dict[str, dict[str, object]]:
    rows = trial(VOUCHES, tables).assessed.to_pylist()
    return {str(row["subject_id"]): row for row in rows if row["explanation"]}


CLIENTS = {("account", f"b{k}") for k in range(100, 116)}


def test_buyers_whose_odd_sums_are_vouched_for_are_listed_and_no_other() -> None:
    found = listed(VOUCHES, trial(VOUCHES, market(vouched(range(100, 116)))))
    assert found <= CLIENTS
    assert len(found) >= 12


def test_clients_of_one_channel_are_one_ring_and_those_of_two_are_two() -> None:
    posts = vouched(range(100, 116)) + vouched(range(200, 216), channel="other")
    measured = trial(VOUCHES, market(posts))
    rings: dict[object, set[str]] = {}
    for row in measured.assessed.to_pylist():
        if row["explanation"]:
            rings.setdefault(row["ring"], set()).add(row["subject_id"])
    assert len(rings) == 2
    assert measured.links.num_rows >= 20
    assert set(measured.links["ring"].to_pylist()) == set(rings)


def test_the_post_and_the_refund_are_cited_and_it_is_said_that_a_vouch_can_be_made_up() -> None:
    row = told(market(vouched(range(100, 116))))["b104"]
    assert {(e["table"], e["id"]) for e in row["evidence"]} == {("posts", "v4"), ("refunds", "f104")}  # type: ignore[attr-defined]
    assert "made up" in str(row["counter_evidence"])
    assert "telegram plug" in str(row["explanation"])


def test_invented_vouches_list_nobody() -> None:
    rng = np.random.default_rng(8)
    sums = np.exp(rng.normal(4.5, 1.2, 60))
    for form in ("vouch {:.2f} € back", "vouch {:.0f} € back", "vouch about {:.0f} € back"):
        posts = [("plug", form.format(max(s, 2)), float(d)) for s, d in zip(sums, rng.uniform(5, 110, 60), strict=True)]
        assert listed(VOUCHES, trial(VOUCHES, market(posts))) == set()


def test_buyers_of_one_price_are_not_listed_for_a_vouch_of_that_price() -> None:
    tables = market([("plug", "vouch 49.99 € back in 2 days", k / 5 + 3) for k in range(100, 160, 4)], [4999] * 600)
    assert listed(VOUCHES, trial(VOUCHES, tables)) == set()
    assert not told(tables)


def test_happy_customers_in_a_group_of_shoppers_are_not_asked_about() -> None:
    glad = vouched(range(100, 116), form="finally got my {:.2f} € refund from support", channel="deals")
    chat = [("deals", "who tried air fryers?", float(d)) for d in range(60)]
    assert trial(VOUCHES, market(glad + chat)).assessed.num_rows == 0


def test_denied_refunds_are_no_candidates() -> None:
    tables = market(vouched(range(100, 116)))
    denied = tables["refunds"].set_column(7, "outcome", pa.array(["denied"] * 600))
    assert trial(VOUCHES, {**tables, "refunds": denied}).assessed.num_rows == 0


def test_a_rounded_sum_is_believed_less_than_an_exact_one_however_well_it_fits() -> None:
    rows = told(market(vouched(range(100, 116), form="vouch @plug, about {:.0f} € back in 2 days")))
    assert all(float(str(row["log_e"])) <= max(TRUST.values()) + 1e-9 for row in rows.values())
    rough = [float(str(row["log_e"])) for row in rows.values()]
    assert max(rough, default=0.0) <= np.log(10) + 1e-9


def test_who_says_it_twice_says_it_once() -> None:
    tables = market(vouched(range(100, 104)))
    twice = pa.concat_tables(
        [tables["posts"], tables["posts"].set_column(0, "post_id", pa.array(["w0", "w1", "w2", "w3"]))]
    )
    once, again = told(tables), told({**tables, "posts": twice})
    assert once.keys() == again.keys()
    assert [r["log_e"] for r in once.values()] == pytest.approx([r["log_e"] for r in again.values()])


def test_without_currencies_and_titles_it_still_answers() -> None:
    tables = market(vouched(range(100, 116)))
    bare = tables["refunds"].drop_columns(["currency"])
    undated = tables["posts"].set_column(4, "posted_at", pa.nulls(16, pa.timestamp("us")))
    assert trial(VOUCHES, {**tables, "posts": undated}).assessed.num_rows == 0
    assert {
        name
        for name, row in told({"posts": tables["posts"], "refunds": bare}).items()
        if float(str(row["effect"])) > 0.9
    }
