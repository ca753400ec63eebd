"""Honest staff who look like insiders, at ten times the usual strength: nobody may be accused.

`python -m benchmarks.honest_staff [--seeds 1] [--times 10] [--kinds "night shift" …] [--only insiders]` prints a table
in Markdown: for each kind of honest work (desk_kinds.py says what usual and ten times are), made desks with it, each
scanned whole; how many staff are of that kind, how many of all staff are accused of anything that insiders do, how
many accounts as those who profit, and who. `--keep FOLDER` writes the tables of each desk.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.desk_book import Desk, Plan
from benchmarks.desk_kinds import KINDS
from benchmarks.desk_scans import Listed, scanned
from benchmarks.desk_words import Ints
from benchmarks.proportions import proportion
from benchmarks.staff_desk import kept, machine, made, tables

COLUMNS = ("kind", "desks", "staff", "of that kind", "accused", "of that kind accused", "accounts accused", "seconds")


def desk_with(name: str, times: int, plan: Plan) -> tuple[Desk, Ints]:
    """A desk with one kind of honest work at a strength, and who does it."""
    kind, found = KINDS[name], []
    changed = replace(plan, **kind.plan(times))
    desk = made(
        changed,
        before=lambda desk: found.append(kind.before(desk, times)),
        after=lambda desk: found.append(kind.after(desk, times)),
    )
    return desk, np.unique(np.concatenate(found))


def measured(
    name: str, seed: int, times: int, plan: Plan, only: list[str] | None, keep: Path | None
) -> tuple[int, set[str], Listed]:
    """How many staff there are, who is of that kind, and who is listed."""
    desk, whom = desk_with(name, times, replace(plan, seed=seed))
    rows = tables(desk)
    if keep:
        kept(rows, keep / f"{name.replace(' ', '_')}-{seed}")
    return desk.crew.size, {f"s{one}" for one in whom}, scanned(rows, only=only)


def main() -> None:
    """Make, scan, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    parser.add_argument("--staff", type=int, default=100)
    parser.add_argument("--weeks", type=int, default=30)
    parser.add_argument("--only", nargs="+", help="detectors or families; by default all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    plan = Plan(seed=0, staff=asked.staff, weeks=asked.weeks)
    print(f"{machine()}; {asked.staff} staff, {asked.weeks} weeks, seeds {seeds.start} to {seeds.stop - 1}\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    accused = people = 0
    told, health = [], []
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        one = partial(measured, times=asked.times, plan=plan, only=asked.only, keep=asked.keep)
        waiting = {name: [pool.submit(one, name, seed) for seed in seeds] for name in asked.kinds}
        for name, futures in waiting.items():
            found = [future.result() for future in futures]
            staff, whom = sum(size for size, _, _ in found), sum(len(w) for _, w, _ in found)
            wrong = sum(len(listed.staff()) for _, _, listed in found)
            alike = sum(len(listed.staff() & w) for _, w, listed in found)
            accounts = sum(len(listed.accounts()) for _, _, listed in found)
            seconds = sum(listed.seconds for _, _, listed in found) / len(found)
            print(
                f"| {name} | {len(found)} | {staff} | {whom} | {wrong} | {alike} | {accounts} | {seconds:.0f} |",
                flush=True,
            )
            health += [listed.health for _, _, listed in found]
            accused, people = accused + wrong, people + staff
            told += [(name, seed, sorted(listed.names)) for seed, (_, _, listed) in zip(seeds, found, strict=True)]
    print(f"\nStaff accused: {proportion(accused, people, digits=4)}.\n")
    _print_health(health)
    for name, seed, names in told:
        for scheme, kind, who in names:
            print(f"- {name}, seed {seed}: {kind} {who}, {scheme}")


def _print_health(of_desks: list[dict[str, tuple[int, float]]]) -> None:
    """Shares of p-values below .05, over all desks."""
    print("| detector | tested | share of p < .05 |\n|---|---|---|")
    for name in sorted({name for one in of_desks for name in one}):
        tested = sum(one[name][0] for one in of_desks if name in one)
        below = round(sum(one[name][0] * (one[name][1] or 0) for one in of_desks if name in one))
        print(f"| {name} | {tested} | {proportion(below, tested)} |")
    print()


if __name__ == "__main__":
    main()
