"""Removal history: who is named, and which removals say nothing against anybody."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from floorwalker.detectors.reviews.removed import REMOVED
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from markets import START, honest_market

Tables = dict[str, pa.Table]


@pytest.fixture(scope="module")
def market() -> Tables:
    """An honest market where one review in forty is removed within a month."""
    return removing(honest_market(seed=9, orders=20000), share=0.025, seed=1)


def removing(market: Tables, share: float, seed: int, drift: float = 0.0) -> Tables:
    """The market with a share of its reviews removed at random; `drift`: how much that share grows in the year."""
    rng = np.random.default_rng(seed)
    gone: list[datetime | None] = []
    for posted in market["reviews"]["posted_at"].to_pylist():
        chance = share * (1 + drift * (posted - START).days / 365)
        gone.append(posted + timedelta(days=float(rng.exponential(10))) if rng.random() < chance else None)
    return with_removals(market, gone)


def with_removals(market: Tables, gone: list[datetime | None]) -> Tables:
    reviews = market["reviews"]
    if "removed_at" in reviews.column_names:
        reviews = reviews.drop_columns(["removed_at"])
    return {**market, "reviews": reviews.append_column("removed_at", pa.array(gone, pa.timestamp("us")))}


def removed_of(market: Tables, names: set[str], stars: tuple[int, ...], sweep: datetime | None = None) -> Tables:
    """As before, and all reviews with these stars by `names` removed too: one after the other, or on one day."""
    gone = []
    for k, row in enumerate(market["reviews"].to_pylist()):
        struck = row["reviewer_id"] in names and row["rating"] in stars
        gone.append((sweep or row["posted_at"] + timedelta(days=5 + k % 11)) if struck else row["removed_at"])
    return with_removals(market, gone)


def busy(market: Tables, many: int) -> set[str]:
    """The accounts with the most reviews of four and five stars."""
    praise = market["reviews"].filter(pc.greater_equal(market["reviews"]["rating"], 4))
    counts = praise.group_by("reviewer_id").aggregate([("review_id", "count")])
    order = counts.sort_by([("review_id_count", "descending"), ("reviewer_id", "ascending")])
    return set(order["reviewer_id"].to_pylist()[:many])


def told(tables: Tables, role: str = "reviewer") -> set[str]:
    rows = trial(REMOVED, tables).assessed.to_pylist()
    return {row["subject_id"] for row in rows if row["role"] == role and row["explanation"]}


def test_accounts_whose_praise_was_removed_again_and_again_are_told_of(market: Tables) -> None:
    struck = busy(market, 20)
    found = trial(REMOVED, removed_of(market, struck, (4, 5)))
    assert struck <= {r["subject_id"] for r in found.assessed.to_pylist() if r["explanation"]}
    assert {name for _, name in listed(REMOVED, found)} <= struck


def test_removed_low_stars_say_nothing_against_those_who_gave_them(market: Tables) -> None:
    assert not busy(market, 20) & told(removed_of(market, busy(market, 20), (1, 2, 3)))


def test_one_sweep_is_one_decision(market: Tables) -> None:
    struck = busy(market, 20)
    swept = removed_of(market, struck, (4, 5), sweep=START + timedelta(days=370))
    assert not struck & told(swept)


def test_rules_that_grow_stricter_over_the_year_accuse_nobody() -> None:
    measured = trial(REMOVED, removing(honest_market(12, orders=20000), 0.01, seed=4, drift=12))
    assert not listed(REMOVED, measured)
    assert share_below(measured.assessed["log_p"].to_numpy()).verdict in ("uniform", "conservative")


def test_without_removals_nobody_is_surprising() -> None:
    measured = trial(REMOVED, with_removals(honest_market(13), [None] * honest_market(13)["reviews"].num_rows))
    assert measured.assessed.num_rows > 0
    assert not listed(REMOVED, measured)
    assert (measured.assessed["log_p"].to_numpy() > np.log(0.5)).all()
