"""DuckDB obeys its memory, its lock and Ctrl-C, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest

from floorwalker.contract.errors import EngineError, StepError
from floorwalker.engine.door import open_engine
from floorwalker.engine.duck import Duck

MANY_GROUPS = "select count(*) from (select md5(cast(range as varchar)) as k from range(1500000) group by 1)"
NEVER_ENDS = "select count(*) from range(1000000) a, range(1000000) b where a.range * b.range = 7"


def test_a_query_that_exceeds_its_memory_spills_and_succeeds(away: Path) -> None:
    duck = Duck(memory="60MB", spill=away / "spill", threads=2)
    assert duck.rows(MANY_GROUPS) == [(1500000,)]
    spilled = any((away / "spill").iterdir())
    duck.close()
    assert spilled
    assert not any(p.is_file() for p in away.rglob("*"))


def test_it_still_spills_when_it_is_locked(away: Path) -> None:
    duck = Duck(memory="60MB", spill=away / "spill", threads=2)
    duck.lock([away])
    assert duck.rows(MANY_GROUPS) == [(1500000,)]
    duck.close()


def test_without_a_spill_folder_nothing_is_written_and_the_message_says_what_to_do(away: Path) -> None:
    duck = Duck(memory="60MB", threads=2)
    with pytest.raises(EngineError, match="step groups needs more memory; raise --memory"):
        duck.rows(MANY_GROUPS, step="groups")
    duck.close()
    assert list(away.iterdir()) == []


@pytest.mark.parametrize("memory", ["1KB", "1MB"])
def test_an_absurdly_small_limit_is_one_clear_error(away: Path, memory: str) -> None:
    duck = Duck(memory=memory, spill=away / "spill")
    with pytest.raises(EngineError, match="raise --memory"):
        duck.rows(MANY_GROUPS)
    duck.close()


def test_a_limit_that_is_no_size_is_refused() -> None:
    with pytest.raises(EngineError, match="'lots'"):
        Duck(memory="lots")


def test_an_unknown_engine_is_refused_with_the_choice(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="choose one of duckdb, spark"):
        open_engine("sparkle", memory="1GB", spill=tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{outside}/secret.csv')",
        "select * from read_text('{inside}/../outside/secret.csv')",
        "copy (select 1) to '{outside}/copied.parquet'",
        "attach '{outside}/other.duckdb'",
        "install httpfs",
        "load '{outside}/x.duckdb_extension'",
        "set enable_external_access = true",
        "set memory_limit = '100GB'",
        "select * from read_csv('https://example.org/a.csv')",
    ],
)
def test_a_locked_duck_refuses_what_is_not_below_its_folders(tmp_path: Path, sql: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.csv").write_text("a\n1\n")
    (inside / "open.csv").write_text("a\n1\n")
    duck = Duck()
    duck.lock([inside])
    assert duck.rows("select a from read_csv(?)", [str(inside / "open.csv")]) == [(1,)]
    with pytest.raises(StepError):
        duck.rows(sql.format(inside=inside, outside=outside))
    duck.close()
    assert [p.name for p in outside.iterdir()] == ["secret.csv"]


def test_the_name_of_a_table_never_means_a_python_variable() -> None:
    secret = pa.table({"a": [1]})
    duck = Duck()
    with pytest.raises(StepError, match="secret"):
        duck.rows("select * from secret")
    duck.close()
    assert secret.num_rows == 1


def test_ctrl_c_stops_a_query_at_once_and_the_next_one_runs() -> None:
    duck = Duck(threads=1)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    start = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            duck.rows(NEVER_ENDS)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - start < 5
    assert duck.rows("select 1") == [(1,)]
    duck.close()


def test_a_failed_query_names_its_step_and_shows_its_sql() -> None:
    duck = Duck()
    with pytest.raises(StepError, match=r"^step pairs failed: ") as failed:
        duck.arrow("select nothing from nowhere", step="pairs")
    assert (failed.value.step, failed.value.sql) == ("pairs", "select nothing from nowhere")
    duck.close()


def test_a_long_query_prints_nothing_even_at_a_prompt() -> None:
    question = "select current_setting('enable_progress_bar')"
    asked = f'from floorwalker.engine.duck import Duck; print(Duck().rows("{question}"))'
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "[(False,)]\n"
