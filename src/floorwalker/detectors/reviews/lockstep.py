"""Review rings in lockstep: accounts that praise the same products at the same time, again and again.

Looked at twice: by product, and by seller, where few accounts push many products of few sellers. Tools and words
that an account shares with a group count as further evidence.

Known weaknesses. A ring whose accounts do one or two jobs each, or spread each campaign over more than about
three months, has no lockstep; nor can one be shown that pushes only one or two products. Jobs done in one sitting
count once, so a flood of one day is left to others. A ring inside a best-seller's rush (more than 500 reviews in a
window) is passed over. Fans who only ever buy one brand's launches in the week of the launch look like a ring of
that brand.
References: Tumminello et al., "Statistically validated networks in bipartite complex systems", PLoS ONE 6
(2011); off-source background by time shifts as in gravitational-wave searches (Was et al., Class. Quantum
Grav. 27, 2010); e-values from p-values, Vovk & Wang, Ann. Statist. 49 (2021).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector, Rows
from floorwalker.detectors.reviews.honest import BRAND_DEALINGS, SHARED_HOMES, read_circumstances
from floorwalker.detectors.reviews.reviewing import FIRST_REVIEWS, SAME_REVIEWS, read_reviewing
from floorwalker.detectors.reviews.ring_evidence import SHARED_TOOLS, SHARED_WORDS, read_shared
from floorwalker.detectors.reviews.ring_search import meetings, pair_surprise, search
from floorwalker.detectors.reviews.ring_subjects import tie_subjects
from floorwalker.detectors.reviews.ring_words import tell
from floorwalker.detectors.reviews.views import views

EXPLAIN = {
    "reviewer": (
        "On {hits} of {visits} this account praised {what} while at least three others of one group did so within "
        "{near} days; chance gives {expected}. In that group of {size}, {pairs} met repeatedly within {window} days, "
        "where chance gives {expected_pairs}; {meeting} of them are in step, and {lagged} when their reviews are "
        "compared weeks apart.{also}"
    ),
    "product": (
        "{reviews} of four or five stars by accounts of one group. In that group of {size}, {pairs} met repeatedly "
        "within {window} days on this and other products, where chance gives {expected_pairs}."
    ),
    "seller": (
        "{reviews} of four or five stars on this seller's products by accounts of one group. In that group of {size}, "
        "{pairs} met repeatedly within {window} days, where chance gives {expected_pairs}."
    ),
}


def measure(rows: Rows) -> Measured:
    """Search, test and tell; see the module's text."""
    world = read_reviewing(rows)
    known = read_circumstances(rows, world)
    met = meetings(views(world))
    rings = search(world, known, read_shared(rows, world, known.homes), met)
    return tell(world, rings, tie_subjects(world, rings), pair_surprise(world.praise.accounts, met), EXPLAIN)


def _example(day: Callable[[int, int], int]) -> dict[str, str]:
    """Four hundred honest buyers, and eight accounts that praise six products, each on its `day(account, job)`."""
    start = datetime(2025, 1, 1, 8)
    rows = [
        (f"h{k}", f"p{k % 301}", f"buyer{(k * 17) % 400}", 5 - k % 3, start + timedelta(days=(k * 37) % 360))
        for k in range(1204)
    ]
    for who in range(8):
        for job in range(6):
            rows.append((f"r{who}_{job}", f"q{job}", f"other{who}", 5, start + timedelta(days=day(who, job))))
    lines = ["review_id,product_id,reviewer_id,rating,posted_at"]
    return {"reviews": "\n".join([*lines, *(f"{r},{p},{a},{s},{t.isoformat()}Z" for r, p, a, s, t in rows)]) + "\n"}


LOCKSTEP = Detector(
    name="reviews.lockstep",
    family="reviews",
    scheme="review_ring",
    question="Which accounts praise the same products at the same time, again and again, more than chance allows?",
    null=(
        "Independent reviewers: each keeps its own times and its share of every category, each product its popularity "
        "over time; and people of one taste are as often in step weeks apart as at once."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "one or two jobs an account, or campaigns of more than three months, leave no lockstep",
        "a ring that pushes only one or two products cannot be told from the buyers of a thing and its sequel",
        "jobs done in one sitting count once",
        "products with more than 500 reviews in a window are passed over",
        "fans who buy only one brand, and only its launches in their first week, look like a ring of that brand",
    ),
    needs={"reviews": ("review_id", "product_id", "reviewer_id", "rating", "posted_at")},
    steps=(FIRST_REVIEWS, SAME_REVIEWS, BRAND_DEALINGS, SHARED_HOMES, SHARED_TOOLS, SHARED_WORDS),
    measure=measure,
    fires=_example(lambda who, job: 50 * job + who % 3),
    stays_quiet=_example(lambda who, job: (67 * who + 50 * job + 31 * who * job) % 360),
)
