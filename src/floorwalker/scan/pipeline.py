"""A scan from end to end. Every step is saved as it ends, so that a scan that was killed goes on where it stood."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from floorwalker.contract.errors import RunError
from floorwalker.contract.tables import TABLES
from floorwalker.detectors.record import Detector
from floorwalker.detectors.registry import choose
from floorwalker.engine.door import Engine, open_engine
from floorwalker.engine.workspace import Workspace
from floorwalker.report.page import write_report
from floorwalker.scan.manifest import manifest, present, version
from floorwalker.scan.measure import measure, run_steps
from floorwalker.scan.settings import Settings
from floorwalker.scan.verdict import Scanned, conclude
from floorwalker.sources.dataset import Dataset
from floorwalker.sources.intake import take_in
from floorwalker.sources.records import Intake

WORK = ".work"
MANIFEST = "run.json"

Progress = Callable[[str, int, int], None]
"""Hears the name of what begins, how many parts are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which detectors run and which cannot, with what each of those lacks."""

    run: tuple[Detector, ...]
    skipped: dict[str, list[str]]


def plan(chosen: tuple[Detector, ...], present: dict[str, frozenset[str]]) -> Plan:
    """Sort detectors by whether the columns that they need are there."""
    missing = {d.name: d.missing(present) for d in chosen}
    return Plan(
        tuple(d for d in chosen if not missing[d.name]), {name: lacks for name, lacks in missing.items() if lacks}
    )


def scan(data: Dataset, out: Path, settings: Settings, progress: Progress) -> Path:
    """Scan `data` into the folder `out`, and return it.

    A folder that holds an unfinished scan of the same data is gone on with; one that holds a finished run is
    written anew; any other folder that is not empty raises RunError. Raises InputError for data that cannot be used.
    """
    chosen = choose(settings.only)
    _claim(out)
    work = out / WORK
    parts = len(data.tables) + len(chosen) + 2
    begun = iter(range(parts))
    intake = take_in(
        data,
        work / "tables",
        rejects=out / "rejects",
        spill=work / "spill",
        as_of=settings.as_of,
        memory=settings.engine_memory,
        progress=lambda table: progress(f"reading {table}", next(begun, parts), parts),
    )
    engine = open_engine(settings.engine, memory=settings.engine_memory, spill=work / "spill", master=settings.master)
    try:
        scanned = _run(engine, work, intake, chosen, settings, lambda what: progress(what, next(begun, parts), parts))
        progress("writing", parts - 1, parts)
        files = manifest(intake, settings, scanned)
        scanned.write(out, files)
        write_report(out)
    finally:
        engine.close()
    shutil.rmtree(work, ignore_errors=True)
    progress("done", parts, parts)
    return out


def _run(
    engine: Engine,
    work: Path,
    intake: Intake,
    chosen: tuple[Detector, ...],
    settings: Settings,
    progress: Callable[[str], None],
) -> Scanned:
    for table in TABLES:
        engine.bind(table, work / "tables" / f"{table}.parquet")
    workspace = Workspace(work / "steps", engine, settings.key(intake.to_json(), version()))
    planned = plan(chosen, present(intake))
    run_steps(workspace, planned.run)
    measured = []
    for detector in planned.run:
        progress(detector.name)
        measured.append((detector, measure(workspace, detector)))
    progress("cases")
    return conclude(workspace, measured, planned.skipped, settings.fdr)


def _claim(out: Path) -> None:
    """Make sure that `out` is ours: new, empty, or a run."""
    if out.exists() and not out.is_dir():
        raise RunError(f"{out} is a file; name a folder for the run")
    if out.is_dir() and any(out.iterdir()) and not ((out / MANIFEST).exists() or (out / WORK).exists()):
        raise RunError(f"{out} is not empty and not a run of floorwalker; name another folder")
    (out / WORK).mkdir(parents=True, exist_ok=True)
