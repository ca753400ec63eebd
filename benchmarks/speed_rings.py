"""Dense blocks against graphspot's FRAUDAR, in one process, in turn."""

import argparse
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from graphspot.detectors import Fraudar
from graphspot.graph import Graph
from scipy.sparse import csr_matrix

from benchmarks.made_graphs import Made, made
from floorwalker.graph.blocks import dense_blocks

PLANTED = (300, 60, 40)

Found = list[tuple[np.ndarray, np.ndarray]]


def options(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--edges", type=int, default=600_000)
    parser.add_argument("--blocks", type=int, default=3)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)


def measure(asked: argparse.Namespace) -> None:
    """Print processor seconds of both, and how often ours fits into theirs."""
    graph = made(asked.edges, "heavy", planted=PLANTED, seed=asked.seed)
    peers = {
        "floorwalker": lambda: _ours(graph, asked.blocks),
        f"graphspot {version('graphspot')}": _theirs(graph, asked.blocks),
    }
    for run in peers.values():
        run()
    taken: dict[str, list[float]] = {name: [] for name in peers}
    found: dict[str, Found] = {}
    for _ in range(asked.times):
        for name, run in peers.items():
            begun = time.process_time()
            found[name] = run()
            taken[name].append(time.process_time() - begun)
    print(
        f"{len(graph.account):,} edges, {graph.accounts:,} accounts, {graph.items:,} items; {asked.blocks} blocks; "
        f"processor seconds, median of {asked.times} (least–most), in turn\n"
    )
    print("| | seconds | blocks, accounts × items | planted block |\n|---|---|---|---|")
    for name, blocks in found.items():
        sizes = ", ".join(f"{len(accounts)} × {len(items)}" for accounts, items in blocks)
        print(f"| {name} | {_spread(taken[name], '.3f')} | {sizes} | {_planted(graph, blocks)} |")
    ours, theirs = taken.values()
    ratios = [one / other for one, other in zip(theirs, ours, strict=True)]
    first = [[part.tolist() for part in blocks[0]] for blocks in found.values()]
    print(f"\ngraphspot / floorwalker: {_spread(ratios, '.1f')}. The same first block: {first[0] == first[1]}.")


def _ours(graph: Made, most: int) -> Found:
    blocks = dense_blocks(graph.account, graph.item, graph.accounts, graph.items, most=most)
    return [(block.accounts, block.items) for block in blocks]


def _theirs(graph: Made, most: int) -> Callable[[], Found]:
    """Its graph is built beforehand, and is not in its time."""
    nodes = graph.accounts + graph.items
    ends = graph.account.astype(np.int64), graph.accounts + graph.item.astype(np.int64)
    built = Graph(csr_matrix((np.ones(len(ends[0])), ends), shape=(nodes, nodes)), edge_index=np.vstack(ends))

    def run() -> Found:
        blocks = Fraudar(n_blocks=most).fit(built).blocks_
        return [(block.rows, block.cols - graph.accounts) for block in blocks]

    return run


def _planted(graph: Made, blocks: Found) -> str:
    first = graph.accounts - graph.planted
    for number, (accounts, _) in enumerate(blocks, start=1):
        caught = int(np.sum(accounts >= first))
        if caught == graph.planted:
            return f"whole in block {number}, with {len(accounts) - caught} others"
    return "not found whole"


def _spread(values: list[float], form: str) -> str:
    return f"{np.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"
