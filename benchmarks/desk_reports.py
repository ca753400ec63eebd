"""Sellers ask the made desk for help, and reviews are reported to it."""

import numpy as np

from benchmarks.desk_book import Desk, tickets
from benchmarks.desk_case import look, naming, written
from benchmarks.desk_queue import assigned
from benchmarks.desk_words import (
    ABUSIVE,
    ACCOUNT,
    DAY,
    DELETE,
    KEEP,
    MODERATION,
    NO_REASON,
    ORDER,
    POLICY,
    PRODUCT,
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
)


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
