"""Sabotage: bought one-star reviews on a rival's products."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, client_seller, convict, goods_of, moments, open_sellers, plots
from floorwalker.world.calendar import END, NEVER, after
from floorwalker.world.draw import NOBODY, Ints, Rng, chance, one, sample, whole
from floorwalker.world.market import Market
from floorwalker.world.orders import sell
from floorwalker.world.people import recruits
from floorwalker.world.reviews import write_reviews

_DAYS = ((4, 14), (20, 50), (60, 120))
_CROWD = ((10, 24), (7, 15), (5, 11))


def run(market: Market) -> None:
    """Plant the campaigns."""
    rng = market.rng("review_sabotage")
    for plot in plots(market, rng, "review_sabotage", 7, _DAYS):
        fair = open_sellers(market, plot, 2, 60)
        victim = int(rng.choice(fair[~np.isin(fair, market.guilty_sellers)]))
        victim_goods = sample(rng, goods_of(market, victim, plot.start), one(rng, 1, 4))
        rivals = _rivals(market, plot, victim, victim_goods)
        if not len(victim_goods) or not len(rivals):
            continue
        rival = client_seller(market, rng, plot, rivals)
        _attack(market, rng, plot, victim_goods)
        convict(market, plot, "victim", "product", victim_goods)
        convict(market, plot, "beneficiary", "account", market.seller_account(whole([rival])))


def _rivals(market: Market, plot: Plot, victim: int, product: Ints) -> Ints:
    """Return sellers of the same category."""
    same = np.isin(market.goods.category, market.goods.category[product])
    fit = open_sellers(market, plot, 2, 80)
    return whole(fit[np.isin(fit, market.goods.seller[same]) & (fit != victim)])


def _attack(market: Market, rng: Rng, plot: Plot, product: Ints) -> None:
    crowd = one(rng, *_CROWD[plot.stealth])
    people = recruits(market, rng, crowd, start=plot.start, end=plot.end, new=plot.pick(0.7, 0.3, 0.1))
    convict(market, plot, "reviewer", "account", people)
    who, what = np.repeat(people, len(product)), np.tile(product, len(people))
    first = np.arange(len(who)) % len(product) == np.repeat(rng.integers(0, len(product), crowd), len(product))
    hits = first | chance(rng, plot.pick(0.8, 0.4, 0.15), len(who))
    who, what = who[hits], what[hits]
    at = np.maximum(moments(market, rng, plot, len(who)), market.buyers.opened[who] + 60_000_000)
    bought = chance(rng, plot.pick(0.15, 0.7, 0.95), len(who))
    orders = np.full(len(who), NOBODY)
    orders[bought] = sell(market, rng, who[bought], what[bought], at[bought])
    arrived = np.where(bought, market["orders"]["delivered_at"][orders], at)
    posted = np.where(bought, after(rng, np.where(arrived == NEVER, END, arrived), 2, 0.5), at)
    rating = np.where(chance(rng, plot.pick(0.95, 0.85, 0.75), len(who)), 1, 2)
    write_reviews(market, rng, who, what, rating, posted, orders)
