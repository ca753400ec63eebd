"""Removal history: accounts and sellers whose praise the marketplace removed far more often than that of others.

Known weaknesses. A removal is a weak label: it comes late or never, the rules drift, and it repeats the errors of
whoever removed. What was removed by mistake and restored is not told apart where only `removed_at` is kept. Rings that
nobody has found yet have no history. One in a market without removals says nothing.
References: removal as a weak label that drifts, He, Hollenbeck & Proserpio, "The market for fake reviews", Marketing
Science 41 (2022).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from scipy.special import pdtrc

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.codes import coded
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import SUPPORT, Detector, Rows
from floorwalker.detectors.reviews.bursts import Mask
from floorwalker.detectors.reviews.reviewing import named
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Floats, Ints, Longs
from floorwalker.stats.peers import beta_binomial
from floorwalker.stats.poisson_binomial import log_tail_poisson_binomial
from floorwalker.stats.tail import EXACT

REMOVED_PRAISE = Step(
    "removed_praise",
    """
    select r.review_id, r.reviewer_id, coalesce(p.seller_id, '') as seller_id,
        cast(epoch(date_trunc('second', r.posted_at)) as bigint) as posted,
        cast(epoch(date_trunc('second', r.removed_at)) as bigint) as removed
    from reviews as r left join products as p on p.product_id = r.product_id
    where r.rating >= 4
    """,
)
MONTH = 30 * DAY
WORTH_TELLING = math.log(0.01)
TRUST = math.log(1e3)
LEAST_HITS = 2
BULK = 0.9
SWEEP = 1e-3
SWEEP_COST = math.log(1 / 20)
WEAK = Counter("Removals come late and are partly wrong: they repeat what somebody once believed.", 0.0)
EXPLAIN = {
    "reviewer": (
        "{removed} of this account's {praise} of four or five stars were removed, on {hits}; those of the same months "
        "would have {expected} such days ({chance})."
    ),
    "seller": (
        "{removed} of the {praise} of four or five stars on this seller's products were removed, on {hits}; reviews of "
        "the same months would have {expected} such days ({chance})."
    ),
}


@dataclass(frozen=True, slots=True)
class Praise:
    """Reviews of four stars and more: ids, month (n,) from the market's first, day of removal (n,) or -1."""

    ids: pa.Array
    month: Longs
    day: Longs

    @property
    def removed(self) -> Mask:
        """Which were removed."""
        return self.day >= 0

    def sweeps(self) -> Longs:
        """Days with more removals than one day in a thousand would have at the market's pace."""
        days, many = np.unique(self.day[self.removed], return_counts=True)
        if len(days) == 0:
            return days
        pace = many.sum() / (days[-1] - days[0] + 1)
        return np.asarray(days[pdtrc(many - 1, pace) < SWEEP])


