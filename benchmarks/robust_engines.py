"""The same world on DuckDB and on Spark."""

import argparse
import json
import os
from pathlib import Path

import pyarrow.parquet as pq
from engines import differences
from killing import command, seconds_of

from floorwalker.world import make_world

ENGINES = {"duckdb": ("--engine", "duckdb"), "spark local[2]": ("--engine", "spark", "--master", "local[2]")}


def options(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--scale", type=float, nargs="+", default=[0.1, 0.3])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", default="4GB")


def measure(folder: Path, asked: argparse.Namespace) -> int:
    """Print seconds for each scale and engine. Whether any file differs."""
    print(f"{os.cpu_count()} cores, --memory {asked.memory}, seconds of wall clock with the start of the program\n")
    print("| scale | orders | reviews | cases | listed | duckdb (s) | spark local[2] (s) | differing files |")
    print("|---|---|---|---|---|---|---|---|")
    wrong = 0
    for scale in asked.scale:
        market = folder / f"market{scale}"
        rows = make_world(market, scale=scale, seed=asked.seed).rows
        (market / "truth.parquet").unlink()
        seconds, runs = [], []
        for name, engine in ENGINES.items():
            runs.append(folder / f"{name} {scale}")
            seconds.append(f"{seconds_of(command(market, runs[-1], *engine, '--memory', asked.memory)):.1f}")
        found = differences(*runs)
        said = json.loads((runs[0] / "run.json").read_text())
        cases, listed = _counts(runs[0])
        print(
            f"| {scale} | {rows['orders']:,} | {rows['reviews']:,} | {cases} | {listed} | {' | '.join(seconds)}"
            f" | {', '.join(found) or 'none'} |",
            flush=True,
        )
        wrong += bool(found) or not said["detectors"]["run"]
    return int(wrong > 0)


def _counts(run: Path) -> tuple[int, int]:
    return pq.read_metadata(run / "cases.parquet").num_rows, pq.read_metadata(run / "subjects.parquet").num_rows
