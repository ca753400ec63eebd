"""Refunds as a service: buyers who claim by one recipe, from one desk.

A professional claims for many customers, in few weeks, with one script, from his own devices and networks, with
labels that he uses again. Each of these ties is judged against how often strangers share such a thing by chance;
what joins a group must be surprising by itself, and each account is then weighed by its own ties and its own way of
claiming.

Known weaknesses. Clients who share nothing with the others are found by their method only where the rest of the group
is found. A gang whose customers write in their own words, from their own devices, over half a year, leaves nothing
to see here. Two gangs that share a script in the same weeks are one group. Texts of fewer than five words are not read.
"""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.measured import ASSESSED, Measured
from floorwalker.detectors.record import Detector, Rows
from floorwalker.detectors.refunds.claims import CLAIM_LINES, CLAIMS, NEVER, PARCELS, read_claims
from floorwalker.detectors.refunds.explained import AREA_SALES, PRODUCT_SALES, explained
from floorwalker.detectors.refunds.gang_search import find_gangs
from floorwalker.detectors.refunds.gang_words import tell
from floorwalker.detectors.refunds.methods import FITS, read_traits
from floorwalker.detectors.refunds.scripts import find_scripts
from floorwalker.detectors.refunds.tools import BUYER_DAYS, CLAIM_TOOLS, find_labels, find_tools
from floorwalker.detectors.reviews.honest import SHARED_HOMES

EXPLAIN = {
    "client": (
        "{claims} in {days} in which {others} claimed by one recipe. {shared}{parcels} The way it claimed is {method} "
        "times as likely among them as among other claimants. An outsider would show all this with a chance of "
        "{chance} at most."
    )
}


def measure(rows: Rows) -> Measured:
    """Find what ties claimants, the groups that it joins, and their clients."""
    claims = read_claims(rows)
    if len(claims) == 0:
        return Measured(ASSESSED.empty_table())
    homes = rows("shared_homes", by=("account_id", "home")).group_by("account_id", use_threads=False)
    home_of = homes.aggregate([("home", "min")]).rename_columns(["account_id", "home"])
    home = _homes(claims.buyer_ids, home_of)
    parcels = rows("parcels", by=("refund_id", "return_id"))
    traits = read_traits(claims, parcels)
    of_product, of_area = explained(claims, home[claims.buyer], traits.reason, rows)
    lifted = of_product | of_area
    came = (claims.delivered != NEVER) | ~(claims.delivered != NEVER).any()
    unproven = (traits.parcel != FITS) & came
    ties = [
        *find_scripts(claims, home[claims.buyer], of_product, home_of),
        *find_tools(claims, home_of, unproven & ~lifted, rows),
        *find_labels(claims, home[claims.buyer], parcels),
    ]
    gangs = find_gangs(claims, traits, home, lifted, ties, unproven)
    asked = np.bincount(claims.buyer, unproven, len(claims.buyer_ids)) > 0
    return tell(claims, traits, home, lifted, asked, gangs, EXPLAIN["client"])


def _homes(buyer_ids: pa.Array, home_of: pa.Table) -> np.ndarray:
    """By buyer: a code, the same in one home."""
    found = pc.fill_null(pc.index_in(buyer_ids, home_of["account_id"].combine_chunks()), -1).to_numpy()
    _, code = np.unique(np.array(home_of["home"].to_pylist(), dtype=str), return_inverse=True)
    alone = np.arange(len(buyer_ids))
    return (
        np.where(found >= 0, len(alone) + code[found], alone).astype(np.int32) if len(code) else alone.astype(np.int32)
    )


def _example(gang: bool) -> dict[str, str]:
    """Four hundred buyers who claim in words of their own, and twelve with one text: in one month, or over the year."""
    rng, start = np.random.default_rng(3), datetime(2025, 1, 1, 8)
    nouns = ("handle", "lid", "colour", "strap", "cable", "lamp", "sole", "zip", "screen", "motor", "seam", "hinge")
    orders, refunds = ["order_id,buyer_id,product_id,placed_at,delivered_at,amount"], []
    identifiers = ["account_id,kind,value,first_seen_at,last_seen_at"]

    def sell(buyer: str, day: float, amount: int, wait: float, text: str) -> None:
        number = len(orders)
        placed, came, asked = (start + timedelta(days=round(d, 3)) for d in (day, day + 3, day + 3 + wait))
        orders.append(f"o{number},{buyer},p{number % 97},{placed:%FT%TZ},{came:%FT%TZ},{amount}")
        if text:
            refunds.append(f"r{number},o{number},{buyer},{amount},{asked:%FT%TZ},not_received,approved,{text}")

    for k in range(1600):
        day, amount, wait = rng.uniform(0, 350), int(rng.integers(5, 900)), rng.exponential(8)
        one, two, three = (nouns[int(n)] for n in rng.integers(0, 12, 3))
        words = f"On day {one} the {two} was gone and the {three} with it so my {nouns[k % 12]} is lost"
        sell(f"buyer{k % 400}", day, amount, wait, words if k % 4 == 0 else "")
    for k in range(12):
        day = rng.uniform(100, 125) if gang else 28.0 * k + rng.uniform(0, 20)
        amount, wait = (int(rng.integers(600, 900)), 1.0) if gang else (int(rng.integers(5, 900)), rng.exponential(8))
        text = f"The courier never rang and the police have my report number {k * 37} so pay me at once"
        sell(f"other{k}", day, amount, wait, text)
        if k < 5:
            first, last = (start + timedelta(days=d) for d in ((100, 130) if gang else (0, 360)))
            device = "phone" if gang else f"phone{k}"
            identifiers.append(f"other{k},device,{device},{first:%FT%TZ},{last:%FT%TZ}")
    head = "refund_id,order_id,buyer_id,amount,requested_at,reason,outcome,claim_text"
    return {
        "orders": "\n".join(orders) + "\n",
        "refunds": "\n".join([head, *refunds]) + "\n",
        "identifiers": "\n".join(identifiers) + "\n",
    }


GANG = Detector(
    name="refunds.gang",
    family="refunds",
    scheme="refund_gang",
    question="Which buyers claim refunds by one recipe, as clients of one professional?",
    null=(
        "Claimants choose their words, tools and ways of claiming each for themselves: texts recur as the law of "
        "copies and the market's times make them, claims fall into the visits of a tool as its users' time makes "
        "them, and traits come as often as among the market's claims for the same reason."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "clients who share nothing with the others are found only where the rest of the group is found",
        "own words, own devices and half a year between claims leave nothing to see here",
        "two gangs that share a script in the same weeks are one group, or one client is put with the other",
        "where dozens of gangs work at once, lone buyers who claim by the same method are taken for their clients",
    ),
    needs={
        "refunds": ("refund_id", "order_id", "buyer_id", "requested_at", "amount"),
        "orders": ("order_id", "buyer_id", "product_id", "placed_at"),
    },
    steps=(CLAIM_LINES, CLAIMS, PARCELS, SHARED_HOMES, PRODUCT_SALES, AREA_SALES, CLAIM_TOOLS, BUYER_DAYS),
    measure=measure,
    fires=_example(gang=True),
    stays_quiet=_example(gang=False),
)
