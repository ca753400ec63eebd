"""DuckDB: the engine by default, and the reader of foreign files."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from floorwalker.contract.errors import EngineError, StepError


def quoted(name: str) -> str:
    """An identifier in SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


class Duck:
    """One in-process DuckDB that obeys a memory limit and, once locked, reads nothing but `folders`."""

    def __init__(self, *, memory: str = "4GB", spill: Path | None = None, threads: int | None = None) -> None:
        """`spill` is a folder for overflow. Raises EngineError for a limit that DuckDB does not understand."""
        config: dict[str, Any] = {"preserve_insertion_order": True, "TimeZone": "UTC"}
        if threads is not None:
            config["threads"] = threads
        try:
            self._db = duckdb.connect(config=config)
            self._db.execute("set memory_limit = ?", [memory])
            if spill is not None:
                spill.mkdir(parents=True, exist_ok=True)
                self._db.execute("set temp_directory = ?", [str(spill)])
        except duckdb.Error as error:
            raise EngineError(f"DuckDB cannot be opened with memory {memory!r}: {error}") from error

    def lock(self, folders: Iterable[Path]) -> None:
        """From now on: files below `folders` only, no network, no way back."""
        self._db.execute("set allowed_directories = ?", [[str(f.resolve()) for f in folders]])
        self._db.execute("set enable_external_access = false")
        self._db.execute("set lock_configuration = true")

    def register(self, name: str, table: pa.Table | pa.RecordBatchReader) -> None:
        """Make an Arrow table readable under `name`."""
        self._db.register(name, table)

    def execute(self, sql: str, params: Mapping[str, Any] | list[Any] | None = None, step: str = "sql") -> None:
        """Run a statement for its effect. Raises StepError."""
        self._run(sql, params, step)

    def arrow(self, sql: str, params: Mapping[str, Any] | list[Any] | None = None, step: str = "sql") -> pa.Table:
        """Run a query and fetch its rows. Raises StepError."""
        return self._run(sql, params, step).to_arrow_table()

    def rows(self, sql: str, params: Mapping[str, Any] | list[Any] | None = None, step: str = "sql") -> list[Any]:
        """Run a query and fetch its rows as tuples. Raises StepError."""
        return self._run(sql, params, step).fetchall()

    def view(self, name: str, path: Path) -> None:
        """Make the Parquet file or folder at `path` readable as `name`."""
        source = str(path / "*.parquet") if path.is_dir() else str(path)
        literal = "'" + source.replace("'", "''") + "'"
        self.execute(f"create or replace view {quoted(name)} as select * from read_parquet({literal})", step=name)

    def save(self, sql: str, path: Path, params: Mapping[str, Any] | None = None, step: str = "sql") -> None:
        """Write a query's rows to one Parquet file. Raises StepError."""
        target = "'" + str(path).replace("'", "''") + "'"
        self._run(f"copy ({sql}) to {target} (format parquet, compression zstd)", params, step)

    def interrupt(self) -> None:
        """Stop what runs now (from another thread)."""
        self._db.interrupt()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _run(self, sql: str, params: Any, step: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._db.execute(sql, params)
        except duckdb.OutOfMemoryException as error:
            raise EngineError(f"step {step} needs more memory; raise --memory ({_first_line(error)})") from error
        except duckdb.Error as error:
            raise StepError(step, sql, _first_line(error)) from error


class DuckEngine:
    """DuckDB behind the engine's door."""

    name = "duckdb"
    dialect = "duckdb"

    def __init__(self, *, memory: str, spill: Path) -> None:
        self._duck = Duck(memory=memory, spill=spill)

    def bind(self, table: str, path: Path) -> None:
        """See Engine."""
        self._duck.view(table, path)

    def save(self, step: str, sql: str, path: Path) -> None:
        """See Engine."""
        self._duck.save(sql, path, step=step)

    def arrow(self, step: str, sql: str) -> pa.Table:
        """See Engine."""
        return self._duck.arrow(sql, step=step)

    def close(self) -> None:
        """See Engine."""
        self._duck.close()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
