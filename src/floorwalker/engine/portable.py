"""What a step may say so that DuckDB and Spark mean the same by it.

Only what the parity tests have run on both engines is let through. The traps, each met as a measured
difference: decimal literals have other types, `cast(x as int)` rounds or truncates, `date_diff` counts
boundaries or whole units, `avg` of decimals differs, `hash` differs, float order differs.
"""

from sqlglot import exp

from floorwalker.contract.errors import DetectorError

ALLOWED = frozenset(
    {
        "ABS", "AND", "ARG_MAX", "ARG_MIN", "CASE", "CAST", "CEIL", "COALESCE", "CONCAT", "CONCAT_WS",
        "COUNT", "DENSE_RANK", "EXISTS", "FIRST_VALUE", "FLOOR", "GREATEST", "IF", "LAG", "LAST_VALUE", "LEAD",
        "LEAST", "LENGTH", "LIKE", "LN", "LOWER", "MAX", "MD5", "MEDIAN", "MIN", "NULLIF", "OR", "RANK", "ROUND",
        "ROW_NUMBER", "SQRT", "STRING_AGG", "GROUP_CONCAT", "SUM", "TIMESTAMP_TRUNC", "DATE_TRUNC", "TIME_TO_UNIX",
        "TRIM", "TRY_CAST", "UPPER", "EPOCH", "COUNT_IF", "SUBSTRING", "LEFT", "REPLACE",
    }
)  # fmt: skip


def check_portable(step: str, tree: exp.Expr) -> None:
    """Refuse what the engines understand differently.

    Raises DetectorError with the step, the spelling that was met and what to write instead.
    """
    for node in tree.walk():
        if isinstance(node, exp.Func) and not isinstance(node, exp.Connector):
            name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name()
            if name not in ALLOWED:
                raise DetectorError(
                    f"step {step}: {name} has not been shown to agree on DuckDB and Spark; "
                    "use another function, or do it on arrays in stats or graph"
                )
        if isinstance(node, exp.Literal) and not node.is_string and _is_decimal(node.name):
            raise DetectorError(f"step {step}: write {node.name} as {node.name}e0 (a decimal is no double)")
        if isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.INT:
            raise DetectorError(f"step {step}: cast to bigint, through floor() where the value has a fraction")


def _is_decimal(number: str) -> bool:
    return "." in number and "e" not in number.lower()
