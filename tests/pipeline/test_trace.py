"""When a scan would first have named each case."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import floorwalker as fw
from floorwalker.contract import run as files
from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.pipeline.scan import scan
from floorwalker.pipeline.settings import Settings
from floorwalker.pipeline.trace import Names, trace
from floorwalker.pipeline.trial import tables_of
from floorwalker.sources.dataset import open_data

STEP = 40
START = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
MARKET = tables_of(LOCKSTEP.fires)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return fw.scan(fw.open(MARKET), out=tmp_path_factory.mktemp("trace") / "run", trace_days=STEP)


def hashes(run: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in run.glob("*.parquet")}


def subjects(table: pa.Table) -> set[tuple[str, str]]:
    return {(row["subject_kind"], row["subject_id"]) for row in table.to_pylist()}


def test_a_case_is_named_at_the_first_step_at_which_a_scan_as_of_then_lists_one_of_it(
    traced: Any, tmp_path: Path
) -> None:
    (row,) = traced.naming.to_pylist()
    day = row["first_named_at"]
    then = fw.scan(fw.open(MARKET), out=tmp_path / "then", as_of=day)
    before = fw.scan(fw.open(MARKET), out=tmp_path / "before", as_of=day - timedelta(days=STEP))
    assert subjects(then.subjects) & subjects(traced.subjects)
    assert not subjects(before.subjects) & subjects(traced.subjects)
    assert row["days"] == (day - datetime(2025, 1, 1, tzinfo=UTC)).days == 3 * STEP
    assert row["half_named_at"] >= day


def test_the_other_files_do_not_change_by_it_and_without_it_there_are_no_rows(traced: Any, tmp_path: Path) -> None:
    plain = fw.scan(fw.open(MARKET), out=tmp_path / "run")
    assert plain.naming.num_rows == 0
    assert {n for n, h in hashes(plain.folder).items() if h != hashes(traced.folder)[n]} == {"naming.parquet"}


def test_a_trace_that_was_interrupted_goes_on_and_ends_with_the_same_bytes(traced: Any, tmp_path: Path) -> None:
    moments: list[str] = []

    def impatient(what: str, _done: int, _total: int) -> None:
        moments.extend([what] if what.startswith("as of") else [])
        if len(moments) == 3:
            raise KeyboardInterrupt

    settings = Settings(trace_days=STEP)
    with pytest.raises(KeyboardInterrupt):
        scan(open_data(MARKET), tmp_path / "run", settings, impatient)
    assert len(list((tmp_path / "run" / ".work" / "trace").glob("*.parquet"))) == 2
    scan(open_data(MARKET), tmp_path / "run", settings, lambda *_: None)
    assert hashes(tmp_path / "run") == hashes(traced.folder)


def test_no_step_is_later_than_what_the_run_may_see(tmp_path: Path) -> None:
    known = datetime(2025, 7, 15, tzinfo=UTC)
    run = fw.scan(fw.open(MARKET), out=tmp_path / "run", as_of=known, trace_days=STEP)
    (row,) = run.naming.to_pylist()
    assert row["first_named_at"] == datetime(2025, 5, 1, tzinfo=UTC)
    late = fw.scan(fw.open(MARKET), out=tmp_path / "late", as_of=known, trace_days=365)
    assert late.naming.to_pylist()[0]["first_named_at"] is None


def case(name: str, first: int, last: int, size: int = 4) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    row = dict.fromkeys(files.CASES.names) | {"case_id": name}
    row |= {"first_seen_at": START + timedelta(days=first), "last_seen_at": START + timedelta(days=last)}
    listed = [
        dict.fromkeys(files.SUBJECTS.names)
        | {"subject_kind": "account", "subject_id": f"{name}{n}", "scheme": "review_ring", "case_id": name}
        for n in range(size)
    ]
    return row, listed


def traced_by_hand(cases: list[Any], lists: dict[int, list[str]]) -> tuple[list[dict[str, Any]], list[int]]:
    """Weekly steps; `lists`: whom a scan as of so many days after the first of March lists."""
    looked_at: list[int] = []

    def as_of(at: datetime) -> Names:
        looked_at.append((at - START.replace(hour=0, minute=0)).days)
        return frozenset(("account", name, "review_ring") for name in lists.get(looked_at[-1], []))

    tables = {
        "cases": pa.Table.from_pylist([row for row, _ in cases], schema=files.CASES),
        "subjects": pa.Table.from_pylist([row for _, listed in cases for row in listed], schema=files.SUBJECTS),
    }
    return trace(tables, as_of, Settings(trace_days=7), lambda *_: None).to_pylist(), looked_at


def test_steps_end_when_half_of_a_case_has_been_named() -> None:
    (row,), looked_at = traced_by_hand([case("a", 0, 60)], {14: ["a0"], 28: ["a1", "a3"]})
    assert looked_at == [7, 14, 21, 28]
    assert (row["first_named_at"].day, row["half_named_at"].day, row["days"]) == (15, 29, 14)


def test_who_was_named_once_was_named_though_a_later_step_does_not_list_them() -> None:
    (row,), _ = traced_by_hand([case("a", 0, 30)], {7: ["a0"], 14: []})
    assert row["first_named_at"].day == 8
    assert row["half_named_at"] is None


def test_only_steps_are_scanned_at_which_a_case_is_under_way_and_unnamed() -> None:
    rows, looked_at = traced_by_hand([case("a", 0, 10), case("b", 60, 80)], {7: ["a0", "a1"], 70: ["b0", "b1", "c0"]})
    assert looked_at == [7, 63, 70]
    assert [row["days"] for row in rows] == [7, 10]


def test_a_case_that_no_step_names_up_to_its_last_evidence_row_has_no_day() -> None:
    (row,), looked_at = traced_by_hand([case("a", 0, 10)], {})
    assert looked_at == [7, 14]
    assert (row["first_named_at"], row["half_named_at"], row["days"]) == (None, None, None)


def test_nothing_named_means_nothing_to_look_back_for() -> None:
    assert traced_by_hand([], {}) == ([], [])


def test_the_file_can_be_read_without_us(traced: Any) -> None:
    assert pq.read_schema(traced.folder / "naming.parquet").equals(files.NAMING)
