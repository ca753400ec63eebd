"""How a table of the contract is described."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "time", "integer", "decimal", "number", "flag", "choice"]

SQL_TYPES: dict[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "time": "TIMESTAMP",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, whether rows need it, what it may hold, what it points to.

    extra: few marketplaces have it and the contract does not name it, but detectors use it where it is there.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    refers: str = ""
    low: float | None = None
    high: float | None = None
    extra: bool = False

    @property
    def sql_type(self) -> str:
        """The column's type in DuckDB's dialect."""
        return SQL_TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order; `key` is unique where the table has one.

    `since` is the time from which a row was known; what another time column says of a later day
    (a removal, a decision) was not known before that day.
    """

    name: str
    columns: tuple[Column, ...]
    key: str = ""
    since: str = ""

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns without which the table cannot be used."""
        return tuple(c.name for c in self.columns if c.required)

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)


def ident(name: str, refers: str = "") -> Column:
    """An id column that every row needs."""
    return Column(name, "id", required=True, refers=refers)


def link(name: str, refers: str = "") -> Column:
    """An id column that may be empty."""
    return Column(name, "id", refers=refers)


def when(name: str, required: bool = False) -> Column:
    """A UTC timestamp."""
    return Column(name, "time", required=required)


def choice(name: str, *words: str, required: bool = False) -> Column:
    """One of a few fixed words."""
    return Column(name, "choice", required=required, choices=words)


def text(name: str, required: bool = False) -> Column:
    """Free text."""
    return Column(name, "text", required=required)


def money(name: str, required: bool = False) -> Column:
    """A decimal in major units of the row's currency."""
    return Column(name, "decimal", required=required)
