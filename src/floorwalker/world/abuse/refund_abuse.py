"""One buyer alone who claims again and again for goods that came."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, convict, plots
from floorwalker.world.calendar import NEVER, after
from floorwalker.world.desk import decide
from floorwalker.world.draw import Ints, Rng, chance, sample, whole
from floorwalker.world.market import Market
from floorwalker.world.refunds import ask_back, send_back
from floorwalker.world.tables import code, codes

_DAYS = ((120, 240), (200, 380), (300, 600))
_EXCUSES = ("not_received", "empty_box", "damaged", "not_as_described")
_ENOUGH = 6  # orders in the time


def run(market: Market) -> None:
    """Plant the buyers."""
    rng = market.rng("refund_abuse")
    fine = market["orders"]["delivered_at"] != NEVER
    fine[market["refunds"]["order_id"]] = False
    kept = np.flatnonzero(fine)
    kept = kept[np.argsort(market["orders"]["delivered_at"][kept], kind="stable")]
    for plot in plots(market, rng, "refund_abuse", 130, _DAYS):
        _claim_often(market, rng, plot, kept)


def _claim_often(market: Market, rng: Rng, plot: Plot, kept: Ints) -> None:
    """Choose a busy buyer; `kept` are the orders that arrived and were never sent back, by time."""
    orders = market["orders"]
    first, last = np.searchsorted(orders["delivered_at"][kept], [plot.start, plot.end])
    due = kept[first:last]
    count = np.bincount(orders["buyer_id"][due], minlength=len(market.buyers))
    fit = np.flatnonzero((count >= _ENOUGH) & ~market.buyers.taken)
    buyer = sample(rng, fit, 1)
    if not len(buyer):
        return
    market.buyers.taken[buyer] = True
    convict(market, plot, "client", "account", buyer)
    mine = due[orders["buyer_id"][due] == buyer[0]]
    share = plot.pick(0.7, 0.45, 0.3)
    chosen = sample(rng, mine, max(2, round(share * len(mine))), orders["amount"][mine].astype(np.float64))
    _ask(market, rng, plot, chosen)


def _ask(market: Market, rng: Rng, plot: Plot, chosen: Ints) -> None:
    favourite = whole(codes("refunds.reason", _EXCUSES))
    weight = rng.dirichlet(np.full(len(favourite), plot.pick(0.3, 0.8, 3)))
    reason = favourite[rng.choice(len(favourite), size=len(chosen), p=weight)]
    requested = after(rng, market["orders"]["delivered_at"][chosen], plot.pick(2, 4, 7), 0.5)
    rows = ask_back(market, rng, chosen, reason, requested)
    decide(market, rng, rows, chance(rng, 0.9, len(rows)))
    refunds, parcels = market["refunds"], market["returns"]
    back = send_back(
        market, rng, rows[~refunds["return_waived"][rows] & (refunds["decided_at"][rows] != NEVER)], honest=False
    )
    swapped = back[chance(rng, plot.pick(0.7, 0.5, 0.35), len(back)) & (parcels["scanned_weight_g"][back] > 0)]
    parcels["inspection"][swapped] = code("returns.inspection", "wrong_item")
    parcels["scanned_weight_g"][swapped] = whole(parcels["scanned_weight_g"][swapped] * rng.uniform(0.2, 1.1))
