"""The marketplace around the made staff desk: who buys what from whom, what they write, when they turn to the desk."""

from dataclasses import dataclass

import numpy as np

from benchmarks.desk_words import DAY, EARLIER, HOUR, LANGUAGES, WEEK, Bools, Floats, Ints, drawn

NATIVE = 0.75
"""Share of orders that a buyer places with a seller of his own language."""


@dataclass(slots=True)
class Shop:
    """Accounts are buyers first, then sellers; orders in the order of `placed`. -1: never delivered, not removed.

    badness: each seller's rate of trouble, mean 1. writes: share of buyers to whom a seller writes. review_of: order.
    """

    buyers: int
    language: Ints
    joined: Ints
    size: Floats
    badness: Floats
    writes: Floats
    seller: Ints
    price: Floats
    buyer: Ints
    product: Ints
    placed: Ints
    delivered: Ints
    review_of: Ints
    rating: Ints
    posted: Ints
    breaks_policy: Bools
    removed: Ints

    @property
    def sellers(self) -> int:
        """How many sell."""
        return len(self.language) - self.buyers

    def before(self, at: Ints, chance: np.random.Generator) -> Ints:
        """An order placed before each of these moments."""
        return chance.integers(0, np.searchsorted(self.placed, at).clip(min=1))

    @property
    def largest(self) -> Ints:
        """Sellers as accounts, the largest first."""
        return self.buyers + np.argsort(-self.size, kind="stable")

    @property
    def sold_by(self) -> Ints:
        """The seller's account of each order."""
        return self.seller[self.product]


def shop_of(staff: int, weeks: int, orders: int, chance: np.random.Generator) -> Shop:
    """A marketplace with so many orders, large enough to keep so many staff busy for so many weeks."""
    buyers, sellers = orders // 7, 6 * staff
    language = drawn(chance, np.array([0.4, 0.22, 0.15, 0.13, 0.1]), buyers + sellers)
    end = weeks * WEEK
    joined = chance.integers(-400 * DAY, end // 2, buyers + sellers)
    joined[buyers:] = chance.integers(-900 * DAY, 0, sellers)
    size = chance.permutation(1 / np.arange(4, sellers + 4) ** 0.9)
    seller = buyers + np.repeat(np.arange(sellers), chance.integers(2, 15, sellers))
    buyer, product = _bought(size, seller, language, orders, buyers, chance)
    placed = _when(language[buyer], end, chance)
    by_time = np.argsort(placed, kind="stable")
    buyer, product, placed = buyer[by_time], product[by_time], placed[by_time]
    early = joined[buyer] > placed
    joined[buyer[early]] = np.minimum(joined[buyer[early]], placed[early] - HOUR)
    np.minimum.at(joined, buyer, placed - HOUR)
    delivered = placed + (chance.lognormal(1.1, 0.5, orders) * DAY).astype(np.int64)
    delivered[chance.random(orders) < 0.012] = -1
    badness = chance.gamma(0.6, 1 / 0.6, sellers)
    price = np.round(chance.lognormal(3.2, 0.9, len(seller)), 2)
    grown: Ints = np.sort(chance.choice(orders, orders // 6, replace=False))
    grown = grown[delivered[grown] >= 0]
    posted = delivered[grown] + (chance.gamma(1.3, 4.0, len(grown)) * DAY).astype(np.int64)
    grown, posted = grown[posted < end], posted[posted < end]
    liked = chance.normal(3.9 - 0.35 * np.minimum(badness, 4)[seller[product[grown]] - buyers], 1.35)
    rating = np.clip(np.round(liked), 1, 5).astype(np.int64)
    breaks = chance.random(len(grown)) < np.where(rating < 3, 0.05, 0.015)
    removed = np.full(len(grown), -1)
    writes = chance.beta(0.8, 8, sellers)
    tables = (seller, price, buyer, product, placed, delivered, grown, rating, posted, breaks, removed)
    return Shop(buyers, language, joined, size, badness, writes, *tables)


def _bought(
    size: Floats, seller: Ints, language: Ints, orders: int, buyers: int, chance: np.random.Generator
) -> tuple[Ints, Ints]:
    """Buyer and product of each order: large sellers, popular goods, mostly one's own language."""
    buyer = drawn(chance, chance.gamma(0.7, 1.0, buyers) + 0.02, orders)
    pull = size[seller - buyers] * chance.gamma(0.8, 1.0, len(seller))
    product = drawn(chance, pull, orders)
    native = chance.random(orders) < NATIVE
    for k in range(len(LANGUAGES)):
        at_home = np.flatnonzero(native & (language[buyer] == k))
        shelf = np.flatnonzero(language[seller] == k)
        product[at_home] = shelf[drawn(chance, pull[shelf], len(at_home))]
    return buyer, product


def _when(language: Ints, end: int, chance: np.random.Generator) -> Ints:
    """Mostly in the evening of one's own country; a fifth more at the end than at the beginning."""
    days = end // DAY
    day = drawn(chance, np.linspace(1, 1.2, days), len(language)) * DAY
    clock = np.clip(chance.normal(16.5, 3.8, len(language)), 0, 23.9) + np.array(EARLIER)[language]
    moment: Ints = np.clip(day + (clock * HOUR).astype(np.int64), 0, end - 1)
    return moment


def calls(shop: Shop, count: int, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """Orders (count,) about which somebody turns to the desk, and when; trouble clusters in sellers and in buyers."""
    fussy = chance.gamma(0.5, 2.0, shop.buyers)
    bother = (0.4 + shop.badness[shop.sold_by - shop.buyers]) * (0.3 + fussy[shop.buyer])
    order = drawn(chance, bother, count)
    wait = (chance.gamma(1.5, 3.0, count) * DAY).astype(np.int64)
    night = chance.random(count) < 0.06
    moved = np.where(night, chance.integers(3 * HOUR, 9 * HOUR, count), 0)
    return order, shop.placed[order] + wait + moved
