"""Run detectors in a workspace: their SQL steps, then what they measure."""

from functools import cache

import pyarrow as pa

from floorwalker.contract.errors import DetectorError
from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector
from floorwalker.engine.step import BoundStep, Step, bind
from floorwalker.engine.workspace import Workspace


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


def measure(workspace: Workspace, detector: Detector) -> Measured:
    """What the detector measures, its steps having run; saved, so that it is measured once."""

    def rows(table: str, *columns: str, by: tuple[str, ...]) -> pa.Table:
        return workspace.table(table, columns or None, order_by=by)

    measured = cache(lambda: detector.measure(rows))
    return Measured(
        workspace.keep(f"{detector.name}.assessed", lambda: measured().assessed),
        workspace.keep(f"{detector.name}.links", lambda: measured().links),
    )
