"""Foreign rows brought into one form: Parquet that SQL can read, with each row's file and number.

Parquet files are read where they are. Text, frames and database tables are streamed to Parquet in the spill
folder first, batch by batch: text as text, typed data with its types.
"""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from floorwalker.contract.errors import InputError
from floorwalker.engine.duck import Duck, literal, quoted
from floorwalker.sources.dataset import Source
from floorwalker.sources.delimited import Broken, DelimitedFile, decoded
from floorwalker.sources.duckfile import copy_table
from floorwalker.sources.files import check_content, reading, sha256_of
from floorwalker.sources.frames import Stream
from floorwalker.sources.json_lines import json_records
from floorwalker.sources.records import Origin

FILE, ROW = "__file", "__row"
RESERVED = (FILE, ROW, "file_index", "file_row_number")
BROKEN = pa.schema([(FILE, pa.int64()), (ROW, pa.int64()), ("reason", pa.string()), ("raw", pa.string())])
MOST_COLUMNS = 2000


@dataclass(frozen=True, slots=True)
class Staged:
    """`rows` is a query giving __file, __row and the source's columns; `broken` one giving what is no row."""

    rows: str
    broken: str
    origins: tuple[Origin, ...]


def stage(duck: Duck, source: Source, folder: Path, memory: str) -> Staged:
    """Bring a source into the form that SQL can read. Raises InputError for a source that cannot be read."""
    folder.mkdir(parents=True)
    if source.stream is not None:
        return _stage_stream(source.name, source.stream, folder)
    for path in source.files:
        if source.format != "duckdb":
            check_content(path, source.format)
    origins = tuple(Origin(path.name, *sha256_of(path)) for path in source.files)
    if source.format == "parquet":
        return Staged(_parquet(list(source.files)), _nothing_broken(folder), origins)
    if source.format == "duckdb":
        target = folder / "table.parquet"
        copy_table(source.files[0], source.name, target, memory=memory, spill=folder)
        return Staged(_parquet([target]), _nothing_broken(folder), origins)
    text = _stage_json if source.format == "ndjson" else _stage_delimited
    return text(duck, source, folder, origins)


def unique_names(names: list[str]) -> list[str]:
    """Column names that DuckDB can tell apart (it does not see upper and lower case); an empty one is numbered."""
    taken: set[str] = {name.lower() for name in RESERVED}
    given = []
    for position, name in enumerate(names):
        base = name or f"column{position}"
        unique, n = base, 2
        while unique.lower() in taken:
            unique, n = f"{base}_{n}", n + 1
        taken.add(unique.lower())
        given.append(unique)
    return given


