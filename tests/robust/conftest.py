"""A tiny shop, and the command line in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from worker import Worker

from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.pipeline.trial import tables_of
from floorwalker.world import make_world

REVIEWS = "review_id,product_id,reviewer_id,rating,posted_at\nr1,p1,u1,5,2024-01-01\nr2,p1,u2,4,2024-01-02\n"


@pytest.fixture(scope="session")
def floorwalker() -> Iterator[Worker]:
    worker = Worker(timeout=60)
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tables, a few hundred rows each."""
    folder = tmp_path_factory.mktemp("market")
    make_world(folder, scale=0.001, seed=0)
    (folder / "truth.parquet").unlink()
    return folder


@pytest.fixture(scope="session")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small market with a ring in it."""
    folder = tmp_path_factory.mktemp("ring")
    for name, table in tables_of(LOCKSTEP.fires).items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "reviews.csv").write_text(REVIEWS)
    return folder
