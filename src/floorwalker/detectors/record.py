"""What a detector is: one record beside its SQL and its measurement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from floorwalker.detectors.measured import Measured
from floorwalker.engine.step import Step

Example = Mapping[str, str]
"""Contract tables as CSV text, by table name."""


SUPPORT = 0.05


class Rows(Protocol):
    """Fetches the rows of a step."""

    def __call__(self, table: str, *columns: str, by: tuple[str, ...]) -> pa.Table:
        """The columns named (all where none is), ordered by the columns `by`, which must order them fully."""
        ...


@dataclass(frozen=True, slots=True)
class Detector:
    """One question to the tables, answered with p-values under a named null.

    needs: the columns without which the question cannot be asked, by table; all other columns of the contract
    may be named in the steps too and are NULL where the data lacks them.
    measure: from the rows of the steps to what was measured.
    explain: the sentence for a finding, by role, with the fields that `measure` fills in.
    fires, stays_quiet: small marketplaces in which it must, and must not, name somebody.
    weight: its voice where several detectors ask about the same subject and scheme, against 1. One that can hardly
    prove anything alone has SUPPORT, so that its silence does not drown another's evidence.
    """

    name: str
    family: str
    scheme: str
    question: str
    null: str
    explain: Mapping[str, str]
    weaknesses: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]
    steps: tuple[Step, ...]
    measure: Callable[[Rows], Measured]
    fires: Example
    stays_quiet: Example
    step_parameters: Mapping[str, float] = field(default_factory=dict)
    weight: float = 1.0

    def missing(self, present: Mapping[str, frozenset[str]]) -> list[str]:
        """The needed columns, as `table.column`, that are not among those present."""
        return [f"{t}.{c}" for t, columns in self.needs.items() for c in columns if c not in present.get(t, ())]
