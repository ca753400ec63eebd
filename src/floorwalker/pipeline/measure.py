"""Run detectors in a workspace: their SQL steps, then what they measure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pyarrow as pa

from floorwalker.contract.errors import DetectorError
from floorwalker.contract.tables import TABLES
from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector, Rows
from floorwalker.engine.door import open_engine
from floorwalker.engine.step import BoundStep, Step, bind
from floorwalker.engine.workspace import Workspace

Progress = Callable[[str, int, int], None]
"""Hears the name of what begins, how many parts are done, and how many there are."""


@contextmanager
def opened(work: Path, key: str, *, engine: str, memory: str, master: str | None = None) -> Iterator[Workspace]:
    """A workspace in the folder `work`, over the tables that were taken in to its folder `tables`."""
    door = open_engine(engine, memory=memory, spill=work / "spill", master=master)
    try:
        for table in TABLES:
            door.bind(table, work / "tables" / f"{table}.parquet")
        yield Workspace(work / "steps", door, key)
    finally:
        door.close()


def bound_steps(detectors: tuple[Detector, ...]) -> dict[str, BoundStep]:
    """All steps of the detectors, checked; detectors may share a step, but not a name for two.

    Raises DetectorError.
    """
    steps: dict[str, Step] = {}
    for detector in detectors:
        for step in detector.steps:
            if steps.setdefault(step.name, step) != step:
                raise DetectorError(f"detector {detector.name}: another detector has a different step {step.name}")
    return {step.name: step for step in bind(steps.values())}


def run_steps(workspace: Workspace, detectors: tuple[Detector, ...]) -> None:
    """Run the steps of detectors, each once. Raises StepError, DetectorError."""
    bound = bound_steps(detectors)
    for detector in detectors:
        waiting = [bound.pop(step.name) for step in detector.steps if step.name in bound]
        workspace.run(waiting, detector.step_parameters)


def measure_all(
    workspace: Workspace, detectors: tuple[Detector, ...], progress: Callable[[str], None]
) -> list[tuple[Detector, Measured]]:
    """Every detector with what it measures. Raises StepError, DetectorError."""
    run_steps(workspace, detectors)
    measured = []
    for detector in detectors:
        progress(detector.name)
        measured.append((detector, measure(workspace, detector)))
    return measured


def rows_of(workspace: Workspace) -> Rows:
    """What fetches the rows of the steps that have run."""

    def rows(table: str, *columns: str, by: tuple[str, ...]) -> pa.Table:
        return workspace.table(table, columns or None, order_by=by)

    return rows


def measure(workspace: Workspace, detector: Detector) -> Measured:
    """What the detector measures, its steps having run; saved, so that it is measured once."""
    measured = cache(lambda: detector.measure(rows_of(workspace)))
    return Measured(
        workspace.keep(f"{detector.name}.assessed", lambda: measured().assessed),
        workspace.keep(f"{detector.name}.links", lambda: measured().links),
    )
