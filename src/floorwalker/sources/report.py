"""What `floorwalker check` shows: which tables are there, how many rows can be used, and what is wrong."""

from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from floorwalker.sources.records import Intake, Problem
from floorwalker.sources.wording import one_line

_MARKS = {"set aside": "red", "value set to empty": "yellow", "warning": "cyan"}


def check_table(intake: Intake) -> RenderableType:
    """The intake as two tables, for 80 columns and for a pipe. Values from the data are shown as they are."""
    parts: list[RenderableType] = [_tables(intake)]
    if any(one.problems for one in intake.tables.values()):
        parts += [Text(""), _problems(intake)]
    parts += [Text(""), Text(f"not there: {', '.join(intake.absent) or 'nothing'}", style="dim")]
    if intake.ignored:
        parts.append(Text(f"not used: {', '.join(map(one_line, intake.ignored))}", style="dim"))
    return Group(*parts)


def _tables(intake: Intake) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    grid.add_column("table")
    for name in ("rows", "used", "set aside", "left out"):
        grid.add_column(name, justify="right")
    grid.add_column("columns")
    for one in intake.tables.values():
        numbers = (one.rows_read, one.rows_kept, one.rows_set_aside, sum(one.rows_left_out.values()))
        extra = f" + {len(one.extra)} more" if one.extra else ""
        grid.add_row(one.table, *(f"{n:,}" for n in numbers), f"{len(one.columns)}{extra}")
    return grid


def _problems(intake: Intake) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    grid.add_column("what is wrong", overflow="fold")
    grid.add_column("rows", justify="right")
    grid.add_column("done", overflow="fold")
    grid.add_column("for example", overflow="fold")
    for one in intake.tables.values():
        for problem in one.problems:
            where = f"{one.table}.{problem.column}" if problem.column else one.table
            what = Text(one_line(f"{where}: {problem.reason}"))
            done = Text("kept" if problem.outcome == "warning" else problem.outcome, style=_MARKS[problem.outcome])
            grid.add_row(what, f"{problem.count:,}", done, Text(_example(problem)))
    return grid


def _example(problem: Problem) -> str:
    if not problem.examples:
        return ""
    first = problem.examples[0]
    value = "" if first.value is None else f": {one_line(first.value)[:40]}"
    return f"row {first.row:,}{value}"
