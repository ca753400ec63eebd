"""The place of products and reviewers in the network of co-reviews: whose people meet again elsewhere.

The test is of closure (see `graph.closure`), with all other products, or accounts, as peers. The ranking, also of
those who are not listed, is the mean rank of that with what ranks best on Amazon products whose sellers bought
reviews: strength, eigenvector centrality and clustering in the co-review network.

Known weaknesses. A hobby, a series, or the fans of one shop meet again and again; that is in the peers' spread as far
as it is common, and the p-value is believed only to one in a thousand, so that a place in the network alone lists
nobody in a large marketplace. Popular products rank high. An account with one review cannot be tested, only ranked.
Of each reviewer the sixteen reviews before and after each one count.
References: He, Hollenbeck, Overgoor, Proserpio & Tosyali, "Detecting fake-review buyers using network structure",
PNAS 119 (2022); Lawless 1987 (gamma-Poisson), Canadian J. Statistics 15.
"""

from datetime import datetime, timedelta

import numpy as np

from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import SUPPORT, Detector, Rows
from floorwalker.detectors.reviews.place_words import tell
from floorwalker.detectors.reviews.placing import places_of_accounts, places_of_products
from floorwalker.detectors.reviews.reviewing import FIRST_REVIEWS, SAME_REVIEWS, read_reviewing

EXPLAIN = {
    "product": (
        "Those who praised this product praised others within 90 days of it: {acts} of another day, of which {closed} "
        "came after another of them on the same product. Independent reviewers would give {chance_gives}, other "
        "products' ones {expected}; so many, or more, has a chance of {chance}. In the network of co-reviews it "
        "is placed above {above} of products."
    ),
    "reviewer": (
        "Within 30 days of this account others praised the same products: {acts} reviews, of which {closed} "
        "are by people it had met on another day. Independent reviewers would give {chance_gives}, other accounts' "
        "company {expected}; so many, or more, has a chance of {chance}."
    ),
}


def measure(rows: Rows) -> Measured:
    """Place products, then accounts by themselves and by their products."""
    world = read_reviewing(rows)
    products = places_of_products(world.praise)
    accounts = places_of_accounts(world.praise, products.nats)
    return tell(world, products, accounts, EXPLAIN)


def _example(bought: bool) -> dict[str, str]:
    """Two hundred honest buyers, and ten accounts that praise one after the other of ten products, or any."""
    start = datetime(2025, 1, 1, 8)
    rng = np.random.default_rng(0)
    drawn = zip(rng.integers(0, 97, 1200), rng.integers(0, 200, 1200), rng.integers(0, 360, 1200), strict=True)
    rows = [
        (f"h{k}", f"p{p}", f"buyer{a}", 5 - k % 2, start + timedelta(days=int(d))) for k, (p, a, d) in enumerate(drawn)
    ]
    for who in range(10):
        for job in range(10):
            product = f"q{job}" if bought else f"p{rng.integers(0, 97)}"
            rows.append((f"r{who}_{job}", product, f"other{who}", 5, start + timedelta(days=30 * job + who % 4)))
    lines = ["review_id,product_id,reviewer_id,rating,posted_at"]
    return {"reviews": "\n".join([*lines, *(f"{r},{p},{a},{s},{t.isoformat()}Z" for r, p, a, s, t in rows)]) + "\n"}


NETWORK_PLACE = Detector(
    name="reviews.network_place",
    family="reviews",
    scheme="review_ring",
    question="Which products have reviewers who keep meeting on other products, and who are these reviewers?",
    null=(
        "Those who review one product have nothing else in common: they meet again as often as the popularity of "
        "products at that time, in that category, makes them, at a rate drawn from the gamma distribution of the "
        "other products (or accounts), fitted without it."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "a hobby, a series or the fans of one shop meet again and again too",
        "popular products rank high, whoever praises them",
        "an account with one review is ranked by its product only",
        "by itself it lists somebody only where a good part of a small marketplace is bought",
    ),
    needs={"reviews": ("review_id", "product_id", "reviewer_id", "rating", "posted_at")},
    steps=(FIRST_REVIEWS, SAME_REVIEWS),
    measure=measure,
    fires=_example(bought=True),
    stays_quiet=_example(bought=False),
    weight=SUPPORT,
)
