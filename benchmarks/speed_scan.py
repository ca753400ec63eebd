"""A scan against one full read of the same files, each a process of its own."""

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import pyarrow.parquet as pq

MAIN = (sys.executable, "-m", "floorwalker.edge.cli.main")
READ = """
import sys, duckdb
con = duckdb.connect(config={"memory_limit": sys.argv[1]})
for table in sys.argv[2:]:
    con.execute("select sum(hash(t)) from read_parquet(?) t", [table]).fetchall()
"""


def options(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--scales", type=float, nargs="+", default=[0.1, 1, 10])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--times-large", type=int, default=1, help="times above scale 1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", default="4GB")


def measure(asked: argparse.Namespace) -> None:
    """Print a row for each scale, and how the time of a scan grows."""
    print(
        f"Wall clock of whole processes, medians (least–most): `floorwalker scan --memory {asked.memory}`, and a fresh "
        "Python that hashes every column of every table once with DuckDB, under the same limit, in turn.\n"
    )
    print("| scale | files (MB) | rows | scan (s) | read (s) | scan / read | peak of the scan (GB) | times |")
    print("|---|---|---|---|---|---|---|---|")
    seconds = {}
    for scale in asked.scales:
        times = asked.times if scale <= 1 else asked.times_large
        with tempfile.TemporaryDirectory(prefix="speed-") as folder:
            seconds[scale] = _row(Path(folder), scale, times, asked)
    print()
    for small, large in zip(asked.scales, asked.scales[1:], strict=False):
        grown = math.log(seconds[large] / seconds[small]) / math.log(large / small)
        print(f"From scale {small:g} to {large:g} the seconds of a scan grow with size to the power {grown:.2f}.")


def _row(folder: Path, scale: float, times: int, asked: argparse.Namespace) -> float:
    """Print it; the median seconds of a scan."""
    market = folder / "market"
    world = [*MAIN, "world", str(market), "--scale", str(scale), "--seed", str(asked.seed)]
    subprocess.run(world, check=True, capture_output=True)
    (market / "truth.parquet").unlink()
    scans, reads, peaks = [], [], []
    for number in range(times):
        out = str(folder / f"run{number}")
        took, peak = timed([*MAIN, "scan", str(market), "--out", out, "--memory", asked.memory])
        scans.append(took)
        peaks.append(peak)
        tables = sorted(str(path) for path in market.glob("*.parquet"))
        reads.append(timed([sys.executable, "-c", READ, asked.memory, *tables])[0])
    files = sum(path.stat().st_size for path in market.glob("*.parquet")) / 1e6
    ratios = [scan / read for scan, read in zip(scans, reads, strict=True)]
    print(
        f"| {scale:g} | {files:.1f} | {_rows(market):,} | {spread(scans)} | {spread(reads)} | {spread(ratios)}"
        f" | {max(peaks) / 1e9:.2f} | {times} |",
        flush=True,
    )
    return median(scans)


def timed(command: list[str]) -> tuple[float, int]:
    """Seconds and peak resident bytes of a process that must end well."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - begun
        if process.returncode != 0:
            said.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, said.read())
    return took, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _rows(market: Path) -> int:
    return sum(pq.read_metadata(path).num_rows for path in market.glob("*.parquet"))


def spread(values: list[float]) -> str:
    """The median, and the least and the most."""
    return f"{median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
