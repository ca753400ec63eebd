"""When would a scan first have named each case? Scans as of one moment after the other, as `--as-of` does them.

Being named is not for good: evidence may lapse, and the level is shared with whoever else is there. So every step is
looked at, from a case's first evidence row on, until half of its listed subjects were on the list.
"""

import math
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from floorwalker.cases.judge import judge
from floorwalker.contract import run
from floorwalker.detectors.record import Detector
from floorwalker.engine.disk import sync
from floorwalker.pipeline.manifest import version
from floorwalker.pipeline.measure import Progress, measure_all, opened
from floorwalker.pipeline.settings import Settings
from floorwalker.sources.dataset import Dataset
from floorwalker.sources.intake import take_in

Names = frozenset[tuple[str, str, str]]
"""Listed subjects: kind, id and scheme."""


@dataclass(slots=True)
class Campaign:
    """A case from its first to its last evidence row, with its listed subjects, and when they would have been named."""

    case_id: str
    start: datetime
    last: datetime
    subjects: Names
    first_named_at: datetime | None = None
    half_named_at: datetime | None = None

    def waits(self, at: datetime, step: timedelta) -> bool:
        """Whether a scan as of `at` could tell something new."""
        return self.half_named_at is None and self.start < at < self.last + step

    def see(self, at: datetime, listed: Names) -> None:
        """Note what a scan as of `at` lists."""
        named = len(self.subjects & listed)
        if named and self.first_named_at is None:
            self.first_named_at = at
        if 2 * named >= len(self.subjects):
            self.half_named_at = at

    def row(self) -> dict[str, object]:
        """Its row of NAMING."""
        late = self.first_named_at - self.start if self.first_named_at else None
        return {
            "case_id": self.case_id,
            "campaign_start": self.start,
            "first_named_at": self.first_named_at,
            "half_named_at": self.half_named_at,
            "days": None if late is None else math.ceil(late / timedelta(days=1)),
        }


def trace(
    tables: dict[str, pa.Table], scan_as_of: Callable[[datetime], Names], settings: Settings, progress: Progress
) -> pa.Table:
    """Rows of NAMING for the cases of a run. tables: the run's, by name.

    Moments are midnights, UTC, `trace_days` apart, none later than the run's own. The first comes `trace_days` after
    the day of the earliest evidence row of all.
    """
    campaigns = _campaigns(tables)
    step = timedelta(days=settings.trace_days or 1)
    moments = [at for at in _moments(campaigns, step) if settings.until is None or at <= settings.until]
    for number, at in enumerate(moments):
        waiting = [campaign for campaign in campaigns if campaign.waits(at, step)]
        if waiting:
            progress(f"as of {at:%Y-%m-%d}", number, len(moments))
            listed = scan_as_of(at)
            for campaign in waiting:
                campaign.see(at, listed)
    return pa.Table.from_pylist([campaign.row() for campaign in campaigns], schema=run.NAMING)


def _campaigns(tables: dict[str, pa.Table]) -> list[Campaign]:
    names: dict[str, set[tuple[str, str, str]]] = {}
    for row in tables["subjects"].to_pylist():
        names.setdefault(row["case_id"], set()).add((row["subject_kind"], row["subject_id"], row["scheme"]))
    return [
        Campaign(row["case_id"], row["first_seen_at"], row["last_seen_at"], frozenset(names[row["case_id"]]))
        for row in tables["cases"].to_pylist()
        if row["first_seen_at"] is not None
    ]


def _moments(campaigns: list[Campaign], step: timedelta) -> Iterator[datetime]:
    if campaigns:
        at = min(campaign.start for campaign in campaigns).replace(hour=0, minute=0, second=0, microsecond=0) + step
        end = max(campaign.last for campaign in campaigns) + step
        while at < end:
            yield at
            at += step


@dataclass(frozen=True, slots=True)
class Past:
    """The data as of earlier moments, scanned in the folder `work`; each answer is kept there under `key`."""

    data: Dataset
    work: Path
    key: str
    settings: Settings
    detectors: tuple[Detector, ...]

    def listed(self, at: datetime) -> Names:
        """Whom a scan as of `at` would list; read again where it was scanned before. Raises FloorwalkerError."""
        path = self.work / f"{self.key}-{at:%Y%m%d}.parquet"
        if not path.exists():
            self.work.mkdir(exist_ok=True)
            half = path.with_suffix(".half")
            pq.write_table(self._scanned(at), half)
            sync(half)
            os.replace(half, path)
        return frozenset(tuple(row.values()) for row in pq.read_table(path).to_pylist())

    def _scanned(self, at: datetime) -> pa.Table:
        moment = self.work / "moment"
        shutil.rmtree(moment, ignore_errors=True)
        settings = replace(self.settings, as_of=at, trace_days=None)
        memory = settings.engine_memory
        intake = take_in(self.data, moment / "tables", rejects=None, spill=moment / "spill", as_of=at, memory=memory)
        key = settings.key(intake.to_json(), version())
        with opened(moment, key, engine=settings.engine, memory=memory, master=settings.master) as workspace:
            measured = measure_all(workspace, self.detectors, lambda _: None)
        judged = judge([(detector, one.assessed) for detector, one in measured])
        return judged.listed_subjects(settings.fdr)
