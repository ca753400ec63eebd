"""Sellers, brands and products: very unequal in size, listed over time, some shown under two listings."""

import numpy as np

from floorwalker.world.calendar import DAY, DAYS, END, NEVER, START
from floorwalker.world.draw import Flags, Floats, Ints, Rng, chance, sample, waits, weighted, whole
from floorwalker.world.market import Goods, Market
from floorwalker.world.tables import CATEGORIES
from floorwalker.world.words import brand_names, product_titles

_PRICES = np.array(
    [
        *(24, 55, 210, 60, 330, 38, 32, 30, 22, 40, 16, 19),
        *(14, 21, 27, 33, 46, 36, 29, 13, 18, 42, 31, 15.0),
    ]
)
_GRAMS = np.array(
    [
        *(350, 900, 380, 420, 1900, 1200, 1500, 2100, 600, 300, 220, 260),
        *(700, 1500, 900, 1100, 1600, 1400, 1700, 450, 500, 120, 800, 400.0),
    ]
)
_PEAK_WEEK = np.array([14, 13, 47, 47, 47, 48, 40, 18, 49, 49, 48, 3, 26, 26, 26, 22, 20, 18, 24, 49, 35, 49, 45, 42])
_SWING = np.array(
    [
        *(0.2, 0.2, 0.25, 0.3, 0.25, 0.2, 0.1, 0.7, 0.7, 0.4, 0.2, 0.3),
        *(0.05, 0.05, 0.05, 0.3, 0.5, 0.25, 0.15, 0.3, 0.4, 0.5, 0.3, 0.3),
    ]
)


def stock_shelves(market: Market) -> None:
    """Make sellers, brands and products. Products are numbered by category, then by brand."""
    rng = market.rng("catalogue")
    sellers = max(40, market.count(2500))
    size = rng.lognormal(0, 1.5, sellers)
    brands = round(1.6 * sellers)
    categories = weighted(rng, 1 / np.arange(1, len(CATEGORIES) + 1) ** 0.55, brands)
    brand_category = np.sort(rng.permutation(len(CATEGORIES))[categories])
    brand_seller = np.concatenate([rng.permutation(sellers), weighted(rng, size, brands - sellers)])
    brand_seller = rng.permutation(brand_seller)
    popularity = rng.pareto(1.3, brands) + 0.3
    products = max(300, market.count(20_000))
    brand = np.sort(weighted(rng, np.minimum(popularity, 60), products))
    market.goods = _goods(rng, brand, brand_category, popularity, brand_seller, size)
    _suspend_sellers(rng, market.goods)
    _merge_listings(rng, market.goods)


def _goods(rng: Rng, brand: Ints, brand_category: Ints, popularity: Floats, brand_seller: Ints, size: Floats) -> Goods:
    count = len(brand)
    category = brand_category[brand]
    seller = np.where(chance(rng, 0.8, count), brand_seller[brand], weighted(rng, size, count))
    # More than half of the goods were there before the two years began; the rest come as they come.
    days = np.where(chance(rng, 0.55, count), -waits(rng, 420, 3000, count), rng.random(count) * (DAYS - 5))
    edges = np.searchsorted(brand, np.arange(len(brand_category) + 1))
    near = whole(np.arange(count) + rng.integers(1, 6, count))
    return Goods(
        category=category,
        brand=brand,
        seller=seller,
        listed=START + whole(days * 86_400) * 1_000_000,
        appeal=np.minimum(rng.pareto(1.15, count) + 0.05, 60) * popularity[brand] ** 0.35,
        half_life=np.where(chance(rng, 0.3, count), 1000.0, 90 * rng.lognormal(0, 0.7, count)),
        quality=rng.normal(0, 0.45, count) - 1.2 * chance(rng, 0.04, count),
        weight_g=whole(_GRAMS[category] * rng.lognormal(0, 0.6, count)) + 20,
        companion=np.minimum(near, count - 1),
        brand_edges=whole(edges),
        category_edges=whole(np.searchsorted(category, np.arange(len(CATEGORIES) + 1))),
        seller_size=size,
        closed=np.full((len(size), 2), NEVER, dtype=np.int64),
        merged=np.zeros(count, dtype=np.bool_),
    )


def _suspend_sellers(rng: Rng, goods: Goods) -> None:
    """Some honest sellers ship late or lack a document, are suspended, and mostly come back on appeal."""
    sellers = len(goods.seller_size)
    who = np.flatnonzero(chance(rng, 0.05, sellers))
    start = START + whole(rng.random(len(who)) * (DAYS - 40) * 86_400) * 1_000_000
    days = np.where(chance(rng, 0.65, len(who)), 3 + rng.exponential(14, len(who)), 4000.0)
    goods.closed[who, 0] = start
    goods.closed[who, 1] = np.where(days > 3000, END + DAY, start + whole(days * 86_400) * 1_000_000)


def _merge_listings(rng: Rng, goods: Goods) -> None:
    """Mark every first product of a pair of duplicate listings; the second is its companion."""
    first = np.arange(0, len(goods) - 1, 2)
    first = first[goods.brand[first] == goods.brand[first + 1]]
    first = sample(rng, first, round(0.012 * len(goods)), np.sqrt(goods.appeal[first] + goods.appeal[first + 1]))
    goods.merged[first] = True
    goods.companion[first] = first + 1
    for values in (goods.seller, goods.listed, goods.quality):
        values[first + 1] = values[first]


def list_products(market: Market) -> None:
    """Write the catalogue into the ledger of products."""
    goods, rng = market.goods, market.rng("products")
    count = len(goods)
    cents = whole(_PRICES[goods.category] * 100 * rng.lognormal(0, 0.65, count))
    brands = brand_names(rng, len(goods.brand_edges) - 1)
    currency = np.array([0, 1, 2, 2, 2, 3, 0, 0, 0, 2, 0], dtype=np.int8)
    country = market["accounts"]["country"][market.seller_account(goods.seller)]
    market["products"].add(
        count,
        seller_id=market.seller_account(goods.seller),
        title=product_titles(rng, brands[goods.brand], goods.category),
        brand=brands[goods.brand],
        category=goods.category,
        price=np.maximum(199, cents - cents % 100 + 99),
        currency=currency[country],
        listed_at=goods.listed,
    )


def demand(goods: Goods, week: int) -> Floats:
    """Return how sought-after each product is in one week: launch bump, decay and season; 0 before it is listed."""
    begins = START + week * 7 * DAY
    age = (begins - goods.listed) / (7 * DAY)
    peak = np.cos(2 * np.pi * (week % 52 - _PEAK_WEEK) / 52)
    season = 1 + _SWING * peak
    life = (1 + 2.5 * np.exp(-np.abs(age) / 5)) * np.exp2(-np.maximum(age, 0) / goods.half_life)
    return np.where(age >= 0, goods.appeal * life * season[goods.category], 0.0)


def on_sale(goods: Goods, product: Ints, time: Ints) -> Flags:
    """Tell whether each product could be bought at each time: listed, and its seller not suspended."""
    away = goods.closed[goods.seller[product]]
    suspended = (away[:, 0] != NEVER) & (away[:, 0] <= time) & (time < away[:, 1])
    return np.asarray((goods.listed[product] <= time) & ~suspended)
