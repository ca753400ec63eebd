"""Review rings: a broker, clients, and shills who buy, praise and get their money back elsewhere."""

from dataclasses import dataclass

import numpy as np

from floorwalker.world.abuse.adverts import advertise, pay_back
from floorwalker.world.abuse.plot import Plot, convict, goods_of, moments, open_sellers, plots
from floorwalker.world.calendar import DAY, END, NEVER, START, after, week_of
from floorwalker.world.draw import Floats, Ints, Rng, chance, expand, one, sample, seeds, whole
from floorwalker.world.identity import share
from floorwalker.world.market import Market
from floorwalker.world.orders import browse, sell
from floorwalker.world.people import recruits
from floorwalker.world.reviews import honest_stars, write_reviews

_DAYS = ((50, 140), (90, 230), (190, 400))
_CAMPAIGN = ((7, 21), (21, 56), (50, 160))
_JOBS = ((8, 15), (4, 6), (1, 4))
_RARE = 0.025  # of all reviewers, sellers and products play a part, at most
_SHILLS = (10, 80)
_PRODUCTS = (4, 30)


@dataclass
class _Room:
    """How many may still be drawn into rings, so that abuse stays rare; something is left for rings to come."""

    shills: int
    sellers: int
    products: int
    to_come: int

    def size(self, rng: Rng) -> int:
        """Return the number of shills of the next ring."""
        least, most = _SHILLS
        return max(least, min(most, self.shills - least * self.to_come, round(least + rng.gamma(1.2, 20))))


def run(market: Market) -> None:
    """Plant the rings."""
    rng = market.rng("review_ring")
    planned = plots(market, rng, "review_ring", 22, _DAYS, least=0.02)
    reviewers = len(np.unique(market["reviews"]["reviewer_id"]))
    sellers, products = len(market.goods.seller_size), len(market.goods)
    room = _Room(round(_RARE * reviewers), round(_RARE * sellers), round(_RARE * products), len(planned))
    for plot in planned:
        room.to_come -= 1
        product = _clients(market, rng, plot, room)
        if len(product):
            room.shills -= _campaign(market, rng, plot, room.size(rng), product)


def _clients(market: Market, rng: Rng, plot: Plot, room: _Room) -> Ints:
    """Choose the sellers who pay and return their pushed products, 4 to 30 in all."""
    least, most = _PRODUCTS
    wanted = 1 if rng.random() < 0.4 else one(rng, 2, 5)
    wanted = max(1, min(wanted, room.sellers - room.to_come))
    fit = open_sellers(market, plot, least, 80)
    fit = fit[~np.isin(fit, market.guilty_sellers)]
    appeal = market.goods.appeal  # who sells something already pays for more
    turnover = np.bincount(market.goods.seller, weights=appeal, minlength=len(market.goods.seller_size))
    sellers = sample(rng, fit, wanted, turnover[fit])
    if not len(sellers):
        return sellers
    shelves = [goods_of(market, int(seller), plot.start) for seller in sellers]
    pushed = np.concatenate([sample(rng, shelf, one(rng, least, 12), appeal[shelf]) for shelf in shelves])
    product = pushed[: max(least, min(most, room.products - least * room.to_come))]
    sellers = np.unique(market.goods.seller[product])
    room.sellers -= len(sellers)
    room.products -= len(product)
    market.guilty_sellers.extend(sellers.tolist())
    convict(market, plot, "seller", "account", market.seller_account(sellers))
    convict(market, plot, "product", "product", product)
    return product


def _campaign(market: Market, rng: Rng, plot: Plot, size: int, product: Ints) -> int:
    """Let shills do their jobs, and return how many they are."""
    new = plot.pick(0.6, 0.3, 0.1)
    shills = recruits(market, rng, size, start=plot.start, end=plot.end, new=new)
    convict(market, plot, "reviewer", "account", shills)
    _camouflage(market, rng, plot, shills)
    shill, job, placed = _jobs(market, rng, plot, shills, product)
    orders = sell(market, rng, shill, job, placed)
    arrived = market["orders"]["delivered_at"][orders]
    done = np.flatnonzero(arrived != NEVER)
    orders, shill, job = orders[done], shill[done], job[done]
    posted = market.calendar.waking(rng, after(rng, arrived[done], plot.pick(3, 5, 9), 0.6))
    posted = np.maximum(posted, arrived[done] + 3_600_000_000)
    rating = np.where(chance(rng, plot.pick(0.94, 0.9, 0.82), len(job)), 5, 4)
    text = _texts(rng, plot, len(job))
    rows = write_reviews(market, rng, shill, job, rating, posted, orders, text)
    _found_late(market, rng, plot, rows)
    _shared_tools(market, rng, plot, shills)
    broker = pay_back(market, rng, plot, shills)
    convict(market, plot, "broker", "account", broker)
    advertise(market, rng, plot, product)
    return len(shills)


