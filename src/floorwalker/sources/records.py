"""What an intake says: per table where rows came from, how many were used, and what was wrong with the others."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Outcome = Literal["set aside", "value set to empty", "warning"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows came from: a file, a database table, a frame. SHA-256 of its bytes (or of its Arrow data)."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Example:
    """One bad row: the file it is in, its number there (the first row is 1), the value cut to 60 characters."""

    file: str
    row: int
    value: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong in one column for one reason, how often, and what was done about it."""

    column: str
    reason: str
    outcome: Outcome
    count: int
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class TableIntake:
    """One table taken in: rows_read = rows_kept + rows_set_aside + the sum of rows_left_out.

    `rows_left_out` is by reason: left out by the mapping, or after --as-of. `columns` are the contract's
    columns that the data really has, `extra` the others, kept as evidence.
    """

    table: str
    origins: tuple[Origin, ...]
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    rows_left_out: dict[str, int]
    columns: tuple[str, ...]
    extra: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """A data set taken in. `absent` names the contract's tables that are not there (written as empty tables).

    `mapping` is the path of the mapping file, `mapping_sha256` of what it says.
    """

    location: str
    tables: dict[str, TableIntake]
    absent: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    as_of: str | None = None
    mapping: str | None = None
    mapping_sha256: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The same report as plain data, always in the same order."""
        return asdict(self)
