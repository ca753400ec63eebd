"""Honest people who act together: fans of a brand, a product gone viral, a dormitory, a sampling programme."""

import numpy as np

from floorwalker.world.calendar import DAY, DAYS, END, HOUR, START, after
from floorwalker.world.catalogue import on_sale
from floorwalker.world.draw import Ints, Rng, between, chance, expand, one, sample, whole
from floorwalker.world.identity import FORWARDER
from floorwalker.world.market import Market
from floorwalker.world.orders import sell
from floorwalker.world.people import newcomers
from floorwalker.world.reviews import honest_stars, trusted_reviewers, write_reviews


def gather(market: Market) -> None:
    """Let the crowds buy and review."""
    rng = market.rng("crowds")
    _fans(market, rng)
    _viral(market, rng)
    _dormitories(market, rng)
    _samples(market, rng)


def purchase(
    market: Market, rng: Rng, buyer: Ints, product: Ints, placed: Ints, *, lift: float, reviewed: float
) -> None:
    """Let people buy, and a share of them review soon; `lift` moves their stars up."""
    inside = on_sale(market.goods, product, placed) & (placed >= market.buyers.opened[buyer]) & (placed < END)
    buyer, product, placed = buyer[inside], product[inside], placed[inside]
    rows = sell(market, rng, buyer, product, placed)
    keen = chance(rng, reviewed, len(rows)) & (market["orders"]["delivered_at"][rows] > 0)
    rows, buyer, product = rows[keen], buyer[keen], product[keen]
    posted = after(rng, market["orders"]["delivered_at"][rows], 4, 0.7)
    stars = honest_stars(market, rng, buyer, product, lift)
    write_reviews(market, rng, buyer, product, stars, posted, rows)


def _fans(market: Market, rng: Rng) -> None:
    """Fans buy most launches of their brand within days and mostly give five stars."""
    goods, buyers = market.goods, market.buyers
    launched = np.flatnonzero(goods.listed > START)
    launches = np.bincount(goods.brand[launched], minlength=len(goods.brand_edges) - 1)
    brands = sample(rng, np.flatnonzero((launches >= 5) & (launches <= 60)), max(1, market.count(14)))
    for brand in brands:
        new = launched[goods.brand[launched] == brand]
        fans = np.flatnonzero((buyers.brand == brand) & (buyers.end - buyers.start > 250 * DAY))
        fans = sample(rng, fans, one(rng, 12, 60))
        who, what = np.repeat(fans, len(new)), np.tile(new, len(fans))
        placed = after(rng, goods.listed[what], 2.5, 0.9)
        there = chance(rng, 0.65, len(who)) & (placed > buyers.start[who]) & (placed < buyers.end[who])
        purchase(market, rng, who[there], what[there], placed[there], lift=0.9, reviewed=0.6)


def _viral(market: Market, rng: Rng) -> None:
    """A video makes hundreds of newcomers buy one thing within days, love it, and often never come back."""
    goods = market.goods
    for _ in range(max(1, market.count(9))):
        begin = START + one(rng, 40, DAYS - 40) * DAY
        there = np.flatnonzero((goods.listed < begin) & (goods.quality > 0.2))
        crowd = newcomers(market, begin, begin + 9 * DAY)
        crowd = sample(rng, crowd, min(one(rng, 200, 600), round(0.6 * len(crowd))))
        product = np.full(len(crowd), sample(rng, there, 1, np.sqrt(goods.appeal[there]))[0])
        placed = market.buyers.opened[crowd] + whole(rng.exponential(3 * HOUR, len(crowd))) + 60_000_000
        purchase(market, rng, crowd, product, placed, lift=1.0, reviewed=0.55)


def _dormitories(market: Market, rng: Rng) -> None:
    """People of one house order the same things in the same week, when term starts or someone raves."""
    buyers, goods = market.buyers, market.goods
    size = np.bincount(buyers.home)
    for home in np.flatnonzero((size >= 10) & (size < FORWARDER)):
        people = np.flatnonzero(buyers.home == home)
        for _ in range(one(rng, 3, 9)):
            begin = START + one(rng, 5, DAYS - 20) * DAY
            there = np.flatnonzero(goods.listed < begin)
            product = sample(rng, there, 1, goods.appeal[there])[0]
            joined = people[(buyers.start[people] < begin) & (buyers.end[people] > begin)]
            joined = sample(rng, joined, one(rng, 3, 14))
            placed = market.calendar.moments(rng, np.full(len(joined), begin), np.full(len(joined), begin + 7 * DAY))
            purchase(market, rng, joined, np.full(len(joined), product), placed, lift=0.2, reviewed=0.25)


def _samples(market: Market, rng: Rng) -> None:
    """Trusted reviewers get the same new products at about the same time, without an order, and say what is so."""
    goods = market.goods
    panel = trusted_reviewers(market, rng, max(12, market.count(150)))
    new = np.flatnonzero((goods.listed > START + 20 * DAY) & (goods.listed < END - 40 * DAY))
    new = sample(rng, new, max(15, market.count(320)))
    sent = goods.listed[new] + whole(rng.uniform(0, 20, len(new)) * DAY)
    sent += (14 * DAY - (sent - START) % (14 * DAY)) % (14 * DAY)  # parcels leave every second Monday
    row, _ = expand(between(rng, 8, max(8, min(40, len(panel) // 2)), len(new)))
    who = panel[rng.integers(0, len(panel), len(row))]
    posted = market.calendar.waking(rng, after(rng, sent[row] + 3 * DAY, 8, 0.7))
    there = (posted > market.buyers.start[who]) & (posted < market.buyers.end[who])
    who, what, posted = who[there], new[row][there], posted[there]
    write_reviews(market, rng, who, what, honest_stars(market, rng, who, what, 0.15), posted)
