"""Rings planted in real backgrounds: who is found, and who is accused with them.

`python -m benchmarks.planted DATA [--only beauty,otc,shop] [--variants timed,hidden,timeless] [--seeds 3]` prints a
table in Markdown for each variant. DATA holds the folders amazon_beauty, bitcoin_otc and online_retail; what is planted
is described in docs/planted-rings.md. Everything that is listed as a reviewer and was not planted counts as wrong.
Intervals are Clopper and Pearson's, at 95 %, over the seeds together.
"""

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import floorwalker as fw
from benchmarks.proportions import proportion
from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in

BACKGROUNDS = {"beauty": "amazon_beauty", "otc": "bitcoin_otc", "shop": "online_retail"}
VARIANTS = ("timed", "hidden", "timeless")
SIZES = (10, 30, 100, 300)
JOBS = (2, 3, 5, 10)
DAY = 86_400_000_000  # µs
REVIEWED = 0.2
STARS, HONEST, BOUGHT = (5.0, 4.0, 3.0, 2.0, 1.0), (0.6, 0.18, 0.08, 0.05, 0.09), (0.9, 0.1, 0, 0, 0)
LIFE = 365  # days that a ring is at work
COLUMNS = ("review_id", "product_id", "reviewer_id", "rating", "posted_at", "order_id", "body")

