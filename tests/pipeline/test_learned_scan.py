"""A scan of a market about which something was decided before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from floorwalker.cases.forward import LEAST
from floorwalker.contract.run import FILES
from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.edge.python import Run
from floorwalker.pipeline.scan import scan
from floorwalker.pipeline.settings import Settings
from floorwalker.pipeline.trial import tables_of
from floorwalker.sources.dataset import open_data

TOWNS = 12
RING, BUYERS = 8, 400
FIRST = datetime(2025, 6, 1, tzinfo=UTC)
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def reviews() -> pa.Table:
    """A ring of eight in each of twelve towns that share nothing."""
    one = tables_of(LOCKSTEP.fires)["reviews"]
    copies = []
    for town in range(TOWNS):
        columns = {name: one[name].to_pylist() for name in one.column_names}
        for name in ("review_id", "product_id", "reviewer_id"):
            columns[name] = [f"{town}-{value}" for value in columns[name]]
        copies.append(pa.table(columns))
    return pa.concat_tables(copies)


def labels(begin: datetime = FIRST, towns: int = TOWNS) -> pa.Table:
    """Half of each ring found abusive, and as many buyers cleared, a town a week."""
    rows = []
    for town in range(towns):
        at = (begin + timedelta(weeks=town)).isoformat()
        for k in range(RING // 2):
            for name, label in ((f"{town}-other{k}", "abusive"), (f"{town}-buyer{17 * k}", "legitimate")):
                rows.append({"subject_kind": "account", "subject_id": name, "label": label, "at": at})
    return pa.Table.from_pylist(rows)


def scanned(out: Path, tables: Mapping[str, object], **settings: object) -> Path:
    return scan(open_data(tables), out, Settings(memory="1GB", **settings), lambda *_: None)  # type: ignore[arg-type]


def hashes(run: Path) -> dict[str, str]:
    return {name: hashlib.sha256((run / f"{name}.parquet").read_bytes()).hexdigest() for name in FILES}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned(tmp_path_factory.mktemp("plain") / "run", {"reviews": reviews()})


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned(tmp_path_factory.mktemp("learned") / "run", {"reviews": reviews(), "labels": labels()})


def words(run: Path) -> list[str]:
    return list(json.loads((run / "run.json").read_text())["learning"]["words"])


def test_without_labels_a_scan_says_that_the_nulls_alone_rank(plain: Path) -> None:
    assert words(plain) == ["Ranked by the detectors' nulls alone: there are no past decisions (labels)."]
    assert words(plain)[0] in Run(plain).summary()
    assert pq.read_table(plain / "reasons.parquet").num_rows == 0


def test_labels_that_came_after_the_time_of_the_scan_change_no_byte(plain: Path, tmp_path: Path) -> None:
    late = scanned(tmp_path / "late", {"reviews": reviews(), "labels": labels(LATER)}, as_of=LATER - timedelta(days=1))
    assert hashes(late) == hashes(plain)
    assert words(late) == words(plain)


def test_labels_of_which_there_are_too_few_change_no_byte_and_it_says_so(plain: Path, tmp_path: Path) -> None:
    few = scanned(tmp_path / "few", {"reviews": reviews(), "labels": labels(towns=2)})
    assert hashes(few) == hashes(plain)
    assert f"it takes {LEAST}" in words(few)[0]
    assert words(few)[0] in Run(few).summary()


def test_what_was_decided_ranks_everybody_and_lists_nobody(plain: Path, learned: Path) -> None:
    assert words(learned)[0].startswith("reviews: ranked by what 96 past decisions (48 abusive) teach.")
    names = ["subject_kind", "subject_id", "scheme", "role", "q_value", "case_id"]
    subjects = [pq.read_table(run / "subjects.parquet").select(names) for run in (plain, learned)]
    assert subjects[0].num_rows > 0
    assert subjects[0].equals(subjects[1])
    scores = [pq.read_table(run / "scores.parquet") for run in (plain, learned)]
    assert scores[0].drop("score").equals(scores[1].drop("score"))
    assert not scores[0].equals(scores[1])
    assert np.all((scores[1]["score"].to_numpy() >= 0) & (scores[1]["score"].to_numpy() <= 1))


def test_a_learned_run_has_its_reasons_and_the_report_shows_them(learned: Path) -> None:
    reasons = pq.read_table(learned / "reasons.parquet")
    members = pq.read_table(learned / "case_members.parquet")
    assert set(reasons["subject_id"].to_pylist()) <= set(members["subject_id"].to_pylist())
    assert min(reasons["odds_factor"].to_pylist()) > 1
    page = (learned / "report.html").read_text()
    assert "odds raised by" in page
    assert words(learned)[0][:40] in page


def test_the_same_tables_and_labels_give_the_same_bytes(learned: Path, tmp_path: Path) -> None:
    again = scanned(tmp_path / "again", {"reviews": reviews(), "labels": labels()})
    assert hashes(again) == hashes(learned)
    one, other = (json.loads((run / "run.json").read_text())["learning"] for run in (again, learned))
    assert one == other
