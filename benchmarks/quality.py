"""How right is a scan? Precision and recall on worlds with known abuse; accusations and p-values in clean worlds.

`python -m benchmarks.quality [--seeds 10] [--scale 1] [--first 0] [--jobs 2] [--only insiders]` prints tables in
Markdown. Worlds are made, scanned with `--fdr 0.05` (by the detectors of `--only` alone) and forgotten. A listed
subject is right where the truth names it in the same scheme and role. A ring's Jaccard is that of its reviewers,
products and sellers (a gang's: of its clients) with the members of the case that fits it best.
Intervals are Clopper and Pearson's, at 95 %; those of p-values at 99 %, over the worlds together.
"""

import argparse
import platform
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

import numpy as np
from scipy.stats import binomtest

from benchmarks.proportions import proportion
from benchmarks.scanned_world import RINGS, ROLES, Outcome, scanned

STEALTH = ("plain", "careful", "stealthy")
LEVEL = 0.05


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--fdr", type=float, default=0.05)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="detectors or families, with commas between")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}; "
        f"scale {asked.scale:g}, seeds {seeds.start} to {seeds.stop - 1}, --fdr {asked.fdr:g}"
        f"{f', --only {asked.only}' if asked.only else ''}\n",
        flush=True,
    )
    begun = time.monotonic()
    only = tuple(asked.only.split(",")) if asked.only else None
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        waiting = [
            [pool.submit(scanned, seed, asked.scale, asked.fdr, only, clean=clean) for seed in seeds]
            for clean in (False, True)
        ]
        worlds, clean = ([one.result() for one in some] for some in waiting)
    _print_found(worlds)
    _print_rings(worlds)
    _print_clean(clean)
    _print_innocents(worlds, clean)
    _print_health(clean)
    print(f"\n{time.monotonic() - begun:.0f} s")


def _print_found(worlds: list[Outcome]) -> None:
    print("\n| scheme | role | listed | precision | recall, plain | recall, careful | recall, stealthy |")
    print("|---|---|---|---|---|---|---|")
    for scheme, role in ROLES:
        found: Counter[tuple[str, bool]] = Counter()
        for world in worlds:
            listed, guilty = world.listed[scheme, role], world.guilty[scheme, role]
            found += Counter((stealth, subject in listed) for subject, stealth in guilty.items())
            found["honest", True] += len(listed - guilty.keys())
        right = sum(found[stealth, True] for stealth in STEALTH)
        recalls = [proportion(found[s, True], found[s, True] + found[s, False]) for s in STEALTH]
        whole = right + found["honest", True]
        print(f"| {scheme} | {role} | {whole} | {proportion(right, whole)} | {' | '.join(recalls)} |")


def _print_rings(worlds: list[Outcome]) -> None:
    best: dict[tuple[str, str], list[float]] = defaultdict(list)
    for world in worlds:
        for scheme, stealth, jaccard in world.jaccards:
            best[scheme, stealth].append(jaccard)
    print("\n| mean best Jaccard | plain | careful | stealthy |\n|---|---|---|---|")
    for scheme in RINGS:
        means = (
            f"{np.mean(best[scheme, s]):.3f} of {len(best[scheme, s])}" if best[scheme, s] else "none" for s in STEALTH
        )
        print(f"| {scheme} | {' | '.join(means)} |")
    wrong = sum(len(w.listed[key] - w.guilty[key].keys()) for w in worlds for key in w.listed)
    listed = sum(len(subjects) for world in worlds for subjects in world.listed.values())
    print(f"\nFalse share of everything listed: {proportion(wrong, listed)}")


def _print_clean(clean: Iterable[Outcome]) -> None:
    print("\n| clean world | accused |\n|---|---|")
    for world in clean:
        print(f"| seed {world.seed} | {sum(len(subjects) for subjects in world.listed.values())} |")


def _print_innocents(worlds: list[Outcome], clean: list[Outcome]) -> None:
    print("\n| honest, but alike | accused, of how many, in worlds with abuse | in clean worlds |\n|---|---|---|")
    for name in worlds[0].innocents:
        cells = (tuple(sum(w.innocents[name][k] for w in some) for k in (0, 1)) for some in (worlds, clean))
        print(f"| {name} | " + " | ".join(f"{accused} of {many}" for many, accused in cells) + " |")


def _print_health(clean: list[Outcome]) -> None:
    """Shares below LEVEL among everybody in clean worlds, each world by itself and all together."""
    print(
        "\n| detector | tested | share of p < .05 | 99 % interval | of worlds above .05 | |\n|---|---|---|---|---|---|"
    )
    for name in sorted({name for world in clean for name in world.health}):
        of_worlds = [world.health[name] for world in clean if name in world.health]
        tested, below = (sum(one[k] for one in of_worlds) for k in (0, 1))
        interval = binomtest(below, max(tested, 1)).proportion_ci(0.99)
        above = sum(binomtest(b, n).proportion_ci(0.99).low > LEVEL for n, b in of_worlds if n)
        said = "conservative" if interval.high < LEVEL else "above" if interval.low > LEVEL else "uniform"
        said = said if tested else "not tested"
        share = f"{below / max(tested, 1):.4f} | {interval.low:.4f}–{interval.high:.4f}"
        print(f"| {name} | {tested} | {share} | {above} | {said} |")


if __name__ == "__main__":
    main()
