"""What bought staff and stolen staff accounts do at a made desk, at three levels of care.

Who sells data looks up one seller's buyers, those first who gave few stars, and the seller writes to some of them.
Who sells deletions takes a seller's bad reviews away, soon after they appear. Who sells reinstatements lifts measures
against sellers who pay, more than once if they are caught again. Whoever holds somebody else's account looks at dear
orders, from another machine or at other hours.
"""

import numpy as np

from benchmarks.desk_book import OWN, Desk
from benchmarks.desk_care import Level, cover
from benchmarks.desk_favours import deleted_for, lifted_for
from benchmarks.desk_kinds import steady
from benchmarks.desk_words import (
    ACCOUNT,
    ANSWERED,
    APPEALS,
    ASKED,
    DAY,
    EXPORT,
    HOUR,
    MODERATION,
    ORDER,
    PRODUCT,
    SEE_CUSTOMER,
    SEE_ORDER,
    WEEK,
    WHERE,
    WON_BACK,
    Ints,
)


def planted(desk: Desk, level: Level) -> None:
    """Two who sell data, two who sell deletions, one who sells reinstatements, two accounts in strange hands."""
    chance = desk.chance
    support = chance.permutation(steady(desk, 0, 1, 2, 3, 4))
    large = desk.shop.largest[5:80]
    for who, seller in zip(support[:2], chance.choice(large, 2, replace=False), strict=True):
        first = int(chance.integers(4, max(desk.plan.weeks - level.weeks, 5)))
        at = desk.crew.on_duty(
            np.full(level.looks * level.weeks, who),
            first * WEEK + chance.integers(0, level.weeks * WEEK, level.looks * level.weeks),
            chance,
        )
        leaked(desk, int(who), int(seller), np.sort(at), level)
    for who in chance.permutation(steady(desk, MODERATION))[:2]:
        deleted_for(desk, int(who), level)
    lifted_for(desk, int(chance.choice(steady(desk, APPEALS))), level)
    for who in support[2:4]:
        _strange(desk, int(who), level)


def leaked(desk: Desk, who: int, seller: int, at: Ints, level: Level) -> None:
    """Look up a buyer of this seller at each of these moments, each buyer once while there are others."""
    chance, shop = desk.chance, desk.shop
    desk.truth += [("insider_data", "staff", who), ("insider_data", "account", seller)]
    bad = np.zeros(len(shop.buyer), dtype=bool)
    bad[shop.review_of[(shop.rating <= 3) & (shop.posted < at.max())]] = True
    orders = np.flatnonzero(shop.sold_by == seller)
    done: set[int] = set()
    chosen, when = [], []
    for moment in at:
        past = orders[(shop.placed[orders] < moment) & (shop.placed[orders] > moment - 90 * DAY)]
        past = np.array([k for k in past if int(shop.buyer[k]) not in done], dtype=np.int64)
        if len(past):
            one = int(chance.choice(past, p=(1 + 8 * bad[past]) / (1 + 8 * bad[past]).sum()))
            done.add(int(shop.buyer[one]))
            chosen.append(one)
            when.append(int(moment))
    order, at = np.array(chosen, dtype=np.int64), np.array(when, dtype=np.int64)
    ticket = cover(desk, who, ORDER, order, at, WHERE, level)
    desk.act(who, at, SEE_CUSTOMER, ACCOUNT, shop.buyer[order], ticket=ticket)
    both = chance.random(len(at)) < 0.5
    desk.act(who, at[both] + 40, SEE_ORDER, ORDER, order[both], ticket=ticket[both])
    told = chance.random(len(at)) < level.told
    text = len(ASKED) + len(ANSWERED) + chance.integers(0, len(WON_BACK), int(told.sum()))
    desk.wrote(
        seller, shop.buyer[order[told]], at[told] + (chance.gamma(1.5, DAY, int(told.sum()))).astype(np.int64), text
    )


def _strange(desk: Desk, who: int, level: Level) -> None:
    """Two weeks in which somebody else acts on this account too."""
    chance, shop, count = desk.chance, desk.shop, level.strange
    desk.truth.append(("staff_takeover", "staff", who))
    first = int(chance.integers(desk.plan.weeks // 3, desk.plan.weeks - 3)) * WEEK
    at = first + np.sort(chance.integers(0, 14 * DAY, count))
    if level.shift == 0:
        at = at // DAY * DAY + chance.integers(0, 24 * HOUR, count)
    else:
        at = desk.crew.on_duty(np.full(count, who), at, chance)
    if level.shift == 1:
        hours = np.arange(len(desk.crew.duty))
        free = np.where(desk.crew.duty[:, who], len(hours) - 1, hours)
        at = np.minimum.accumulate(free[::-1])[::-1][at // HOUR] * HOUR + chance.integers(0, 3 * HOUR, count)
    laptop = np.where(chance.random(count) < level.machine, 7_000_000 + who, OWN)
    network = np.where(chance.random(count) < level.line, 50_000_000 + who * 10 + chance.integers(0, 2, count), OWN)
    order = shop.before(at, chance)
    dear = shop.before(at, chance)
    order = np.where(shop.price[shop.product[order]] > shop.price[shop.product[dear]], order, dear)
    desk.act(who, at, SEE_CUSTOMER, ACCOUNT, shop.buyer[order], laptop=laptop, network=network)
    both = chance.random(count) < 0.4
    desk.act(who, at[both] + 20, SEE_ORDER, ORDER, order[both], laptop=laptop[both], network=network[both])
    some = slice(0, 3 if level.shift < 2 else 0)
    size = chance.integers(300, 3000, len(at[some]))
    what = chance.integers(0, len(shop.seller), len(at[some]))
    desk.act(who, at[some] + 300, EXPORT, PRODUCT, what, count=size, laptop=laptop[some], network=network[some])
