"""DuckDB: the engine by default, and the reader of foreign files."""

import glob
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from floorwalker.contract.errors import EngineError, StepError
from floorwalker.engine.plain import plain_type

T = TypeVar("T")


def quoted(name: str) -> str:
    """An identifier in SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in SQL, where a parameter cannot stand."""
    return "'" + text.replace("'", "''") + "'"


def parquet_rows(path: Path) -> str:
    """A SELECT of all rows of the Parquet file or folder at `path`."""
    plain = glob.escape(str(path))
    return f"select * from read_parquet({literal(plain + '/*.parquet' if path.is_dir() else plain)})"


class Duck:
    """One in-process DuckDB that obeys a memory limit and, once locked, reads nothing but `folders`."""

    def __init__(self, *, memory: str = "4GB", spill: Path | None = None, threads: int | None = None) -> None:
        """`spill` is a folder for overflow; without one nothing is ever written.

        Raises EngineError for a limit that DuckDB does not understand.
        """
        config: dict[str, Any] = {
            "preserve_insertion_order": True,
            "python_enable_replacements": False,  # a table's name never means a Python variable
            "temp_directory": "" if spill is None else str(spill),
        }
        if threads is not None:
            config["threads"] = threads
        try:
            self._db = duckdb.connect(config=config)
            self._db.execute("set TimeZone = 'UTC'")
            self._db.execute("set enable_progress_bar = false")  # on at a prompt, and it goes to stdout
            self._db.execute("set memory_limit = ?", [memory])
        except duckdb.Error as error:
            raise EngineError(f"DuckDB cannot be opened with memory {memory!r}: {error}") from error
        self._worker = ThreadPoolExecutor(1)

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
        self._run(lambda: self._db.execute(sql, params), sql, step)

    def arrow(self, sql: str, params: Mapping[str, Any] | list[Any] | None = None, step: str = "sql") -> pa.Table:
        """Run a query and fetch its rows. Raises StepError."""
        return self._run(lambda: self._db.sql(sql, params=params).to_arrow_table(), sql, step)

    def rows(self, sql: str, params: Mapping[str, Any] | list[Any] | None = None, step: str = "sql") -> list[Any]:
        """Run a query and fetch its rows as tuples. Raises StepError."""
        return self._run(lambda: self._db.execute(sql, params).fetchall(), sql, step)

    def view(self, name: str, path: Path) -> None:
        """Make the Parquet file or folder at `path` readable as `name`."""
        self.execute(f"create or replace view {quoted(name)} as {parquet_rows(path)}", step=name)

    def plain(self, sql: str, step: str = "sql") -> str:
        """`sql` with its columns in the types of `plain_type`; as it is where they are so already."""
        described = self._run(lambda: self._db.execute(f"describe {sql}").fetchall(), sql, step)
        kinds = [(str(name), str(kind)) for name, kind, *_ in described]
        if all(plain_type(kind) == kind for _, kind in kinds):
            return sql
        casts = (f"cast({quoted(name)} as {plain_type(kind)}) as {quoted(name)}" for name, kind in kinds)
        return f"select {', '.join(casts)} from ({sql})"

    def save(self, sql: str, path: Path, params: Mapping[str, Any] | None = None, step: str = "sql") -> None:
        """Write a query's rows to one Parquet file. Raises StepError."""
        copy = f"copy ({sql}) to {literal(str(path))} (format parquet, compression zstd)"
        self._run(lambda: self._db.execute(copy, params), copy, step)

    def interrupt(self) -> None:
        """Stop what runs now (from another thread)."""
        self._db.interrupt()

    def close(self) -> None:
        """Close the database; what it spilled is removed."""
        self._worker.shutdown()
        self._db.close()

    def _run(self, work: Callable[[], T], sql: str, step: str) -> T:
        """Work in another thread: DuckDB in this one would not see Ctrl-C before the query is over."""
        running = self._worker.submit(work)
        try:
            return running.result()
        except KeyboardInterrupt:
            self._db.interrupt()
            raise
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
        rows = self._duck.plain(parquet_rows(path), step=table)
        self._duck.execute(f"create or replace view {quoted(table)} as {rows}", step=table)

    def save(self, step: str, sql: str, path: Path) -> None:
        """See Engine."""
        self._duck.save(self._duck.plain(sql, step), path, step=step)

    def arrow(self, step: str, sql: str) -> pa.Table:
        """See Engine."""
        return self._duck.arrow(self._duck.plain(sql, step), step=step)

    def close(self) -> None:
        """See Engine."""
        self._duck.close()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
