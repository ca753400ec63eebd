"""The tables read against the contract, and which detectors they allow."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from floorwalker.detectors.registry import all_detectors
from floorwalker.pipeline.manifest import present
from floorwalker.pipeline.measure import Progress
from floorwalker.pipeline.scan import Plan, plan
from floorwalker.pipeline.settings import engine_share
from floorwalker.sources.dataset import Dataset
from floorwalker.sources.intake import take_in
from floorwalker.sources.records import Intake


@dataclass(frozen=True, slots=True)
class Checked:
    """What is there, and what can be asked of it."""

    intake: Intake
    plan: Plan

    @property
    def problems(self) -> int:
        """How many values or rows could not be used as they were."""
        return sum(p.count for t in self.intake.tables.values() for p in t.problems)

    def detector_lines(self) -> list[str]:
        """A line for each detector: ready, or what it needs."""
        ready = [f"ready    {d.name}: {d.question}" for d in self.plan.run]
        return ready + [f"skipped  {name}: needs {', '.join(lacks)}" for name, lacks in self.plan.skipped.items()]

    def to_json(self) -> dict[str, object]:
        """The same as plain data."""
        detectors = {"ready": [d.name for d in self.plan.run], "skipped": self.plan.skipped}
        return {**self.intake.to_json(), "detectors": detectors}


def check(data: Dataset, *, rejects: Path | None, memory: str, progress: Progress) -> Checked:
    """Take the tables in, into a temporary folder, and say how that went. Raises InputError, MappingError."""
    with tempfile.TemporaryDirectory(prefix="floorwalker-") as folder:
        begun = iter(range(len(data.tables)))
        intake = take_in(
            data,
            Path(folder) / "tables",
            rejects=rejects,
            spill=Path(folder) / "spill",
            memory=engine_share(memory),
            progress=lambda table: progress(f"reading {table}", next(begun, 0), len(data.tables)),
        )
    return Checked(intake, plan(all_detectors(), present(intake)))
