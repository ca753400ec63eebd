"""One table through its checks, all in SQL: views over the staged rows, and a list of what is wrong with them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from floorwalker.contract.table import Table
from floorwalker.engine.duck import Duck, literal, quoted
from floorwalker.sources.as_of import hidden_by
from floorwalker.sources.checks import cast, filled, problem
from floorwalker.sources.columns import Layout
from floorwalker.sources.records import Outcome
from floorwalker.sources.staging import FILE, ROW, Staged

BY_MAPPING, BY_TIME = "left out by the mapping", "after --as-of"
SET_ASIDE: Outcome = "set aside"
EMPTIED: Outcome = "value set to empty"
DUPLICATE = "duplicate id"
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class TableWork:
    """The names of a table's views, and what is needed to fill them."""

    duck: Duck
    layout: Layout
    staged: Staged
    as_of: datetime | None

    @property
    def table(self) -> Table:
        """The table of the contract."""
        return self.layout.table

    def name(self, what: str) -> str:
        """The name of this table's view or list of `what`."""
        return quoted(f"{self.table.name} {what}")

    def create_views(self) -> None:
        """Lay views over the staged rows. Nothing is read yet.

        source: the rows as they came. raw: those that the mapping lets pass. known: those known at `as_of`, with
        raw value r, cast value v and problem p of each column. kept: the table of the contract.
        """
        present = list(enumerate(self.layout.present))
        self._view("source", self.staged.rows)
        self._view("broken", self.staged.broken)
        raw = [f"{filled(p.sql, p.type)} as r{i}" for i, p in present]
        extra = [f"{quoted(name)} as e{j}" for j, name in enumerate(self.layout.extra.values())]
        passing = f" where {self.layout.passes}" if self.layout.passes else ""
        self._view("raw", f"select {', '.join([FILE, ROW, *raw, *extra])} from {self.name('source')}{passing}")
        values = ", ".join(f"{cast(p.column, f'r{i}', p.type)} as v{i}" for i, p in present)
        problems = ", ".join(f"{problem(p.column, f'r{i}', f'v{i}')} as p{i}" for i, p in present)
        judged = f"select *, {problems} from (select *, {values} from {self.name('raw')})"
        self._view("known", f"select * from ({judged}){self._until()}")

    def find_problems(self) -> None:
        """Fill the list of what is wrong: values first, then second rows of one id among the rows still good."""
        found = [
            f"case when p{i} is not null then {{'column': {literal(p.column.name)}, 'reason': p{i},"
            f" 'outcome': {literal(SET_ASIDE if p.column.required else EMPTIED)},"
            f" 'value': cast(r{i} as varchar)[:{_SHOWN}]}} end"
            for i, p in enumerate(self.layout.present)
        ]
        any_bad = " or ".join(f"p{i} is not null" for i in range(len(self.layout.present)))
        self.duck.execute(
            f"create table {self.name('problems')} as select {FILE}, {ROW}, unnest(bad, recursive := true) from ("
            f"select {FILE}, {ROW}, unnest([{', '.join(found)}]) as bad from {self.name('known')} where {any_bad}"
            ") where bad is not null",
            step=self.table.name,
        )
        key = self._position(self.table.key)
        if key is not None:
            self.duck.execute(f"insert into {self.name('problems')} {self._second_rows(key)}", step=self.table.name)
        self._view("aside", f"select distinct {FILE}, {ROW} from {self.name('problems')} where outcome = '{SET_ASIDE}'")
        self._view("kept", self._kept())

    def count(self) -> tuple[int, int, int, int]:
        """Rows read, left out by the mapping, after `as_of`, and set aside."""
        read, passing, known, broken, aside = (
            self.duck.rows(f"select count(*) from {self.name(what)}", step=self.table.name)[0][0]
            for what in ("source", "raw", "known", "broken", "aside")
        )
        return read + broken, read - passing, passing - known, aside + broken

    def write(self, path: Path) -> int:
        """Write the kept rows in the source's order; how many they are."""
        self.duck.save(f"select * exclude ({FILE}, {ROW}) from {self.name('kept')}", path, step=self.table.name)
        counted = f"select count(*) from read_parquet({literal(str(path))})"
        return int(self.duck.rows(counted, step=self.table.name)[0][0])

    def _view(self, what: str, sql: str) -> None:
        self.duck.execute(f"create or replace view {self.name(what)} as {sql}", step=self.table.name)

    def _position(self, column: str) -> int | None:
        return next((i for i, p in enumerate(self.layout.present) if p.column.name == column), None)

    def _good(self) -> str:
        """The rows in whose required columns nothing is wrong."""
        required = [f"p{i} is null" for i, p in enumerate(self.layout.present) if p.column.required]
        return f"(select * from {self.name('known')} where {' and '.join(required)})"

    def _second_rows(self, key: int) -> str:
        return (
            f"with good as (select {FILE}, {ROW}, v{key} as k from {self._good()}),"
            " twice as (select k from good group by k having count(*) > 1)"
            f" select {FILE}, {ROW}, '{self.table.key}', '{DUPLICATE}', '{SET_ASIDE}', k[:{_SHOWN}]"
            " from good semi join twice using (k)"
            f" qualify row_number() over (partition by k order by {FILE}, {ROW}) > 1"
        )

    def _first_rows(self) -> str:
        """The good rows without second rows of one id, in order: a scan keeps it, a join does not."""
        second = f"(select {FILE}, {ROW} from {self.name('problems')} where reason = '{DUPLICATE}')"
        if not self.duck.rows(f"select 1 from {second} limit 1", step=self.table.name):
            return self._good()
        return f"{self._good()} anti join {second} using ({FILE}, {ROW}) order by {FILE}, {ROW}"

    def _later(self, column: str) -> str:
        """Whether a time column's good value lies after `as_of`."""
        i = self._position(column)
        if self.as_of is None or i is None:
            return ""
        return f"(p{i} is null and coalesce(v{i} > timestamp {literal(self.as_of.isoformat(sep=' '))}, false))"

    def _until(self) -> str:
        later = self._later(self.table.since)
        return f" where not {later}" if later else ""

    def _kept(self) -> str:
        columns = [FILE, ROW]
        for column in self.table.columns:
            i = self._position(column.name)
            hidden = "".join(f" and not {h}" for t in hidden_by(self.table.name, column.name) if (h := self._later(t)))
            value = f"case when p{i} is null{hidden} then v{i} end" if i is not None else "null"
            columns.append(f"cast({value} as {column.sql_type}) as {quoted(column.name)}")
        columns += [f"e{j} as {quoted(name)}" for j, name in enumerate(self.layout.extra)]
        return f"select {', '.join(columns)} from {self._first_rows()}"
