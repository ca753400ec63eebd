"""A mapping's SQL expressions: checked against the columns that are there, and made safe to run.

Numbers in text: a CSV file has only text. A text column is read as a number where it is an operand of
arithmetic, is compared with a number, or is the argument of a function that takes one (`to_timestamp(t)`);
everywhere else it stays the text of the source, so that `a || '-' || b` never changes an id. A value that
is no number becomes NULL there, as does a value on which an expression fails.
"""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from floorwalker.contract.errors import MappingError
from floorwalker.engine.duck import quoted
from floorwalker.sources.mapping import nearest

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Pow)
_NUMERIC_FUNCTIONS = (exp.UnixToTime, exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Sqrt, exp.Ln, exp.Sign)
_NUMERIC_NAMES = frozenset({"TO_TIMESTAMP", "EPOCH_MS", "MAKE_TIMESTAMP", "TO_SECONDS", "TO_MILLISECONDS"})
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
_REFUSED = (
    exp.Query,
    exp.Table,
    exp.AggFunc,
    exp.Window,
    exp.Star,
    exp.Placeholder,
    exp.Parameter,
    exp.DDL,
    exp.UDTF,
    exp.Explode,
)
_UNREPEATABLE = frozenset(
    {"RANDOM", "RAND", "UUID", "GEN_RANDOM_UUID", "UUIDV4", "UUIDV7", "NOW", "TODAY", "SETSEED", "NEXTVAL", "CURRVAL",
     "GETENV", "GETVARIABLE", "GET_CURRENT_TIMESTAMP", "TRANSACTION_TIMESTAMP"}
)  # fmt: skip


def plain_name(text: str, columns: Mapping[str, str]) -> str | None:
    """The source's column that `text` is simply the name of, or None."""
    if text in columns:
        return text
    same = [c for c in columns if c.lower() == text.lower()]
    return same[0] if same else None


def expression(text: str, columns: Mapping[str, str], where: str) -> str:
    """SQL over the source's `columns` (name -> type) in DuckDB's dialect; NULL where it fails.

    `where` says which entry of which file this is. Raises MappingError for an unknown column, a subquery, an
    aggregate, a file-reading or unrepeatable function, or more than one expression.
    """
    name = plain_name(text, columns)
    if name is not None:
        return quoted(name)
    tree = _parsed(text, where)
    for node in list(tree.walk()):
        _refuse(node, text, where)
        if isinstance(node, exp.Column):
            _resolve(node, columns, where)
    return f"try({tree.sql(dialect='duckdb')})"


def _parsed(text: str, where: str) -> exp.Paren:
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except (SqlglotError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "too deeply nested"
        raise MappingError(f"{where}: {text!r} is not a column name or an SQL expression: {reason}") from error
    if len(trees) != 1 or trees[0] is None or not isinstance(trees[0], exp.Condition | exp.Interval):
        raise MappingError(f"{where}: {text!r} must be one column name or one SQL expression")
    return exp.Paren(this=trees[0])


def _refuse(node: exp.Expr, text: str, where: str) -> None:
    if isinstance(node, _REFUSED):
        raise MappingError(f"{where}: {text!r}: an expression over one row is allowed, no query, aggregate or window")
    if isinstance(node, exp.Func):
        name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name()
        if name in _UNREPEATABLE or name.startswith(("READ_", "PG_", "CURRENT_", "QUERY")) or "SCAN" in name:
            raise MappingError(f"{where}: {text!r}: {name.lower()} may not be used in a mapping")


def _resolve(node: exp.Column, columns: Mapping[str, str], where: str) -> None:
    name = plain_name(node.name, columns)
    if node.table or name is None:
        written = f"{node.table}.{node.name}" if node.table else node.name
        raise MappingError(f"{where}: the source has no column {written!r}{nearest(written, columns)}")
    real: exp.Expr = exp.column(exp.to_identifier(name, quoted=True))
    if columns[name] == "VARCHAR" and _wants_number(node):
        real = exp.TryCast(this=real, to=exp.DataType.build("double"))
    node.replace(real)


def _wants_number(node: exp.Expr) -> bool:
    parent = node.parent
    while isinstance(parent, exp.Paren):
        node, parent = parent, parent.parent
    if isinstance(parent, exp.Anonymous):
        return parent.name.upper() in _NUMERIC_NAMES
    if isinstance(parent, _COMPARED):
        return any(_is_number(other) for other in parent.iter_expressions() if other is not node)
    return isinstance(parent, _ARITHMETIC + _NUMERIC_FUNCTIONS) and not _with_interval(parent)


def _is_number(node: exp.Expr) -> bool:
    inner = node.this if isinstance(node, exp.Neg | exp.Paren) else node
    return (isinstance(inner, exp.Literal) and not inner.is_string) or isinstance(inner, _ARITHMETIC)


def _with_interval(node: exp.Expr) -> bool:
    return any(isinstance(part, exp.Interval) for part in node.iter_expressions())
