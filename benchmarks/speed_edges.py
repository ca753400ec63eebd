"""Dense blocks in millions of edges. `python -m benchmarks.speed_edges FOLDER` measures one made graph, for `speed`."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.made_graphs import SHAPES, made
from floorwalker.engine.peak import peak_memory_mb
from floorwalker.graph.blocks import dense_blocks, weights
from floorwalker.graph.narrowing import innermost, whole
from floorwalker.graph.peeling import densest, neighbours

PLANTED = (2000, 200, 100)

Found = TypeVar("Found")


def options(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--sizes", type=float, nargs="+", default=[10, 30, 100], help="millions of edges")
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=SHAPES)
    parser.add_argument("--seed", type=int, default=0)


def measure(asked: argparse.Namespace) -> None:
    """Print a row for each size and shape."""
    print(
        "Processor seconds for the first block: all of it, and its parts in a second run. The peak holds the input.\n"
    )
    print("| edges | graph | all (s) | sweeps (s) | edges left | CSR (s) | peeling (s) | peak (GB) | planted block |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size in asked.sizes:
        for shape in asked.shapes:
            with tempfile.TemporaryDirectory(prefix="speed-") as folder:
                maker = get_context("spawn").Process(target=_make, args=(folder, int(size * 1e6), shape, asked.seed))
                maker.start()
                maker.join()
                command = [sys.executable, "-m", "benchmarks.speed_edges", folder]
                said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(f"| {said.pop('edges')} | {shape} | {' | '.join(said.values())} |", flush=True)


def _make(folder: str, edges: int, shape: str, seed: int) -> None:
    graph = made(edges, shape, planted=PLANTED, seed=seed)
    np.save(Path(folder) / "account.npy", graph.account)
    np.save(Path(folder) / "item.npy", graph.item)
    (Path(folder) / "sizes.json").write_text(json.dumps([graph.accounts, graph.items]))


def _measured(folder: Path) -> dict[str, str]:
    small = np.arange(64, dtype=np.int32)
    dense_blocks(small, small // 8, 64, 8, most=1)
    account, item = np.load(folder / "account.npy"), np.load(folder / "item.npy")
    accounts, items = json.loads((folder / "sizes.json").read_text())
    blocks, seconds = _timed(lambda: dense_blocks(account, item, accounts, items, most=1))
    peak = peak_memory_mb() or 0.0
    first = whole(account, item, weights(item, items), accounts)
    (layer, degree), sweeps = _timed(lambda: innermost([first], first.degrees()))
    left = len(layer.account_code), len(layer.item_code)
    near, build = _timed(lambda: neighbours(layer.account, layer.item, *left))
    _, peel = _timed(lambda: densest(near, layer.weight, degree))
    caught = np.arange(accounts - PLANTED[0], accounts)
    return {
        "edges": f"{len(account):,}",
        "all": f"{seconds:.2f}",
        "sweeps": f"{sweeps:.2f}",
        "left": f"{len(layer.account):,}",
        "build": f"{build:.2f}",
        "peel": f"{peel:.2f}",
        "peak": f"{peak / 1e3:.2f}",
        "planted": "whole, alone" if np.array_equal(blocks[0].accounts, caught) else "not so",
    }


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    begun = time.process_time()
    found = work()
    return found, time.process_time() - begun


if __name__ == "__main__":
    print(json.dumps(_measured(Path(sys.argv[1]))))