class _Broken:
    """What is no row, written as it is met."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "broken.parquet"
        self._writer = pq.ParquetWriter(self._path, BROKEN)

    def note(self, file: int, broken: list[Broken]) -> None:
        if broken:
            columns = [
                [file] * len(broken),
                [b.row for b in broken],
                [b.reason for b in broken],
                [b.raw for b in broken],
            ]
            self._writer.write_table(
                pa.table([pa.array(c, t) for c, t in zip(columns, BROKEN.types, strict=True)], BROKEN)
            )

    def query(self) -> str:
        self._writer.close()
        return f"select * from read_parquet({literal(str(self._path))})"


def _nothing_broken(folder: Path) -> str:
    return _Broken(folder).query()


def _listed(files: list[Path]) -> str:
    return "[" + ", ".join(literal(str(f.resolve())) for f in files) + "]"


def _parquet(files: list[Path]) -> str:
    for path in files:
        with reading(str(path)):
            names = {name.lower() for name in pq.read_schema(path).names}
        clash = names & set(RESERVED)
        if clash:
            raise InputError(f"{path}: a column may not be called {min(clash)}; rename it in the file")
    return (
        f"select file_index::bigint as {FILE}, file_row_number::bigint + 1 as {ROW}, *"
        f" from read_parquet({_listed(files)}, union_by_name = true)"
    )


def _stage_delimited(duck: Duck, source: Source, folder: Path, origins: tuple[Origin, ...]) -> Staged:
    broken, parts = _Broken(folder), []
    delimiter = source.entry.delimiter or ("\t" if source.format == "tsv" else None)
    for index, path in enumerate(source.files):
        with reading(str(path)):
            file = DelimitedFile(path, delimiter=delimiter, header=source.entry.header, names=source.entry.names)
            names = unique_names(file.names)
            if len(names) > MOST_COLUMNS:
                raise InputError(f"{path}: {len(names)} columns; is the separator {file.delimiter!r} right?")
            schema = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in names)])
            parts.append(folder / f"part-{index}.parquet")
            with pq.ParquetWriter(parts[-1], schema, compression="lz4") as writer:
                for rows in file.rows():
                    broken.note(index, rows.broken)
                    if len(rows.numbers):
                        writer.write_table(
                            pa.table([pa.array(rows.numbers), *(c.cast(pa.string()) for c in rows.columns)], schema)
                        )
    return Staged(_staged_parts(parts), broken.query(), origins)


def _staged_parts(parts: list[Path]) -> str:
    return f"select file_index::bigint as {FILE}, * from read_parquet({_listed(parts)}, union_by_name = true)"


def _stage_json(duck: Duck, source: Source, folder: Path, origins: tuple[Origin, ...]) -> Staged:
    broken, parts = _Broken(folder), []
    schema = pa.schema([(ROW, pa.int64()), ("line", pa.string())])
    for index, path in enumerate(source.files):
        parts.append(folder / f"lines-{index}.parquet")
        with reading(str(path)), pq.ParquetWriter(parts[-1], schema, compression="lz4") as writer:
            done = 0
            for records in json_records(path):
                numbered = [(n, line) for n, line in enumerate(records, done + 1) if line.strip()]
                done += len(records)
                lines = pa.array([line for _, line in numbered], pa.binary())
                rows = decoded(np.array([n for n, _ in numbered], np.int64), [lines])
                broken.note(index, rows.broken)
                writer.write_table(
                    pa.table([pa.array(rows.numbers), *(c.cast(pa.string()) for c in rows.columns)], schema)
                )
    lines = f"({_staged_parts(parts)})"
    is_object = "coalesce(try(json_type(line)) = 'OBJECT', false)"
    found = duck.rows(f"select distinct unnest(json_keys(line)) as k from {lines} where {is_object} order by k")
    keys = [str(key) for (key,) in found]
    if not keys:
        raise InputError(f"{source.name}: has no rows: there is no JSON object in it")
    if len(keys) > MOST_COLUMNS:
        raise InputError(
            f"{source.name}: {len(keys)} different keys; a record of a table has the same keys in each row"
        )
    target = folder / "table.parquet"
    duck.save(f"select {FILE}, {ROW}, {_extracted(keys)} from {lines} where {is_object}", target, step=source.name)
    reason = "case when json_valid(line) then 'not a JSON object' else 'not JSON' end"
    no_object = f"select {FILE}, {ROW}, {reason} as reason, line as raw from {lines} where not {is_object}"
    return Staged(
        f"select * from read_parquet({literal(str(target))})", f"{broken.query()} union all {no_object}", origins
    )


def _extracted(keys: list[str]) -> str:
    paths = ["/" + key.replace("~", "~0").replace("/", "~1") for key in keys]
    named = zip(paths, unique_names(keys), strict=True)
    return ", ".join(f"json_extract_string(line, {literal(p)}) as {quoted(n)}" for p, n in named)


def _stage_stream(name: str, stream: Stream, folder: Path) -> Staged:
    broken, target, digest = _Broken(folder), folder / "table.parquet", hashlib.sha256()
    size = done = 0
    with stream() as batches, reading(f"table {name}"), ExitStack() as stack:
        writer = None
        for batch in batches:
            plain, bad = _plain(batch, done)
            broken.note(0, bad)
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(target, plain.schema, compression="lz4"))
                digest.update(plain.schema.serialize())
            writer.write_table(plain)
            for part in plain.to_batches():
                data = part.serialize()
                digest.update(data)
                size += data.size
            done += batch.num_rows
        if writer is None:
            raise InputError(f"table {name}: has no rows")
    rows = f"select 0::bigint as {FILE}, * from read_parquet({literal(str(target))})"
    return Staged(rows, broken.query(), (Origin(name, digest.hexdigest(), size),))


def _plain(batch: pa.RecordBatch, done: int) -> tuple[pa.Table, list[Broken]]:
    """A batch in types that Parquet has, its rows numbered; rows whose text is no UTF-8 are broken."""
    names = unique_names(list(batch.schema.names))
    columns = [_storable(column) for column in batch.columns]
    texts = [i for i, column in enumerate(columns) if pa.types.is_large_string(column.type)]
    numbers = np.arange(done + 1, done + batch.num_rows + 1)
    rows = decoded(numbers, [columns[i].cast(pa.large_binary()) for i in texts])
    if rows.broken:
        kept = pa.array(np.isin(numbers, rows.numbers))
        columns = [column.filter(kept) for column in columns]
    for i, column in zip(texts, rows.columns, strict=True):
        columns[i] = column
    return pa.table([pa.array(rows.numbers), *columns], [ROW, *names]), rows.broken


def _storable(column: pa.Array) -> pa.Array:
    if isinstance(column, pa.ExtensionArray):
        return _storable(column.storage)
    if pa.types.is_dictionary(column.type):
        return _storable(column.cast(column.type.value_type))
    kind = column.type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return column.cast(pa.large_string()) if text else column
