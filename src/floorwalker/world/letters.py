"""Honest messages between buyers and sellers, and honest chatter in outside channels."""

import numpy as np

from floorwalker.world.calendar import DAYS, END, HOUR, START, after
from floorwalker.world.draw import NOBODY, Column, Ints, Rng, chance, sample, seeds, some, weighted, whole
from floorwalker.world.market import Market
from floorwalker.world.sayings import ANSWERS, CHATTER, QUESTIONS, THANKS
from floorwalker.world.tables import code
from floorwalker.world.words import filled

CHANNELS = ("deals_daily", "shopping_tips", "bargain_talk", "returns_and_rants", "testers_hub", "free_tests_eu")


def write_letters(
    market: Market, rng: Rng, sender: Ints, recipient: Ints, sent: Ints, body: Column, thread: Ints | None = None
) -> Ints:
    """Write messages and return the numbers of their threads."""
    thread = seeds(rng, len(sender)) if thread is None else thread
    kept = np.flatnonzero(sent < END)
    market["messages"].add(
        len(kept),
        sender_id=sender[kept],
        recipient_id=recipient[kept],
        sent_at=sent[kept],
        body=body[kept],
        thread_id="t" + (thread[kept] % 10**12).astype(str).astype(object),
    )
    return thread


def post(
    market: Market,
    rng: Rng,
    source: str,
    channel: str,
    author: Column,
    at: Ints,
    body: Column,
    reply: Ints | None = None,
) -> Ints:
    """Write posts from outside the marketplace."""
    return market["posts"].add(
        len(at),
        source=code("posts.source", source),
        channel=channel,
        author=author,
        posted_at=np.minimum(at, END - 1),
        body=body,
        reply_to=NOBODY if reply is None else reply,
        attachment=some(chance(rng, 0.08, len(at)), "photo.jpg"),
    )


def correspond(market: Market) -> None:
    """Let buyers ask, sellers answer and thank, and strangers chat about shopping."""
    rng = market.rng("letters")
    orders = market["orders"]
    asked = np.flatnonzero(chance(rng, 0.03, orders.rows))
    buyer, seller = orders["buyer_id"][asked], orders["seller_id"][asked]
    sent = after(rng, orders["placed_at"][asked], 1.5, 1.2)
    thread = write_letters(market, rng, buyer, seller, sent, filled(QUESTIONS, seeds(rng, len(asked))))
    told = sent + whole(rng.exponential(9 * HOUR, len(asked))) + 300_000_000
    answered = chance(rng, 0.85, len(asked))
    write_letters(
        market,
        rng,
        seller[answered],
        buyer[answered],
        told[answered],
        filled(ANSWERS, seeds(rng, int(answered.sum()))),
        thread[answered],
    )
    _ask_reviewers(market, rng)
    _thanks(market, rng)
    _chatter(market, rng)


def _ask_reviewers(market: Market, rng: Rng) -> None:
    """People who think of buying ask people who have."""
    book = market["reviews"]
    asked = np.flatnonzero(chance(rng, 0.01, book.rows))
    near = rng.permutation(asked)
    sender, recipient = book["reviewer_id"][near], book["reviewer_id"][asked]
    other = sender != recipient
    sent = after(rng, np.maximum(book["posted_at"][asked], book["posted_at"][near]), 9, 1.0)
    body = filled(QUESTIONS, seeds(rng, int(other.sum())))
    write_letters(market, rng, sender[other], recipient[other], sent[other], body)


def _thanks(market: Market, rng: Rng) -> None:
    """Some sellers write to every buyer, and that is allowed."""
    orders, sellers = market["orders"], len(market.goods.seller_size)
    polite = sample(rng, np.arange(sellers, dtype=np.int64), round(0.05 * sellers))
    order = np.flatnonzero(np.isin(market.goods.seller[orders["product_id"]], polite) & chance(rng, 0.3, orders.rows))
    seller = orders["seller_id"][order]
    body = filled(THANKS, seller * 7_919)
    write_letters(market, rng, seller, orders["buyer_id"][order], orders["placed_at"][order] + 2 * HOUR, body)


def _chatter(market: Market, rng: Rng) -> None:
    count = max(40, market.count(1500))
    start, end = np.full(count, START), np.full(count, START + DAYS * 24 * HOUR)
    at = market.calendar.moments(rng, start, end)
    place = weighted(rng, np.ones(len(CHANNELS)), count)
    nick = "user" + whole(rng.pareto(1.2, count) * 90).astype(str).astype(object)
    body = filled(CHATTER, seeds(rng, count))
    for number, channel in enumerate(CHANNELS):
        here = place == number
        post(market, rng, ("telegram", "discord", "facebook")[number % 3], channel, nick[here], at[here], body[here])
