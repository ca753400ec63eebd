"""Whom a scan lists when real testers of free products live in a larger, made-up marketplace.

`python benchmarks/larger_market.py FOLDER [REVIEWS] [--orders]`: FOLDER holds All_Beauty_5.json.gz, REVIEWS (60000)
honest reviews are drawn beside it, each reviewer, product, day and star by itself. --orders keeps the verified flag as
an order. Every account of the file that is listed is an honest person accused; see docs/real-data.md.
"""

import argparse
import gzip
import json
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa

import floorwalker as fw

STARS, SHARES = (5, 4, 3, 2, 1), (0.6, 0.2, 0.08, 0.05, 0.07)
FIRST_DAY, DAYS = 1_356_998_400, 2050  # 2013-01-01, to the summer of 2018


def real(folder: Path) -> pa.Table:
    """The file's reviews, each once."""
    with gzip.open(folder / "All_Beauty_5.json.gz", "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    rows = {(r["reviewerID"], r["asin"], r["unixReviewTime"], r.get("reviewText") or ""): r for r in found}
    who, what, when, body = zip(*rows, strict=True)
    return _table(who, what, [rows[key]["overall"] for key in rows], when, body, [r["verified"] for r in rows.values()])


def drawn(size: int) -> pa.Table:
    """Honest reviews: a few products have most of them."""
    chance = np.random.default_rng(0)
    what = np.minimum((chance.pareto(1.1, size) * 30).astype(int), 5000)
    who = chance.integers(0, size // 3, size)
    when = FIRST_DAY + 86_400 * chance.integers(0, DAYS, size)
    stars = chance.choice(STARS, size, p=SHARES)
    return _table([f"made-{x}" for x in who], [f"made-{x}" for x in what], stars, when, [""] * size, [True] * size)


def _table(who: object, what: object, stars: object, when: object, body: object, bought: list[bool]) -> pa.Table:
    columns = {"reviewer_id": who, "product_id": what, "rating": np.asarray(stars, dtype=float), "body": body}
    table = pa.table({**columns, "posted_at": np.asarray(when, dtype=np.int64)})
    return table.append_column(
        "order_id", pa.array([f"o{k}" if b else None for k, b in enumerate(bought)], pa.string())
    )


def main() -> None:
    """Scan, and count who was listed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("reviews", type=int, nargs="?", default=60_000)
    parser.add_argument("--orders", action="store_true")
    asked = parser.parse_args()
    people = real(asked.folder)
    market = pa.concat_tables([people, drawn(asked.reviews)])
    market = market.append_column("review_id", pa.array([f"r{k}" for k in range(market.num_rows)]))
    market = market if asked.orders else market.drop_columns(["order_id"])
    with tempfile.TemporaryDirectory() as out:
        run = fw.scan(fw.open({"reviews": market}), out=out)
        accused = set(run.subjects["subject_id"].to_pylist()) & set(people["reviewer_id"].to_pylist())
        print(
            f"{asked.reviews:,} reviews drawn: {run.subjects.num_rows} subjects listed, {len(accused)} people accused"
        )


if __name__ == "__main__":
    main()
