"""Sellers whose products share reviewers: accounts that praise one product and come back to praise another.

Known weaknesses. Sellers of what is collected, refilled or read in series have loyal customers; that is in the peers'
spread as far as it is common. Bought reviews by accounts that never come back are not seen, nor those of a seller with
one product. A seller that opens a new shop for each product is many sellers.
References: Lawless 1987 (gamma-Poisson), Canadian J. Statistics 15.
"""

import math
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import SUPPORT, Detector, Rows
from floorwalker.detectors.reviews.honest_habits import RIVAL, log_loyal, mixed_stars
from floorwalker.detectors.reviews.reviewing import FIRST_REVIEWS, SAME_REVIEWS, Reviewing, cited, named, read_reviewing
from floorwalker.engine.step import Step
from floorwalker.graph.returns import Returns, count_returns
from floorwalker.graph.slots import Ints
from floorwalker.stats.peers import PeerTest, gamma_poisson
from floorwalker.stats.tail import EXACT

UNPRAISED = Step(
    "bought_unpraised",
    """
    with praised as (select distinct reviewer_id, product_id from first_reviews where rating >= 4)
    select o.buyer_id, p.seller_id, count(distinct o.product_id) as products
    from orders as o
    join products as p on p.product_id = o.product_id
    left join praised as r on r.reviewer_id = o.buyer_id and r.product_id = o.product_id
    where r.reviewer_id is null and p.seller_id is not null
    group by o.buyer_id, p.seller_id
    """,
)
EXPLAIN = {
    "seller": (
        "{people} that praised a product of this seller came back on another day to praise another one, {returns} in "
        "all. By the seller's share of newcomers {chance_gives} would, and of other sellers' reviewers {expected}; so "
        "many, or more, has a chance of {chance}."
    )
}
TRUST = math.log(1e3)
"""Loyal customers are honest, and how loyal differs more between sellers than any law of it says."""
WORTH_WORDS = math.log(0.001)
MOST_CITED = 40
LOYAL = Counter("Loyal customers, collectors, and buyers of a series come back too.", 0.0)


def measure(rows: Rows) -> Measured:
    """One gamma-Poisson test for each seller with two praised products or more."""
    world = read_reviewing(rows)
    owner = world.seller_of[world.product[world.praised]]
    found = count_returns(world.praise, owner, len(world.seller_ids))
    goods = np.unique(np.stack((owner, world.praise.item)), axis=1)[0]
    known = named(world.seller_ids)
    codes = np.flatnonzero(known & (np.bincount(goods, minlength=len(known)) >= 2))
    returned, expected = found.returned[codes], found.expected[codes]
    test = gamma_poisson(returned, expected, tie=EXACT, bulk=0.9)
    unpraised = rows("bought_unpraised", by=("buyer_id", "seller_id"))
    findings = {
        int(k): _finding(world, found, owner, int(codes[k]), test, int(k), unpraised)
        for k in np.flatnonzero(test.log_p <= WORTH_WORDS)
    }
    ids = world.seller_ids.take(pa.array(codes))
    effect = returned / np.maximum(expected, 1.0)
    return Measured(assess("account", "seller", ids, test.log_p, effect=effect, trust=TRUST, findings=findings))


def _finding(
    world: Reviewing, found: Returns, owner: Ints, seller: int, test: PeerTest, k: int, unpraised: pa.Table
) -> Finding:
    back = found.back[owner[found.back] == seller]
    people = np.unique(world.praise.account[back])
    words = {
        "people": f"{len(people)} of {counted(int(found.came[seller]), 'account')}",
        "returns": counted(len(back), "review"),
        "chance_gives": significant(float(found.expected[seller])),
        "expected": significant(float(test.expected[k])),
        "chance": one_in(float(test.log_p[k])),
    }
    rows = world.praised[np.isin(world.praise.account, people) & (owner == seller)]
    theirs = np.isin(world.all.account, people) & (world.seller_of[world.product] == seller)
    habits = mixed_stars(world.stars[theirs], "by these accounts"), _fans(world, people, seller, unpraised)
    against = [*(habit for habit in habits if habit), LOYAL, RIVAL]
    return Finding(EXPLAIN["seller"].format(**words), cited(world, rows[:MOST_CITED]), against)


def _fans(world: Reviewing, people: Ints, seller: int, unpraised: pa.Table) -> Counter | None:
    """Those who also bought what they did not praise are customers, more likely than shills."""
    name = world.seller_ids[seller].as_py()
    buyers = unpraised.filter(pa.compute.equal(unpraised["seller_id"], name))["buyer_id"]
    loyal = int(pa.compute.sum(pa.compute.is_in(world.reviewer_ids.take(pa.array(people)), buyers)).as_py() or 0)
    weight = log_loyal(loyal, len(people))
    if weight >= 0:
        return None
    return Counter(f"{loyal} of {counted(len(people), 'account')} also bought there what they did not praise.", weight)


def _example(bought: bool) -> dict[str, str]:
    """Thirty sellers of four products; sixteen accounts praise all four of one seller, or one of any."""
    start, rng = datetime(2025, 1, 1, 8), np.random.default_rng(0)
    drawn = zip(rng.integers(0, 120, 1500), rng.integers(0, 400, 1500), rng.integers(0, 360, 1500), strict=True)
    rows = [
        (f"h{k}", f"p{p}", f"buyer{a}", 5 - k % 2, start + timedelta(days=int(d))) for k, (p, a, d) in enumerate(drawn)
    ]
    for who in range(16):
        for job in range(4):
            product = f"p{job}" if bought else f"p{rng.integers(0, 120)}"
            rows.append((f"r{who}_{job}", product, f"other{who}", 5, start + timedelta(days=40 * job + 11 * who)))
    reviews = ["review_id,product_id,reviewer_id,rating,posted_at"]
    reviews += [f"{r},{p},{a},{s},{t.isoformat()}Z" for r, p, a, s, t in rows]
    products = ["product_id,seller_id", *(f"p{k},seller{k // 4}" for k in range(120))]
    return {"reviews": "\n".join(reviews) + "\n", "products": "\n".join(products) + "\n"}


SELLER_REVIEWERS = Detector(
    name="reviews.seller_reviewers",
    family="reviews",
    scheme="review_ring",
    question="Which sellers' products share reviewers, more than loyal customers explain?",
    null=(
        "An account that praised one product of a seller returns to another as the seller's share of newcomers in that "
        "category and time makes it, at a rate drawn from the gamma distribution of the other sellers, fitted "
        "without it: honest loyalty is part of that."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "sellers of what is collected, refilled or read in series have loyal customers",
        "accounts that never come back, and sellers with one product, are not seen",
        "a seller that opens a new shop for each product is many sellers",
        "believed to one in a thousand only, it lists a seller by itself only among fewer than fifty",
    ),
    needs={
        "reviews": ("review_id", "product_id", "reviewer_id", "rating", "posted_at"),
        "products": ("product_id", "seller_id"),
    },
    steps=(FIRST_REVIEWS, SAME_REVIEWS, UNPRAISED),
    measure=measure,
    fires=_example(bought=True),
    stays_quiet=_example(bought=False),
    weight=SUPPORT,
)