def _jobs(market: Market, rng: Rng, plot: Plot, shills: Ints, product: Ints) -> tuple[Ints, Ints, Ints]:
    """Return who buys what and when: each product has its own campaign, each shill a number of jobs."""
    jobs = rng.integers(_JOBS[plot.stealth][0], _JOBS[plot.stealth][1] + 1, len(shills))
    row, place = expand(np.minimum(jobs, len(product)))
    demand: Floats = rng.lognormal(0, 0.5, len(product))
    order = np.argsort(rng.exponential(size=(len(shills), len(product))) / demand, axis=1)
    which = order[row, place]
    length = rng.integers(_CAMPAIGN[plot.stealth][0], _CAMPAIGN[plot.stealth][1] + 1, len(product))
    begin = rng.random(len(product)) * np.maximum(plot.days - length, 1)
    day = begin[which] + rng.beta(1.3, 1.6, len(row)) * length[which]
    placed = market.calendar.waking(rng, plot.start + whole(day) * DAY)
    opened = market.buyers.opened[shills[row]]
    return shills[row], product[which], np.minimum(np.maximum(placed, opened + 60_000_000), END - DAY)


def _texts(rng: Rng, plot: Plot, size: int) -> Ints:
    """Some shills copy what the broker sends."""
    script = seeds(rng, one(rng, 5, 12))
    copied = chance(rng, plot.pick(0.5, 0.2, 0.05), size)
    return np.where(copied, script[rng.integers(0, len(script), size)], seeds(rng, size))


def _camouflage(market: Market, rng: Rng, plot: Plot, shills: Ints) -> None:
    """Buy and review ordinary things in between."""
    who = np.repeat(shills, rng.poisson(plot.pick(0.4, 2, 4), len(shills)))
    placed = moments(market, rng, plot, len(who))
    edges = market.goods.category_edges
    liked = market.buyers.tastes[who, rng.integers(0, 3, len(who))]
    product = browse(market, rng, week_of(placed), edges[liked], edges[liked + 1])
    kept = (market.goods.listed[product] < placed) & (placed > market.buyers.opened[who])
    who, product, placed = who[kept], product[kept], placed[kept]
    rows = sell(market, rng, who, product, placed)
    told = chance(rng, 0.75, len(rows)) & (market["orders"]["delivered_at"][rows] != NEVER)
    rows, who, product = rows[told], who[told], product[told]
    posted = after(rng, market["orders"]["delivered_at"][rows], 8, 0.8)
    write_reviews(market, rng, who, product, honest_stars(market, rng, who, product, 0.2), posted, rows)


def _found_late(market: Market, rng: Rng, plot: Plot, rows: Ints) -> None:
    """The marketplace removes some of the reviews, months later."""
    book = market["reviews"]
    found = rows[chance(rng, plot.pick(0.22, 0.08, 0.02), len(rows))]
    gone = book["posted_at"][found] + whole(rng.uniform(40, 220, len(found)) * DAY)
    book["removed_at"][found] = np.where(gone < END, gone, NEVER)


def _shared_tools(market: Market, rng: Rng, plot: Plot, shills: Ints) -> None:
    """A part of the shills runs several accounts from one phone, or is paid to one purse."""
    for kind, scale in (("device", 1.0), ("ip", 1.2), ("payment_handle", 0.7)):
        some = shills[chance(rng, scale * plot.pick(0.3, 0.09, 0.02), len(shills))]
        if len(some) > 1:
            share(market, rng, kind, some, max(plot.start, START), plot.end, ways=max(1, len(some) // 3))
