"""One made world, scanned and held against its truth."""

import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from floorwalker.edge.python import Run
from floorwalker.pipeline.scan import scan
from floorwalker.pipeline.settings import Settings
from floorwalker.sources.dataset import open_data
from floorwalker.world import make_world

RING = "review_ring"
ROLES = (
    (RING, "reviewer"),
    (RING, "seller"),
    (RING, "product"),
    ("review_sabotage", "reviewer"),
    ("review_sabotage", "victim"),
    ("solicitation", "seller"),
    ("solicitation", "broker"),
)

Subject = tuple[str, str]
Question = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan listed, and what is true, by scheme and role.

    guilty: subject -> stealth. jaccards: stealth and best Jaccard of each review ring. health: detector -> how many
    p-values, and how many below .05, of those that nobody is accused by.
    """

    seed: int
    listed: dict[Question, set[Subject]]
    guilty: dict[Question, dict[Subject, str]]
    jaccards: list[tuple[str, float]]
    health: dict[str, tuple[int, int]]


def scanned(seed: int, scale: float, fdr: float, *, clean: bool) -> Outcome:
    """Make a world, scan it, forget it."""
    folder = Path(tempfile.mkdtemp(prefix="floorwalker-quality-"))
    try:
        make_world(folder / "market", scale=scale, seed=seed, clean=clean)
        truth = pq.read_table(folder / "market" / "truth.parquet").to_pylist()
        (folder / "market" / "truth.parquet").unlink()
        run = Run(scan(open_data(folder / "market"), folder / "run", Settings(fdr=fdr), lambda *_: None))
        listed: dict[Question, set[Subject]] = defaultdict(set)
        for row in run.subjects.to_pylist():
            listed[row["scheme"], row["role"]].add((row["subject_kind"], row["subject_id"]))
        members: dict[str, set[Subject]] = defaultdict(set)
        for row in run.case_members.to_pylist():
            members[row["case_id"]].add((row["subject_kind"], row["subject_id"]))
        asked = run.manifest["detectors"]["run"]
    finally:
        shutil.rmtree(folder)
    guilty: dict[Question, dict[Subject, str]] = defaultdict(dict)
    rings: dict[tuple[str, str], set[Subject]] = defaultdict(set)
    for row in truth:
        subject = row["subject_kind"], row["subject_id"]
        guilty[row["scheme"], row["role"]][subject] = row["stealth"]
        if (row["scheme"], row["role"]) in ROLES[:3]:
            rings[row["ring_id"], row["stealth"]].add(subject)
    jaccards = [
        (stealth, max((len(ring & case) / len(ring | case) for case in members.values()), default=0.0))
        for (_, stealth), ring in rings.items()
    ]
    health = {one["name"]: _below(one["health"]) for one in asked}
    return Outcome(seed, {key: listed[key] for key in ROLES}, {key: guilty[key] for key in ROLES}, jaccards, health)


def _below(health: dict[str, float]) -> tuple[int, int]:
    tested = int(health["tested"])
    return tested, round(tested * float(health["share_below_05"] or 0))
