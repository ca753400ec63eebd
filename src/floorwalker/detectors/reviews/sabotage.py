"""Bought low stars: a product attacked by people who are unlike its buyers, and accounts that attack a seller together.

A bad batch brings low stars too, and those who write them are what they always were: buyers. So a product is a victim
only where its low stars are surprising in one window *and* so is who gave them, against its own other reviews, or
against its category where it has none. An account is accused on its own
record alone, never for one angry review: several low reviews of one seller's products, each while others did the same.
Known weaknesses. One hired review an account cannot be told from a buyer's: then the victim is named and nobody is
accused. A seller whose whole range went bad at once draws the same customers again. A price rise is not seen, for the
contract holds one price. Attackers who bought the product, wrote before and praise nobody look like buyers.
References: Xie et al., KDD 2012; partial conjunction of p-values, Benjamini & Heller, Biometrics 64 (2008).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import Detector, Rows
from floorwalker.detectors.reviews.burst_words import lasting
from floorwalker.detectors.reviews.bursts import Mask, Windows, best_of_each, find_windows, more_often
from floorwalker.detectors.reviews.low_stars import (
    LOW,
    REFUND_DAYS,
    Attackers,
    Refunds,
    assess_accounts,
    read_refunds,
    refunds_rose,
    traits,
)
from floorwalker.detectors.reviews.paces import OPENINGS, newcomers
from floorwalker.detectors.reviews.reviewing import FIRST_REVIEWS, SAME_REVIEWS, Reviewing, cited, read_reviewing
from floorwalker.graph.slots import DAY, Floats, Longs

WORTH_TELLING = math.log(0.01)
TRUST, VICTIM_TRUST = math.log(1e4), math.log(1e6)
"""To call a product a victim accuses nobody; the null is trusted for more than where accounts are accused."""
LEAST_HITS = 2
BUYERS_COST = math.log(1 / 20)
EXPLAIN = {
    "victim": (
        "In {days} {low} of {inside} gave one or two stars; {mix} are usual (a chance of {chance_mix}). Of these {low} "
        "{flagged} {trait}; {usual} are usual ({chance_who})."
    ),
    "reviewer": (
        "On {hits} of the {days} on which this account gave one or two stars, it gave them to products of one seller "
        "to which at least two others gave low stars within three weeks; chance gives {expected} ({chance})."
    ),
}


@dataclass(frozen=True, slots=True)
class Victims:
    """Products (k,) by code, with the window of the most surprising low stars; natural logs of p-values.

    trait: the place of the most surprising trait of those who gave them; flagged: how many bear it, usual: by chance.
    nats: to rank by.
    """

    product: Longs
    window: Longs
    log_what: Floats
    log_who: Floats
    mix: Floats
    trait: Longs
    flagged: Longs
    usual: Floats
    nats: Floats

    @property
    def log_p(self) -> Floats:
        """The larger of the two."""
        return np.minimum(np.maximum(self.log_what, self.log_who), 0.0)


def measure(rows: Rows) -> Measured:
    """Products with three low reviews in a window, and accounts that gave low stars."""
    world = read_reviewing(rows)
    low = world.stars <= LOW
    borne = traits(world, low, newcomers(rows, world))
    windows = find_windows(world, low)
    victims = _victims(world, windows, low, borne)
    attackers = assess_accounts(world, low)
    of_victim = _tell_victims(world, windows, low, victims, list(borne), read_refunds(rows, world))
    of_reviewer = _tell_attackers(world, low, attackers, victims)
    struck = np.flatnonzero(attackers.rows & np.isin(world.all.account, attackers.account[_accused(attackers)]))
    return Measured(pa.concat_tables([of_victim, of_reviewer]), _links(world, struck))


def _victims(world: Reviewing, windows: Windows, low: Mask, borne: dict[str, Mask]) -> Victims:
    everyone = np.ones(len(low), dtype=np.bool_)
    log_mix, mix = more_often(world, windows, low, everyone, everyone, without_others=True)
    what = log_mix + np.log(windows.tries)
    best = best_of_each(windows.product, what, windows)
    chosen = windows.only(best)
    tests = [more_often(world, chosen, flag, low, everyone, without_others=True) for flag in borne.values()]
    log_who = np.array([log_p for log_p, _ in tests])
    trait = np.argmin(np.round(log_who, 9), axis=0)
    flagged = np.array([chosen.count(flag & low)[0] for flag in borne.values()])
    usual = np.array([expected for _, expected in tests])
    place = trait, np.arange(len(best))
    who = log_who[place] + math.log(len(borne))
    nats = np.round(-what[best] - log_who[place], 9)
    return Victims(chosen.product, best, what[best], who, mix[best], trait, flagged[place], usual[place], nats)


def _tell_victims(
    world: Reviewing, windows: Windows, low: Mask, victims: Victims, said: list[str], refunds: Refunds
) -> pa.Table:
    told = {}
    for k in np.flatnonzero(victims.log_p < WORTH_TELLING):
        window = int(victims.window[k])
        inside = windows.rows(window)
        rows = inside[low[inside]]
        words = {
            "days": counted(int(windows.end[window] - windows.start[window]) // DAY, "day"),
            "low": str(len(rows)),
            "inside": counted(len(inside), "review"),
            "mix": significant(float(victims.mix[k])),
            "chance_mix": one_in(float(victims.log_what[k])),
            "flagged": str(int(victims.flagged[k])),
            "trait": said[int(victims.trait[k])],
            "usual": significant(float(victims.usual[k])),
            "chance_who": one_in(float(victims.log_who[k])),
        }
        rise = len(rows) / max(float(victims.mix[k]), 1e-9)
        against = [
            lasting(world, windows, window, low),
            refunds_rose(world, windows, window, refunds, rise),
            _buyers(world, rows),
        ]
        told[int(k)] = Finding(
            EXPLAIN["victim"].format(**words), cited(world, rows), [reason for reason in against if reason]
        )
    return assess(
        "product",
        "victim",
        world.product_ids.take(pa.array(victims.product)),
        victims.log_p,
        effect=1 - np.minimum(victims.mix / np.maximum(victims.flagged, 1), 1.0),
        surprise=victims.nats,
        ring=np.where(victims.log_p < WORTH_TELLING, world.seller_of[victims.product].astype(np.int64), -1),
        trust=VICTIM_TRUST,
        findings=told,
    )


def _buyers(world: Reviewing, rows: Longs) -> Counter | None:
    bought = int(world.has_order[rows].sum())
    if bought < 0.8 * len(rows):
        return None
    return Counter(f"{bought} of the {len(rows)} bought it: unhappy buyers, after a bad batch, would too.", BUYERS_COST)


def _accused(attackers: Attackers) -> Mask:
    return np.asarray((attackers.log_p < WORTH_TELLING) & (attackers.hits >= LEAST_HITS))


def _tell_attackers(world: Reviewing, low: Mask, attackers: Attackers, victims: Victims) -> pa.Table:
    told = {}
    seller = np.full(len(world.reviewer_ids), -1, dtype=np.int64)
    seller[world.all.account[attackers.rows]] = world.seller_of[world.product[attackers.rows]]
    for k in np.flatnonzero(_accused(attackers)):
        rows = np.flatnonzero(attackers.rows & (world.all.account == attackers.account[k]))
        words = {
            "hits": str(int(attackers.hits[k])),
            "days": counted(int(attackers.days[k]), "day"),
            "expected": significant(float(attackers.expected[k])),
            "chance": one_in(float(attackers.log_p[k])),
        }
        buyer = _buyers(world, rows)
        told[int(k)] = Finding(EXPLAIN["reviewer"].format(**words), cited(world, rows), [buyer] if buyer else [])
    nats = np.zeros(len(world.product_ids))
    nats[victims.product] = victims.nats
    company = np.zeros(len(world.reviewer_ids))
    np.maximum.at(company, world.all.account[attackers.rows], nats[world.product[attackers.rows]])
    single = np.where(attackers.hits >= LEAST_HITS, attackers.log_p, 0.0)
    return assess(
        "account",
        "reviewer",
        world.reviewer_ids.take(pa.array(attackers.account)),
        single,
        effect=attackers.hits / attackers.days,
        surprise=-attackers.log_p + 0.5 * company[attackers.account],
        ring=np.where(_accused(attackers), seller[attackers.account], -1),
        trust=TRUST,
        findings=told,
    )


def _links(world: Reviewing, rows: Longs) -> pa.Table:
    """From accused accounts to the products that they gave low stars, one link a review."""
    ring = world.seller_of[world.product[rows]].astype(np.int64)
    accounts = world.reviewer_ids.take(pa.array(world.all.account[rows]))
    products = world.product_ids.take(pa.array(world.product[rows]))
    return linked(ring, ("account", accounts), ("product", products), "low_stars", [[e] for e in cited(world, rows)])


def _example(day: Callable[[int, int], int]) -> dict[str, str]:
    """Forty products of ten sellers, mixed stars; fifteen newcomers that give one star to four of one seller's."""
    start = datetime(2025, 1, 1, 8)
    rows = [
        (
            f"h{k}",
            f"p{k % 41}",
            f"buyer{(k * 17) % 400}",
            1 if k % 11 == 0 else 3 + k % 3,
            start + timedelta(days=(k * 37) % 360),
        )
        for k in range(1230)
    ]
    for who in range(15):
        for job in range(4):
            when = start + timedelta(days=day(who, job), hours=who)
            rows.append((f"l{who}_{job}", f"p{7 + 10 * job}", f"new{who}", 1, when))
    lines = ["review_id,product_id,reviewer_id,rating,posted_at"]
    reviews = "\n".join([*lines, *(f"{r},{p},{a},{s},{t.isoformat()}Z" for r, p, a, s, t in rows)]) + "\n"
    products = "\n".join(["product_id,seller_id", *(f"p{k},s{k % 10}" for k in range(41))]) + "\n"
    return {"reviews": reviews, "products": products}


