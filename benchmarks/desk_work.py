"""What people do with a ticket: they look, decide about refunds and reviews, look again, close it."""

import numpy as np

from benchmarks.desk_book import Desk, Rows, tickets
from benchmarks.desk_queue import assigned
from benchmarks.desk_shop import calls
from benchmarks.desk_words import (
    ABUSIVE,
    ACCOUNT,
    ANSWERED,
    APPROVE,
    ASKED,
    COMPLAINT,
    DAY,
    DELETE,
    DENY,
    HELP,
    HOUR,
    KEEP,
    MODERATION,
    NO_REASON,
    NOTE,
    ORDER,
    PAYMENT,
    POLICY,
    PRODUCT,
    REFUND,
    REFUNDED,
    REPORTED,
    REVIEW,
    SEE_CUSTOMER,
    SEE_ORDER,
    SEE_PRODUCT,
    SEE_REVIEW,
    SEE_SELLER,
    SELLER,
    SHOP_HELP,
    SHOPS,
    WHERE,
    Bools,
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


def written(desk: Desk, rows: Rows, at: Ints) -> Ints:
    """Close and keep the tickets; the number (n,) that acts may name, -1 where it was lost or is not named."""
    chance = desk.chance
    long = chance.random(len(rows)) < 0.4
    rows["closed"] = at + np.where(long, chance.gamma(1.0, 1.5 * DAY, len(rows)), chance.gamma(1.5, 500, len(rows)))
    rows["logged"] = chance.random(len(rows)) >= desk.plan.lost
    number = desk.filed(rows)
    return np.where(rows["logged"], number, -1)


def naming(desk: Desk, number: Ints) -> Ints:
    """The ticket that each act names: mostly its own, seldom the one before it."""
    chance = desk.chance
    slip = chance.random(len(number)) < 0.01
    named = chance.random(len(number)) < desk.plan.named
    other = np.where(number > 0, number - 1, -1)
    other = np.where((other >= 0) & desk.tickets["logged"][other], other, -1)
    return np.where(named & (number >= 0), np.where(slip, other, number), -1)


def look(desk: Desk, rows: Rows, at: Ints, number: Ints, action: int, kind: int, what: Ints, share: float) -> Ints:
    """A share of the tickets' holders look at `what` (n,), and some days later some look again; the next moments."""
    chance = desk.chance
    then = at + chance.gamma(1.6, 60, len(at)).astype(np.int64) + 5
    does: Bools = chance.random(len(at)) < share
    who = rows["staff"]
    desk.act(who[does], then[does], action, kind, what[does], ticket=naming(desk, number[does]))
    back = does & (chance.random(len(at)) < 0.1)
    later = desk.crew.on_duty(
        who[back], then[back] + chance.gamma(1.5, 1.5 * DAY, int(back.sum())).astype(np.int64), chance
    )
    desk.act(who[back], later, action, kind, what[back], ticket=naming(desk, number[back]))
    return then


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


def shops_helped(desk: Desk) -> None:
    """Sellers ask about themselves, their products and orders."""
    chance, shop = desk.chance, desk.shop
    count = int(desk.plan.tickets_each * desk.plan.weeks * (desk.crew.team == SHOPS).sum())
    order = chance.integers(0, len(shop.buyer), count)
    opened = np.minimum(shop.placed[order] + chance.integers(0, 20 * DAY, count), desk.end - 1)
    seller = shop.sold_by[order]
    how = chance.random(count)
    about = np.where(how < 0.5, SELLER, np.where(how < 0.75, PRODUCT, ORDER))
    subject = np.where(how < 0.5, seller, np.where(how < 0.75, shop.product[order], order))
    rows = tickets(opened, SHOP_HELP, about, subject, SHOPS)
    at = assigned(desk, rows)
    number = written(desk, rows, at)
    then = look(desk, rows, at, number, SEE_SELLER, SELLER, seller, 0.9)
    for kind, action, what in ((PRODUCT, SEE_PRODUCT, shop.product[order]), (ORDER, SEE_ORDER, order)):
        k = np.flatnonzero(about == kind)
        then[k] = look(desk, rows[k], then[k], number[k], action, kind, what[k], 0.95)
    k = np.flatnonzero(about == ORDER)
    look(desk, rows[k], then[k], number[k], SEE_CUSTOMER, ACCOUNT, shop.buyer[order[k]], 0.3)


def reviews_judged(desk: Desk) -> None:
    """Reviews are reported, bad ones more often; moderators delete what breaks the policy, and err."""
    chance, shop = desk.chance, desk.shop
    rate = np.array([0, 0.22, 0.16, 0.05, 0.02, 0.03])[shop.rating] + 0.5 * shop.breaks_policy
    review = np.flatnonzero(chance.random(len(rate)) < rate)
    opened = shop.posted[review] + chance.gamma(1.0, 4 * DAY, len(review)).astype(np.int64)
    review, opened = review[opened < desk.end], opened[opened < desk.end]
    rows = tickets(opened, REPORTED, REVIEW, review, MODERATION)
    at = assigned(desk, rows)
    number = written(desk, rows, at)
    then = look(desk, rows, at, number, SEE_REVIEW, REVIEW, review, 0.9)
    k = np.flatnonzero(chance.random(len(rows)) < 0.2)
    look(desk, rows[k], then[k], number[k], SEE_CUSTOMER, ACCOUNT, shop.buyer[shop.review_of[review[k]]], 1.0)
    strict = np.random.default_rng([desk.plan.seed, 8]).beta(2, 20, desk.crew.size)
    breaks = shop.breaks_policy[review]
    goes = chance.random(len(rows)) < np.where(breaks, 0.9, strict[rows["staff"]])
    goes &= shop.removed[review] < 0
    reason = np.where(goes, chance.integers(NO_REASON + 1, POLICY + 1, len(rows)), NO_REASON)
    reason = np.where(goes & (chance.random(len(rows)) < 0.1), ABUSIVE, reason)
    done = then + chance.integers(20, 400, len(rows))
    desk.act(
        rows["staff"], done, np.where(goes, DELETE, KEEP), REVIEW, review, ticket=naming(desk, number), reason=reason
    )
    shop.removed[review[goes]] = done[goes]
