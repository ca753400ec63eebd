"""What a step may say so that DuckDB and Spark mean the same by it.

Only what the parity tests have run on both engines is let through (`ALLOWED`, by sqlglot's names). Each rule
below stands for a measured difference; its message says what to write instead.
"""

from collections.abc import Callable, Iterator

from sqlglot import exp
from sqlglot.expressions import DataType, DType

from floorwalker.contract.errors import DetectorError

ALLOWED = frozenset(
    {
        "ABS", "CASE", "CAST", "CEIL", "COALESCE", "CONCAT", "CONCAT_WS", "CONTAINS", "COUNT", "COUNT_IF",
        "DENSE_RANK", "EXISTS", "FIRST_VALUE", "FLOOR", "GREATEST", "IF", "LAG",
        "LAST_VALUE", "LEAD", "LEAST", "LEFT", "LENGTH", "LOGICAL_AND", "LOGICAL_OR", "MAX", "MD5", "MEDIAN",
        "MIN", "NULLIF", "RANK", "REPLACE", "ROW_NUMBER", "SQRT", "STARTS_WITH", "SUBSTRING", "SUM",
        "TIMESTAMP_TRUNC", "TIME_TO_UNIX",
    }
)  # fmt: skip
INSTEAD = {
    "ARG_MAX": "qualify row_number() over (partition by … order by …, key) = 1",
    "ARG_MIN": "qualify row_number() over (partition by … order by …, key) = 1",
    "AVG": "sum(cast(x as double)) / nullif(count(x), 0), or the mean in stats",
    "DATE_TRUNC": "date_trunc on a timestamp",
    "DATEDIFF": "a difference of cast(epoch(date_trunc('second', t)) as bigint)",
    "DATE_DIFF": "a difference of cast(epoch(date_trunc('second', t)) as bigint)",
    "GROUP_CONCAT": "rows, joined in Python (Spark 4.0 fails on it beside a count(distinct …))",
    "LN": "a logarithm in stats",
    "LOG": "a logarithm in stats",
    "LOWER": "text folded in Python on its way in",
    "ROUND": "cast(floor(x * 100 + 0.5e0) as bigint), or round in stats",
    "TRIM": "text trimmed in Python on its way in",
    "TRY_CAST": "a column that the contract types already",
    "UPPER": "text folded in Python on its way in",
}
_NUMBERS = (*DataType.INTEGER_TYPES, *DataType.REAL_TYPES)
_DECIMALS = (DType.DECIMAL, DType.FLOAT, DType.DOUBLE)
Rule = Callable[[exp.Expr], str | None]


def functions(tree: exp.Expr) -> set[str]:
    """Names, as sqlglot calls them, of the functions in a tree."""
    found = (node for node in tree.find_all(exp.Func) if not isinstance(node, exp.Connector))
    return {node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name() for node in found}


def check_portable(step: str, tree: exp.Expr) -> None:
    """Refuse what the engines understand differently, as far as spelling shows it.

    Raises DetectorError with the step, the spelling that was met and what to write instead.
    """
    for name in sorted(functions(tree) - ALLOWED):
        instead = INSTEAD.get(name, "another function, or do it on arrays in stats or graph")
        raise DetectorError(f"step {step}: {name} has not been shown to agree on DuckDB and Spark; use {instead}")
    _check(step, tree, _SPELLING)


def check_types(step: str, tree: exp.Expr) -> None:
    """Refuse what the engines understand differently because of a column's type.

    `tree` is qualified and annotated with types. Raises DetectorError as check_portable does.
    """
    _check(step, tree, _TYPING)


def _check(step: str, tree: exp.Expr, rules: dict[type[exp.Expr], Rule]) -> None:
    for node in tree.walk():
        for kind, rule in rules.items():
            wrong = rule(node) if isinstance(node, kind) else None
            if wrong:
                raise DetectorError(f"step {step}: {node.sql(dialect='duckdb')}: {wrong}")


def _decimal_literal(node: exp.Expr) -> str | None:
    decimal = isinstance(node, exp.Literal) and not node.is_string and "." in node.name
    return f"write {node.name}e0 (a decimal is no double)" if decimal and "e" not in node.name.lower() else None


def _division(node: exp.Expr) -> str | None:
    divisor = node.expression.unnest()
    while isinstance(divisor, exp.Cast):
        divisor = divisor.this.unnest()
    if isinstance(divisor, exp.Nullif) and _number(divisor.expression) == 0:
        return None
    return None if _number(divisor) else "what is divided by may be zero; write nullif(…, 0)"


