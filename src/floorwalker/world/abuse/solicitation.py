"""Sellers who write to their buyers and pay for stars."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, client_seller, convict, open_sellers, plots
from floorwalker.world.abuse.scripts import SOLICIT
from floorwalker.world.calendar import NEVER, after
from floorwalker.world.draw import Ints, Rng, chance, one, seeds, whole
from floorwalker.world.letters import write_letters
from floorwalker.world.market import Market
from floorwalker.world.words import filled

_DAYS = ((40, 120), (80, 200), (150, 350))
_LEAST = 8  # parcels that arrive in the time


def run(market: Market) -> None:
    """Plant the sellers."""
    rng = market.rng("solicitation")
    used: set[int] = set()
    for plot in plots(market, rng, "solicitation", 40, _DAYS):
        orders = market["orders"]
        arrived = orders["delivered_at"]
        due = (arrived >= plot.start) & (arrived < plot.end) & (arrived != NEVER)
        sold = np.bincount(market.goods.seller[orders["product_id"][due]], minlength=len(market.goods.seller_size))
        fit = open_sellers(market, plot, 1, 200)
        fit = fit[(sold[fit] >= _LEAST) & ~np.isin(fit, list(used))]
        seller = client_seller(market, rng, plot, fit)
        if seller >= 0:
            used.add(seller)
            _write(
                market, rng, plot, seller, np.flatnonzero(due & (market.goods.seller[orders["product_id"]] == seller))
            )


def _write(market: Market, rng: Rng, plot: Plot, seller: int, orders: Ints) -> None:
    account = int(market.seller_account(whole([seller]))[0])
    convict(market, plot, "seller", "account", [account])
    chosen = orders[chance(rng, plot.pick(0.6, 0.35, 0.2), len(orders))]
    chosen = chosen if len(chosen) else orders[:3]
    variants = seeds(rng, int(plot.pick(1, 3, 6)))
    body = filled(SOLICIT[plot.stealth], variants[rng.integers(0, len(variants), len(chosen))])
    number = str(one(rng, 10, 99))
    body = np.array([text.replace("{n}", number) for text in body], dtype=object)
    sent = after(rng, market["orders"]["delivered_at"][chosen], 2, 0.4)
    write_letters(market, rng, np.full(len(chosen), account), market["orders"]["buyer_id"][chosen], sent, body)
