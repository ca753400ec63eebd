"""From Python: open, check, scan and read (contract, section 5)."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from floorwalker.contract.errors import RunError
from floorwalker.contract.figures import counted
from floorwalker.contract.run import FILES
from floorwalker.edge.bar import bar
from floorwalker.pipeline import check as checks
from floorwalker.pipeline import scan as pipeline
from floorwalker.pipeline.folder import MANIFEST, REPORT
from floorwalker.pipeline.settings import Settings
from floorwalker.sources.dataset import Dataset, open_data

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a run: its row of `cases`, and its members, links, events and removals as Arrow tables."""

    row: dict[str, Any]
    members: pa.Table
    links: pa.Table
    events: pa.Table
    removals: pa.Table

    def __str__(self) -> str:
        return f"{self.row['title']} ({self.row['case_id']})\n{self.row['summary']}"

    def _repr_html_(self) -> str:
        head = f"<h4>{escape(self.row['title'])}</h4><p>{escape(self.row['summary'])}</p>"
        members = _html_table(self.members, ("subject_kind", "subject_id", "role", "probability"))
        if not self.removals.num_rows:
            return head + members
        columns = ("product_id", "reviews", "suspect", "stars_with", "stars_without")
        return f"{head}{members}<p>If these reviews were removed</p>{_html_table(self.removals, columns)}"


class Run:
    """A run that exists: its tables, read when they are asked for.

    findings, subjects, cases, case_members, links, scores, removals, naming, reasons, vouches, events: Arrow tables
    (contract/run.py).
    """

    def __init__(self, folder: str | Path) -> None:
        """Raises RunError where `folder` holds no finished run."""
        self.folder = Path(folder)
        try:
            self.manifest: dict[str, Any] = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunError(f"{folder} holds no finished run: {MANIFEST} is missing or broken") from error

    def __getattr__(self, name: str) -> pa.Table:
        if name not in FILES:
            raise AttributeError(f"a run has no {name}; it has {', '.join(FILES)}")
        table = self._read(name)
        self.__dict__[name] = table
        return table

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *FILES]

    def _read(self, name: str) -> pa.Table:
        path = self.folder / f"{name}.parquet"
        try:
            return pq.read_table(path, schema=FILES[name])
        except (OSError, pa.ArrowException) as error:
            raise RunError(f"{path} is missing or broken; scan again") from error

    @property
    def report(self) -> Path:
        """The report to look at."""
        return self.folder / REPORT

    @cached_property
    def case_ids(self) -> list[str]:
        """The cases, the first one first."""
        return [str(i) for i in self.cases["case_id"].to_pylist()]

    def case(self, case_id: str) -> Case:
        """One case with all that belongs to it. Raises RunError for an id that is not there."""
        if case_id not in self.case_ids:
            raise RunError(f"{self.folder} has no case {case_id}")
        about = (self.cases, self.case_members, self.links, self.events, self.removals)
        tables = [_of(table, case_id) for table in about]
        return Case(tables[0].to_pylist()[0], *tables[1:])

    def summary(self) -> str:
        """What the command line prints: the cases, and where the report is."""
        lines = [f"{counted(self.cases.num_rows, 'case')}, {counted(self.subjects.num_rows, 'subject')} listed."]
        lines += [f"{row['probability']:.2f}  {_money(row)}  {row['title']}" for row in self.cases.to_pylist()[:SHOWN]]
        if self.cases.num_rows > SHOWN:
            lines.append(f"and {self.cases.num_rows - SHOWN} more")
        lines += _named_within(self.naming)
        lines += self.manifest.get("learning", {}).get("words", [])
        skipped = self.manifest["detectors"]["skipped"]
        lines += [f"skipped {one['name']}: {one['reason']}" for one in skipped]
        return "\n".join([*lines, f"Look at {self.report}"])

    def to_json(self) -> str:
        """The cases and where they are, as JSON."""
        cases = self.cases.to_pylist()
        answer = {
            "run": str(self.folder),
            "report": str(self.report),
            "subjects": self.subjects.num_rows,
            "cases": cases,
            "learning": self.manifest.get("learning"),
        }
        return json.dumps(answer, indent=1, ensure_ascii=False, default=str)

    def __repr__(self) -> str:
        return f"<floorwalker run {self.folder}: {self.cases.num_rows} cases, {self.subjects.num_rows} subjects>"

    def _repr_html_(self) -> str:
        head = f"<p>{counted(self.cases.num_rows, 'case')}, {counted(self.subjects.num_rows, 'subject')} listed</p>"
        return head + _html_table(
            self.cases.slice(0, SHOWN), ("case_id", "title", "probability", "exposure", "currency")
        )


def open(source: str | Path | Mapping[str, object], *, mapping: str | Path | None = None) -> Dataset:
    """A folder, a database URL, or tables by name (polars, pandas or arrow). Raises InputError, MappingError."""
    return open_data(source, mapping=None if mapping is None else Path(mapping))


def check(data: Dataset, *, memory: str = "4GB") -> checks.Checked:
    """Read the tables against the contract. Raises InputError, MappingError."""
    with bar() as progress:
        return checks.check(data, rejects=None, memory=memory, progress=progress)


def scan(
    data: Dataset,
    out: str | Path,
    *,
    fdr: float = 0.05,
    engine: str = "duckdb",
    only: list[str] | None = None,
    as_of: datetime | None = None,
    seed: int = 0,
    memory: str = "8GB",
    master: str | None = None,
    trace_days: int | None = None,
) -> Run:
    """Find abuse and write the run to the folder `out`; options as on the command line. Raises FloorwalkerError."""
    chosen = None if only is None else tuple(only)
    settings = Settings(fdr, engine, chosen, as_of, seed, memory, master, trace_days)
    with bar() as progress:
        return Run(pipeline.scan(data, Path(out), settings, progress))


def read(folder: str | Path) -> Run:
    """A run that exists. Raises RunError."""
    return Run(folder)


def _of(table: pa.Table, case_id: str) -> pa.Table:
    return table.filter(pc.equal(table["case_id"], case_id))


def _named_within(naming: pa.Table) -> list[str]:
    days = sorted(math.inf if late is None else late for late in naming["days"].to_pylist())
    if not days:
        return []
    middle = days[(len(days) - 1) // 2]
    if middle == math.inf:
        return ["Half of the cases would not have been named before their last evidence row."]
    within = counted(int(middle), "day")
    return [f"Half of the cases would have been named within {within} of their first evidence row."]


def _money(row: dict[str, Any]) -> str:
    return f"{row['exposure']:>14,.2f} {row['currency']:<3}"


def _html_table(table: pa.Table, columns: tuple[str, ...]) -> str:
    head = "".join(f"<th>{escape(c)}</th>" for c in columns)
    rows = table.select(columns).to_pylist()
    body = "".join("<tr>" + "".join(f"<td>{escape(str(row[c]))}</td>" for c in columns) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
