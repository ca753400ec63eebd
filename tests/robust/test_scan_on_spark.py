"""A scan on DuckDB and a scan on Spark say the same."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from engines import differences
from killing import begun, command, hashes, phase

from floorwalker.pipeline.scan import scan
from floorwalker.pipeline.settings import Settings
from floorwalker.sources.dataset import open_data

SPARK = ("--engine", "spark", "--master", "local[2]", "--memory", "2GB")


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed: pip install 'floorwalker[spark]'")
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no java on PATH; Spark needs Java 17")
def test_a_scan_on_spark_that_was_killed_goes_on_and_lists_what_a_scan_on_duckdb_lists(
    ring: Path, tmp_path: Path
) -> None:
    duckdb, spark = tmp_path / "duckdb", tmp_path / "spark"
    scan(open_data(ring), duckdb, Settings(), lambda *_: None)
    process = begun(command(ring, spark, *SPARK), spark)
    while not phase(spark).startswith("after "):
        assert process.poll() is None, process.communicate()
    process.kill()
    process.communicate()
    scan(open_data(ring), spark, Settings(engine="spark", master="local[2]", memory="2GB"), lambda *_: None)
    assert '"reused": true' in (spark / "run.json").read_text()
    assert differences(duckdb, spark) == []
    assert pq.read_metadata(spark / "cases.parquet").num_rows > 0
    assert hashes(duckdb).keys() == hashes(spark).keys()
