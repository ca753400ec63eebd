"""Dear goods bought in order to be refunded."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, moments
from floorwalker.world.calendar import DAY, END, NEVER
from floorwalker.world.catalogue import on_sale
from floorwalker.world.draw import Ints, Rng, weighted, whole
from floorwalker.world.market import Market
from floorwalker.world.orders import sell
from floorwalker.world.tables import CATEGORIES

_RESALE = [CATEGORIES.index(name) for name in ("phones", "audio", "computers", "jewellery", "games", "shoes")]


def buy_dear(market: Market, rng: Rng, plot: Plot, buyers: Ints, low: int, high: int) -> Ints:
    """Let each buyer order `low` to `high` dear things that sell well again; return the orders that arrived."""
    goods, price = market.goods, market["products"]["price"]
    wanted = np.isin(goods.category, _RESALE) & (goods.listed < plot.start) & (price < 250_000)
    dear = np.flatnonzero(wanted & (price >= np.quantile(price[wanted], 0.6)))
    who = np.repeat(buyers, rng.integers(low, high + 1, len(buyers)))
    what = dear[weighted(rng, goods.appeal[dear], len(who))]
    placed = np.maximum(moments(market, rng, plot, len(who)), market.buyers.opened[who] + 60_000_000)
    placed = np.minimum(placed, END - 2 * DAY)
    kept = on_sale(goods, what, placed)
    orders = sell(market, rng, who[kept], what[kept], placed[kept])
    return whole(orders[market["orders"]["delivered_at"][orders] != NEVER])
