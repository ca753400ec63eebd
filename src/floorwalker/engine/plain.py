"""The few column types that leave an engine, so that saved rows look alike on both.

BIGINT, DOUBLE, BOOLEAN, VARCHAR, DATE, TIMESTAMP (naive, UTC, microseconds), DECIMAL(p, s) as stored, and
DECIMAL(38, s) once it is computed. Left to themselves the engines give `row_number()`, `sum(bigint)`,
`length`, `date_trunc` and sums of money different types; DuckDB even writes a HUGEINT to Parquet as a float.
"""

import re

_PLAIN = {
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INT", "INTEGER", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"), "BIGINT"
    ),
    **dict.fromkeys(("TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"), "TIMESTAMP"),
    "FLOAT": "DOUBLE",
}
_MONEY = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")
_STORED_PRECISION = 18


_RESULTS = frozenset({"BIGINT", "DOUBLE", "BOOLEAN", "VARCHAR", "DATE", "TIMESTAMP"})


def is_plain(kind: str) -> bool:
    """Whether a column of DuckDB's type `kind` means the same on every engine."""
    return kind in _RESULTS or _MONEY.fullmatch(kind) is not None


def plain_type(kind: str) -> str:
    """The type, in DuckDB's words, in which a column of DuckDB's type `kind` leaves the engine."""
    money = _MONEY.fullmatch(kind)
    if money and int(money[1]) > _STORED_PRECISION:
        return f"DECIMAL(38,{money[2]})"
    return _PLAIN.get(kind, kind)
