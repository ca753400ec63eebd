"""One DuckDB and one Spark for the whole folder. Whatever opens Spark has `spark` in its name: one JVM is enough."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from floorwalker.engine.door import Engine, open_engine


def missing_for_spark() -> str:
    """Why Spark cannot run here, or nothing."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed: pip install 'floorwalker[spark]'"
    java = shutil.which("java")
    if java is None:
        return "there is no java on PATH; Spark needs Java 17"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    version = re.search(r'version "(\d+)', said)
    return "" if version and int(version[1]) >= 17 else f"Spark needs Java 17; here is {said.strip()[:40]!r}"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if reason := missing_for_spark():
        pytest.skip(reason)
    engine = open_engine("spark", memory="1GB", spill=tmp_path_factory.mktemp("spark"), master="local[2]")
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine("duckdb", memory="1GB", spill=tmp_path_factory.mktemp("duckdb"))
    yield engine
    engine.close()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.xdist_group("spark")])])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one, to see what is left in it."""
    folder = tmp_path / "away"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
