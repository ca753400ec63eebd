"""Purchase, five stars, silence: accounts that buy only what they praise, in a crowd, and are not seen again.

Known weaknesses. One who shops once, is pleased and says so looks the same: this is a ranking more than a proof, and
it is trusted little. An account with one review has no life to speak of; it is ranked by how unlike the product's
other stars and how crowded its review is. Rented accounts with a life of their own are not found.
References: combination of dependent p-values, Brown, Biometrics 31 (1975); what filtered reviewers have in common,
Mukherjee et al., "What Yelp fake review filter might be doing?", ICWSM 2013.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from scipy.special import gammaincc, gammainccinv

from floorwalker.contract.figures import counted, one_in
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import SUPPORT, Detector, Rows
from floorwalker.detectors.reviews.lifetimes import BUYING, Lives, log_tests, read_lives
from floorwalker.detectors.reviews.paces import ORDER_DAYS, REVIEW_DELAYS
from floorwalker.detectors.reviews.reviewing import FIRST_REVIEWS, SAME_REVIEWS, Reviewing, cited, read_reviewing
from floorwalker.graph.slots import DAY, Floats
from floorwalker.stats.conformal import conformal_log_p

WORTH_TELLING = math.log(0.01)
TRUST = math.log(1e3)
YOUNG = 180 * DAY
YOUNG_COST = math.log(1 / 5)
PLEASED = Counter("One who shops for an occasion, is pleased and says so looks the same.", 0.0)
EXPLAIN = {
    "reviewer": (
        "This account gave five stars in {fives} of {reviews} ({chance_fives}), {crowded} of them amid a burst "
        "({chance_crowds}). It reviewed {reviewed} of the {bought} that it bought ({chance_reviewed}), and was active "
        "for {life} of the {seen} since it was first seen ({chance_silent}). Both are as rare as {chance}."
    )
}


def measure(rows: Rows) -> Measured:
    """Four questions about each account that wrote: two of what it wrote, two of when."""
    world = read_reviewing(rows)
    lives = read_lives(rows, world)
    tests = log_tests(lives)
    log_p = _together(tests)
    few = -conformal_log_p(-lives.reviews.astype(np.float64), -lives.reviews.astype(np.float64))
    told = {int(k): _finding(world, lives, tests, log_p, int(k)) for k in np.flatnonzero(log_p < WORTH_TELLING)}
    return Measured(
        assess(
            "account",
            "reviewer",
            world.reviewer_ids,
            log_p,
            effect=lives.fives / lives.reviews,
            surprise=np.round(-sum(tests.values()) + lives.star_nats + lives.crowd_nats + few, 9),
            trust=TRUST,
            findings=told,
        )
    )


def _together(tests: dict[str, Floats]) -> Floats:
    """The larger of two p-values: of what it wrote, and of when; one who likes everything is surprising in one only."""
    what = _combined(np.array([tests["reviewed"], tests["fives"]]))
    when = _combined(np.array([tests["crowds"], tests["silent"]]))
    return np.maximum(what, when)


def _combined(logs: Floats) -> Floats:
    """Brown's combination: the sum of -log p, (questions, accounts), as a gamma of the mean that independence gives.

    Its variance is the market's own, or that of independent questions where this is more; sums that one in a hundred
    would reach by independence count as that, so that offenders do not widen it.
    """
    nats, mean = -logs.sum(axis=0), float(len(logs))
    variance = max(float(np.var(np.minimum(nats, gammainccinv(mean, 0.01)))) if len(nats) else mean, mean)
    tail = gammaincc(mean**2 / variance, nats * mean / variance)
    return np.asarray(np.minimum(np.log(np.maximum(tail, 1e-300)), 0.0))


def _finding(world: Reviewing, lives: Lives, tests: dict[str, Floats], log_p: Floats, account: int) -> Finding:
    begin, end = world.all.account_ptr[account : account + 2]
    words = {
        "fives": str(lives.fives[account]),
        "reviews": counted(int(lives.reviews[account]), "review"),
        "crowded": str(lives.crowded[account]),
        "reviewed": str(lives.reviewed[account]),
        "bought": counted(int(lives.bought[account]), "product"),
        "life": counted(int(lives.last[account] - lives.first[account]) // DAY, "day"),
        "seen": counted(int(lives.seen[account]) // DAY, "day"),
        "chance": one_in(float(log_p[account])),
        **{f"chance_{name}": one_in(float(logs[account])) for name, logs in tests.items()},
    }
    against = [PLEASED]
    if lives.seen[account] < YOUNG:
        against.append(Counter("It was first seen not long ago, and may come back.", YOUNG_COST))
    return Finding(EXPLAIN["reviewer"].format(**words), cited(world, np.arange(begin, end)), against)


def _example(day: Callable[[int, int], float]) -> dict[str, str]:
    """Three hundred buyers who review one purchase in four, and nine who praise all, bought on `day(who, job)`."""
    rng = np.random.default_rng(7)
    start = datetime(2025, 1, 1, 8)
    deals = [
        (f"buyer{rng.integers(300)}", f"p{rng.integers(90)}", float(rng.integers(360)), int(rng.integers(2, 6)))
        for _ in range(6000)
    ]
    wrote = rng.random(len(deals)) < 0.25
    deals += [(f"other{who}", f"p{job}", day(who, job), 5) for who in range(9) for job in range(18)]
    orders, reviews = ["order_id,buyer_id,product_id,placed_at"], ["review_id,reviewer_id,product_id,rating,posted_at"]
    for k, (who, product, bought, stars) in enumerate(deals):
        when = start + timedelta(days=bought)
        orders.append(f"o{k},{who},{product},{when.isoformat()}Z")
        if k >= len(wrote) or wrote[k]:
            reviews.append(f"r{k},{who},{product},{stars},{(when + timedelta(days=2 + k % 5)).isoformat()}Z")
    return {"orders": "\n".join(orders) + "\n", "reviews": "\n".join(reviews) + "\n"}


SILENCE = Detector(
    name="reviews.silence",
    family="reviews",
    scheme="review_ring",
    question="Which accounts bought only what they praised, in a crowd, and were not seen again?",
    null=(
        "Among its peers, an account's share of purchases reviewed, of five stars and of reviews amid bursts are those "
        "of a beta-binomial fitted without it, and the time between its first and last act, given how many acts and "
        "how long it could have been seen, is exchangeable. Either what it wrote (the first two) or when (the "
        "last two) is ordinary: the larger p-value counts, each of two combined with the dependence that they have in "
        "this market (Brown)."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "one who shops for an occasion, is pleased and says so looks the same",
        "an account with one review has no life to speak of: it is ranked, not accused",
        "rented accounts with a life of their own are not found",
    ),
    needs={"reviews": ("review_id", "product_id", "reviewer_id", "rating", "posted_at")},
    steps=(FIRST_REVIEWS, SAME_REVIEWS, ORDER_DAYS, REVIEW_DELAYS, BUYING),
    measure=measure,
    fires=_example(lambda who, job: 100 + job / 2),
    stays_quiet=_example(lambda who, job: (20 * job + 37 * who) % 360),
    weight=SUPPORT,
)