Tables = dict[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Ring:
    """What is planted: so many accounts with so many jobs each."""

    size: int
    jobs: int
    variant: str

    @property
    def products(self) -> int:
        """How many products the ring pushes."""
        return max(6, min(40, self.size // 5), self.jobs)


def main() -> None:
    """Plant, scan, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", default=",".join(BACKGROUNDS))
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--detectors", help="only these, such as reviews.lockstep")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    only = asked.detectors.split(",") if asked.detectors else None
    seeds = range(asked.first, asked.first + asked.seeds)
    sizes = [int(size) for size in asked.sizes.split(",")]
    for variant in asked.variants.split(","):
        print(f"\n| {variant} | accounts | {' | '.join(f'{jobs} jobs' for jobs in JOBS)} |")
        print(f"|---|---|{'---|' * len(JOBS)}")
        for name, size in product(asked.only.split(","), sizes):
            cells = []
            for jobs in JOBS:
                found = [_found(asked.data, name, Ring(size, jobs, variant), seed, only) for seed in seeds]
                cells.append(_cell(*(sum(column) for column in zip(*found, strict=True)), size * len(seeds)))
            print(f"| {name} | {size} | {' | '.join(cells)} |", flush=True)


def _found(data: Path, name: str, ring: Ring, seed: int, only: list[str] | None) -> tuple[int, int]:
    """How many planted accounts are listed as reviewers, and how many accounts are."""
    chance = np.random.default_rng([seed, ring.size, ring.jobs, *name.encode(), *ring.variant.encode()])
    market = background(data, name, seed)
    with tempfile.TemporaryDirectory(prefix="floorwalker-planted-") as out:
        run = fw.scan(fw.open(planted(market, ring, chance)), out=out, only=only)
        subjects = run.subjects.filter(pc.equal(run.subjects["role"], "reviewer"))
    listed = set(subjects["subject_id"].to_pylist())
    return sum(who.startswith("planted-") for who in listed), len(listed)


@cache
def background(data: Path, name: str, seed: int) -> Tables:
    """The real tables by the mapping in examples/; the shop's orders get reviews."""
    folder = BACKGROUNDS[name]
    mapping = Path(__file__).parents[1] / "examples" / folder / "floorwalker.toml"
    with tempfile.TemporaryDirectory(prefix="floorwalker-planted-") as work:
        out = Path(work) / "tables"
        take_in(open_data(data / folder, mapping=mapping), out, rejects=None, spill=Path(work) / "spill")
        reviews, orders = (pq.read_table(out / f"{table}.parquet") for table in ("reviews", "orders"))
    if name != "shop":
        return {"reviews": reviews.select(COLUMNS)}
    return {"reviews": _reviews_of(orders, np.random.default_rng(seed)), "orders": _few(orders)}


def _few(orders: pa.Table) -> pa.Table:
    return orders.select(["order_id", "buyer_id", "product_id", "placed_at"])


def _reviews_of(orders: pa.Table, chance: np.random.Generator) -> pa.Table:
    """One order in five gets a review, a few days to some weeks later: of each buyer and product the first order."""
    first = orders.group_by(["buyer_id", "product_id"], use_threads=False).aggregate(
        [("placed_at", "min"), ("order_id", "min")]
    )
    kept = first.sort_by([("buyer_id", "ascending"), ("product_id", "ascending")])
    kept = kept.filter(pa.array(chance.random(kept.num_rows) < REVIEWED))
    later = (chance.lognormal(np.log(10), 0.7, kept.num_rows) * DAY).astype("timedelta64[us]")
    return _reviews(
        "honest",
        kept["product_id"],
        kept["buyer_id"],
        chance.choice(STARS, kept.num_rows, p=HONEST),
        kept["placed_at_min"].to_numpy() + later,
        kept["order_id_min"],
    )


def _reviews(name: str, what: object, who: object, stars: object, when: object, order: object) -> pa.Table:
    table = pa.table({"product_id": what, "reviewer_id": who, "rating": stars, "posted_at": when})
    ids = pa.array([f"{name}-{k}" for k in range(table.num_rows)])
    bodies = pa.nulls(table.num_rows, pa.string())
    table = table.append_column("review_id", ids).append_column("order_id", order).append_column("body", bodies)
    return table.select(COLUMNS)


def planted(market: Mapping[str, pa.Table], ring: Ring, chance: np.random.Generator) -> Tables:
    """The tables with the ring in them; where there are orders, its accounts bought what they reviewed."""
    honest = market["reviews"]
    who, what, when = _jobs(honest, ring, chance)
    stars = chance.choice(STARS, len(who), p=BOUGHT)
    if ring.variant == "hidden":
        more = _camouflage(honest, ring, chance, set(zip(who, what, strict=True)), when.min())
        who, what, stars, when = (np.concatenate(pair) for pair in zip((who, what, stars, when), more, strict=True))
    bought = chance.random(len(who)) < 1 - honest["order_id"].null_count / honest.num_rows
    order = pa.array([f"planted-order-{k}" for k in range(len(who))], pa.string(), mask=~bought)
    tables = {**market, "reviews": pa.concat_tables([honest, _reviews("planted", what, who, stars, when, order)])}
    if "orders" in market:
        days = (chance.uniform(3, 14, len(who)) * DAY).astype("timedelta64[us]")
        own = pa.table({"order_id": order, "buyer_id": who, "product_id": what, "placed_at": when - days})
        tables["orders"] = pa.concat_tables([market["orders"], own.filter(pa.array(bought))])
    return tables


def _jobs(honest: pa.Table, ring: Ring, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Account, product and time of each paid review."""
    times = honest["posted_at"].to_numpy()
    products = chance.choice(np.unique(honest["product_id"].to_pylist()), ring.products, replace=False)
    begin = min(chance.choice(times), times.max() - _moments(LIFE))
    weeks = chance.uniform(2, 6, ring.products)
    starts = chance.uniform(0, LIFE - 7 * weeks)
    which = np.concatenate([chance.choice(ring.products, ring.jobs, replace=False) for _ in range(ring.size)])
    who = np.array([f"planted-{k}" for k in range(ring.size)]).repeat(ring.jobs)
    if ring.variant == "timeless":
        return who, products[which], chance.choice(times, len(which)) + _moments(chance.random(len(which)))
    days = starts[which] + 7 * weeks[which] * chance.random(len(which))
    return who, products[which], begin + _moments(days)


def _camouflage(
    honest: pa.Table, ring: Ring, chance: np.random.Generator, paid: set[tuple[str, str]], begin: np.datetime64
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """As many ordinary reviews for each account: product, stars and time of reviews of the ring's year, at random."""
    times = honest["posted_at"].to_numpy()
    usual = np.flatnonzero((times >= begin) & (times < begin + _moments(LIFE)))
    what, stars = np.array(honest["product_id"].to_pylist()), honest["rating"].to_numpy()
    rows, who = [], []
    for account in (f"planted-{k}" for k in range(ring.size)):
        own = chance.permutation(usual)
        own = own[~np.isin(what[own], [product for one, product in paid if one == account])]
        own = own[np.sort(np.unique(what[own], return_index=True)[1])][: ring.jobs]
        rows += own.tolist()
        who += [account] * len(own)
    return np.array(who), what[rows], stars[rows], times[rows] + _moments(chance.normal(0, 3, len(rows)))


def _moments(days: np.ndarray | float) -> np.ndarray:
    return np.asarray(days * DAY).astype("timedelta64[us]")


def _cell(right: int, listed: int, all_planted: int) -> str:
    return f"P {proportion(right, listed, digits=2)}, R {proportion(right, all_planted, digits=2)}"


if __name__ == "__main__":
    main()
