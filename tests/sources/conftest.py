"""A small shop's tables, and one call that takes them in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in
from floorwalker.sources.records import Intake, TableIntake


@dataclass(frozen=True)
class Taken:
    """What came out of an intake."""

    intake: Intake
    out: Path
    rejects_folder: Path

    def __getitem__(self, table: str) -> TableIntake:
        return self.intake.tables[table]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return pq.read_table(self.out / f"{table}.parquet").to_pylist()

    def column(self, table: str, column: str) -> list[Any]:
        return [row[column] for row in self.rows(table)]

    def rejects(self, table: str) -> list[dict[str, Any]]:
        path = self.rejects_folder / f"{table}.parquet"
        return pq.read_table(path).to_pylist() if path.exists() else []

    def problems(self, table: str) -> dict[tuple[str, str], int]:
        return {(p.column, p.reason): p.count for p in self[table].problems}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def take(tmp_path: Path, data: Path) -> Callable[..., Taken]:
    """Take in `source` (by default the data folder)."""

    def taken(source: Any = None, *, mapping: Path | None = None, as_of: datetime | None = None) -> Taken:
        dataset = open_data(data if source is None else source, mapping=mapping)
        out, rejects = tmp_path / "out", tmp_path / "rejects"
        intake = take_in(dataset, out, rejects=rejects, spill=tmp_path / "spill", as_of=as_of, memory="1GB")
        return Taken(intake, out, rejects)

    return taken
