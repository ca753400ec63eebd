"""Refund gangs planted in a web shop's real orders: who is found, and who is accused with them.

`python -m benchmarks.planted_refunds SHOP [--sizes 0 20 50 200] [--seeds 3] [--stealth plain careful]` prints a table
in Markdown. SHOP is the folder that examples/online_retail/prepare.py wrote. What is made up around the real orders is
in refund_market.py and refund_desk.py, what a gang does in refund_gang.py; none of it knows floorwalker or its worlds.
Every client listed under refund_gang who was not planted counts as wrong; so does whoever is "listed else", for
another scheme or in another role: no such thing is planted. Intervals are Clopper and Pearson's, at 95 %, over the
seeds together.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import floorwalker as fw
from benchmarks.proportions import proportion
from benchmarks.refund_desk import settled
from benchmarks.refund_gang import STEALTH, planted
from benchmarks.refund_market import Tables, market

COLUMNS = ("stealth", "clients", "P", "R", "refund_abuse: planted", "refund_abuse: real", "listed else", "gangs seen")


def main() -> None:
    """Plant, scan, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shop", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 50, 200])
    parser.add_argument("--stealth", nargs="+", default=list(STEALTH), choices=STEALTH)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--detectors", nargs="+", default=["refunds"], help="names or families")
    parser.add_argument("--keep", type=Path, help="a folder for the tables, with who was planted, and the runs")
    asked = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for stealth in asked.stealth:
        for size in asked.sizes:
            told: Counter[str] = Counter()
            for seed in range(asked.first, asked.first + asked.seeds):
                tables, guilty = made(asked.shop, size, stealth, seed)
                told += _found(tables, guilty, asked.detectors, asked.keep and asked.keep / f"{stealth}-{size}-{seed}")
            right, wrong = told["planted client"], told["real client"]
            share = f"{proportion(right, right + wrong, digits=2)} | {proportion(right, size * asked.seeds, digits=2)}"
            others = f"{told['planted alone']} | {told['real alone']} | {told['else']}"
            print(f"| {stealth} | {size} | {share} | {others} | {told['gangs']} of {asked.seeds} |", flush=True)


def made(shop: Path, size: int, stealth: str, seed: int) -> tuple[Tables, frozenset[str]]:
    """A marketplace with one gang of `size` clients (0: none), and who they are."""
    background, gang, desk = (np.random.default_rng([seed, k]) for k in range(3))
    honest = market(shop, background)
    tables, claims, guilty = honest.tables, honest.claims, frozenset[str]()
    if size:
        tables, claims, guilty = planted(honest, size, STEALTH[stealth], seed, gang)
    refunds, returns = settled(sorted(claims, key=lambda one: (one.asked, one.order_id)), desk)
    return {**tables, "refunds": refunds, "returns": returns}, guilty


def _found(tables: Tables, guilty: frozenset[str], detectors: list[str], keep: Path | None) -> Counter[str]:
    """How many are listed as clients of a gang and as acting alone, planted and real."""
    with tempfile.TemporaryDirectory(prefix="floorwalker-planted-") as work:
        folder = keep or Path(work)
        if keep:
            _kept(tables, guilty, keep)
        run = fw.scan(fw.open(tables), out=folder / "run", only=detectors)
        rows = run.subjects.to_pylist()
    told: Counter[str] = Counter()
    for row in rows:
        whose = "planted" if row["subject_id"] in guilty else "real"
        client = row["scheme"] == "refund_gang" and row["role"] == "client"
        told[f"{whose} client" if client else f"{whose} alone" if row["scheme"] == "refund_abuse" else "else"] += 1
    told["gangs"] = min(told["planted client"], 1)
    return told


def _kept(tables: Tables, guilty: frozenset[str], folder: Path) -> None:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, folder / "data" / f"{name}.parquet")
    pq.write_table(pa.table({"account_id": sorted(guilty)}), folder / "planted.parquet")


if __name__ == "__main__":
    main()
