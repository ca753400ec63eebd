"""Bought staff and stolen staff accounts planted at a made desk: who is found, and who is accused with them.

`python -m benchmarks.planted_staff [--seeds 3] [--levels plain careful hidden] [--only insiders]` prints a table in
Markdown. In each desk (150 staff, 40 weeks) two sell data, two sell deletions, one sells reinstatements, and two
accounts are in strange hands (desk_abuse.py says how, at each level). P: of those listed under the scheme, the share
planted for it; R: of those planted, the share listed. Whoever is planted for one scheme and listed under another is
told apart: the same look can serve two schemes, and that is no honest person. Intervals are Clopper and Pearson's.
"""

import argparse
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.desk_abuse import planted
from benchmarks.desk_book import Plan
from benchmarks.desk_care import LEVELS
from benchmarks.desk_scans import Listed, scanned
from benchmarks.proportions import proportion
from benchmarks.staff_desk import kept, machine, made, tables

SCHEMES = ("insider_data", "insider_reviews", "insider_reinstate", "staff_takeover")
PREFIX = {"staff": "s", "account": "u"}
Names = frozenset[tuple[str, str, str]]


def measured(
    level: str, seed: int, plan: tuple[int, int], only: list[str] | None, keep: Path | None
) -> tuple[Names, Listed]:
    """Who was planted, and who is listed."""
    desk = made(Plan(seed, *plan), after=lambda desk: planted(desk, LEVELS[level]))
    rows = tables(desk)
    truth = frozenset((scheme, kind, PREFIX[kind] + str(one)) for scheme, kind, one in desk.truth)
    if keep:
        folder = keep / f"{level}-{seed}"
        kept(rows, folder)
        columns = zip(("scheme", "kind", "id"), map(list, zip(*sorted(truth), strict=True)), strict=True)
        pq.write_table(pa.table(dict(columns)), keep / f"{level}-{seed}-planted.parquet")
    return truth, scanned(rows, only=only)


def main() -> None:
    """Plant, scan, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--levels", nargs="+", default=list(LEVELS), choices=LEVELS)
    parser.add_argument("--staff", type=int, default=150)
    parser.add_argument("--weeks", type=int, default=40)
    parser.add_argument("--only", nargs="+", default=["insiders"], help="detectors or families")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="a folder for the tables, with who was planted")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    print(f"{machine()}; {asked.staff} staff, {asked.weeks} weeks, seeds {seeds.start} to {seeds.stop - 1}\n")
    print("| scheme | level | who | P | R | planted for another |\n|---|---|---|---|---|---|", flush=True)
    wrong = []
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        one = partial(measured, plan=(asked.staff, asked.weeks), only=asked.only, keep=asked.keep)
        waiting = {level: [pool.submit(one, level, seed) for seed in seeds] for level in asked.levels}
        for level, futures in waiting.items():
            found = [future.result() for future in futures]
            for scheme in SCHEMES:
                for kind in ("staff", "account"):
                    _print_row(scheme, level, kind, found)
            for seed, (truth, listed) in zip(seeds, found, strict=True):
                guilty = {(kind, who) for _, kind, who in truth}
                wrong += [(level, seed, *name) for name in sorted(listed.names) if name[1:] not in guilty]
    print("\nListed, but planted for nothing:" if wrong else "\nNobody is listed who was not planted.")
    for level, seed, scheme, kind, who in wrong:
        print(f"- {level}, seed {seed}: {kind} {who}, {scheme}")


def _print_row(scheme: str, level: str, kind: str, found: list[tuple[Names, Listed]]) -> None:
    told: Counter[str] = Counter()
    for truth, listed in found:
        mine = {who for s, k, who in truth if (s, k) == (scheme, kind)}
        others = {who for s, k, who in truth if k == kind} - mine
        named = {who for s, k, who in listed.names if (s, k) == (scheme, kind)}
        told["planted"] += len(mine)
        told["right"] += len(named & mine)
        told["else"] += len(named & others)
        told["wrong"] += len(named - mine - others)
    if told["planted"] or told["wrong"]:
        right = told["right"]
        shares = (proportion(right, whole, digits=2) for whole in (right + told["wrong"], told["planted"]))
        print(f"| {scheme} | {level} | {kind} | {' | '.join(shares)} | {told['else']} |", flush=True)


if __name__ == "__main__":
    main()
