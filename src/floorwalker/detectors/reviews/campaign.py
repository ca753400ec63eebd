"""Bought five-star campaigns on a product, shown by two unlike surprises in one window.

A burst and new faces come with a launch, a sale or a viral hour; more fives come with a better product; regulars
meet because they like the same things. So a window counts only where it is surprising in *when or who is new* (more
five-star reviews than orders and season explain; more first-timers than elsewhere) and also in *what or who meets*
(more fives among the reviews than before, after and elsewhere; reviewers who meet again on other brands).
Known weaknesses. A campaign as long as the product's life has no outside to compare with. A product that got better
when it got cheaper looks the same until later reviews show it. A campaign of few reviews is no surprise.
References: partial conjunction of p-values, Benjamini & Heller, Biometrics 64 (2008); early reviews are kinder, Li &
Hitt, Information Systems Research 19 (2008); bursts, Xie et al., KDD 2012.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from floorwalker.contract.figures import counted, one_in
from floorwalker.detectors.measured import Finding, Measured, assess
from floorwalker.detectors.record import SUPPORT, Detector, Rows
from floorwalker.detectors.reviews.burst_words import burst_words, lasting, sellers_of, sold_by
from floorwalker.detectors.reviews.bursts import Burst, Masks, Windows, assess_windows, best_of_each, find_windows
from floorwalker.detectors.reviews.company import log_met_elsewhere
from floorwalker.detectors.reviews.honest_habits import RIVAL, unordered
from floorwalker.detectors.reviews.paces import OPENINGS, ORDER_DAYS, REVIEW_DELAYS, newcomers, read_ordered
from floorwalker.detectors.reviews.reviewing import FIRST_REVIEWS, SAME_REVIEWS, Reviewing, cited, read_reviewing
from floorwalker.graph.slots import Floats, Longs

WORTH_TELLING = math.log(0.01)
TRUST = math.log(1e4)
MOST_CROWD = math.log(1e3)
"""A rarer crowd ranks no higher: a viral product crowds without end."""
UNORDERED_COST = math.log(1 / 20)
EXPLAIN = {
    "product": (
        "In {days} it had {inside}, where its pace and its category's give {crowd} (a chance of {chance_crowd}); "
        "{fresh} were by newcomers, usual are {new} ({chance_new}). {marked} gave five stars, usual are {mix} "
        "({chance_mix}). That those who praised it together meet on other brands as they do has a chance of "
        "{chance_met}."
    ),
    "seller": "{suspect} of this seller's {products} had a window of five-star reviews that is surprising in two ways.",
}


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The assessed products (k,) by code, each with its best window; log_met: log p of company on other brands."""

    product: Longs
    window: Longs
    log_p: Floats
    nats: Floats
    log_met: Floats
    effect: Floats

    @property
    def worth(self) -> NDArray[np.bool_]:
        """Which deserve words."""
        return self.log_p < WORTH_TELLING


def measure(rows: Rows) -> Measured:
    """The best window of each product with three reviews or more in a window, then its seller."""
    world = read_reviewing(rows)
    masks = Masks(np.ones(len(world.stars), dtype=np.bool_), newcomers(rows, world), world.stars >= 5)
    windows = find_windows(world, masks.crowding)
    burst = assess_windows(world, windows, masks, read_ordered(rows, world))
    found = _campaigns(world, windows, burst)
    told = {int(k): _finding(world, windows, burst, masks, found, int(k)) for k in np.flatnonzero(found.worth)}
    weight = np.array(
        [sum(c.log_weight for c in told[k].counter) if k in told else 0.0 for k in range(len(found.window))]
    )
    codes, worst, log_p = sellers_of(world, found.product, found.log_p)
    seller = world.seller_of[found.product].astype(np.int64)
    named = np.isin(seller, codes)
    ring = np.where(found.worth, np.where(named, seller, len(world.seller_ids) + found.product), -1)
    accused = {
        int(k): _of_seller(found, seller, int(codes[k]), told[int(worst[k])])
        for k in np.flatnonzero(log_p < WORTH_TELLING)
    }
    products = assess(
        "product",
        "product",
        world.product_ids.take(pa.array(found.product)),
        found.log_p,
        effect=found.effect,
        surprise=found.nats,
        ring=ring,
        trust=TRUST,
        findings=told,
    )
    sellers = assess(
        "account",
        "seller",
        world.seller_ids.take(pa.array(codes)),
        log_p,
        effect=found.effect[worst],
        surprise=found.nats[worst],
        weight=weight[worst],
        ring=np.where(log_p < WORTH_TELLING, codes, -1),
        trust=TRUST,
        findings=accused,
    )
    tied = found.worth & named
    return Measured(pa.concat_tables([products, sellers]), sold_by(world, found.product[tied], ring[tied]))