def measure(rows: Rows) -> Measured:
    """Everybody who praised, and every seller who was praised."""
    table = rows("removed_praise", by=("review_id",))
    posted = table["posted"].to_numpy()
    removed = table["removed"].fill_null(-1).to_numpy()
    month = (posted - posted.min()) // MONTH if len(posted) else posted
    praise = Praise(table["review_id"].combine_chunks(), month, np.where(removed < 0, -1, removed // DAY))
    accounts, sellers = coded(table["reviewer_id"]), coded(table["seller_id"])
    return Measured(pa.concat_tables([_assess("reviewer", praise, *accounts), _assess("seller", praise, *sellers)]))


def _assess(role: str, praise: Praise, code: Ints, ids: pa.Array) -> pa.Table:
    """One test for each subject: days on which its praise was removed, out of its reviews.

    Two nulls, the larger p-value counting: each review is removed as often as others' of its month are
    (Poisson-binomial), and subjects differ as a beta-binomial of the others has it.
    """
    size = len(ids)
    reviews = np.bincount(code, minlength=size)
    decisions = np.unique(np.stack((code.astype(np.int64), praise.day))[:, praise.removed], axis=1)
    hits = np.bincount(decisions[0], minlength=size)
    chance = _of_month(praise, code)
    order = np.argsort(code, kind="stable")
    by_month = log_tail_poisson_binomial(hits, chance[order], np.concatenate(([0], np.cumsum(reviews))), EXACT)
    by_peers = beta_binomial(hits, reviews, tie=EXACT, bulk=BULK).log_p
    log_p = np.maximum(by_month, by_peers)
    expected = np.bincount(code, chance, size)
    told = {
        int(k): _finding(role, praise, np.flatnonzero(code == k), float(expected[k]), float(log_p[k]))
        for k in np.flatnonzero((log_p < WORTH_TELLING) & (hits >= LEAST_HITS))
    }
    known = named(ids)
    return assess(
        "account",
        role,
        ids,
        log_p,
        effect=np.bincount(code, praise.removed, size) / np.maximum(reviews, 1),
        surprise=np.round(-0.5 * (by_month + by_peers), 9),
        trust=TRUST,
        findings=told,
    ).filter(pa.array(known))


def _of_month(praise: Praise, code: Ints) -> Floats:
    """The share removed of other subjects' reviews of the same month; the market counts as one review more."""
    key = code * (int(praise.month.max(initial=0)) + 1) + praise.month
    _, own = np.unique(key, return_inverse=True)
    hits, all_ = (
        np.bincount(praise.month, w)[praise.month] - np.bincount(own, w)[own]
        for w in (praise.removed.astype(np.float64), np.ones(len(key)))
    )
    return np.asarray((hits + praise.removed.mean()) / (all_ + 1)) if len(key) else np.empty(0)


def _finding(role: str, praise: Praise, rows: Longs, expected: float, log_p: float) -> Finding:
    gone = rows[praise.removed[rows]]
    swept = int(np.isin(praise.day[gone], praise.sweeps()).sum())
    words = {
        "removed": str(len(gone)),
        "praise": counted(len(rows), "review"),
        "hits": counted(len(np.unique(praise.day[gone])), "day"),
        "expected": significant(expected),
        "chance": one_in(log_p),
    }
    against = [WEAK]
    if swept > len(gone) / 2:
        text = f"{swept} of these were removed on days of a sweep, when much was removed everywhere."
        against.append(Counter(text, SWEEP_COST))
    cited = [("reviews", str(i)) for i in praise.ids.take(pa.array(gone)).to_pylist()]
    return Finding(EXPLAIN[role].format(**words), cited, against)


def _example(day: Callable[[int, int], int]) -> dict[str, str]:
    """Buyers lose one review in thirty; eight accounts lose each of nine `day(who, job)` later, or keep it at 0."""
    start = datetime(2025, 1, 1, 8)
    lines = ["review_id,reviewer_id,product_id,rating,posted_at,removed_at"]
    for k in range(1800):
        when = start + timedelta(days=(k * 37) % 300)
        gone = f"{(when + timedelta(days=k % 17)).isoformat()}Z" if (k * 7) % 30 == 0 else ""
        lines.append(f"h{k},buyer{k % 199},p{k % 41},{4 + k % 2},{when.isoformat()}Z,{gone}")
    for who in range(8):
        for job in range(9):
            when = start + timedelta(days=30 * job + who)
            gone = f"{(when + timedelta(days=day(who, job))).isoformat()}Z" if day(who, job) else ""
            lines.append(f"r{who}_{job},other{who},p{job},5,{when.isoformat()}Z,{gone}")
    return {"reviews": "\n".join(lines) + "\n"}


REMOVED = Detector(
    name="reviews.removed",
    family="reviews",
    scheme="review_ring",
    question="Whose praise did the marketplace remove far more often than that of others?",
    null=(
        "Each review of four or five stars is removed as often as others' posted in the same month, and accounts (or "
        "sellers) differ in it as a beta-binomial of the others has it; removals of one day are one decision. The "
        "larger p-value of the two counts."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "a removal is a weak label: late, partial, drifting with the rules, and sometimes wrong",
        "rings that nobody has found yet have no history",
        "a removal that was taken back is not told apart",
    ),
    needs={"reviews": ("review_id", "product_id", "reviewer_id", "rating", "posted_at", "removed_at")},
    steps=(REMOVED_PRAISE,),
    measure=measure,
    fires=_example(lambda who, job: 3 + (who + job) % 9),
    stays_quiet=_example(lambda who, job: 5 if (who * 9 + job) % 30 == 0 else 0),
    weight=SUPPORT,
)
