"""What removing the suspect reviews of a case would do to its products' stars."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import floorwalker as fw
from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.pipeline.trial import tables_of

REMOVED = ("r0_1", "r1_1")


def market() -> dict[str, pa.Table]:
    """Eight accounts praise six products; three buyers like the first less; two reviews of the second are removed."""
    rows = tables_of(LOCKSTEP.fires)["reviews"].to_pylist()
    for stars in (1, 2, 4):
        buyer = {"review_id": f"b{stars}", "product_id": "q0", "reviewer_id": f"buyer{stars}", "rating": str(stars)}
        rows.append(buyer | {"posted_at": "2025-08-01T09:00:00Z"})
    removed = {"removed_at": "2025-12-01T00:00:00Z"}
    return {
        "reviews": pa.Table.from_pylist(
            [row | (removed if row["review_id"] in REMOVED else {}) for row in rows],
            pa.schema([(name, pa.string()) for name in (*rows[0], "removed_at")]),
        )
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return fw.scan(fw.open(market()), out=tmp_path_factory.mktemp("removals") / "run")


def by_product(run: Any) -> dict[str, dict[str, Any]]:
    return {row["product_id"]: row for row in run.removals.to_pylist()}


def test_stars_are_counted_with_the_suspect_reviews_and_without(run: Any) -> None:
    first = by_product(run)["q0"]
    assert (first["reviews"], first["suspect"]) == (11, 8)
    assert (first["stars_with"], first["stars_without"]) == (4.273, 2.333)


def test_where_no_review_would_remain_there_are_no_stars(run: Any) -> None:
    third = by_product(run)["q2"]
    assert (third["reviews"], third["suspect"], third["stars_with"], third["stars_without"]) == (8, 8, 5.0, None)


def test_a_removed_review_is_neither_counted_nor_suspect(run: Any) -> None:
    second = by_product(run)["q1"]
    assert (second["reviews"], second["suspect"]) == (6, 6)


def test_the_first_and_last_suspect_review_are_dated(run: Any) -> None:
    first = by_product(run)["q0"]
    assert first["first_at"] == datetime(2025, 1, 1, 8, tzinfo=UTC)
    assert first["last_at"] == datetime(2025, 1, 3, 8, tzinfo=UTC)


def test_only_reviews_that_are_cited_for_a_listed_subject_are_suspect(run: Any) -> None:
    listed = {row["subject_id"] for row in run.subjects.to_pylist()}
    findings = [row for row in run.findings.to_pylist() if row["subject_id"] in listed]
    cited = {e["id"] for row in findings for e in row["evidence"]}
    assert sum(row["suspect"] for row in run.removals.to_pylist()) == len(cited - set(REMOVED))


def test_a_removal_that_was_not_known_yet_does_not_count(tmp_path: Path) -> None:
    early = fw.scan(fw.open(market()), out=tmp_path / "run", as_of=datetime(2025, 11, 1, tzinfo=UTC))
    assert by_product(early)["q1"]["suspect"] == 8


def test_a_case_shows_its_stars_in_a_notebook(run: Any) -> None:
    html = run.case(run.case_ids[0])._repr_html_()
    assert "If these reviews were removed" in html
    assert "2.333" in html


def test_nobody_listed_means_nothing_to_remove(tmp_path: Path) -> None:
    quiet = fw.scan(fw.open(tables_of(LOCKSTEP.stays_quiet)), out=tmp_path / "run")
    assert quiet.removals.num_rows == 0
