"""What one family of detectors adds to a scan, against one full read of the tables that its steps read."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.speed_scan import MAIN, READ, spread, timed
from floorwalker.contract.tables import TABLES
from floorwalker.detectors.registry import choose
from floorwalker.pipeline.measure import bound_steps


def options(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--family", default="refunds")
    parser.add_argument("--scales", type=float, nargs="+", default=[0.1, 1])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", default="4GB")


def measure(asked: argparse.Namespace) -> None:
    """Print a row for each scale, and what the detectors took, the slowest first."""
    reads = {table for step in bound_steps(choose((asked.family,))).values() for table in step.reads}
    tables = sorted(reads & TABLES.keys())
    print(f"Tables: {', '.join(tables)}. Steps: the seconds of all steps of the family, as run.json states them.\n")
    print("| scale | steps (s) | read (s) | steps / read | times |\n|---|---|---|---|---|")
    for scale in asked.scales:
        with tempfile.TemporaryDirectory(prefix="speed-") as folder:
            slowest = _row(Path(folder), scale, tables, asked)
    print("\nSlowest at the last scale: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in slowest) + ".")


def _row(folder: Path, scale: float, tables: list[str], asked: argparse.Namespace) -> list[tuple[str, float]]:
    market = folder / "market"
    world = [*MAIN, "world", str(market), "--scale", str(scale), "--seed", str(asked.seed)]
    subprocess.run(world, check=True, capture_output=True)
    read = [sys.executable, "-c", READ, asked.memory, *(str(market / f"{name}.parquet") for name in tables)]
    steps, reads, each = [], [], {}
    for number in range(asked.times):
        out = folder / f"run{number}"
        timed([*MAIN, "scan", str(market), "--out", str(out), "--only", asked.family, "--memory", asked.memory])
        each = {step["name"]: step["seconds"] for step in json.loads((out / "run.json").read_text("utf-8"))["steps"]}
        steps.append(sum(each.values()))
        reads.append(timed(read)[0])
    ratios = [step / one for step, one in zip(steps, reads, strict=True)]
    print(f"| {scale:g} | {spread(steps)} | {spread(reads)} | {median(ratios):.1f} | {asked.times} |", flush=True)
    return sorted(each.items(), key=lambda item: -item[1])[:5]
