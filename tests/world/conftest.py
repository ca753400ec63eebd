from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from floorwalker.contract.tables import TABLES
from floorwalker.world import WorldSummary, make_world

World = dict[str, pd.DataFrame]


def _read(folder: Path) -> World:
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in (*TABLES, "truth")}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@pytest.fixture(scope="session")
def summary(folder: Path) -> WorldSummary:
    return make_world(folder, scale=0.1, seed=11)


@pytest.fixture(scope="session")
def world(folder: Path, summary: WorldSummary) -> World:
    return _read(folder)


@pytest.fixture(scope="session")
def clean_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    out = tmp_path_factory.mktemp("clean")
    make_world(out, scale=0.1, seed=11, clean=True)
    return _read(out)


@pytest.fixture(scope="session")
def large_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world of scale 0.3, with rings of every stealth."""
    out = tmp_path_factory.mktemp("large")
    make_world(out, scale=0.3, seed=4)
    return _read(out)


@pytest.fixture(scope="session", params=["abused", "clean"])
def any_world(request: pytest.FixtureRequest) -> World:
    picked: World = request.getfixturevalue("world" if request.param == "abused" else "clean_world")
    return picked


@pytest.fixture(scope="session")
def read() -> Callable[[Path], World]:
    return _read
