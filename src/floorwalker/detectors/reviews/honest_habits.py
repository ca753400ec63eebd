"""What honest people do that looks like a scheme, each habit as a sentence and the log likelihood ratio that it costs.

A ratio is honest against bought, kept at or below one: a habit may speak for the accused, never against. The rates are
round numbers, stated here and not fitted to anything.
"""

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import xlogy

from floorwalker.contract.figures import counted
from floorwalker.detectors.measured import Counter
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.graph.rings import COMPANY
from floorwalker.graph.slots import Floats, Ints, Longs

BOUGHT_FIVES, BOUGHT_LESS = 0.85, 0.03
FAN_DEALS, SHILL_DEALS = 0.6, 0.1
ONE_BRAND = 0.8
ONE_BRAND_COST = math.log(1 / 20)
HOUSEHOLD = 8
HOUSEHOLD_COST = math.log(1e-4)
RIVAL = Counter("Praise can be bought by a rival, or by an agent without the seller's knowledge.", 0.0)


def mixed_stars(stars: Floats, whose: str) -> Counter | None:
    """Stars of all kinds on the items that were crowded, counted without regard to the stars by which they were found.

    Bought praise is nearly all fives; buyers, and testers of free products, give a mix. The best mix with BOUGHT_FIVES
    or more, and BOUGHT_LESS or fewer of three stars and below, against the best of any mix, which is given ln(n + 1)
    for its freedom.
    """
    written = _fives_fours_less(stars)
    share = written / max(len(stars), 1)
    less = min(share[2], BOUGHT_LESS)
    five = max((1 - less) * share[0] / max(share[0] + share[1], 1e-9), BOUGHT_FIVES)
    bought = np.array([five, 1 - five - less, less])
    weight = float(np.sum(xlogy(written, bought) - xlogy(written, share))) + math.log(len(stars) + 1)
    if len(stars) == 0 or weight >= 0:
        return None
    total = counted(len(stars), "review")
    mix = f"{int(written[1])} gave four stars and {int(written[2])} three or fewer"
    return Counter(f"Of {total} {whose} on products where they met {mix}: honest people give such a mix.", weight)


def _fives_fours_less(stars: Floats) -> Floats:
    return np.array([np.sum(stars >= 5), np.sum((stars >= 4) & (stars < 5)), np.sum(stars < 4)], dtype=np.float64)


def log_loyal(loyal: int, people: int) -> float:
    """The log likelihood ratio, bought against honest, of `loyal` of `people` who dealt with a brand otherwise too."""
    gain, loss = math.log(FAN_DEALS / SHILL_DEALS), math.log((1 - FAN_DEALS) / (1 - SHILL_DEALS))
    return -loyal * gain - (people - loyal) * loss


def household(world: Reviewing, homes: pa.Table, members: Ints) -> Counter | None:
    """At most HOUSEHOLD accounts, nearly all at one address. homes: rows of SHARED_HOMES."""
    if len(members) > HOUSEHOLD:
        return None
    mine = homes.filter(pc.is_in(homes["account_id"], world.reviewer_ids.take(pa.array(members))))
    if mine.num_rows == 0:
        return None
    most = max(pc.value_counts(mine["home"].combine_chunks()).field("counts").to_pylist())
    if most < 0.8 * len(members):
        return None
    return Counter(
        f"{most} of the {len(members)} accounts live at one address: a household buys alike.", HOUSEHOLD_COST
    )


def unordered(world: Reviewing, rows: Longs, whose: str, cost: float) -> Counter | None:
    """Where most reviews have an order, those who praise without are most often the marketplace's own testers.

    rows: of `world.all`. cost: the log weight, as there are more rings, or more campaigns, without orders.
    """
    bought = world.has_order[rows]
    if len(bought) < COMPANY or bought.mean() > 0.2 or world.has_order.mean() < 0.5:
        return None
    return Counter(f"Most of {whose} have no order behind them, as in a sampling programme.", cost)
