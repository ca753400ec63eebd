"""What is known of an account's life: what it bought and wrote, how kind, among how many, and when it fell silent."""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from floorwalker.detectors.record import Rows
from floorwalker.detectors.reviews.bursts import Windows, log_crowd, windows_around
from floorwalker.detectors.reviews.paces import read_ordered
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Floats, Longs
from floorwalker.stats.conformal import conformal_log_p
from floorwalker.stats.peers import beta_binomial
from floorwalker.stats.tail import EXACT

BUYING = Step(
    "buying",
    """
    with reviewers as (select distinct reviewer_id from first_reviews)
    select o.buyer_id, count(distinct o.product_id) as bought,
        count(distinct case when f.review_id is not null then o.product_id end) as reviewed,
        min(cast(epoch(date_trunc('second', o.placed_at)) as bigint)) as first_order,
        max(cast(epoch(date_trunc('second', o.placed_at)) as bigint)) as last_order
    from orders as o join reviewers as r on r.reviewer_id = o.buyer_id
    left join first_reviews as f on f.reviewer_id = o.buyer_id and f.product_id = o.product_id
    group by o.buyer_id
    """,
)
BURST_DAYS = 10
RARE_CROWD = np.log(0.05)
LEAST_SEEN = 90 * DAY
PRIOR = 5.0
BULK = 0.9
SIZES = np.array([1, 2, 3, 4, 6, 9, 16, 32])
"""A review is in a burst where within BURST_DAYS either way more are written than one in twenty would see; who was
first seen less than LEAST_SEEN ago cannot be called silent; a product's stars count PRIOR reviews of the market;
accounts are compared with those of a like number of acts; peers beyond the BULK quantile do not widen the spread."""


@dataclass(frozen=True, slots=True)
class Lives:
    """By account code (a,): counts of reviews, five stars, reviews in bursts, products bought and of these reviewed.

    first, last: seconds of the first and last act; end: of the last act of the market.
    star_nats, crowd_nats: how unlike the product's other stars, and how crowded (at most as a burst), its
    reviews are: nats, mean.
    """

    reviews: Longs
    fives: Longs
    crowded: Longs
    bought: Longs
    reviewed: Longs
    first: Longs
    last: Longs
    end: int
    star_nats: Floats
    crowd_nats: Floats

    @property
    def seen(self) -> Longs:
        """Seconds from the first act to the end."""
        return self.end - self.first


def read_lives(rows: Rows, world: Reviewing) -> Lives:
    """From the rows of BUYING and the paces of the products."""
    slots = world.all
    size = slots.accounts
    table = rows("buying", by=("buyer_id",))
    buyer = pc.index_in(table["buyer_id"], world.reviewer_ids).to_numpy().astype(np.int64)
    bought, reviewed = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    bought[buyer], reviewed[buyer] = table["bought"].to_numpy(), table["reviewed"].to_numpy()
    first, last = np.full(size, np.iinfo(np.int64).max), np.zeros(size, dtype=np.int64)
    np.minimum.at(first, slots.account, slots.second)
    np.maximum.at(last, slots.account, slots.second)
    first[buyer] = np.minimum(first[buyer], table["first_order"].to_numpy())
    last[buyer] = np.maximum(last[buyer], table["last_order"].to_numpy())
    windows = windows_around(world, BURST_DAYS)
    crowd = np.empty(len(slots.account))
    crowd[windows.line.order] = log_crowd(world, windows, read_ordered(rows, world))
    counts = np.bincount(slots.account, minlength=size)
    return Lives(
        counts.astype(np.int64),
        np.bincount(slots.account, world.stars >= 5, size).astype(np.int64),
        np.bincount(slots.account, crowd < RARE_CROWD, size).astype(np.int64),
        bought,
        reviewed,
        first,
        last,
        int(last.max(initial=0)),
        np.bincount(slots.account, _star_nats(world, windows), size) / counts,
        np.bincount(slots.account, np.minimum(-crowd, -RARE_CROWD), size) / counts,
    )


def _star_nats(world: Reviewing, windows: Windows) -> Floats:
    """How rare stars as low, or as high, are among the product's other reviews (and PRIOR of the market): two-sided."""
    place = np.searchsorted(np.unique(world.stars), world.stars)
    size = int(place.max(initial=0)) + 1
    market = np.bincount(place, minlength=size) / len(place)
    others = np.zeros((len(world.product_ids), size))
    np.add.at(others, (world.product, place), 1.0)
    mine = others[world.product]
    mine[np.arange(len(place)), place] -= 1.0
    share = (mine + PRIOR * market) / (mine.sum(axis=1, keepdims=True) + PRIOR)
    low = np.cumsum(share, axis=1)[np.arange(len(place)), place]
    high = 1 - low + share[np.arange(len(place)), place]
    return np.asarray(-np.log(np.clip(2 * np.minimum(low, high), 1e-9, 1.0)))


def log_tests(lives: Lives) -> dict[str, Floats]:
    """Natural logs of one p-value for each account and question, against peers (each left out of its baseline).

    Reviewed: of what it bought beside one thing that it reviewed, how much did it review. Fives, crowds: of its
    reviews, how many gave five stars, and how many fell into a burst. Silent: how short is the time between its first
    and last act, as a share of the time it could have been seen, among accounts of a like number of acts.
    """
    beside = np.maximum(lives.bought - 1, 0)
    return {
        "reviewed": beta_binomial(
            np.minimum(np.maximum(lives.reviewed - 1, 0), beside), beside, tie=EXACT, bulk=BULK
        ).log_p,
        "fives": beta_binomial(lives.fives, lives.reviews, tie=EXACT, bulk=BULK).log_p,
        "crowds": beta_binomial(lives.crowded, lives.reviews, tie=EXACT, bulk=BULK).log_p,
        "silent": _log_silent(lives),
    }


def _log_silent(lives: Lives) -> Floats:
    acts = np.searchsorted(SIZES, np.maximum(lives.reviews, lives.bought), side="right")
    active = np.round((lives.last - lives.first) / np.maximum(lives.seen, 1), 6)
    log_p = np.zeros(len(acts))
    for size in np.unique(acts):
        peers = np.flatnonzero((acts == size) & (lives.seen >= LEAST_SEEN))
        log_p[peers] = conformal_log_p(-active[peers], -active[peers])
    return log_p
