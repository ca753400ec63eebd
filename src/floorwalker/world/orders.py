"""Visits, baskets and purchases of ordinary life, and the one way in which anything is sold."""

import numpy as np

from floorwalker.world.calendar import END, NEVER, after, week_of
from floorwalker.world.catalogue import demand, on_sale
from floorwalker.world.draw import Column, Flags, Ints, Rng, chance, expand, groups, weighted, whole
from floorwalker.world.market import Market

_ORDERS = 600_000  # at scale 1
_BASKET = 0.66  # chance that a basket is closed after each item: 1.5 items on average


def sell(market: Market, rng: Rng, buyer: Ints, product: Ints, placed: Ints) -> Ints:
    """Write orders; delivery takes some days, and a few parcels never come."""
    count = len(buyer)
    goods = market["products"]
    quantity = 1 + chance(rng, 0.09, count) + whole(rng.integers(1, 5, count) * chance(rng, 0.02, count))
    discount = np.where(chance(rng, 0.12, count), rng.choice([0.8, 0.85, 0.9, 0.95], size=count), 1.0)
    delivered = market.calendar.waking(rng, after(rng, placed + 20 * 3_600_000_000, 2.4, 0.45))
    delivered = np.maximum(delivered, placed + 6 * 3_600_000_000)
    home = market.buyers.home[buyer]
    gift = chance(rng, 0.03, count)
    return market["orders"].add(
        count,
        buyer_id=buyer,
        product_id=product,
        seller_id=goods["seller_id"][product],
        placed_at=placed,
        delivered_at=np.where(chance(rng, 0.006, count) | (delivered >= END), NEVER, delivered),
        quantity=quantity,
        amount=whole(np.round(goods["price"][product] * quantity * discount)),
        currency=goods["currency"][product],
        ship_address=np.where(gift, home[rng.permutation(count)], home),
    )


def shop(market: Market) -> None:
    """Let the buyers shop for two years."""
    rng = market.rng("orders")
    buyer, placed = _visits(market, rng)
    visit, place = expand(np.minimum(rng.geometric(_BASKET, len(buyer)), 8))
    buyer, placed = buyer[visit], placed[visit]
    low, high = _wishes(market, rng, buyer)
    product = browse(market, rng, week_of(placed), low, high)
    opener = product[np.flatnonzero(place == 0)][visit]
    bundled = (place > 0) & chance(rng, 0.35, len(buyer))
    product = np.where(bundled, market.goods.companion[opener], product)
    product = _again(rng, buyer, placed, product)
    kept = on_sale(market.goods, product, placed)
    sell(market, rng, buyer[kept], product[kept], placed[kept])


def _visits(market: Market, rng: Rng) -> tuple[Ints, Ints]:
    """Return the buyer and the time of each visit; whoever joins usually buys at once."""
    buyers, calendar = market.buyers, market.calendar
    lively = buyers.activity * (calendar.share(buyers.end) - calendar.share(buyers.start))
    mean = _ORDERS * market.scale * _BASKET * 1.03 * lively / lively.sum()
    buyer, place = expand(whole(rng.poisson(mean)))
    time = calendar.moments(rng, buyers.start[buyer], buyers.end[buyer])
    joins = (place == 0) & (buyers.opened[buyer] >= buyers.start[buyer]) & chance(rng, 0.7, len(buyer))
    soon = buyers.opened[buyer] + whole(rng.exponential(2400, len(buyer)) + 60) * 1_000_000
    return buyer, np.where(joins & (soon < END), soon, time)


def _wishes(market: Market, rng: Rng, buyer: Ints) -> tuple[Ints, Ints]:
    """Return the range of products that each purchase is chosen from: a brand, a liked category, anything."""
    goods, buyers = market.goods, market.buyers
    count = len(buyer)
    mood = weighted(rng, np.array([0.12, 0.40, 0.19, 0.09, 0.20]), count)
    liked = buyers.tastes[buyer, np.clip(mood - 1, 0, 2)]
    low, high = goods.category_edges[liked], goods.category_edges[liked + 1]
    brand = buyers.brand[buyer]
    low = np.where(mood == 0, goods.brand_edges[brand], np.where(mood == 4, 0, low))
    high = np.where(mood == 0, goods.brand_edges[brand + 1], np.where(mood == 4, len(goods), high))
    return low, high


def browse(market: Market, rng: Rng, week: Ints, low: Ints, high: Ints) -> Ints:
    """Choose a product from each range [low, high) as it is sought after in that week, else from all."""
    chosen = np.empty(len(week), dtype=np.int64)
    for number, rows in groups(week):
        edges = np.concatenate([[0.0], np.cumsum(demand(market.goods, number))])
        start, stop = edges[low[rows]], edges[high[rows]]
        nothing = stop <= start
        start, stop = np.where(nothing, 0.0, start), np.where(nothing, edges[-1], stop)
        place = np.searchsorted(edges, start + rng.random(len(rows)) * (stop - start), side="right") - 1
        chosen[rows] = np.minimum(place, len(market.goods) - 1)
    return chosen


def _again(rng: Rng, buyer: Ints, placed: Ints, product: Ints) -> Ints:
    """Let some purchases repeat the buyer's previous one."""
    order = np.lexsort((placed, buyer))
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = buyer[order][1:] == buyer[order][:-1]
    repeat: Flags = same & chance(rng, 0.07, len(order))
    before: Column = np.roll(product[order], 1)
    result = product.copy()
    result[order] = np.where(repeat, before, product[order])
    return result
