"""A scan from end to end. Every step is saved as it ends, so that a scan that was killed goes on where it stood."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from floorwalker.detectors.record import Detector
from floorwalker.detectors.registry import choose
from floorwalker.pipeline.folder import REJECTS, claimed, publish, retire
from floorwalker.pipeline.manifest import manifest, present, version
from floorwalker.pipeline.measure import Progress, measure_all, opened
from floorwalker.pipeline.settings import Settings
from floorwalker.pipeline.trace import Past, trace
from floorwalker.pipeline.verdict import Scanned, conclude
from floorwalker.report.page import write_report
from floorwalker.sources.dataset import Dataset
from floorwalker.sources.intake import take_in
from floorwalker.sources.records import Intake


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
    written anew, and the old run is gone once the new data has proved usable. Raises RunError for any other folder
    that is not empty, and for one that another scan writes to; InputError for data that cannot be used.
    """
    chosen = choose(settings.only)
    parts = len(data.tables) + len(chosen) + 2
    begun = iter(range(parts))
    with claimed(out) as work:
        written = work / "run"
        shutil.rmtree(written, ignore_errors=True)
        intake = take_in(
            data,
            work / "tables",
            rejects=written / REJECTS,
            spill=work / "spill",
            as_of=settings.as_of,
            memory=settings.engine_memory,
            progress=lambda table: progress(f"reading {table}", next(begun, parts), parts),
        )
        retire(out)
        scanned = _run(work, intake, chosen, settings, lambda what: progress(what, next(begun, parts), parts))
        scanned = _traced(data, work, intake, scanned, settings, progress)
        progress("writing", parts - 1, parts)
        scanned.write(written, manifest(intake, settings, scanned))
        write_report(written)
        publish(written, out)
    progress("done", parts, parts)
    return out


def _run(
    work: Path,
    intake: Intake,
    chosen: tuple[Detector, ...],
    settings: Settings,
    progress: Callable[[str], None],
) -> Scanned:
    key = settings.key(intake.to_json(), version())
    memory = settings.engine_memory
    with opened(work, key, engine=settings.engine, memory=memory, master=settings.master) as workspace:
        planned = plan(chosen, present(intake))
        measured = measure_all(workspace, planned.run, progress)
        progress("cases")
        return conclude(workspace, measured, planned.skipped, settings.fdr, settings.seed)


def _traced(
    data: Dataset, work: Path, intake: Intake, scanned: Scanned, settings: Settings, progress: Progress
) -> Scanned:
    """The scan with the days on which its cases would have been named, where that was asked for."""
    if settings.trace_days is None:
        return scanned
    detectors = tuple(detector for detector, _ in scanned.ran)
    past = Past(data, work / "trace", settings.key(intake.to_json(), version()), settings, detectors)
    naming = trace(scanned.tables, past.listed, settings, progress)
    return replace(scanned, tables={**scanned.tables, "naming": naming})
