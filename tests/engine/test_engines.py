"""What both engines promise: the same types in and out, odd names, errors with the step's name, no litter."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from floorwalker.contract.errors import StepError
from floorwalker.engine.door import Engine, open_engine

NOON = datetime(1960, 1, 1, 12, 0, 0, 7)


def python(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    told = [sys.executable, "-c", text]
    return subprocess.run(told, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_every_integer_and_time_leaves_in_one_type(engine: Engine, tmp_path: Path) -> None:
    pq.write_table(
        pa.table(
            {
                "small": pa.array([1, None], pa.int32()),
                "single": pa.array([0.5, None], pa.float32()),
                "zoned": pa.array([NOON.replace(tzinfo=UTC), None], pa.timestamp("us", tz="UTC")),
                "naive": pa.array([NOON, None], pa.timestamp("us")),
                "milli": pa.array([NOON.replace(microsecond=0), None], pa.timestamp("ms")),
            }
        ),
        tmp_path / "mixed.parquet",
    )
    engine.bind("mixed", tmp_path / "mixed.parquet")
    found = engine.arrow("found", "select *, zoned = naive as same from mixed where small = 1")
    assert found.schema.types == [pa.int64(), pa.float64(), *[pa.timestamp("us")] * 3, pa.bool_()]
    assert found.to_pylist() == [
        {"small": 1, "single": 0.5, "zoned": NOON, "naive": NOON, "milli": NOON.replace(microsecond=0), "same": True}
    ]


@pytest.mark.parametrize("name", ["it's 100% [new]* {x}?", "back\\slash ünï"])
def test_a_folder_may_have_any_name(engine: Engine, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    engine.save("one", "select 1 as a", folder / "one.parquet")
    engine.bind("one", folder / "one.parquet")
    assert engine.arrow("all", "select a from one").to_pylist() == [{"a": 1}]


def test_a_table_may_have_any_name(engine: Engine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    engine.bind('reviews.ring; drop `x` "y"', tmp_path / "a.parquet")


def test_a_failed_step_says_its_name_and_sql(engine: Engine, tmp_path: Path) -> None:
    for sql in ("select nothing from nowhere", "select cast('x' || 'y' as bigint) as n"):
        with pytest.raises(StepError, match=r"^step pairs failed: .+") as failed:
            engine.arrow("pairs", sql)
        assert failed.value.sql == sql
        assert "\n" not in str(failed.value)
        with pytest.raises(StepError, match=r"^step pairs failed: .+"):
            engine.save("pairs", sql, tmp_path / "pairs.parquet")


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
def test_spark_listens_only_here_and_leaves_nothing_behind(tmp_path: Path, spark: Engine) -> None:
    opened = (
        "from pathlib import Path; from floorwalker.engine.door import open_engine;"
        "e = open_engine('spark', memory='600MB', spill=Path('spill'), master='local[1]');"
        "print(e.arrow('one', 'select 1 as a').to_pylist()); e.close()"
    )
    ran = python(opened, tmp_path)
    assert (ran.stdout, ran.stderr) == ("[{'a': 1}]\n", "")
    assert [str(p) for p in tmp_path.rglob("*") if p.is_file()] == []
    assert os.listdir(tmp_path) == ["spill"]
    settings = dict(spark._session.sparkContext.getConf().getAll())  # type: ignore[attr-defined]
    assert settings["spark.driver.bindAddress"] == "127.0.0.1"
    assert settings["spark.driver.host"] == "127.0.0.1"
    assert settings["spark.ui.enabled"] == "false"


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
def test_a_spark_session_that_was_there_before_is_shared_and_outlives_the_engine(tmp_path: Path, spark: Engine) -> None:
    guest = open_engine("spark", memory="1GB", spill=tmp_path)
    guest.save("one", "select 1 as a", tmp_path / "one.parquet")
    guest.bind("guests_own", tmp_path / "one.parquet")
    guest.close()
    with pytest.raises(StepError, match="guests_own"):
        spark.arrow("peek", "select a from guests_own")
    assert spark.arrow("still", "select 2 as a").to_pylist() == [{"a": 2}]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("sys.modules['pyspark'] = None", "the engine spark needs pyspark: pip install 'floorwalker[spark]'"),
        ("os.environ.update(JAVA_HOME='/nowhere', PATH='')", "the engine spark needs Java 17 or newer"),
    ],
)
def test_without_pyspark_or_java_one_line_says_what_to_install(tmp_path: Path, broken: str, message: str) -> None:
    if broken.startswith("os"):
        pytest.importorskip("pyspark", reason="pyspark is not installed")
    opened = (
        f"import os, sys; {broken}\n"
        "from pathlib import Path; from floorwalker.engine.door import open_engine\n"
        "try: open_engine('spark', memory='1GB', spill=Path('spill'))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    ran = python(opened, tmp_path)
    assert ran.stdout.startswith(f"EngineError {message}")
    assert ran.stderr == ""
    assert not any(p.is_file() for p in tmp_path.rglob("*"))
