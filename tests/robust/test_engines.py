"""A scan on DuckDB and a scan on Spark say the same."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from engines import differences
from killing import begun, command, hashes, phase

from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.scan.trial import tables_of

SPARK = ("--engine", "spark", "--master", "local[2]", "--memory", "1GB")


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """A small market with a ring in it."""
    folder = tmp_path / "ring"
    folder.mkdir()
    for name, table in tables_of(LOCKSTEP.fires).items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


@pytest.mark.spark
@pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed: pip install 'floorwalker[spark]'")
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no java on PATH; Spark needs Java 17")
def test_a_scan_on_spark_that_was_killed_goes_on_and_lists_what_a_scan_on_duckdb_lists(
    ring: Path, tmp_path: Path
) -> None:
    duckdb, spark = tmp_path / "duckdb", tmp_path / "spark"
    subprocess.run(command(ring, duckdb), check=True, capture_output=True)
    process = begun(command(ring, spark, *SPARK), spark)
    while not phase(spark).startswith("after "):
        assert process.poll() is None, process.communicate()
    process.kill()
    process.communicate()
    again = subprocess.run(command(ring, spark, *SPARK), check=True, capture_output=True, text=True)
    assert again.stderr == ""
    assert '"reused": true' in (spark / "run.json").read_text()
    assert differences(duckdb, spark) == []
    assert pq.read_metadata(spark / "cases.parquet").num_rows > 0
    assert hashes(duckdb).keys() == hashes(spark).keys()
