"""Buyers call the made desk, some call again; support looks, decides about refunds, notes."""

import numpy as np

from benchmarks.desk_book import Desk, Rows, tickets
from benchmarks.desk_case import look, naming, written
from benchmarks.desk_queue import assigned
from benchmarks.desk_shop import calls
from benchmarks.desk_words import (
    ACCOUNT,
    ANSWERED,
    APPROVE,
    ASKED,
    COMPLAINT,
    DAY,
    DENY,
    HELP,
    HOUR,
    NOTE,
    ORDER,
    PAYMENT,
    REFUND,
    REFUNDED,
    SEE_CUSTOMER,
    SEE_ORDER,
    SEE_SELLER,
    SELLER,
    WHERE,
    Ints,
)

CALLS = {WHERE: 0.36, REFUNDED: 0.26, HELP: 0.16, PAYMENT: 0.12, COMPLAINT: 0.1}
AGAIN = 0.12
"""Share of callers who come back about the same."""


def calls_answered(desk: Desk) -> None:
    """Buyers call, and some call again; sellers have questions."""
    chance, shop, plan = desk.chance, desk.shop, desk.plan
    count = int(plan.tickets_each * plan.weeks * (desk.crew.team < 5).sum())
    order, opened = calls(shop, count, chance)
    again = chance.random(count) < AGAIN
    opened = np.concatenate([opened, opened[again] + (chance.gamma(1.5, 2.0, int(again.sum())) * DAY).astype(np.int64)])
    kind = chance.choice(list(CALLS), count, p=list(CALLS.values()))
    order, kind = np.concatenate([order, order[again]]), np.concatenate([kind, kind[again]])
    kind[count:][kind[count:] == REFUNDED] = WHERE
    opened = _at_night(desk, opened)
    helped = kind == HELP
    subject = np.where(helped, shop.buyer[order], order)
    rows = tickets(opened, kind, np.where(helped, ACCOUNT, ORDER), subject, shop.language[shop.buyer[order]])
    rows, order = rows[opened < desk.end], order[opened < desk.end]
    at = assigned(desk, rows)
    mine = np.flatnonzero(chance.random(len(rows)) < 0.35)
    _to_the_same(desk, rows, order, mine, at)
    number = written(desk, rows, at)
    _handled(desk, rows, order, at, number)
    _complained(desk, rows, order)


def _at_night(desk: Desk, opened: Ints) -> Ints:
    """Calls moved into the night, so that it has `plan.night` times its usual share of them."""
    moved = desk.chance.random(len(opened)) < 0.06 * (desk.plan.night - 1)
    night = opened // DAY * DAY + desk.chance.integers(22 * HOUR, 29 * HOUR, len(opened))
    return np.where(moved, night, opened)


def _to_the_same(desk: Desk, rows: Rows, order: Ints, tried: Ints, at: Ints) -> None:
    """A second call goes to whoever had the first, if he is on duty: for these."""
    ranked = np.lexsort((rows["opened"], order))
    before = np.full(len(rows), -1)
    same = order[ranked][1:] == order[ranked][:-1]
    before[ranked[1:][same]] = ranked[:-1][same]
    for k in tried[before[tried] >= 0]:
        who = rows["staff"][before[k]]
        if desk.crew.duty[min(at[k] // HOUR, len(desk.crew.duty) - 1), who]:
            rows["staff"][k] = who


def _handled(desk: Desk, rows: Rows, order: Ints, at: Ints, number: Ints) -> None:
    chance, shop = desk.chance, desk.shop
    buyer = shop.buyer[order]
    about_order = rows["kind"] != HELP
    then = look(desk, rows, at, number, SEE_CUSTOMER, ACCOUNT, buyer, 0.75)
    k = np.flatnonzero(about_order)
    then[k] = look(desk, rows[k], then[k], number[k], SEE_ORDER, ORDER, order[k], 0.95)
    k = np.flatnonzero(chance.random(len(rows)) < 0.2)
    first = np.zeros(shop.buyers, dtype=np.int64)
    first[shop.buyer[::-1]] = np.arange(len(shop.buyer))[::-1]
    look(desk, rows[k], then[k], number[k], SEE_ORDER, ORDER, first[buyer[k]], 1.0)
    k = np.flatnonzero((rows["kind"] == COMPLAINT) & (chance.random(len(rows)) < 0.5))
    look(desk, rows[k], then[k], number[k], SEE_SELLER, SELLER, shop.sold_by[order[k]], 1.0)
    k = np.flatnonzero(chance.random(len(rows)) < 0.3)
    desk.act(rows["staff"][k], then[k] + 90, NOTE, rows["about"][k], rows["subject"][k], ticket=naming(desk, number[k]))
    k = np.flatnonzero(rows["kind"] == REFUNDED)
    refunded(desk, rows[k], order[k], then[k] + chance.integers(20, 400, len(k)), number[k])


def refunded(desk: Desk, rows: Rows, order: Ints, at: Ints, number: Ints) -> None:
    """Decide these refunds; people differ in how kind they are."""
    chance = desk.chance
    kind = np.random.default_rng([desk.plan.seed, 7]).beta(18, 3, desk.crew.size)
    approved = chance.random(len(rows)) < kind[rows["staff"]]
    first = sum(len(one["order"]) for one in desk.refunds)
    desk.refunds.append(
        {"order": order, "asked": rows["opened"], "decided": at, "approved": approved, "staff": rows["staff"]}
    )
    what = np.arange(first, first + len(rows))
    desk.act(rows["staff"], at, np.where(approved, APPROVE, DENY), REFUND, what, ticket=naming(desk, number))


def _complained(desk: Desk, rows: Rows, order: Ints) -> None:
    """Who complains to the desk has often written to the seller, who answers before or after."""
    chance, shop = desk.chance, desk.shop
    k = np.flatnonzero((rows["kind"] != HELP) & (chance.random(len(rows)) < 0.2))
    buyer, seller = shop.buyer[order[k]], shop.sold_by[order[k]]
    at = rows["opened"][k] - chance.gamma(1.0, DAY, len(k)).astype(np.int64)
    desk.wrote(buyer, seller, at, chance.integers(0, len(ASKED), len(k)))
    a = chance.random(len(k)) < 0.8
    later = at[a] + chance.gamma(1.2, 1.2 * DAY, int(a.sum())).astype(np.int64)
    desk.wrote(seller[a], buyer[a], later, len(ASKED) + chance.integers(0, len(ANSWERED), int(a.sum())))
