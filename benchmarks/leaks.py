"""How much leaks before the first alert, at 1, 5 and 20 customers a week; and how many alerts honest desks give.

`python -m benchmarks.leaks [--rates 1 5 20] [--seeds 3]` prints tables in Markdown. In each desk (100 staff, 34 weeks)
three of support each look up, from week 8 on, so many buyers a week of one seller, those first who gave few stars; none
names a ticket, and the seller writes to a third of them. The desk is scanned as of the end of weeks 9 to 12, then every
second week, as it was then known. Units are buyers looked up until the first scan that lists the member of staff, for
whatever; who is listed in no scan up to week 34 counts as never found. The honest desk is the same one without them.
An alert is a member of staff listed for the first time.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context

import numpy as np

from benchmarks.desk_abuse import leaked
from benchmarks.desk_book import Desk, Plan
from benchmarks.desk_care import LEVELS
from benchmarks.desk_kinds import steady
from benchmarks.desk_scans import scanned
from benchmarks.desk_words import WEEK, Ints
from benchmarks.proportions import proportion
from benchmarks.staff_desk import machine, made, tables

FIRST, LAST, LEAKERS = 8, 34, 3
SCANS = (9, 10, 11, 12, *range(14, LAST + 1, 2))
"""As of the end of so many weeks."""
MONTH = 52 / 12
LEAK = replace(LEVELS["plain"], told=1 / 3)


@dataclass(frozen=True, slots=True)
class Course:
    """found: for each leaker the units leaked by, and the week of, the first alert, or none. honest: other alerts."""

    found: list[tuple[int, int] | None]
    leaked: list[int]
    honest: list[str]
    months: float


def course(rate: int, seed: int, staff: int, only: list[str]) -> Course:
    """Scan one desk again and again until all who leak are found, or to the end."""
    moments: dict[int, Ints] = {}

    def leak(desk: Desk) -> None:
        sellers = desk.chance.choice(desk.shop.largest[5:80], LEAKERS, replace=False)
        for who, seller in zip(desk.chance.permutation(steady(desk, 0, 1, 2, 3, 4))[:LEAKERS], sellers, strict=True):
            weeks = np.repeat(np.arange(FIRST, LAST), rate)
            at = desk.crew.on_duty(
                np.full(len(weeks), who), weeks * WEEK + desk.chance.integers(0, WEEK, len(weeks)), desk.chance
            )
            before = len(desk.acts)
            leaked(desk, int(who), int(seller), np.sort(at), LEAK)
            moments[int(who)] = np.sort(desk.acts[before]["at"])

    rows = tables(made(Plan(seed, staff, LAST), after=leak if rate else None))
    names = {f"s{who}": at for who, at in moments.items()}
    found: dict[str, tuple[int, int]] = {}
    honest: list[str] = []
    for week in SCANS:
        for one in sorted(scanned(rows, only=only, second=week * WEEK).staff()):
            if one in names and one not in found:
                found[one] = (int((names[one] < week * WEEK).sum()), week - FIRST)
            elif one not in names and one not in honest:
                honest.append(one)
        if names and len(found) == len(names):
            break
    return Course([found.get(one) for one in names], [len(at) for at in names.values()], honest, week / MONTH)


def main() -> None:
    """Leak, scan, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", type=int, nargs="+", default=[1, 5, 20])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--staff", type=int, default=100)
    parser.add_argument("--only", nargs="+", default=["insiders"], help="detectors or families")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    print(f"{machine()}; {asked.staff} staff, {LAST} weeks, seeds {seeds.start} to {seeds.stop - 1}\n")
    print("| a week | units before the first alert, median | worst of those found | weeks, median | never found |")
    print("|---|---|---|---|---|", flush=True)
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        one = partial(course, staff=asked.staff, only=asked.only)
        waiting = {rate: [pool.submit(one, rate, seed) for seed in seeds] for rate in (*asked.rates, 0)}
        courses = {}
        for rate, futures in waiting.items():
            courses[rate] = [future.result() for future in futures]
            if rate:
                print(f"| {rate} | {' | '.join(_cells(courses[rate]))} |", flush=True)
    months = sum(one.months for one in courses[0]) * asked.staff / 100
    alerts = sum(len(one.honest) for one in courses[0])
    print(f"\nOn honest desks {alerts} alerts in {months:.0f} months of 100 staff: {alerts / months:.3f} a month.")
    print(f"Beside those who leak, {sum(len(o.honest) for rate in asked.rates for o in courses[rate])} honest staff.")


def _cells(found: list[Course]) -> list[str]:
    """The median is taken over all who leak: never found counts as more than any."""
    units = [np.inf if one is None else one[0] for course in found for one in course.found]
    weeks = [np.inf if one is None else one[1] for course in found for one in course.found]
    seen = [one for one in units if np.isfinite(one)]
    never = len(units) - len(seen)
    said = ["never" if not np.isfinite(np.median(some)) else f"{np.median(some):.0f}" for some in (units, weeks)]
    return [said[0], f"{max(seen):.0f}" if seen else "none", said[1], proportion(never, len(units), digits=2)]


if __name__ == "__main__":
    main()
