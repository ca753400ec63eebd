"""A source's columns laid against a table of the contract: which is which, and what is kept besides."""

from dataclasses import dataclass

from floorwalker.contract.errors import InputError, MappingError, StepError
from floorwalker.contract.table import Column, Table
from floorwalker.engine.duck import Duck, quoted
from floorwalker.sources.dataset import Source
from floorwalker.sources.expression import expression, plain_name
from floorwalker.sources.mapping import Mapping
from floorwalker.sources.staging import FILE, ROW
from floorwalker.sources.wording import one_line


@dataclass(frozen=True, slots=True)
class Present:
    """A column of the contract that the data has: SQL over the source, and the type that it gives."""

    column: Column
    sql: str
    type: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a source becomes a table. `extra`: name in the table -> name in the source. `passes`: SQL or empty."""

    table: Table
    source_columns: tuple[str, ...]
    present: tuple[Present, ...]
    extra: dict[str, str]
    passes: str


def lay_out(duck: Duck, table: Table, source: Source, rows: str, mapping: Mapping) -> Layout:
    """Find each column. `rows` is the query that gives the source's rows.

    Raises InputError for a missing required column, MappingError for an expression that does not hold.
    """
    described = {str(r[0]): str(r[1]) for r in duck.rows(f"describe {rows}", step=table.name)}
    types = {name: kind for name, kind in described.items() if name not in (FILE, ROW)}
    entry = mapping.table(table.name)
    where = f"{mapping.path}: tables.{table.name}"
    found: dict[str, str] = {}
    for column in table.columns:
        if column.name in entry.columns:
            found[column.name] = expression(entry.columns[column.name], types, f"{where}.columns.{column.name}")
        elif (name := plain_name(column.name, types)) is not None:
            found[column.name] = quoted(name)
    _check_required(table, source, found, types)
    present = tuple(
        Present(c, found[c.name], _type_of(duck, found[c.name], rows, f"{where}.columns.{c.name}"))
        for c in table.columns
        if c.name in found
    )
    passes = ""
    if entry.where is not None:
        passes = f"coalesce({expression(entry.where, types, f'{where}.where')}, false)"
        _type_of(duck, f"({passes}) = true", rows, f"{where}.where")
    used = set(found.values())
    extra = _extra_names(table, [name for name in types if quoted(name) not in used])
    return Layout(table, tuple(types), present, extra, passes)


def _check_required(table: Table, source: Source, found: dict[str, str], types: dict[str, str]) -> None:
    missing = [name for name in table.required if name not in found]
    if missing:
        seen = ", ".join(map(one_line, types))
        lines = ", ".join(f'{name} = "…"' for name in missing)
        raise InputError(
            f"table {table.name} ({source.name}) has no column {', '.join(missing)}; it has: {seen}."
            f" Add to floorwalker.toml under [tables.{table.name}.columns]: {lines}"
        )


def _type_of(duck: Duck, sql: str, rows: str, where: str) -> str:
    try:
        return str(duck.rows(f"describe select {sql} as x from ({rows})", step=where)[0][1])
    except StepError as error:
        raise MappingError(f"{where}: {one_line(str(error))}") from error


def _extra_names(table: Table, names: list[str]) -> dict[str, str]:
    taken = {c.name for c in table.columns}
    extra = {}
    for name in names:
        free = name
        while free.lower() in taken:
            free += "_source"
        taken.add(free.lower())
        extra[free] = name
    return extra
