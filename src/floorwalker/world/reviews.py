"""Who reviews what, when and how; and the one way in which any review is written."""

import numpy as np

from floorwalker.world.calendar import DAY, END, NEVER, START, after, week_of
from floorwalker.world.draw import (
    NOBODY,
    Column,
    Floats,
    Ints,
    Rng,
    among,
    chance,
    sample,
    seeds,
    some,
    weighted,
    whole,
)
from floorwalker.world.market import Market
from floorwalker.world.orders import browse
from floorwalker.world.words import review_texts

_LANGUAGE = np.array(["en", "en", "de", "fr", "es", "en", "en", "en", "es", "de", "en"], dtype=object)


def write_reviews(
    market: Market,
    rng: Rng,
    reviewer: Ints,
    product: Ints,
    rating: Ints,
    posted: Ints,
    order: Ints | None = None,
    text: Ints | None = None,
) -> Ints:
    """Write reviews and return their rows; a second one of the same pair, or one after the end, is not written."""
    book = market["reviews"]
    pair = reviewer * len(market.goods) + product
    written = book["reviewer_id"] * len(market.goods) + book["product_id"]
    soonest = np.lexsort((posted, pair))
    fresh = np.zeros(len(pair), dtype=np.bool_)
    fresh[soonest] = np.diff(pair[soonest], prepend=-1) != 0
    kept = np.flatnonzero(fresh & ~among(pair, written) & (posted < END))
    seed = (seeds(rng, len(pair)) if text is None else text)[kept]
    language = _LANGUAGE[market.homes.country[market.buyers.home[reviewer[kept]]]]
    title, body = review_texts(language, rating[kept], market.goods.category[product[kept]], seed)
    return book.add(
        len(kept),
        product_id=product[kept],
        reviewer_id=reviewer[kept],
        rating=rating[kept],
        posted_at=posted[kept],
        order_id=NOBODY if order is None else order[kept],
        title=some(seed % 7 != 0, title),
        body=body,
    )


def honest_stars(market: Market, rng: Rng, reviewer: Ints, product: Ints, lift: float = 0.0) -> Ints:
    """Return ratings as people give them: J-shaped, better for good products and from lenient people."""
    feeling = market.goods.quality[product] + market.buyers.leniency[reviewer] + lift
    feeling = (feeling + rng.normal(0, 0.9, len(product))) / 1.12
    return whole(1 + np.searchsorted(np.array([-1.28, -1.05, -0.73, -0.28]), feeling))


def review_life(market: Market) -> None:
    """Let the buyers review what they bought, and some what they bought elsewhere."""
    rng = market.rng("reviews")
    _after_purchase(market, rng)
    _bought_elsewhere(market, rng)


def _after_purchase(market: Market, rng: Rng) -> None:
    orders, buyers = market["orders"], market.buyers
    buyer, arrived = orders["buyer_id"], orders["delivered_at"]
    talked_about: Floats = rng.lognormal(-0.08, 0.4, len(market.goods))
    chosen = np.flatnonzero(
        (arrived != NEVER)
        & chance(rng, np.minimum(0.97, buyers.reviews[buyer] * talked_about[orders["product_id"]]), len(buyer))
    )
    buyer, product = buyer[chosen], orders["product_id"][chosen]
    posted = _when(market, rng, buyer, arrived[chosen], orders["placed_at"][chosen])
    write_reviews(market, rng, buyer, product, honest_stars(market, rng, buyer, product), posted, chosen)


def _when(market: Market, rng: Rng, buyer: Ints, arrived: Ints, placed: Ints) -> Ints:
    """Return times days to weeks after delivery; a basket is often reviewed at one go, habits gather reviews."""
    posted = market.calendar.waking(rng, after(rng, arrived, 9, 0.9))
    basket = buyer * 4_000_000 + (placed - START) // (DAY // 24)
    _, first, member = np.unique(basket, return_index=True, return_inverse=True)
    together = chance(rng, 0.5, len(buyer))
    posted = np.where(together, np.maximum(posted[first][member], arrived), posted)
    habit = np.maximum(market.buyers.sitting[buyer], 1)
    phase = buyer % habit
    evening = (((posted - START) // DAY - phase) // habit + 1) * habit + phase
    evening = START + evening * DAY + (17 * 3600 + buyer % 10_800) * 1_000_000
    posted = np.where(market.buyers.sitting[buyer] > 0, np.maximum(evening, posted), posted)
    return np.maximum(posted, arrived) + rng.integers(20, 1500, len(buyer)) * 1_000_000


def _bought_elsewhere(market: Market, rng: Rng) -> None:
    """Some reviews have no order: the thing was a present, or bought in another shop."""
    buyers, goods = market.buyers, market.goods
    size = round(0.09 * market["reviews"].rows)
    who = weighted(rng, buyers.reviews * np.sqrt(buyers.activity), size)
    liked = buyers.tastes[who, rng.integers(0, 3, size)]
    posted = market.calendar.moments(rng, buyers.start[who], buyers.end[who])
    product = browse(market, rng, week_of(posted), goods.category_edges[liked], goods.category_edges[liked + 1])
    kept = goods.listed[product] < posted
    who, product, posted = who[kept], product[kept], posted[kept]
    write_reviews(market, rng, who, product, honest_stars(market, rng, who, product), posted)


def mirror_listings(market: Market) -> None:
    """Show the reviews of merged listings under both product ids, word for word."""
    book, goods = market["reviews"], market.goods
    shown = np.flatnonzero(goods.merged[book["product_id"]])
    sibling = goods.companion[book["product_id"][shown]]
    pair = book["reviewer_id"] * len(goods) + book["product_id"]
    shown = shown[~among(book["reviewer_id"][shown] * len(goods) + sibling, pair)]
    sibling = goods.companion[book["product_id"][shown]]
    same = ("reviewer_id", "rating", "posted_at", "title", "body")
    columns: dict[str, Column] = {name: book[name][shown] for name in same}
    book.add(len(shown), product_id=sibling, **columns)


def trusted_reviewers(market: Market, rng: Rng, size: int) -> Ints:
    """Choose people who review much and whose reviews are trusted."""
    buyers = market.buyers
    keen = np.flatnonzero(
        (buyers.reviews > 0.35) & (buyers.opened < START + 200 * DAY) & (buyers.end > END - 200 * DAY)
    )
    return sample(rng, keen, size)
