"""A made desk as the contract's tables."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.desk_book import OWN, ROUTER, Desk
from benchmarks.desk_crew import AWAY
from benchmarks.desk_words import (
    ACTIONS,
    ALL_TEAMS,
    ANSWERED,
    ASKED,
    COUNTRIES,
    DAY,
    OBJECTS,
    PREFIX,
    REASONS,
    SITES,
    START,
    TICKETS,
    WHY,
    WON_BACK,
    Ints,
)

CHANNELS = ("chat", "phone", "email")


def tables_of(desk: Desk) -> dict[str, pa.Table]:
    """All tables, each in the order of its time or key."""
    return {
        "accounts": _accounts(desk),
        "products": _products(desk),
        "orders": _orders(desk),
        "reviews": _reviews(desk),
        "refunds": _refunds(desk),
        "messages": _messages(desk),
        "staff": _staff(desk),
        "tickets": _tickets(desk),
        "enforcements": _enforcements(desk),
        "staff_actions": _actions(desk),
    }


def ids(prefix: str, numbers: Any) -> pa.Array:
    """Ids (n,); below 0 none."""
    numbers = np.asarray(numbers)
    text = pc.binary_join_element_wise(prefix, pc.cast(pa.array(numbers), pa.string()), "")
    return pc.if_else(pa.array(numbers >= 0), text, pa.scalar(None, pa.string()))


def times(seconds: Any, *, known: Any = None) -> pa.Array:
    """Moments (n,), none where not known."""
    moments = START + np.asarray(seconds).astype("timedelta64[s]")
    return pa.array(moments, mask=None if known is None else ~np.asarray(known))


def words(of: tuple[str, ...] | list[str], places: Any) -> pa.Array:
    """The words at these places (n,), none where the word is empty."""
    return pa.array([word or None for word in of], pa.string()).take(pa.array(np.asarray(places)))


def _accounts(desk: Desk) -> pa.Table:
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


def _products(desk: Desk) -> pa.Table:
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


def _orders(desk: Desk) -> pa.Table:
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


def _reviews(desk: Desk) -> pa.Table:
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


def _refunds(desk: Desk) -> pa.Table:
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


def _messages(desk: Desk) -> pa.Table:
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


def _staff(desk: Desk) -> pa.Table:
    crew = desk.crew
    last = crew.queue[-1]
    return pa.table(
        {
            "staff_id": ids("s", np.arange(crew.size)),
            "team": words(ALL_TEAMS, last),
            "role": pa.array(crew.role),
            "site": words(SITES, crew.site),
            "manager_id": ids("s", crew.lead),
            "started_at": times(crew.begin),
            "ended_at": times(crew.end, known=crew.end >= 0),
        }
    )


def _tickets(desk: Desk) -> pa.Table:
    rows = desk.tickets
    kept = np.flatnonzero(rows["logged"] & (rows["opened"] < desk.end))
    rows = rows[kept]
    by = np.where(rows["by"] == ROUTER, 0, 1)
    who = pc.if_else(pa.array(rows["by"] >= 0), ids("s", rows["by"]), words(("router", "self"), by))
    subject = [ids(prefix, np.where(rows["about"] == k, rows["subject"], -1)) for k, prefix in enumerate(PREFIX)]
    table = pa.table(
        {
            "ticket_id": ids("t", kept),
            "opened_at": times(rows["opened"]),
            "kind": words(TICKETS, rows["kind"]),
            "subject_kind": words(OBJECTS, rows["about"]),
            "subject_id": pc.coalesce(*subject),
            "assigned_to": ids("s", rows["staff"]),
            "assigned_by": who,
            "closed_at": times(rows["closed"], known=(rows["closed"] >= 0) & (rows["closed"] < desk.end)),
        }
    )
    return table.take(pa.array(np.lexsort((kept, rows["opened"]))))


def _enforcements(desk: Desk) -> pa.Table:
    rows = sorted((one for one in desk.measures if one["at"] < desk.end), key=lambda one: (one["at"], one["subject"]))
    ended = np.array([one["ended"] for one in rows], dtype=np.int64)
    return pa.table(
        {
            "enforcement_id": ids("e", np.arange(len(rows))),
            "subject_kind": pa.array(["account"] * len(rows)),
            "subject_id": ids("u", [one["subject"] for one in rows]),
            "measure": pa.array([one["measure"] for one in rows], pa.string()),
            "at": times(np.array([one["at"] for one in rows], dtype=np.int64)),
            "policy": pa.array(["4.2"] * len(rows)),
            "decided_by": ids("s", [one["by"] for one in rows]),
            "ended_at": times(ended, known=(ended >= 0) & (ended < desk.end)),
        }
    )


def _actions(desk: Desk) -> pa.Table:
    rows = np.concatenate(desk.acts)
    crew = desk.crew
    gone = (crew.end[rows["staff"]] >= 0) & (rows["at"] > crew.end[rows["staff"]]) & (rows["network"] == OWN)
    rows = rows[(rows["at"] >= 0) & (rows["at"] < desk.end) & ~gone]
    rows = rows[np.lexsort((rows["object"], rows["action"], rows["staff"], rows["at"]))]
    device, network = _hardware(desk, rows["staff"], rows["at"])
    device = np.where(rows["laptop"] == OWN, device, rows["laptop"])
    network = np.where(rows["network"] == OWN, network, rows["network"])
    what = [ids(prefix, np.where(rows["kind"] == k, rows["object"], -1)) for k, prefix in enumerate(PREFIX)]
    return pa.table(
        {
            "action_id": ids("a", np.arange(len(rows))),
            "staff_id": ids("s", rows["staff"]),
            "at": times(rows["at"]),
            "action": words(ACTIONS, rows["action"]),
            "object_kind": words(OBJECTS, rows["kind"]),
            "object_id": pc.coalesce(*what),
            "ticket_id": ids("t", rows["ticket"]),
            "record_count": rows["count"],
            "reason": words(REASONS, rows["reason"]),
            "device": ids("d-", device),
            "ip": ids("net-", network),
        }
    )


def _hardware(desk: Desk, staff: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Laptop and network of each act: an office's few gateways, a line at home that changes, hotels, a phone."""
    crew = desk.crew
    day = np.clip(at // DAY, 0, len(crew.place) - 1)
    place = crew.place[day, staff]
    office = 10_000_000 + crew.site[staff] * 1000 + crew.gateways[day, crew.site[staff]] * 10 + staff % 3
    home = 20_000_000 + staff * 1000 + (day + 17 * staff) // (20 + staff % 90)
    hotel = 30_000_000 + crew.trip[day, staff] * 1000 + staff % 7
    network = np.where(place == AWAY, hotel, np.where(place == 1, home, office))
    phone = (staff * 7 + day * 13) % 97 == 0
    return crew.laptop[day, staff], np.where(phone, 40_000_000 + staff, network)
