"""What a user points at: a folder, a database, frames; and which tables of the contract it holds."""

from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path

from floorwalker.contract.errors import InputError, MappingError
from floorwalker.contract.tables import TABLES
from floorwalker.sources.database import check_scheme, database_streams, sqlite_url, without_password
from floorwalker.sources.duckfile import duckdb_tables
from floorwalker.sources.files import format_of, parts_of, table_name
from floorwalker.sources.frames import Stream, frame_stream
from floorwalker.sources.mapping import FILE, Mapping, TableMapping, nearest, read_mapping


@dataclass(frozen=True, slots=True)
class Source:
    """Where one table's rows are: files of one format, a table of a DuckDB file, or a stream of Arrow batches."""

    name: str
    entry: TableMapping
    files: tuple[Path, ...] = ()
    format: str = ""
    stream: Stream | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Tables of one key read the same rows."""
        return self.name, self.files, self.entry.layout


@dataclass(frozen=True, slots=True)
class Dataset:
    """The tables that are there, by the contract's names; what was seen but not used; the mapping."""

    location: str
    tables: dict[str, Source]
    ignored: tuple[str, ...]
    mapping: Mapping


def open_data(source: str | Path | Map[str, object], *, mapping: Path | None = None) -> Dataset:
    """Look what is there; no row is read yet.

    `source`: a folder, a file or address of a database, or table name -> polars, pandas or arrow table.
    `mapping`: a mapping file; by default `floorwalker.toml` in the folder.
    Raises InputError for what does not exist or holds no table, MappingError for a mapping that does not fit.
    """
    if isinstance(source, Map):
        streams = {str(name): frame_stream(str(name), frame) for name, frame in source.items()}
        return _of_streams("frames", streams, _mapping(mapping))
    if "://" in str(source):
        check_scheme(str(source))
        return _of_streams(without_password(str(source)), database_streams(str(source)), _mapping(mapping))
    path = Path(source)
    try:
        if path.is_dir():
            inside = path / FILE
            return _of_folder(path, _mapping(mapping or (inside if inside.is_file() else None)))
        if not path.is_file():
            raise InputError(f"{path}: there is no such folder, file or database")
        return _of_database_file(path, _mapping(mapping))
    except OSError as error:
        raise InputError(f"{error.filename or path}: cannot be read: {error.strerror or error}") from error


def _mapping(path: Path | None) -> Mapping:
    return Mapping() if path is None else read_mapping(path)


def _of_streams(location: str, streams: dict[str, Stream], mapping: Mapping) -> Dataset:
    chosen = _chosen(location, {name: name for name in streams}, mapping)
    tables = {t: Source(n, mapping.table(t), stream=streams[n]) for t, n in chosen.items()}
    return _checked(location, tables, list(streams), mapping)


def _of_database_file(path: Path, mapping: Mapping) -> Dataset:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"SQLite format 3\0"):
        return _of_streams(str(path), database_streams(sqlite_url(path)), mapping)
    if head[8:12] == b"DUCK":
        names = duckdb_tables(path)
        chosen = _chosen(str(path), {name: name for name in names}, mapping)
        tables = {t: Source(n, mapping.table(t), (path,), "duckdb") for t, n in chosen.items()}
        return _checked(str(path), tables, names, mapping)
    raise InputError(f"{path}: a file must be an SQLite or DuckDB database; for other files name their folder")


def _of_folder(path: Path, mapping: Mapping) -> Dataset:
    seen = sorted(p for p in path.iterdir() if not p.name.startswith((".", "_")) and p.name != FILE)
    named: dict[str, str] = {}
    for entry in seen:
        if table_name(entry) in TABLES and (entry.is_dir() or format_of(entry)):
            twin = named.setdefault(table_name(entry), entry.name)
            if twin != entry.name and mapping.table(table_name(entry)).origin is None:
                raise InputError(
                    f"{path}: {twin} and {entry.name} are both table {table_name(entry)}; keep one of them"
                )
    there = {**{p.name: p.name for p in seen}, **_deeper(path, mapping), **named}
    tables = {}
    for table, name in _chosen(str(path), there, mapping).items():
        said = mapping.table(table)
        files, fmt = parts_of(path / name, said.format)
        tables[table] = Source(name, said, tuple(files), "ndjson" if fmt == "json" else fmt)
    return _checked(str(path), tables, [p.name for p in seen], mapping)


def _deeper(path: Path, mapping: Mapping) -> dict[str, str]:
    """What the mapping names below the folder's first level; never what is outside the folder."""
    named = [e.origin for e in mapping.tables.values() if e.origin]
    inside = [n for n in named if not Path(n).is_absolute() and ".." not in Path(n).parts]
    return {name: name for name in inside if (path / name).exists()}


def _chosen(location: str, there: dict[str, str], mapping: Mapping) -> dict[str, str]:
    """Table of the contract -> name of what holds its rows, by the mapping or else by its own name."""
    chosen = {}
    for table in TABLES:
        origin = mapping.table(table).origin
        if origin is None and table in mapping.tables and table not in there:
            raise MappingError(
                f"{mapping.path}: tables.{table}: say `from = …`, nothing in {location} is called {table}"
            )
        if origin is not None and origin not in there:
            raise MappingError(f"{mapping.path}: tables.{table}: no {origin!r} in {location}{nearest(origin, there)}")
        name = origin or table
        if name in there:
            chosen[table] = there[name]
    return chosen


def _checked(location: str, tables: dict[str, Source], seen: list[str], mapping: Mapping) -> Dataset:
    used = {source.name for source in tables.values()}
    ignored = tuple(name for name in seen if name not in used)
    if not tables:
        shown = ", ".join(ignored[:20]) or "nothing"
        raise InputError(
            f"{location}: holds no table of the contract; seen: {shown}; expected any of {', '.join(TABLES)}"
            f" (or name them in {FILE})"
        )
    return Dataset(location, tables, ignored, mapping)