SABOTAGE = Detector(
    name="reviews.sabotage",
    family="reviews",
    scheme="review_sabotage",
    question="Which products get low stars from people unlike their buyers, and which accounts give them together?",
    null=(
        "For a product at least one of two things is ordinary: given when reviews were written, low stars are "
        "exchangeable with those outside the window and of the category then (all windows, Bonferroni); given the "
        "stars, those who gave them are newcomers, without an order, friends of a rival or repeated as often as the "
        "product's other reviewers and the category's unhappy ones (four traits, Bonferroni). For an account: what it "
        "gives low stars has company as often as other sellers' low reviews of that category and time, or as the "
        "product's own pace of low stars makes it."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "one hired review an account cannot be told from a buyer's: the victim is named and nobody accused",
        "a seller whose whole range went bad at once draws the same customers again",
        "a price rise is not seen: the contract holds one price for a product",
        "attackers who bought the product, wrote before and praise nobody look like its buyers",
    ),
    needs={"reviews": ("review_id", "product_id", "reviewer_id", "rating", "posted_at")},
    steps=(FIRST_REVIEWS, SAME_REVIEWS, OPENINGS, REFUND_DAYS),
    measure=measure,
    fires=_example(lambda who, job: 60 + 70 * job + who % 4),
    stays_quiet=_example(lambda who, job: (24 * who + 59 * job) % 360),
)
