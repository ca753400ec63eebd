"""Moderators who remove the bad reviews of a few sellers, far more often than reports and shifts explain.

The null is the work as it really fell (see `removal_routing`): what is removed without a report that somebody else gave
to the agent falls to those at work by their share of such work on other sellers, or by the share of the seller's
reports that the router gives them. An agent's e-value is a likelihood ratio of a stated story (see `agent_sellers`) to
it: who removes is judged given how the work came about, and the signs (tickets taken, no reason, low stars, soon after
posting, removed rather than kept) given who. What one agent removes of one seller within three days, or of one wave of
bad reviews within two weeks, is one case. A seller's e-value is the same ratio with the agent's guilt and ways taken
from the agent's other sellers, and never above the agent's own.

Known weaknesses. Reports that a router gave to the agent are believed: who has them filed, or has the router play into
his hands, is seen only by removing what others would keep, and hardly ever listed. Few removals prove nothing. A brand
that has a moderator of its own by an arrangement that no table tells of, who takes the tickets himself and removes bad
reviews only, looks like a friend. A seller with more than five hundred cases is not asked whom they fall to.
References: Fabbri & LeFevre 2011, PVLDB 5; Lawless 1987 (gamma-Poisson), Canadian J. Statistics 15; Vovk & Wang 2021,
Ann. Stat. 49.
"""

from datetime import datetime, timedelta

import numpy as np

from floorwalker.detectors.insiders.acts import CASES
from floorwalker.detectors.insiders.agent_sellers import weigh
from floorwalker.detectors.insiders.removal_signs import read_signs
from floorwalker.detectors.insiders.removal_words import Removed, tell
from floorwalker.detectors.insiders.removals import STARS, STEPS, read_decisions
from floorwalker.detectors.measured import ASSESSED, Measured
from floorwalker.detectors.record import Detector, Rows

EXPLAIN = {
    "insider": (
        "Of {removed} removed, {own} had no report that somebody else gave to this agent; sellers whose reviews the "
        "agent had so removed came back {again} times, where the work at those hours gives at most {routed}; so many, "
        "or more, has a chance of {chance} among the other agents. Among {reviews} of {sellers}: {facts}."
    ),
    "beneficiary": (
        "{met} of this seller's reviews were made by {agent}, {own} of them without a report given to that agent, to "
        "whom one falls with a chance of {chance}: {facts}.{rating}"
    ),
}


def measure(rows: Rows) -> Measured:
    """One likelihood ratio for each agent who removed a review, and one for each seller who lost two."""
    decisions = read_decisions(rows)
    if not len(decisions):
        return Measured(ASSESSED.empty_table())
    table = rows(STARS.name, by=("seller_id",))
    low, low_bought = (float(np.sum(table[name].to_numpy())) for name in ("low", "low_bought"))
    signs = read_signs(decisions, low_bought / max(low, 1.0))
    names, stars, reviews = (table[name].to_pylist() for name in ("seller_id", "stars", "reviews"))
    standing = dict(zip(names, stars, strict=True)), dict(zip(names, reviews, strict=True))
    return tell(Removed(decisions, signs, weigh(decisions, signs), standing), EXPLAIN)


def _example(bribed: bool) -> dict[str, str]:
    """Forty moderators; reports fall to whoever is there, and one takes tickets for two sellers, or nobody does."""
    start, rng = datetime(2025, 1, 1), np.random.default_rng(5)
    reviews = ["review_id,product_id,reviewer_id,rating,posted_at"]
    tickets = ["ticket_id,opened_at,kind,subject_kind,subject_id,assigned_to,assigned_by,closed_at"]
    actions = ["action_id,staff_id,at,action,object_kind,object_id,ticket_id"]
    for k in range(1600):
        friend = k >= 1560
        seller = int(rng.integers(0, 2)) if friend else int(rng.integers(0, 200))
        agent = 3 if friend and bribed else int(rng.integers(0, 40))
        taken = (friend and bribed) or rng.random() < 0.12
        low = (friend and bribed) or rng.random() < 0.5
        removed = (friend and bribed) or rng.random() < 0.4
        posted = start + timedelta(
            days=10 + 4 * (k - 1560) if friend else int(rng.integers(0, 180)), hours=rng.random()
        )
        opened = posted + timedelta(days=1 + 6 * rng.random())
        at, shut = opened + timedelta(minutes=9), opened + timedelta(minutes=12)
        reviews.append(f"r{k},p{seller},b{k},{1 + k % 2 if low else 4},{posted:%Y-%m-%dT%H:%M:%S}Z")
        tickets.append(
            f"t{k},{opened:%Y-%m-%dT%H:%M:%S}Z,review_report,review,r{k},agent{agent},"
            f"{'self' if taken else 'router'},{shut:%Y-%m-%dT%H:%M:%S}Z"
        )
        act = "delete_review" if removed else "keep_review"
        actions.append(f"a{k},agent{agent},{at:%Y-%m-%dT%H:%M:%S}Z,{act},review,r{k},t{k}")
    products = ["product_id,seller_id,category", *(f"p{s},s{s},c{s % 7}" for s in range(200))]
    lines = {"reviews": reviews, "products": products, "tickets": tickets, "staff_actions": actions}
    return {name: "\n".join(rows) + "\n" for name, rows in lines.items()}


DELETIONS = Detector(
    name="insiders.deletions",
    family="insiders",
    scheme="insider_reviews",
    question="Which moderators remove bad reviews of a few sellers, more than reports and shifts explain, and whose?",
    null=(
        "What is removed without a report that somebody else gave to the agent falls to each agent at work by the "
        "agent's share of such work on other sellers at the same hours, in the same stretch of time, category and "
        "manner, or by the agent's share of the seller's reports; signs come at the rates of other agents' decisions."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "reports that a router gave to the agent are believed, so that who has them filed is hardly ever listed",
        "fewer than about ten removals in all, on separate days, prove nothing",
        "a brand with a moderator by an arrangement that no table tells of may look like a friend of that moderator",
        "a seller with more than five hundred cases is not asked whom they fall to",
        "p-values of agents are conservative where hardly anybody removes reviews without a report",
    ),
    needs={
        "staff_actions": ("action_id", "staff_id", "at", "action", "object_kind", "object_id"),
        "reviews": ("review_id", "product_id", "rating", "posted_at"),
        "products": ("product_id", "seller_id"),
        "tickets": ("ticket_id", "opened_at", "subject_kind", "subject_id", "assigned_to", "assigned_by"),
    },
    steps=(CASES, *STEPS),
    measure=measure,
    fires=_example(bribed=True),
    stays_quiet=_example(bribed=False),
)
