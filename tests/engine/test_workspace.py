"""A run that is killed at any moment goes on where it was, with the same rows; what has changed is made anew."""

import multiprocessing
import signal
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from killed_run import run

from floorwalker.contract.errors import EngineError, RunError
from floorwalker.engine.door import Engine
from floorwalker.engine.step import Step, bind
from floorwalker.engine.workspace import Workspace

SIZE = 60_000
# each run is a process of its own, forked from one that has imported everything: what is killed is the work
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pandas", "floorwalker.engine.duck", "floorwalker.engine.workspace"])


def begun(folder: Path, least: int = 5) -> ForkServerProcess:
    folder.mkdir(exist_ok=True)
    running = PROCESSES.Process(target=run, args=(folder, SIZE, least))
    running.start()
    return running


def finished(folder: Path, least: int = 5) -> tuple[str, list[str]]:
    running = begun(folder, least)
    running.join(60)
    assert running.exitcode == 0
    return (folder / "rows.txt").read_text(), (folder / "reused.txt").read_text().split()


def test_a_run_killed_at_random_moments_ends_with_the_same_rows(tmp_path: Path) -> None:
    whole, _ = finished(tmp_path / "first")  # the server of processes is up now, and the next run is timed
    start = time.monotonic()
    again, reused = finished(tmp_path / "whole")
    seconds = time.monotonic() - start
    assert (again, reused) == (whole, [])
    deaths = []
    for moment in np.random.default_rng(17).uniform(0.05, 0.9, size=8) * seconds:
        running = begun(tmp_path / "killed")
        running.join(moment)
        running.kill()
        running.join(60)
        deaths.append(running.exitcode)
    resumed, reused = finished(tmp_path / "killed")
    assert resumed == whole
    assert -signal.SIGKILL in deaths
    assert "numbers" in reused
    assert not list((tmp_path / "killed").rglob("*.half"))


def test_a_finished_run_is_only_read_and_other_parameters_are_computed(tmp_path: Path) -> None:
    first, _ = finished(tmp_path)
    assert finished(tmp_path) == (first, ["numbers", "first", "sums", "pairs", "tops", "last"])
    other, reused = finished(tmp_path, least=1000)
    assert other != first
    assert reused == ["numbers"]


NUMBERS = {"numbers": {"n": "BIGINT"}}


def numbers() -> pa.Table:
    return pa.table({"n": pa.array([3, 1, 2, None], pa.int64())})


def test_steps_read_one_another_and_come_back_in_order(engine: Engine, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "steps", engine, "key")
    workspace.keep("numbers", numbers)
    twice = Step("twice", "select n, n * $by as more from numbers")
    workspace.run(bind([twice, Step("high", "select more from twice where n > 1")], NUMBERS), {"by": 10})
    assert workspace.table("high", order_by=("more",)).to_pylist() == [{"more": 20}, {"more": 30}]
    assert workspace.table("twice", ["more"], order_by=("n",)).to_pylist() == [
        {"more": more} for more in (10, 20, 30, None)
    ]
    assert [(t.name, t.reused) for t in workspace.timings] == [("numbers", False), ("twice", False), ("high", False)]
    assert all(t.seconds >= 0 and (t.peak_memory_mb is None or t.peak_memory_mb > 1) for t in workspace.timings)


def reused_of(folder: Path, engine: Engine, sql: str, key: str = "key") -> dict[str, bool]:
    workspace = Workspace(folder, engine, key)
    workspace.keep("numbers", numbers)
    steps = [Step("changing", sql), Step("reading", "select n from changing"), Step("aside", "select n from numbers")]
    workspace.run(bind(steps, NUMBERS), {})
    workspace.keep("after", lambda: workspace.table("reading", order_by=("n",)))
    return {t.name: t.reused for t in workspace.timings}


def test_a_changed_step_is_made_anew_with_all_that_reads_it(duckdb: Engine, tmp_path: Path) -> None:
    reused_of(tmp_path / "steps", duckdb, "select n from numbers where n > 1")
    assert all(reused_of(tmp_path / "steps", duckdb, "select n from numbers where n > 1").values())
    assert reused_of(tmp_path / "steps", duckdb, "select n from numbers where n > 2") == {
        "numbers": True,
        "changing": False,
        "reading": False,
        "aside": True,
        "after": False,
    }


def test_another_key_removes_the_old_leftovers_and_nothing_is_reused(duckdb: Engine, tmp_path: Path) -> None:
    reused_of(tmp_path / "steps", duckdb, "select n from numbers", "old/../key")
    assert not any(reused_of(tmp_path / "steps", duckdb, "select n from numbers", "new").values())
    assert sorted(p.name for p in (tmp_path / "steps").iterdir()) == ["floorwalker-steps", "new"]
    assert list(tmp_path.iterdir()) == [tmp_path / "steps"]


def test_a_folder_with_anything_else_in_it_is_refused_and_left_as_it_was(duckdb: Engine, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="name another folder"):
        Workspace(tmp_path, duckdb, "key")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_half_written_file_never_counts(duckdb: Engine, tmp_path: Path) -> None:
    reused_of(tmp_path / "steps", duckdb, "select n from numbers")
    [finished_file] = (tmp_path / "steps" / "key").glob("*-changing.parquet")
    finished_file.rename(finished_file.with_suffix(".1.half"))
    assert reused_of(tmp_path / "steps", duckdb, "select n from numbers")["changing"] is False
    assert not list(tmp_path.rglob("*.half"))


def test_arrays_that_fail_halfway_leave_nothing_to_be_reused(duckdb: Engine, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "steps", duckdb, "key")
    with pytest.raises(ZeroDivisionError):
        workspace.keep("ratio", lambda: pa.table({"r": [1 // 0]}))
    assert workspace.keep("ratio", lambda: pa.table({"r": [1]})).to_pylist() == [{"r": 1}]
    assert pq.read_table(next((tmp_path / "steps" / "key").glob("*.parquet"))).num_rows == 1


def test_a_table_that_was_never_saved_is_named_in_the_error(duckdb: Engine, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no saved table 'pairs'; saved so far: none"):
        Workspace(tmp_path / "steps", duckdb, "key").table("pairs")
