"""What was not yet known at a given time.

A row is not there before its table's `since`. A later time in another column was not known either, nor was
what came with it: before a refund is decided nobody knows its outcome.
"""

from floorwalker.contract.tables import TABLES

# (table, time column) -> columns that say nothing before that time
COMES_WITH: dict[tuple[str, str], tuple[str, ...]] = {
    ("accounts", "closed_at"): ("status",),
    ("refunds", "decided_at"): ("outcome", "staff_id", "return_waived"),
    ("returns", "scanned_at"): ("scanned_weight_g", "scanned_postcode", "inspection"),
}


def hidden_by(table: str, column: str) -> tuple[str, ...]:
    """The time columns whose lying in the future empties `column`."""
    contract = TABLES[table]
    described = contract.column(column)
    own = (column,) if described and described.kind == "time" and column != contract.since else ()
    return own + tuple(t for (name, t), with_it in COMES_WITH.items() if name == table and column in with_it)
