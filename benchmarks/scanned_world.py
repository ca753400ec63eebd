"""One made world, scanned and held against its truth."""

import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.innocents import innocents
from floorwalker.edge.python import Run
from floorwalker.pipeline.scan import scan
from floorwalker.pipeline.settings import Settings
from floorwalker.sources.dataset import open_data
from floorwalker.world import make_world

RING, GANG = "review_ring", "refund_gang"
ROLES = (
    (RING, "reviewer"),
    (RING, "seller"),
    (RING, "product"),
    ("review_sabotage", "reviewer"),
    ("review_sabotage", "victim"),
    ("solicitation", "seller"),
    ("solicitation", "broker"),
    (GANG, "client"),
    ("refund_abuse", "client"),
    ("insider_refunds", "insider"),
    ("insider_refunds", "client"),
    ("insider_data", "insider"),
    ("insider_data", "beneficiary"),
    ("insider_reviews", "insider"),
    ("insider_reviews", "beneficiary"),
    ("insider_reinstate", "insider"),
    ("insider_reinstate", "beneficiary"),
    ("staff_takeover", "insider"),
)
RINGS = {RING: ("reviewer", "seller", "product"), GANG: ("client",)}

Subject = tuple[str, str]
Question = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan listed, and what is true, by scheme and role.

    guilty: subject -> stealth. jaccards: scheme, stealth and best Jaccard of each ring and gang. health: detector ->
    how many p-values, and how many below .05, of those that nobody is accused by. innocents: by name, how many honest
    people look like an abuser, and how many of them are listed for anything.
    """

    seed: int
    listed: dict[Question, set[Subject]]
    guilty: dict[Question, dict[Subject, str]]
    jaccards: list[tuple[str, str, float]]
    health: dict[str, tuple[int, int]]
    innocents: dict[str, tuple[int, int]]


def scanned(seed: int, scale: float, fdr: float, only: tuple[str, ...] | None, *, clean: bool) -> Outcome:
    """Make a world, scan it, forget it."""
    folder = Path(tempfile.mkdtemp(prefix="floorwalker-quality-"))
    try:
        make_world(folder / "market", scale=scale, seed=seed, clean=clean)
        truth = pq.read_table(folder / "market" / "truth.parquet").to_pylist()
        alike = innocents(folder / "market")
        (folder / "market" / "truth.parquet").unlink()
        run = Run(scan(open_data(folder / "market"), folder / "run", Settings(fdr=fdr, only=only), lambda *_: None))
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
    rings: dict[tuple[str, str, str], set[Subject]] = defaultdict(set)
    for row in truth:
        subject = row["subject_kind"], row["subject_id"]
        guilty[row["scheme"], row["role"]][subject] = row["stealth"]
        if row["role"] in RINGS.get(row["scheme"], ()):
            rings[row["scheme"], row["stealth"], row["ring_id"]].add(subject)
    jaccards = [
        (scheme, stealth, max((len(ring & case) / len(ring | case) for case in members.values()), default=0.0))
        for (scheme, stealth, _), ring in rings.items()
    ]
    health = {one["name"]: _below(one["health"]) for one in asked}
    accused = set().union(*listed.values())
    named = {name: (len(people), len(people & accused)) for name, people in alike.items()}
    return Outcome(
        seed, {key: listed[key] for key in ROLES}, {key: guilty[key] for key in ROLES}, jaccards, health, named
    )


def _below(health: dict[str, float]) -> tuple[int, int]:
    tested = int(health["tested"])
    return tested, round(tested * float(health["share_below_05"] or 0))
