"""How well vouches are matched to refunds, and whether the chances stated are what comes true.

    python -m benchmarks.vouches [--refunds 10000 100000 1000000] [--seeds 3] [--vouches 400] [--world FOLDER]

Made refunds and posts (`made_vouches.py`); with --world also refunds drawn again from that world's table. Printed: the
share matched rightly at rank 1 by how the sum was stated, the reliability of the stated chances, and how often a
channel's true sum lies in its interval.
"""

import argparse
import os
import platform
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.made_vouches import KINDS, Goods, Made, drawn_again, drawn_goods, made
from benchmarks.proportions import proportion
from floorwalker.detectors.refunds.vouch_damage import damage
from floorwalker.detectors.refunds.vouches import matched_vouches

EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 1.01)
FIRST_SEED = 100
"""Seeds below were looked at while the law was written."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--refunds", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--vouches", type=int, default=400)
    parser.add_argument("--world", type=Path)
    chosen = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}")
    print(f"\n| background | refunds | {' | '.join(KINDS)} | of another shop, named at .9 or more | read | seconds |")
    print("|---|---|" + "---|" * (len(KINDS) + 3))
    told: list[tuple[float, bool]] = []
    sums: list[tuple[bool, float, float]] = []
    for background, goods in _backgrounds(chosen.world):
        for size in chosen.refunds:
            told += _run(background, goods, size, chosen.seeds, chosen.vouches, sums)
    _print_reliability(told)
    inside = sum(hit for hit, *_ in sums)
    print(f"\na channel's true sum (by currency) lies in its 95 % interval: {proportion(inside, len(sums))}")
    expected, true = (sum(row[k] for row in sums) for k in (1, 2))
    print(f"all sums together, expected over true: {expected / true:.3f}")


def _backgrounds(world: Path | None) -> Iterable[tuple[str, Goods | None]]:
    yield "drawn", None
    if world:
        yield "a world's", _world_goods(world)


def _run(
    background: str, goods: Goods | None, size: int, seeds: int, vouches: int, sums: list[tuple[bool, float, float]]
) -> list[tuple[float, bool]]:
    right: dict[str, list[bool]] = defaultdict(list)
    told, absent, read, seconds = [], [], 0, 0.0
    for seed in range(seeds):
        rng = np.random.default_rng([FIRST_SEED + seed, size])
        market = made(drawn_again(goods, size, rng) if goods else drawn_goods(size, rng), vouches, rng)
        started = time.perf_counter()
        matched = matched_vouches(_rows(market))
        totals = damage(matched)
        seconds += time.perf_counter() - started
        by_post = {str(row["post_id"]): row for row in matched.to_pylist()}
        read += len(by_post.keys() & market.truth.keys())
        for post, (kind, refund) in market.truth.items():
            row = by_post.get(post)
            named = row["refund_id"] if row else None
            if refund is None:
                absent.append(bool(row and row["probability"] >= 0.9))
            else:
                right[kind].append(named == refund)
            if row and named is not None:
                told.append((float(row["probability"]), named == refund))
        told += [(float(row["probability"]), False) for post, row in by_post.items() if post not in market.truth]
        sums += _covered(market, matched, totals)
    shares = " | ".join(proportion(sum(right[kind]), len(right[kind]), digits=2) for kind in KINDS)
    false, seen = proportion(sum(absent), len(absent)), proportion(read, seeds * vouches)
    print(f"| {background} | {size:,} | {shares} | {false} | {seen} | {seconds / seeds:.1f} |")
    return told


def _covered(market: Made, matched: pa.Table, totals: pa.Table) -> list[tuple[bool, float, float]]:
    """For each sum: whether that of the right pairs lies in the interval, what was expected, and what is true."""
    true: dict[tuple[str, str], float] = defaultdict(float)
    for row in matched.to_pylist():
        if row["refund_id"] and market.truth.get(row["post_id"], ("", None))[1] == row["refund_id"]:
            true[row["channel"], row["currency"]] += row["refund_amount"]
    keys = [(row["channel"], row["currency"]) for row in totals.to_pylist()]
    return [
        (row["low"] - 0.01 <= true[key] <= row["high"] + 0.01, row["amount"], true[key])
        for key, row in zip(keys, totals.to_pylist(), strict=True)
    ]


def _print_reliability(told: list[tuple[float, bool]]) -> None:
    print("\n| stated chance | pairs | expected right | right |\n|---|---|---|---|")
    for low, high in pairwise(EDGES):
        inside = [(chance, hit) for chance, hit in told if low <= chance < high]
        expected = sum(chance for chance, _ in inside)
        hits = sum(hit for _, hit in inside)
        name = f"{low:g}–{min(high, 1):g}"
        print(f"| {name} | {len(inside)} | {expected / max(len(inside), 1):.3f} | {proportion(hits, len(inside))} |")


class _Given:
    """The steps' rows, made here instead of by an engine."""

    def __init__(self, tables: dict[str, pa.Table]) -> None:
        self._tables = tables

    def __call__(self, table: str, *columns: str, by: tuple[str, ...]) -> pa.Table:
        return self._tables[table].sort_by([(name, "ascending") for name in by])


def _rows(market: Made) -> _Given:
    posts, refunds = market.posts, market.refunds
    return _Given(
        {
            "vouch_posts": posts.rename_columns([n if n != "posted_at" else "posted" for n in posts.column_names]),
            "vouch_refunds": refunds.rename_columns([n if n != "title" else "item" for n in refunds.column_names]),
        }
    )


def _world_goods(folder: Path) -> Goods:
    refunds, orders, products = (
        pq.read_table(folder / f"{name}.parquet") for name in ("refunds", "orders", "products")
    )
    joined = refunds.select(["order_id", "amount", "currency"]).join(
        orders.select(["order_id", "product_id"]), "order_id"
    )
    rows = joined.join(products.select(["product_id", "title"]), "product_id").sort_by("order_id").to_pydict()
    cents = np.round(np.array(rows["amount"], dtype=float) * 100).astype(np.int64)
    kept = (cents >= 99) & np.isin(rows["currency"], ["EUR", "USD", "GBP"])
    names = np.array(rows["currency"], dtype=object), np.array([t or "a b" for t in rows["title"]], dtype=object)
    return Goods(cents[kept], names[0][kept], names[1][kept])


if __name__ == "__main__":
    main()
