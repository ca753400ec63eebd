"""From bursts to findings: words, evidence rows, honest reasons, and the sellers of the products."""

import math

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import Counter
from floorwalker.detectors.reviews.bursts import Burst, Mask, Masks, Windows
from floorwalker.detectors.reviews.reviewing import Reviewing, named
from floorwalker.graph.slots import DAY, Floats, Longs

MOST_LASTING = math.log(1e-4)
LEAST_AFTER = 3


def burst_words(windows: Windows, burst: Burst, window: int, masks: Masks) -> dict[str, str]:
    """What was counted and expected in a window."""
    rows = windows.rows(window)
    return {
        "inside": counted(len(rows), "review"),
        "crowding": counted(int(masks.crowding[rows].sum()), "review"),
        "marked": str(int(masks.mark[rows].sum())),
        "fresh": str(int((masks.crowding & masks.new)[rows].sum())),
        "days": counted(int(windows.end[window] - windows.start[window]) // DAY, "day"),
        "crowd": significant(float(burst.crowd[window])),
        "mix": significant(float(burst.mix[window])),
        "new": significant(float(burst.new[window])),
        "chance_crowd": one_in(burst.log_crowd[window]),
        "chance_mix": one_in(burst.log_mix[window]),
        "chance_new": one_in(burst.log_new[window]),
    }


def lasting(world: Reviewing, windows: Windows, window: int, mark: Mask) -> Counter | None:
    """Marks that stay as frequent after the window as in it speak of a product that changed, not of a campaign.

    The likelihood ratio of the later reviews: back to what was before (or to the whole market's habit) against lasting.
    """
    inside, (before, later) = windows.rows(window), windows.others(window)
    if len(later) < LEAST_AFTER:
        return None
    back = (mark[before].sum() + mark.mean()) / (len(before) + 1)
    stay = (mark[inside].sum() + back) / (len(inside) + 1)
    marked = int(mark[later].sum())
    if stay <= back or back <= 0:
        return None
    gain = marked * math.log(back / stay) + (len(later) - marked) * math.log((1 - back) / max(1 - stay, 1e-9))
    if gain >= 0:
        return None
    text = (
        f"Of {counted(len(later), 'later review')} {marked} gave the same stars: the product itself may have changed."
    )
    return Counter(text, max(gain, MOST_LASTING))


def sellers_of(world: Reviewing, product: Longs, log_p: Floats) -> tuple[Longs, Longs, Floats]:
    """Sellers with a product among the assessed ones: their codes, the place of their worst product, log p.

    A seller's p-value is the least of its products', times how many it has (Bonferroni).
    """
    seller = world.seller_of[product].astype(np.int64)
    sold = named(world.seller_ids)[seller]
    places = np.flatnonzero(sold)
    order = places[np.lexsort((product[places], np.round(log_p[places], 9), seller[places]))]
    codes, first, many = np.unique(seller[order], return_index=True, return_counts=True)
    worst = order[first]
    return codes, worst, np.minimum(log_p[worst] + np.log(many), 0.0)


def sold_by(world: Reviewing, product: Longs, ring: Longs) -> pa.Table:
    """Links from products to their sellers, by ring."""
    products = world.product_ids.take(pa.array(product))
    sellers = world.seller_ids.take(pa.array(world.seller_of[product]))
    return linked(ring, ("product", products), ("account", sellers), "sold_by", [[] for _ in product])
