"""The same text under several names: who is named, and which honest copies are not."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.reviews.copied_text import COPIED_TEXT
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from markets import START, honest_market

Review = tuple[str, str, int, str]
"""Reviewer, product, day, text."""

PRAISE = "I was looking for one of these for my grandmother and after {} weeks she will not let anybody else touch it"


def words(rng: np.random.Generator, size: int) -> str:
    """Words of unlike frequency, as in any language."""
    return " ".join(f"w{k}" for k in np.minimum(rng.zipf(1.3, size), 4000))


@pytest.fixture(scope="module")
def market() -> dict[str, pa.Table]:
    """An honest market in which three reviews in ten are short phrases that many use."""
    tables = honest_market(seed=9)
    rng = np.random.default_rng(9)
    phrases = [
        "works exactly as described, fast delivery",
        "great product, would buy again",
        "five stars from me, thanks",
    ]
    bodies = [
        phrases[int(rng.integers(0, 3))] if rng.random() < 0.3 else words(rng, int(rng.integers(5, 40)))
        for _ in range(tables["reviews"].num_rows)
    ]
    return {**tables, "reviews": tables["reviews"].append_column("body", pa.array(bodies))}


def with_reviews(market: dict[str, pa.Table], reviews: list[Review], **tables: pa.Table) -> dict[str, pa.Table]:
    extra = pa.table(
        {
            "review_id": [f"extra{k}" for k in range(len(reviews))],
            "product_id": [r[1] for r in reviews],
            "reviewer_id": [r[0] for r in reviews],
            "rating": [5] * len(reviews),
            "posted_at": pa.array([START + timedelta(days=r[2], minutes=k) for k, r in enumerate(reviews)]),
            "order_id": pa.nulls(len(reviews), pa.string()),
            "body": [r[3] for r in reviews],
        }
    )
    return {**market, "reviews": pa.concat_tables([market["reviews"], extra.cast(market["reviews"].schema)]), **tables}


def accused(tables: dict[str, pa.Table]) -> set[str]:
    return {name for _, name in listed(COPIED_TEXT, trial(COPIED_TEXT, tables))}


def test_in_an_honest_market_with_phrases_that_many_use_p_values_keep_their_promise(
    market: dict[str, pa.Table],
) -> None:
    measured = trial(COPIED_TEXT, market)
    assert not listed(COPIED_TEXT, measured)
    log_p = measured.assessed["log_p"].to_numpy()
    assert share_below(log_p).verdict in ("uniform", "conservative")
    assert np.mean(log_p < np.log(0.001)) < 0.002


def test_accounts_that_publish_one_text_are_named_but_not_its_first_author(market: dict[str, pa.Table]) -> None:
    ring = [(f"a{100 + k}", f"p{k % 5}", 30 + k, PRAISE.format("two")) for k in range(12)]
    named = accused(with_reviews(market, ring))
    assert {f"a{100 + k}" for k in range(1, 12)} <= named
    assert "a100" not in named
    assert named <= {r[0] for r in ring} | {r[1] for r in ring}


def test_copies_that_differ_in_a_word_are_copies(market: dict[str, pa.Table]) -> None:
    numbers = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"]
    ring = [(f"a{100 + k}", f"p{k % 5}", 30 + k, PRAISE.format(n)) for k, n in enumerate(numbers)]
    assert {f"a{100 + k}" for k in range(2, 12)} <= accused(with_reviews(market, ring))


def test_members_of_a_ring_are_linked_to_what_they_reviewed(market: dict[str, pa.Table]) -> None:
    ring = [(f"a{100 + k}", f"p{k % 5}", 30 + k, PRAISE.format("two")) for k in range(12)]
    links = trial(COPIED_TEXT, with_reviews(market, ring)).links.to_pylist()
    assert {(row["source_id"], row["target_id"]) for row in links} == {(r[0], r[1]) for r in ring[1:]}
    assert {row["ring"] for row in links} == {0}


def test_one_person_who_writes_the_same_on_everything_is_not_accused(market: dict[str, pa.Table]) -> None:
    lazy = [("a77", f"p{k}", 10 + k, PRAISE.format("two")) for k in range(30)]
    assert accused(with_reviews(market, lazy)) == set()


def test_a_text_under_two_names_proves_nothing(market: dict[str, pa.Table]) -> None:
    pair = [("a77", "p1", 10, PRAISE.format("two")), ("a78", "p2", 12, PRAISE.format("two"))]
    assert accused(with_reviews(market, pair)) == set()


def test_a_household_that_shares_its_words_is_not_accused(market: dict[str, pa.Table]) -> None:
    names = [f"a{100 + k}" for k in range(7)]
    family = [(name, f"p{k}", 30 + k, PRAISE.format("two")) for k, name in enumerate(names)]
    homes = pa.table({"account_id": names, "kind": ["address"] * 7, "value": ["12 Hill Street"] * 7})
    assert accused(with_reviews(market, family, identifiers=homes)) == set()


def test_listings_that_show_the_same_reviews_accuse_nobody(market: dict[str, pa.Table]) -> None:
    rng = np.random.default_rng(2)
    merged = [(f"a{k}", p, 20 + k, text) for k in range(40) for text in [words(rng, 20)] for p in ("p3", "p4", "p5")]
    assert accused(with_reviews(market, merged)) == set()


def test_a_phrase_that_hundreds_use_accuses_nobody(market: dict[str, pa.Table]) -> None:
    common = [(f"new{k}", f"p{k % 200}", k % 360, "works exactly as described, fast delivery!") for k in range(600)]
    assert accused(with_reviews(market, common)) == set()


def test_that_a_text_comes_up_only_now_and_then_is_said(market: dict[str, pa.Table]) -> None:
    slow = [(f"a{100 + k}", f"p{k}", 110 * k, PRAISE.format("two")) for k in range(12)]
    told = [row for row in trial(COPIED_TEXT, with_reviews(market, slow)).assessed.to_pylist() if row["explanation"]]
    assert told
    assert all(any("once in 110 days" in text for text in row["counter_evidence"]) for row in told)
