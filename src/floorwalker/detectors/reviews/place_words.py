"""From places in the co-review network to findings."""

import math
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.reviews.honest_habits import ONE_BRAND, ONE_BRAND_COST, RIVAL, mixed_stars
from floorwalker.detectors.reviews.placing import Places
from floorwalker.detectors.reviews.reviewing import Reviewing, cited
from floorwalker.graph.closure import closed_acts
from floorwalker.graph.slots import Floats, Ints, Longs

TRUST = math.log(1e3)
"""Tastes that are shared beyond category and time are honest, and common."""
WORTH_WORDS = math.log(0.001)
MOST_CITED = 40
HOBBY = Counter("People of one hobby or taste, and buyers of a series, meet again too.", 0.0)


def tell(world: Reviewing, products: Places, accounts: Places, explain: Mapping[str, str]) -> Measured:
    """Every product with praise, and every account that praised. explain: sentences by role."""
    item_of = np.zeros(len(world.product_ids), dtype=np.int32)
    item_of[world.product] = world.all.item
    everyone = np.arange(len(world.reviewer_ids), dtype=np.int32)
    rows_of_turned = world.praised[world.praise.by_item]
    return Measured(
        pa.concat_tables(
            [
                _assess(world, products, item_of, ("product", "product"), world.product_ids, world.praised, explain),
                _assess(
                    world, accounts, everyone, ("account", "reviewer"), world.reviewer_ids, rows_of_turned, explain
                ),
            ]
        )
    )


def _assess(
    world: Reviewing,
    places: Places,
    hub_of: Ints,
    who: tuple[str, str],
    ids: pa.Array,
    reviews: Longs,
    explain: Mapping[str, str],
) -> pa.Table:
    """hub_of: the hub of each id. reviews: the row of `world.all` of each slot of `places`."""
    praised = np.diff(places.slots.item_ptr)
    codes = np.flatnonzero(praised[hub_of] > 0)
    hubs = hub_of[codes]
    log_p = places.test.log_p[hubs]
    findings = {
        int(k): _finding(world, places, int(hubs[k]), reviews, who[1], explain[who[1]])
        for k in np.flatnonzero(log_p <= WORTH_WORDS)
    }
    return assess(
        *who,
        ids.take(pa.array(codes)),
        log_p,
        effect=_excess(places)[hubs],
        surprise=places.nats[hubs],
        trust=TRUST,
        findings=findings,
    )


def _excess(places: Places) -> Floats:
    """How many times as many acts are closed as by chance."""
    return np.asarray(places.closure.closed / np.maximum(places.closure.expected, 1.0), dtype=np.float64)


def _finding(world: Reviewing, places: Places, hub: int, reviews: Longs, role: str, sentence: str) -> Finding:
    rows = reviews[closed_acts(places.slots, places.pace, places.near_days, hub, turned=places.turned)]
    words = {
        "acts": counted(int(places.closure.acts[hub]), "review")
        if role == "product"
        else str(places.closure.acts[hub]),
        "closed": str(places.closure.closed[hub]),
        "chance_gives": significant(float(places.closure.expected[hub])),
        "expected": significant(float(places.test.expected[hub])),
        "chance": one_in(float(places.test.log_p[hub])),
        "above": f"{math.floor(100 * -math.expm1(-places.nats[hub]))} %",
    }
    latest = np.sort(rows[np.lexsort((rows, -world.all.second[rows]))][:MOST_CITED])
    brand = _one_brand(world, rows)
    stars = mixed_stars(world.stars[_met_again(world, rows)], "by these accounts")
    return Finding(
        sentence.format(**words),
        cited(world, latest),
        [*brand, *([stars] if stars else []), HOBBY, *([RIVAL] if role == "product" else [])],
    )


def _met_again(world: Reviewing, rows: Longs) -> Longs:
    """All reviews, of whatever stars, by the accounts of `rows` on the items of `rows`."""
    mine = np.isin(world.all.account, world.all.account[rows]) & np.isin(world.all.item, world.all.item[rows])
    return np.flatnonzero(mine)


def _one_brand(world: Reviewing, rows: Longs) -> list[Counter]:
    counts = np.bincount(world.brand_of[world.product[rows]])
    top = int(counts.argmax())
    if not world.brands[top].as_py() or counts[top] < ONE_BRAND * counts.sum():
        return []
    return [Counter("They meet on products of one brand or seller; its fans would too.", ONE_BRAND_COST)]