def _number(node: exp.Expr) -> float | None:
    value = node.this if isinstance(node, exp.Neg) else node
    return float(value.name) if isinstance(value, exp.Literal) and not value.is_string else None


def _cast_to_int(node: exp.Expr) -> str | None:
    return "cast to bigint, through floor() where the value has a fraction" if _to(node, DType.INT) else None


def _to(node: exp.Expr | None, *kinds: DType) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in kinds


def _whole(node: exp.Expr) -> str | None:
    name = node.sql_name().lower() if isinstance(node, exp.Func) else ""
    return None if _to(node.parent, DType.BIGINT) else f"write cast({name}(…) as bigint)"


def _epoch(node: exp.Expr) -> str | None:
    inner = node.this
    whole = isinstance(inner, exp.TimestampTrunc) and inner.unit is not None and inner.unit.name.upper() == "SECOND"
    if whole and _to(node.parent, DType.BIGINT):
        return None
    return "write cast(epoch(date_trunc('second', …)) as bigint)"


def _part_of_text(node: exp.Expr) -> str | None:
    places = [node.args.get("start"), node.args.get("length")] if isinstance(node, exp.Substring) else [node.expression]
    low = [_number(place) for place in places if place is not None]
    return None if all(n is not None and n >= 1 for n in low) else "count from 1, with positive numbers written out"


def _pattern(node: exp.Expr) -> str | None:
    pattern = node.expression
    plain = isinstance(pattern, exp.Literal) and "\\" not in pattern.name
    return None if plain and not isinstance(node.parent, exp.Escape) else "write the pattern out, without a backslash"


_SPELLING: dict[type[exp.Expr], Rule] = {
    exp.Literal: _decimal_literal,
    exp.Div: _division,
    exp.IntDiv: _division,
    exp.Mod: _division,
    exp.Cast: _cast_to_int,
    exp.Floor: _whole,
    exp.Ceil: _whole,
    exp.TimeToUnix: _epoch,
    exp.Substring: _part_of_text,
    exp.Left: _part_of_text,
    exp.Like: _pattern,
    exp.ILike: lambda node: "fold text in Python on its way in, then use like",
}


def _money(node: exp.Expr) -> str | None:
    if any(_is(operand, DType.DECIMAL) for operand in _operands(node)):
        return "cast the decimal to double before this"
    return None


def _operands(node: exp.Expr) -> Iterator[exp.Expr]:
    yield from (part for part in (node.this, node.args.get("expression")) if isinstance(part, exp.Expr))


def _is(node: exp.Expr, *kinds: DType) -> bool:
    return node.type is not None and node.type.this in kinds


def _whole_division(node: exp.Expr) -> str | None:
    return "// is for whole numbers" if any(_is(o, *_DECIMALS) for o in _operands(node)) else None


def _cast(node: exp.Expr) -> str | None:
    inner = node.this.unnest()
    if _to(node, DType.BIGINT) and _is(inner, *_DECIMALS):
        safe = isinstance(inner, exp.Floor | exp.Ceil | exp.TimeToUnix)
        return None if safe else "one engine rounds, the other cuts; write cast(floor(…) as bigint)"
    if _to(node, *DataType.TEXT_TYPES) and _is(inner, DType.FLOAT, DType.DOUBLE):
        return "the engines write a double differently; keep it a number"
    if _is(inner, *DataType.TEXT_TYPES) and _to(node, *_NUMBERS) and not inner.is_string:
        return "the engines read a number from text differently; use a column that the contract types already"
    return None


def _joined_text(node: exp.Expr) -> str | None:
    parts = [*_operands(node), *node.expressions]
    if any(_is(part, *_NUMBERS, DType.BOOLEAN, DType.TIMESTAMP) for part in parts):
        return "join text with text; cast to varchar first"
    return None


def _likeness(node: exp.Expr) -> str | None:
    operands = list(_operands(node))
    texts = [_is(operand, *DataType.TEXT_TYPES) for operand in operands]
    numbers = [_is(operand, *_NUMBERS) for operand in operands]
    return "compare text with text and numbers with numbers" if any(texts) and any(numbers) else None


_TYPING: dict[type[exp.Expr], Rule] = {
    exp.Mul: _money,
    exp.Div: _money,
    exp.Mod: _money,
    exp.Floor: _money,
    exp.Ceil: _money,
    exp.Median: _money,
    exp.IntDiv: _whole_division,
    exp.Cast: _cast,
    exp.Concat: _joined_text,
    exp.ConcatWs: _joined_text,
    exp.DPipe: _joined_text,
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), _likeness),
}