def _campaigns(world: Reviewing, windows: Windows, burst: Burst) -> Campaigns:
    met = log_met_elsewhere(world)
    who = np.minimum(burst.log_crowd, burst.log_new) + np.log(2 * windows.tries)
    what = np.minimum(burst.log_mix, met[windows.product]) + math.log(2)
    best = best_of_each(windows.product, who, windows)
    log_p = np.minimum(np.maximum(who, what)[best], 0.0)
    nats = np.zeros(len(world.product_ids))
    crowd = np.minimum(-np.minimum(burst.log_crowd, burst.log_new), MOST_CROWD)
    np.maximum.at(nats, windows.product, np.round(crowd - burst.log_mix - met[windows.product], 9))
    product = windows.product[best]
    reviews = windows.high[best] - windows.low[best]
    return Campaigns(
        product, best, log_p, nats[product], met[product], 1 - np.minimum(burst.crowd[best] / reviews, 1.0)
    )


def _finding(world: Reviewing, windows: Windows, burst: Burst, masks: Masks, found: Campaigns, k: int) -> Finding:
    window = int(found.window[k])
    rows = windows.rows(window)
    praise = rows[masks.mark[rows]]
    words = burst_words(windows, burst, window, masks)
    sampled = unordered(world, praise, "these reviews", UNORDERED_COST)
    against = lasting(world, windows, window, masks.mark), sampled
    text = EXPLAIN["product"].format(**words, chance_met=one_in(found.log_met[k]))
    return Finding(text, cited(world, praise), [reason for reason in against if reason])


def _of_seller(found: Campaigns, seller: Longs, code: int, worst: Finding) -> Finding:
    mine = seller == code
    words = {"products": counted(int(mine.sum()), "product"), "suspect": str(int((mine & found.worth).sum()))}
    return Finding(EXPLAIN["seller"].format(**words), worst.evidence, [*worst.counter, RIVAL])


def _example(day: Callable[[int], int]) -> dict[str, str]:
    """Forty products with a review of mixed stars every few days, and one that newcomers praise on `day(who)`."""
    start = datetime(2025, 1, 1, 8)
    rows = [
        (f"h{k}", f"p{k % 41}", f"buyer{(k * 17) % 400}", 1 + (k * 7) % 5, start + timedelta(days=(k * 37) % 360))
        for k in range(1230)
    ]
    rows += [(f"c{who}", "p7", f"new{who}", 5, start + timedelta(days=day(who), hours=who)) for who in range(25)]
    lines = ["review_id,product_id,reviewer_id,rating,posted_at"]
    return {"reviews": "\n".join([*lines, *(f"{r},{p},{a},{s},{t.isoformat()}Z" for r, p, a, s, t in rows)]) + "\n"}


CAMPAIGN = Detector(
    name="reviews.campaign",
    family="reviews",
    scheme="review_ring",
    question="Which products had a window of five-star reviews that is surprising both in when and in what was said?",
    null=(
        "At least one of two things is ordinary. When and by whom: reviews come at the pace of the product's orders "
        "and of its category, by as many first-timers as elsewhere (the most surprising of all windows, Bonferroni). "
        "What, and who meets: given when reviews were written and by whom, their stars in that window are exchangeable "
        "with those outside it and of the category then; and reviewers meet on other brands as often as their habits "
        "explain. The larger p-value of the two counts, each being twice the smaller of its two questions'."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "a campaign as long as the product's life has no outside to compare with",
        "a product that got cheaper and better at once looks the same until later reviews show that it lasts",
        "a campaign of three or four reviews is no surprise",
        "paid reviews spread over more than a month and a half",
    ),
    needs={"reviews": ("review_id", "product_id", "reviewer_id", "rating", "posted_at")},
    steps=(FIRST_REVIEWS, SAME_REVIEWS, ORDER_DAYS, REVIEW_DELAYS, OPENINGS),
    measure=measure,
    fires=_example(lambda who: 180 + who % 5),
    stays_quiet=_example(lambda who: (14 * who) % 360),
    weight=SUPPORT,
)
