"""What every engine can do, and how one is opened."""

from pathlib import Path
from typing import Protocol

import pyarrow as pa

from floorwalker.contract.errors import EngineError

ENGINES = ("duckdb", "spark")


class Engine(Protocol):
    """A place where SQL runs over Parquet files. Tables live on disk; nothing is cached behind the scenes."""

    name: str

    @property
    def dialect(self) -> str:
        """The dialect of sqlglot that this engine reads."""
        ...

    def bind(self, table: str, path: Path) -> None:
        """Make the Parquet file or folder at `path` readable as `table`."""
        ...

    def save(self, step: str, sql: str, path: Path) -> None:
        """Run `sql` (in this engine's dialect) and write its rows to the new Parquet file or folder `path`.

        Raises StepError with the step's name and SQL.
        """
        ...

    def arrow(self, step: str, sql: str) -> pa.Table:
        """Run `sql` and fetch its rows. Raises StepError."""
        ...

    def close(self) -> None:
        """Let go of memory, spill files and sessions."""
        ...


def open_engine(name: str, *, memory: str, spill: Path, master: str | None = None) -> Engine:
    """Open DuckDB or Spark. `memory` such as "8GB" is the engine's share; `spill` is a folder for overflow.

    `master` is Spark's master URL (default `local[*]`). Raises EngineError for an unknown or missing engine.
    """
    if name == "duckdb":
        from floorwalker.engine.duck import DuckEngine

        return DuckEngine(memory=memory, spill=spill)
    if name == "spark":
        from floorwalker.engine.spark import SparkEngine

        return SparkEngine(memory=memory, spill=spill, master=master or "local[*]")
    raise EngineError(f"there is no engine {name!r}; choose one of {', '.join(ENGINES)}")
