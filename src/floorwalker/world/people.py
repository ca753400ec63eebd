"""Buyers: when they come and go, where they live and with whom, what they like, how readily they review."""

import numpy as np

from floorwalker.world.calendar import DAY, END, START
from floorwalker.world.draw import Floats, Ints, Rng, chance, expand, sample, waits, weighted, whole
from floorwalker.world.market import Buyers, Homes, Market
from floorwalker.world.phrases import STREETS
from floorwalker.world.tables import CATEGORIES

_COUNTRY = np.array([0.3, 0.17, 0.15, 0.1, 0.08, 0.08, 0.03, 0.03, 0.03, 0.02, 0.01])
AREAS = 40  # postcode areas of a country


def move_in(market: Market) -> None:
    """Make buyers and their homes: families, dormitories, customers of freight forwarders."""
    rng = market.rng("people")
    count = max(600, market.count(170_000))
    home = _households(rng, count)
    market.homes = homes_somewhere(rng, weighted(rng, _COUNTRY, int(home.max()) + 1))
    opened, start, end = _life_spans(rng, count)
    order = np.argsort(rng.random(count), kind="stable")  # flatmates join at different times
    market.buyers = Buyers(
        home=home[order],
        opened=opened,
        start=start,
        end=end,
        activity=rng.lognormal(0, 1.15, count),
        tastes=_tastes(rng, count),
        brand=_loyalties(rng, market, count),
        reviews=_propensity(rng, count),
        leniency=rng.normal(0, 0.5, count),
        sitting=np.where(chance(rng, 0.25, count), rng.integers(4, 20, count), 0),
        returns=np.where(chance(rng, 0.012, count), rng.uniform(5, 9, count), rng.gamma(1.4, 0.65, count)),
        taken=np.zeros(count, dtype=np.bool_),
    )
    _share_tastes(rng, market)


def _households(rng: Rng, count: int) -> Ints:
    """Return each buyer's home: mostly alone or in small families, some in dormitories or at a forwarder's."""
    sizes = rng.choice([1, 2, 3, 4, 5], p=[0.7, 0.19, 0.06, 0.04, 0.01], size=count)
    crowded = round(count * 0.012 / 85) + 1
    sizes[:crowded] = rng.integers(40, 131, crowded)  # dormitories
    forwarders = round(count * 0.006 / 250) + 1
    sizes[crowded : crowded + forwarders] = rng.integers(140, 401, forwarders)
    sizes[: crowded + forwarders] = np.minimum(sizes[: crowded + forwarders], count // 50 + 5)
    home, _ = expand(whole(sizes))
    return home[:count]


def homes_somewhere(rng: Rng, country: Ints) -> Homes:
    """Return one home in each of the given countries; people crowd in some postcode areas."""
    count = len(country)
    return Homes(
        country=country,
        area=weighted(rng, 1 / np.arange(1, AREAS + 1) ** 0.5, count),
        unit=rng.integers(0, 500, count),
        street=rng.integers(0, len(STREETS), count),
        number=whole(rng.gamma(1.3, 30, count)) + 1,
        style=weighted(rng, np.array([0.8, 0.1, 0.06, 0.04]), count),
    )


def _life_spans(rng: Rng, count: int) -> tuple[Ints, Ints, Ints]:
    """Return when each account was opened, and between which times its owner is active in the two years."""
    old = chance(rng, 0.55, count)
    days = np.where(old, -waits(rng, 700, 3600, count), 730 * rng.random(count) ** 0.85)
    opened = START + whole(days * 86_400) * 1_000_000
    stays = rng.exponential(620, count)
    start = np.maximum(opened, START)
    end = np.minimum(start + whole(stays * 86_400) * 1_000_000 + DAY, END)
    return opened, start, np.maximum(end, start + 1)


def _tastes(rng: Rng, count: int) -> Ints:
    weights = rng.permutation(1 / np.arange(1, len(CATEGORIES) + 1) ** 0.6)
    return np.stack([weighted(rng, weights, count) for _ in range(3)], axis=1)


def _loyalties(rng: Rng, market: Market, count: int) -> Ints:
    """Return each buyer's favourite brand; many products and much appeal make many friends."""
    goods = market.goods
    weight = np.bincount(goods.brand, weights=goods.appeal, minlength=len(goods.brand_edges) - 1)
    return weighted(rng, weight, count)


def _propensity(rng: Rng, count: int) -> Floats:
    """Return the chance to review a purchase: most never do, a few nearly always."""
    share = rng.choice([0, 1, 2, 3], p=[0.62, 0.27, 0.10, 0.01], size=count)
    draws = np.stack(
        [
            np.full(count, 0.002),
            rng.beta(1.5, 6, count),
            rng.beta(3, 4, count),
            rng.beta(14, 2, count),
        ]
    )
    return np.asarray(draws[share, np.arange(count)], dtype=np.float64)


def _share_tastes(rng: Rng, market: Market) -> None:
    """People under one roof like similar things."""
    buyers = market.buyers
    leader = np.zeros(int(buyers.home.max()) + 1, dtype=np.int64)
    leader[buyers.home] = np.arange(len(buyers))
    follows = chance(rng, 0.5, len(buyers))
    buyers.tastes[follows] = buyers.tastes[leader[buyers.home[follows]]]


def last_heard(market: Market) -> Ints:
    """Return when each buyer was last heard of: an order, a review, a claim; the start of the two years if never."""
    last = np.full(len(market.buyers), START)
    for table, who, when in (
        ("orders", "buyer_id", "placed_at"),
        ("reviews", "reviewer_id", "posted_at"),
        ("refunds", "buyer_id", "requested_at"),
    ):
        np.maximum.at(last, market[table][who], market[table][when])
    return last


def newcomers(market: Market, first: int, last: int) -> Ints:
    """Return the buyers whose account was opened between two times."""
    opened = market.buyers.opened
    return np.flatnonzero((opened >= first) & (opened < last))


def recruits(market: Market, rng: Rng, size: int, *, start: int, end: int, new: float) -> Ints:
    """Choose people who take part in a scheme from `start` to `end`; a share `new` has just joined.

    They are ordinary buyers with a life of their own, and each joins one scheme only.
    """
    buyers = market.buyers
    free = ~buyers.taken
    fresh = np.flatnonzero(free & (buyers.opened >= start - 75 * DAY) & (buyers.opened < start))
    old = np.flatnonzero(free & (buyers.opened < start - 75 * DAY) & (buyers.end > min(end, END - 10 * DAY)))
    if len(old) < size:
        old = np.flatnonzero(free & (buyers.opened < start - 75 * DAY))
    young = sample(rng, fresh, round(size * new))
    chosen = np.concatenate([young, sample(rng, old, size - len(young), np.sqrt(buyers.activity[old]))])
    buyers.taken[chosen] = True
    return chosen
