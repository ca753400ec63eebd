"""How right is a scan? Precision and recall on worlds with known abuse; accusations in clean worlds.

`python -m benchmarks.quality [--seeds 5] [--scale 1] [--first 0]` prints a table in Markdown. Worlds are made, scanned
with `--fdr 0.05` and forgotten. A listed reviewer, seller or product is right where the truth names it in a review
ring; intervals are Clopper and Pearson's, at 95 %.
"""

import argparse
import platform
import shutil
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
from scipy.stats import binomtest

from floorwalker.pipeline.scan import scan
from floorwalker.pipeline.settings import Settings
from floorwalker.sources.dataset import open_data
from floorwalker.world import make_world

ROLES = ("reviewer", "seller", "product")
STEALTH = ("plain", "careful", "stealthy")
SCHEME = "review_ring"

Subject = tuple[str, str]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--fdr", type=float, default=0.05)
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}; "
        f"scale {asked.scale:g}, seeds {seeds.start} to {seeds.stop - 1}, --fdr {asked.fdr:g}\n"
    )
    found: Counter[tuple[str, str, bool]] = Counter()
    seconds = []
    for seed in seeds:
        begun = time.monotonic()
        found += _judged(seed, asked.scale, asked.fdr)
        seconds.append(time.monotonic() - begun)
        print(f"seed {seed} took {seconds[-1]:.0f} s", flush=True)
    _print_table(found)
    print("\n| clean world | accused |\n|---|---|")
    for seed in seeds:
        listed, _ = _scan(seed, asked.scale, asked.fdr, clean=True)
        print(f"| seed {seed} | {sum(len(subjects) for subjects in listed.values())} |", flush=True)


def _judged(seed: int, scale: float, fdr: float) -> Counter[tuple[str, str, bool]]:
    """Counts of (role, stealth or "honest", listed)."""
    listed, truth = _scan(seed, scale, fdr, clean=False)
    counts: Counter[tuple[str, str, bool]] = Counter()
    for role in ROLES:
        guilty = {subject: stealth for (subject, its_role), stealth in truth.items() if its_role == role}
        for subject, stealth in guilty.items():
            counts[role, stealth, subject in listed[role]] += 1
        counts[role, "honest", True] += len(listed[role] - guilty.keys())
    return counts


def _scan(
    seed: int, scale: float, fdr: float, *, clean: bool
) -> tuple[dict[str, set[Subject]], dict[tuple[Subject, str], str]]:
    folder = Path(tempfile.mkdtemp(prefix="floorwalker-quality-"))
    try:
        make_world(folder / "market", scale=scale, seed=seed, clean=clean)
        truth = pq.read_table(folder / "market" / "truth.parquet").to_pylist()
        (folder / "market" / "truth.parquet").unlink()
        run = scan(open_data(folder / "market"), folder / "run", Settings(fdr=fdr), lambda *_: None)
        subjects = pq.read_table(run / "subjects.parquet").to_pylist()
    finally:
        shutil.rmtree(folder)
    listed: dict[str, set[Subject]] = {role: set() for role in ROLES}
    for row in subjects:
        if row["scheme"] == SCHEME:
            listed[row["role"]].add((row["subject_kind"], row["subject_id"]))
    known = {
        ((row["subject_kind"], row["subject_id"]), row["role"]): row["stealth"]
        for row in truth
        if row["scheme"] == SCHEME
    }
    return listed, known


def _print_table(found: Counter[tuple[str, str, bool]]) -> None:
    print("\n| role | listed | precision | recall, plain | recall, careful | recall, stealthy |")
    print("|---|---|---|---|---|---|")
    for role in ROLES:
        right = sum(found[role, stealth, True] for stealth in STEALTH)
        listed = right + found[role, "honest", True]
        recalls = [_share(found[role, s, True], found[role, s, True] + found[role, s, False]) for s in STEALTH]
        print(f"| {role} | {listed} | {_share(right, listed)} | {' | '.join(recalls)} |")


def _share(part: int, whole: int) -> str:
    if whole == 0:
        return "none"
    interval = binomtest(part, whole).proportion_ci(0.95)
    return f"{part / whole:.3f} ({interval.low:.3f}–{interval.high:.3f}), {part} of {whole}"


if __name__ == "__main__":
    main()
