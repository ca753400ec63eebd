"""A small table of everything that engines disagree on: NULL, negatives, ties, odd text, old and broken times."""

from datetime import datetime as time
from decimal import Decimal

import pyarrow as pa

ROWS = [
    (1, 3, 2, 2.5, "ab", "b", time(2024, 2, 29, 23, 59, 59, 999999), True, "1.5000"),
    (2, -3, 2, -2.5, "", "", time(1969, 12, 31, 23, 59, 59, 500000), False, "-0.0001"),
    (3, 0, -2, 0.0, "İß🙂é", "\u00a0x\t ", time(1960, 1, 1, 0, 0, 0, 7), None, "0.0000"),
    (4, None, None, None, None, None, None, None, None),
    (5, 3, 7, 2.675, "ab", "  a b ", time(2024, 12, 30), True, "99999999999999.9999"),
    (6, -7, 3, -0.15, "a\\b%_", "1", time(1970, 1, 1), False, "2.2500"),
    (7, 9007199254740993, 1, 1e15, "10", "ab", time(1600, 2, 29, 12), True, "1.0000"),
    (8, 7, -3, 3.5, "z", "Z", time(2024, 3, 31, 1, 30), True, "1.0000"),
]
COLUMNS = {
    "id": ("BIGINT", pa.int64()),
    "n": ("BIGINT", pa.int64()),
    "m": ("BIGINT", pa.int64()),
    "x": ("DOUBLE", pa.float64()),
    "s": ("VARCHAR", pa.string()),
    "t": ("VARCHAR", pa.string()),
    "at": ("TIMESTAMP", pa.timestamp("us")),
    "b": ("BOOLEAN", pa.bool_()),
    "money": ("DECIMAL(18,4)", pa.decimal128(18, 4)),
}
SCHEMA = {"k": {name: sql for name, (sql, _) in COLUMNS.items()}}


def awkward() -> pa.Table:
    columns = list(zip(*ROWS, strict=True))
    columns[-1] = tuple(None if text is None else Decimal(text) for text in columns[-1])
    kinds = [kind for _, kind in COLUMNS.values()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.table(dict(zip(COLUMNS, arrays, strict=True)))
