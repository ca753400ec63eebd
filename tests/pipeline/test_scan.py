"""A scan as its user meets it: bytes, interruptions, what is there and what is not."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from floorwalker.contract.errors import InputError, RunError
from floorwalker.contract.run import FILES
from floorwalker.pipeline.scan import scan
from floorwalker.pipeline.settings import Settings
from floorwalker.sources.dataset import open_data
from floorwalker.world import make_world


def hashes(run: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(run.glob("*.parquet"))}


def quiet(_what: str, _done: int, _total: int) -> None:
    return None


def scanned(data: Path, out: Path, **settings: object) -> Path:
    return scan(open_data(data), out, Settings(memory="1GB", **settings), quiet)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    make_world(folder, scale=0.1, seed=0)
    (folder / "truth.parquet").rename(folder.parent / "truth.parquet")
    return folder


@pytest.fixture(scope="session")
def run(market: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned(market, tmp_path_factory.mktemp("runs") / "run")


def test_a_run_has_all_files_of_the_contract_with_their_columns(run: Path) -> None:
    for name, schema in FILES.items():
        assert pq.read_schema(run / f"{name}.parquet").equals(schema)
    assert {"report.html", "run.json"} <= {p.name for p in run.iterdir()}
    assert not (run / ".work").exists()


def test_the_ring_in_the_market_becomes_a_case_with_roles_money_and_evidence(run: Path) -> None:
    tables = {name: pq.read_table(run / f"{name}.parquet").to_pylist() for name in FILES}
    top = tables["cases"][0]
    assert top["scheme"] == "review_ring"
    assert top["exposure"] > 0
    assert top["currency"]
    roles = {m["role"] for m in tables["case_members"] if m["case_id"] == top["case_id"]}
    assert {"reviewer", "product", "seller"} <= roles
    assert {e["case_id"] for e in tables["events"]} >= {top["case_id"]}
    assert top["first_seen_at"] < top["last_seen_at"]


def test_ranks_fall_with_probability_times_exposure(run: Path) -> None:
    cases = pq.read_table(run / "cases.parquet").to_pylist()
    worth = [case["probability"] * float(case["exposure"]) for case in cases]
    assert worth == sorted(worth, reverse=True)


def test_only_what_survives_the_level_is_listed_and_everybody_assessed_is_scored(run: Path) -> None:
    subjects, scores = (pq.read_table(run / f"{name}.parquet").to_pylist() for name in ("subjects", "scores"))
    assert all(row["q_value"] <= 0.05 for row in subjects)
    scored = {(row["subject_kind"], row["subject_id"]) for row in scores}
    assert {(row["subject_kind"], row["subject_id"]) for row in subjects} <= scored
    assert all(0 <= row["score"] <= 1 for row in scores)


def test_listed_subjects_are_members_of_their_case_and_others_there_are_no_more_than_likely(run: Path) -> None:
    subjects, members = (pq.read_table(run / f"{name}.parquet").to_pylist() for name in ("subjects", "case_members"))
    keys = [{(r["case_id"], r["subject_kind"], r["subject_id"]) for r in rows} for rows in (subjects, members)]
    assert keys[0] <= keys[1]
    assert all(m["probability"] >= 0.5 for m in members)


def test_the_same_data_gives_the_same_bytes(market: Path, run: Path, tmp_path: Path) -> None:
    assert hashes(scanned(market, tmp_path / "again")) == hashes(run)


def test_the_manifest_says_what_was_read_and_how_the_p_values_behaved(run: Path) -> None:
    manifest = json.loads((run / "run.json").read_text())
    assert manifest["inputs"]["reviews"]["rows"] == manifest["inputs"]["reviews"]["kept"] > 0
    (health,) = [d["health"] for d in manifest["detectors"]["run"] if d["name"] == "reviews.lockstep"]
    assert health["tested"] > 100
    assert health["verdict"] in ("uniform", "conservative")
    assert all(len(f["sha256"]) == 64 for t in manifest["inputs"].values() for f in t["files"])


def test_a_detector_whose_columns_are_not_there_is_skipped_and_says_what_it_needs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "accounts.csv").write_text("account_id,role,created_at\na1,buyer,2025-01-01\n")
    manifest = json.loads((scanned(data, tmp_path / "run") / "run.json").read_text())
    (skipped,) = [d for d in manifest["detectors"]["skipped"] if d["name"] == "reviews.lockstep"]
    assert "reviews.reviewer_id" in skipped["reason"]


def test_a_folder_that_is_no_run_is_not_touched(market: Path, tmp_path: Path) -> None:
    (tmp_path / "holiday.txt").write_text("mine")
    with pytest.raises(RunError, match="not empty"):
        scanned(market, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["holiday.txt"]


@pytest.mark.parametrize(
    "wrong",
    [{"fdr": 0.0}, {"fdr": 1.5}, {"engine": "abacus"}, {"memory": "much"}, {"trace_days": 0}, {"trace_days": 10**9}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Settings(**wrong)  # type: ignore[arg-type]


def test_names_are_data_wherever_they_go(tmp_path: Path) -> None:
    from floorwalker.detectors.reviews.lockstep import LOCKSTEP
    from floorwalker.pipeline.trial import tables_of

    hostile = {"other0": "'; drop table reviews; --", "other1": "<script>alert(1)</script>", "q0": "../../etc/passwd"}
    reviews = tables_of(LOCKSTEP.fires)["reviews"]
    for name in ("reviewer_id", "product_id"):
        values = [hostile.get(v, v) for v in reviews[name].to_pylist()]
        reviews = reviews.set_column(reviews.column_names.index(name), name, pa.array(values))
    out = scan(open_data({"reviews": reviews}), tmp_path / "run", Settings(), quiet)
    listed = set(pq.read_table(out / "subjects.parquet")["subject_id"].to_pylist())
    assert set(hostile.values()) <= listed
    report = (out / "report.html").read_text()
    assert "<script>alert" not in report
    assert "&lt;script&gt;alert" in report


def test_a_scan_killed_at_any_moment_goes_on_and_ends_with_the_same_bytes(
    market: Path, run: Path, tmp_path: Path
) -> None:
    kills = int(os.environ.get("FLOORWALKER_KILLS", "3"))
    rng = np.random.default_rng(7)
    command = [sys.executable, "-m", "floorwalker.edge.cli.main", "scan", str(market), "--memory", "1GB", "--out"]
    begun = time.monotonic()
    subprocess.run([*command, str(tmp_path / "timed")], check=True, capture_output=True)
    usual = time.monotonic() - begun
    for number in range(kills):
        out = tmp_path / f"killed{number}"
        process = subprocess.Popen([*command, str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.3, 1.0) * usual)
        process.send_signal(signal.SIGKILL)
        process.wait()
        subprocess.run([*command, str(out)], check=True, capture_output=True)
        assert hashes(out) == hashes(run)
