"""Scans killed at random moments, and before each change that they make to the files of a run."""

import argparse
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from killing import begun, command, hashes, killed_after, killed_before_change, phase, seconds_of

from floorwalker.world import make_world

MOST_CHANGES = 500


def options(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--times", type=int, default=20, help="kills at random moments")
    parser.add_argument("--scale", type=float, default=0.1, help="size of the world that is scanned")
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--between", action="store_true", help="also before each rename and removal of a run's file")


def measure(folder: Path, asked: argparse.Namespace) -> int:
    """Print a row for each kill. How many promises did not hold."""
    make_world(folder / "market", scale=asked.scale, seed=0)
    (folder / "market" / "truth.parquet").unlink()
    said = ("--engine", asked.engine, "--memory", "2GB")
    old, whole = folder / "old", folder / "whole"
    seconds_of(command(folder / "market", old, *said, "--fdr", "0.5"))
    usual = min(_seconds(command(folder / "market", whole, *said), whole) for _ in range(3))
    print(f"world of scale {asked.scale}, {asked.engine}, an older run with --fdr 0.5 in RUN;", end=" ")
    print(f"{usual:.1f} s undisturbed, as all times from the moment when the scan holds RUN")
    print("\n| kill | found | run.json | restart (s) | same bytes |\n|---|---|---|---|---|")
    wrong = done = 0
    for number, kill in enumerate(_kills(asked, usual)):
        out = folder / f"killed{number}"
        shutil.copytree(old, out)
        scan = command(folder / "market", out, *said)
        moment = kill(scan, out)
        if not moment:
            break
        found, state = phase(out), _state(out, old, whole)
        try:
            restart = f"{seconds_of(scan):.1f}"
        except subprocess.CalledProcessError as error:
            restart = f"failed: {error.stderr}"
        same = hashes(out) == hashes(whole) and (out / "run.json").exists()
        print(f"| {moment} | {found} | {state} | {restart} | {'yes' if same else 'NO'} |", flush=True)
        wrong += not same or "MIXED" in state
        done += 1
        shutil.rmtree(out)
    print(f"\n{done} kills, {wrong} of them left a mixture or ended with other bytes")
    return int(wrong > 0)


def _kills(asked: argparse.Namespace, usual: float) -> Iterator[Callable[[list[str], Path], str]]:
    """Each kills a scan and says when: at moments drawn one from each of equal parts of the usual time, then before
    each change; an empty text where there is nothing left to kill.
    """
    rng = np.random.default_rng(asked.seed)
    for moment in (np.arange(asked.times) + rng.random(asked.times)) / max(asked.times, 1) * usual:
        yield lambda scan, out, t=float(moment): _killed_at(t, scan, out)
    for number in range(1, MOST_CHANGES) if asked.between else ():
        yield lambda scan, _, n=number: killed_before_change(str(n), scan)


def _killed_at(moment: float, scan: list[str], out: Path) -> str:
    """A scan that was done before its moment came is begun again and killed earlier."""
    return f"{moment:.2f} s" if killed_after(moment, scan, out) else _killed_at(moment * 0.8, scan, out)


def _seconds(scan: list[str], out: Path) -> float:
    shutil.rmtree(out, ignore_errors=True)
    process = begun(scan, out)
    start = time.monotonic()
    if process.wait() != 0:
        raise SystemExit(f"the scan itself fails: {process.communicate()}")
    return time.monotonic() - start


def _state(out: Path, old: Path, whole: Path) -> str:
    """What run.json says of the files beside it."""
    if not (out / "run.json").exists():
        return "absent"
    for name, run in (("old", old), ("new", whole)):
        if hashes(out) == hashes(run) and _level(out) == _level(run):
            return f"{name}, whole"
    return "MIXED"


def _level(run: Path) -> str:
    return next(line.strip() for line in (run / "run.json").read_text().splitlines() if '"fdr"' in line)
