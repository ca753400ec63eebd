"""A named SQL step: one SELECT in DuckDB's dialect, checked against the contract before data is touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from floorwalker.contract.errors import DetectorError
from floorwalker.contract.tables import TABLES
from floorwalker.engine.plain import is_plain, plain_type
from floorwalker.engine.portable import check_portable, check_types

Value = int | float | bool | datetime | None
Schema = dict[str, dict[str, str]]

CONTRACT: Schema = {t.name: {c.name: c.sql_type for c in t.columns} for t in TABLES.values()}


@dataclass(frozen=True, slots=True)
class Step:
    """`name` is what its rows are called; later steps may read it as a table.

    `sql` is one SELECT over contract tables and earlier steps; `$name` stands for a parameter.
    """

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step that was checked: qualified tree, the tables it reads, its columns with their types."""

    name: str
    tree: exp.Expr
    reads: tuple[str, ...]
    columns: dict[str, str] = field(default_factory=dict)

    def text(self, dialect: str, params: Mapping[str, Value]) -> str:
        """The SQL of this step in `dialect`, with the parameters' values as typed literals."""

        def fill(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Placeholder):
                return _literal(self.name, str(node.this), params)
            return node

        filled = self.tree.copy().transform(fill)
        return filled.sql(dialect=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE)


def bind(steps: Iterable[Step], arrays: Schema | None = None) -> list[BoundStep]:
    """Check steps in order; each sees the contract's tables, `arrays` and the steps before it.

    `arrays` are tables that come from `stats` or `graph`, with their columns and types.
    Raises DetectorError naming the step, and the line where sqlglot knows it.
    """
    schema: Schema = {**CONTRACT, **(arrays or {})}
    bound = []
    with duckdb.connect() as empty:
        for table, columns in schema.items():
            _create_empty(empty, table, columns)
        for step in steps:
            one = _bind(step, schema, empty)
            schema[step.name] = one.columns
            _create_empty(empty, step.name, one.columns)
            bound.append(one)
    return bound


def _bind(step: Step, schema: Schema, empty: duckdb.DuckDBPyConnection) -> BoundStep:
    try:
        trees = sqlglot.parse(step.sql, dialect="duckdb")
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            raise DetectorError(f"step {step.name}: exactly one SELECT is allowed")
        if step.name in schema:
            raise DetectorError(f"step {step.name}: a table of that name exists already")
        tree = trees[0]
        reads = _reads(step.name, tree, schema)
        check_portable(step.name, tree)
        tree = qualify(tree, schema=dict(schema), dialect="duckdb", quote_identifiers=True)
        check_types(step.name, annotate_types(tree.copy(), schema=dict(schema), dialect="duckdb"))
    except (OptimizeError, SqlglotError) as error:
        raise DetectorError(f"step {step.name}: {_said(error)}") from error
    bound = BoundStep(step.name, tree, reads)
    unknown: dict[str, Value] = {str(p.this): None for p in tree.find_all(exp.Placeholder)}
    try:
        rows = empty.execute(f"describe {bound.text('duckdb', unknown)}").fetchall()
    except duckdb.Error as error:
        raise DetectorError(f"step {step.name}: {_said(error)}") from error
    if len({name for name, *_ in rows}) < len(rows):
        raise DetectorError(f"step {step.name}: two columns have one name")
    columns = {str(name): plain_type(str(kind)) for name, kind, *_ in rows}
    for name, kind in columns.items():
        if not is_plain(kind):
            raise DetectorError(
                f"step {step.name}: column {name} is {kind}; give it a plain type, as cast(… as bigint)"
            )
    return BoundStep(step.name, tree, reads, columns)


def _said(error: Exception) -> str:
    """An error in one plain line: sqlglot underlines with terminal codes, DuckDB draws an arrow."""
    if isinstance(error, ParseError) and error.errors:
        at = error.errors[0]
        return f"cannot be read as SQL. Line: {at['line']}, Col: {at['col']}"
    return str(error).strip().splitlines()[0]


def _reads(step: str, tree: exp.Expr, schema: Schema) -> tuple[str, ...]:
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    names = sorted({t.name for t in tree.find_all(exp.Table)} - local)
    for name in names:
        if name not in schema:
            raise DetectorError(f"step {step}: there is no table {name or '(a function)'}")
    return tuple(names)


def _create_empty(empty: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    empty.execute(f'create table "{table}" ({listed})')


def _literal(step: str, name: str, params: Mapping[str, Value]) -> exp.Expr:
    if name not in params:
        raise DetectorError(f"step {step}: parameter ${name} has no value")
    value = params[name]
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "timestamp")
    if isinstance(value, float):
        return exp.cast(exp.Literal.number(repr(value)), "double")
    return exp.convert(value)
