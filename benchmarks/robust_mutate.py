"""Changed inputs through the command line."""

import argparse
import shutil
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mutants import complaint, mutant, originals, scan_complaint
from worker import Worker

from floorwalker.world import make_world

ROWS = 200
TIMEOUT_S = 120
SCANNED = 5


def options(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--times", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first one")
    parser.add_argument("--processes", type=int, default=2)


def measure(folder: Path, asked: argparse.Namespace) -> int:
    """Print what came of all, and each broken promise. Whether there was one."""
    make_world(folder / "market", scale=0.003, seed=0)
    (folder / "market" / "truth.parquet").unlink()
    tables = originals(folder / "market", ROWS)
    begun = time.monotonic()
    shares = [range(asked.first + n, asked.first + asked.times, asked.processes) for n in range(asked.processes)]
    with ThreadPoolExecutor(asked.processes) as pool:
        counts = list(pool.map(lambda seeds: _mutants(folder / f"from{seeds.start}", tables, seeds), shares))
    total = sum(counts, Counter[str]())
    print(f"{asked.times} changed inputs, each {SCANNED}th scanned too, {time.monotonic() - begun:.0f} s")
    print("\n| command | answer | times |\n|---|---|---|")
    for answer, count in sorted(total.items()):
        print(f"| {answer} | {count} |")
    return int(any("broken" in answer for answer in total))


def _mutants(folder: Path, tables: dict[str, Any], seeds: range) -> Counter[str]:
    worker, counts = Worker(TIMEOUT_S), Counter[str]()
    for seed in seeds:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "data").mkdir(parents=True)
        one = mutant(seed, tables, folder / "data")
        answer = worker.run("check", one.folder, "--json", "--rejects", folder / "rejects")
        _judge(seed, one.said, "check", answer.code, complaint(one, *answer, folder / "rejects"), counts)
        if seed % SCANNED == 0:
            scan = worker.run("scan", one.folder, "--out", folder / "run", "--json", "--memory", "1GB")
            _judge(seed, one.said, "scan", scan.code, scan_complaint(one, answer, scan, folder / "run"), counts)
    worker.close()
    return counts


def _judge(seed: int, said: str, command: str, code: int, wrong: str, counts: Counter[str]) -> None:
    counts[f"{command} | {'**broken promise**' if wrong else f'exit code {code}'}"] += 1
    if wrong:
        print(f"seed {seed}, {said}: {command}: {wrong[-1500:]}", flush=True)
