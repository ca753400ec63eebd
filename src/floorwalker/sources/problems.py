"""What was wrong with a table's rows: counted, shown by example, and written to `rejects/`."""

from pathlib import Path

from floorwalker.contract.table import Column
from floorwalker.engine.duck import literal, quoted
from floorwalker.sources.records import Example, Problem
from floorwalker.sources.staging import FILE, ROW
from floorwalker.sources.table_work import SET_ASIDE, TableWork

_FIRST = "arg_min({'f': __file, 'r': __row, 'v': value}, __file * 1099511627776 + __row, 3)"


def counted(work: TableWork) -> tuple[Problem, ...]:
    """Each problem of a table with its count and first three examples, in the order of column and reason."""
    rows = work.duck.rows(
        f'select "column", reason, outcome, count(*), {_FIRST} from {_all(work)} group by all order by 1, 2, 3',
        step=work.table.name,
    )
    return tuple(Problem(c, r, o, n, _examples(work, first)) for c, r, o, n, first in rows)


def write_rejects(work: TableWork, path: Path) -> None:
    """Write one row per problem: file, row, column, reason, outcome, value, and the raw row as JSON text."""
    struct = ", ".join(f"{literal(name)}: {quoted(name)}" for name in work.layout.source_columns)
    raw = f"select {FILE}, {ROW}, cast(to_json({{{struct}}}) as varchar) as raw from {work.name('source')}"
    broken = f"select {FILE}, {ROW}, cast(to_json(raw) as varchar) as raw from {work.name('broken')}"
    names = ", ".join(f"({i}, {literal(origin.name)})" for i, origin in enumerate(work.staged.origins))
    work.duck.save(
        f'select f.name as file, b.{ROW} as row, b."column", b.reason, b.outcome, b.value, s.raw from {_all(work)} b'
        f" join ({raw} union all {broken}) s using ({FILE}, {ROW}) join (values {names}) f(i, name) on f.i = b.{FILE}"
        f' order by b.{FILE}, b.{ROW}, b."column", b.reason',
        path,
        step=work.table.name,
    )


def dangling(work: TableWork, column: Column, key: str, referred: Path) -> Problem | None:
    """References of `column` that are no `key` in the Parquet file `referred`; the rows are kept."""
    there = f"read_parquet({literal(str(referred.resolve()))})"
    rows = work.duck.rows(
        f"select count(*), {_FIRST} from (select {FILE}, {ROW}, {quoted(column.name)} as value from {work.name('kept')}"
        f" where value is not null) t anti join {there} r on r.{quoted(key)} = t.value",
        step=work.table.name,
    )
    count, first = rows[0]
    return Problem(column.name, "dangling reference", "warning", count, _examples(work, first)) if count else None


def _all(work: TableWork) -> str:
    broken = f"select {FILE}, {ROW}, '', reason, {literal(SET_ASIDE)}, raw[:60] from {work.name('broken')}"
    return f"(select * from {work.name('problems')} union all {broken})"


def _examples(work: TableWork, first: list[dict[str, object]] | None) -> tuple[Example, ...]:
    return tuple(
        Example(
            work.staged.origins[int(str(e["f"]))].name, int(str(e["r"])), None if e["v"] is None else str(e["v"])[:60]
        )
        for e in first or []
    )
