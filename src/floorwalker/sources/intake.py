"""A data set taken in: every table of the contract as Parquet, what is wrong with each row counted and set aside."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from floorwalker.contract.errors import InputError, StepError
from floorwalker.contract.table import Kind, Table
from floorwalker.contract.tables import TABLES
from floorwalker.engine.duck import Duck
from floorwalker.sources.columns import lay_out
from floorwalker.sources.dataset import Dataset
from floorwalker.sources.problems import counted, dangling, write_rejects
from floorwalker.sources.records import Intake, Problem, TableIntake
from floorwalker.sources.staging import Staged, stage
from floorwalker.sources.table_work import BY_MAPPING, BY_TIME, TableWork
from floorwalker.sources.wording import one_line

_ARROW: dict[Kind, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "choice": pa.string(),
    "time": pa.timestamp("us"),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 4),
    "number": pa.float64(),
    "flag": pa.bool_(),
}


def take_in(
    data: Dataset,
    out: Path,
    *,
    rejects: Path | None,
    spill: Path,
    as_of: datetime | None = None,
    memory: str = "4GB",
    progress: Callable[[str], None] | None = None,
) -> Intake:
    """Write `out/<table>.parquet` for every table of the contract and `rejects/<table>.parquet` where rows were bad.

    Each has all columns of the contract with their types, then the source's other columns, rows in the source's
    order; tables that are not there are empty. `spill` is a folder for what does not fit into `memory`;
    `progress` hears the name of each table before it is read.
    Raises InputError where a table cannot be used at all, MappingError where the mapping does not fit.
    """
    staging = spill.resolve() / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    sources = {path.parent.resolve() for source in data.tables.values() for path in source.files}
    folders = [out, *([rejects] if rejects else []), staging]
    for folder in folders:
        _make(folder, sources)
    duck = Duck(memory=memory, spill=spill)
    try:
        duck.lock([*folders, *sources])
        taken = _Taken(data, duck, staging, memory, None if as_of is None else _utc(as_of))
        return taken.tables(out, rejects, progress or (lambda _: None))
    finally:
        duck.close()
        shutil.rmtree(staging, ignore_errors=True)


def _make(folder: Path, sources: set[Path]) -> None:
    """Make a folder to write to, where none of the tables lie that are read."""
    if folder.resolve() in sources:
        raise InputError(f"{folder}: the tables that are read lie here; name another folder to write to")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to: {error.strerror or error}") from error


def _utc(time: datetime) -> datetime:
    return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


class _Taken:
    """One run of `take_in`: the readings that several tables share, and the tables as they are done."""

    def __init__(self, data: Dataset, duck: Duck, staging: Path, memory: str, as_of: datetime | None) -> None:
        self._data, self._duck, self._staging, self._memory, self._as_of = data, duck, staging, memory, as_of
        self._staged: dict[tuple[object, ...], Staged] = {}
        self._work: dict[str, TableWork] = {}

    def tables(self, out: Path, rejects: Path | None, progress: Callable[[str], None]) -> Intake:
        """Take in every table; references are looked up when all are there."""
        done: dict[str, TableIntake] = {}
        for name, table in TABLES.items():
            path = out / f"{name}.parquet"
            if name in self._data.tables:
                progress(name)
                with _naming(self._data, name):
                    done[name] = self._table(table, path, rejects)
            else:
                empty = pa.schema([(c.name, _ARROW[c.kind]) for c in table.columns]).empty_table()
                pq.write_table(empty, path)
        for name, one in done.items():
            with _naming(self._data, name):
                done[name] = replace(one, problems=(*one.problems, *self._dangling(name, out)))
        mapping = self._data.mapping
        return Intake(
            location=self._data.location,
            tables=done,
            absent=tuple(name for name in TABLES if name not in done),
            ignored=self._data.ignored,
            as_of=None if self._as_of is None else self._as_of.isoformat(),
            mapping=mapping.path if mapping.tables else None,
            mapping_sha256=mapping.sha256 if mapping.tables else None,
        )

    def _table(self, table: Table, path: Path, rejects: Path | None) -> TableIntake:
        source = self._data.tables[table.name]
        if source.key not in self._staged:
            folder = self._staging / str(len(self._staged))
            self._staged[source.key] = stage(self._duck, source, folder, self._memory)
        staged = self._staged[source.key]
        layout = lay_out(self._duck, table, source, staged.rows, self._data.mapping)
        work = self._work[table.name] = TableWork(self._duck, layout, staged, self._as_of)
        work.create_views()
        work.find_problems()
        problems = counted(work)
        read, unmapped, later, aside = work.count()
        kept = work.write(path) if read else 0
        _check_usable(table.name, source.name, read, kept, later, problems)
        if kept + aside + unmapped + later != read:
            raise InputError(f"table {table.name} ({source.name}): the file changed while it was read; try again")
        if rejects and problems:
            write_rejects(work, rejects / f"{table.name}.parquet")
        return TableIntake(
            table=table.name,
            origins=staged.origins,
            rows_read=read,
            rows_kept=kept,
            rows_set_aside=aside,
            rows_left_out={reason: n for reason, n in ((BY_MAPPING, unmapped), (BY_TIME, later)) if n},
            columns=tuple(p.column.name for p in layout.present),
            extra=tuple(layout.extra),
            problems=problems,
        )

    def _dangling(self, name: str, out: Path) -> list[Problem]:
        work, found = self._work[name], []
        for column in (present.column for present in work.layout.present):
            if column.refers in self._work:
                problem = dangling(work, column, TABLES[column.refers].key, out / f"{column.refers}.parquet")
                found += [problem] if problem else []
        return found


@contextmanager
def _naming(data: Dataset, table: str) -> Iterator[None]:
    """What fails in SQL over foreign rows is damage in them: say in which table."""
    try:
        yield
    except StepError as error:
        source, reason = data.tables[table].name, one_line(str(error).removeprefix(f"step {error.step} failed: "))
        raise InputError(f"table {table} ({source} in {data.location}) cannot be read to its end: {reason}") from error


def _check_usable(table: str, source: str, read: int, kept: int, later: int, problems: tuple[Problem, ...]) -> None:
    if not read:
        raise InputError(f"table {table} ({source}) has no rows")
    if kept or later:
        return
    worst = max(problems, key=lambda p: p.count, default=None)
    why = "the mapping's `where` lets none of them pass"
    if worst is not None:
        example = worst.examples[0]
        why = f"{worst.column} {worst.reason} in {worst.count}, first in row {example.row}: {example.value!r}".lstrip()
    raise InputError(f"table {table} ({source}): none of its {read} rows can be used: {why}")
