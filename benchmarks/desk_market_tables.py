"""The marketplace of a made desk as the contract's tables: accounts, goods, orders, reviews, refunds, messages."""

import numpy as np
import pyarrow as pa

from benchmarks.desk_book import Desk
from benchmarks.desk_cells import ids, times, words
from benchmarks.desk_words import ANSWERED, ASKED, COUNTRIES, WHY, WON_BACK

CHANNELS = ("chat", "phone", "email")


def accounts_table(desk: Desk) -> pa.Table:
    shop = desk.shop
    size = len(shop.language)
    held = {one["subject"] for one in desk.measures if one["ended"] < 0 and one["at"] < desk.end}
    status = np.zeros(size, dtype=np.int64)
    status[[*held]] = 1
    columns = {
        "account_id": ids("u", np.arange(size)),
        "role": words(("buyer", "seller"), (np.arange(size) >= shop.buyers).astype(int)),
        "created_at": times(shop.joined),
        "country": words(COUNTRIES, shop.language),
        "status": words(("active", "suspended"), status),
    }
    return pa.table(columns).filter(pa.array(shop.joined < desk.end))


def products_table(desk: Desk) -> pa.Table:
    shop = desk.shop
    size = len(shop.seller)
    return pa.table(
        {
            "product_id": ids("p", np.arange(size)),
            "seller_id": ids("u", shop.seller),
            "category": words(("home", "garden", "toys", "phones", "books", "shoes"), np.arange(size) % 6),
            "price": shop.price,
            "currency": words(("EUR",), np.zeros(size, dtype=int)),
            "listed_at": times(shop.joined[shop.seller]),
        }
    )


def orders_table(desk: Desk) -> pa.Table:
    shop = desk.shop
    size = len(shop.buyer)
    came = (shop.delivered >= 0) & (shop.delivered < desk.end)
    return pa.table(
        {
            "order_id": ids("o", np.arange(size)),
            "buyer_id": ids("u", shop.buyer),
            "product_id": ids("p", shop.product),
            "seller_id": ids("u", shop.sold_by),
            "placed_at": times(shop.placed),
            "delivered_at": times(shop.delivered, known=came),
            "amount": shop.price[shop.product],
            "currency": words(("EUR",), np.zeros(size, dtype=int)),
        }
    )


def reviews_table(desk: Desk) -> pa.Table:
    shop = desk.shop
    order = shop.review_of
    return pa.table(
        {
            "review_id": ids("rv", np.arange(len(order))),
            "product_id": ids("p", shop.product[order]),
            "reviewer_id": ids("u", shop.buyer[order]),
            "rating": shop.rating,
            "posted_at": times(shop.posted),
            "order_id": ids("o", order),
            "removed_at": times(shop.removed, known=(shop.removed >= 0) & (shop.removed < desk.end)),
        }
    )


def refunds_table(desk: Desk) -> pa.Table:
    names = ("order", "asked", "decided", "approved", "staff")
    order, asked, decided, approved, staff = (np.concatenate([one[n] for one in desk.refunds]) for n in names)
    chance = np.random.default_rng([desk.plan.seed, 5])
    size, done = len(order), decided < desk.end
    outcome = np.where(done, np.where(approved, 0, 1), 2)
    return pa.table(
        {
            "refund_id": ids("rf", np.arange(size)),
            "order_id": ids("o", order),
            "buyer_id": ids("u", desk.shop.buyer[order]),
            "amount": desk.shop.price[desk.shop.product[order]],
            "currency": words(("EUR",), np.zeros(size, dtype=int)),
            "requested_at": times(asked),
            "reason": words(WHY, chance.integers(0, len(WHY), size)),
            "decided_at": times(decided, known=done),
            "outcome": words(("approved", "denied", "pending"), outcome),
            "staff_id": ids("s", np.where(done, staff, -1)),
            "channel": words(CHANNELS, chance.choice(3, size, p=[0.5, 0.2, 0.3])),
        }
    )


def messages_table(desk: Desk) -> pa.Table:
    sender, recipient, at, text = (np.concatenate(column) for column in zip(*desk.messages, strict=True))
    kept = np.flatnonzero((at >= 0) & (at < desk.end))
    kept = kept[np.lexsort((recipient[kept], sender[kept], at[kept]))]
    return pa.table(
        {
            "message_id": ids("m", np.arange(len(kept))),
            "sender_id": ids("u", sender[kept]),
            "recipient_id": ids("u", recipient[kept]),
            "sent_at": times(at[kept]),
            "body": words(ASKED + ANSWERED + WON_BACK, text[kept]),
        }
    )
