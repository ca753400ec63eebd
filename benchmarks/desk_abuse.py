"""What bought staff and stolen staff accounts do at a made desk, at three levels of care.

Who sells data looks up one seller's buyers, those first who gave few stars, and the seller writes to some of them.
Who sells deletions takes a seller's bad reviews away, soon after they appear. Who sells reinstatements lifts measures
against sellers who pay, more than once if they are caught again. Whoever holds somebody else's account looks at dear
orders, from another machine or at other hours.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.desk_book import OWN, SELF, Desk, tickets
from benchmarks.desk_kinds import steady
from benchmarks.desk_words import (
    ACCOUNT,
    ALERT,
    ANSWERED,
    APPEAL,
    APPEALS,
    ASKED,
    DAY,
    DELETE,
    EXPORT,
    GRANTED,
    HOUR,
    MODERATION,
    NO_REASON,
    ORDER,
    POLICY,
    PRODUCT,
    REINSTATE,
    REPORTED,
    REVIEW,
    RISK,
    SEE_CUSTOMER,
    SEE_ORDER,
    SELLER,
    SPAM,
    SUSPEND,
    WEEK,
    WHERE,
    WON_BACK,
    Bools,
    Ints,
)


@dataclass(frozen=True, slots=True)
class Level:
    """How much is done, and how it is covered.

    looks: a week. weeks: of looking. told: share of those looked up to whom the seller writes. wrong: share of looks
    that name a ticket of one's own about something else. opened: share with a ticket that one assigns to oneself.
    deleted: reviews. haste: days. lifted: sellers. strange: looks of the stranger. shift: 0 at any hour, 1 in the hours
    after the shift, 2 during it. machine, line: share of the stranger's acts from another laptop, another network.
    """

    looks: int
    weeks: int
    told: float
    wrong: float
    opened: float
    deleted: int
    haste: float
    lifted: int
    strange: int
    shift: int
    machine: float
    line: float


LEVELS = {
    "plain": Level(15, 14, 0.5, 0.0, 0.0, 30, 0.3, 8, 120, 0, 1.0, 1.0),
    "careful": Level(6, 16, 0.3, 0.4, 0.1, 15, 2.0, 6, 70, 1, 1.0, 0.7),
    "hidden": Level(2, 20, 0.15, 0.3, 0.5, 7, 7.0, 4, 40, 2, 0.0, 0.4),
}


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
        _deleted(desk, int(who), level)
    _lifted(desk, int(chance.choice(steady(desk, APPEALS))), level)
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
    ticket = _cover(desk, who, ORDER, order, at, WHERE, level)
    desk.act(who, at, SEE_CUSTOMER, ACCOUNT, shop.buyer[order], ticket=ticket)
    both = chance.random(len(at)) < 0.5
    desk.act(who, at[both] + 40, SEE_ORDER, ORDER, order[both], ticket=ticket[both])
    told = chance.random(len(at)) < level.told
    text = len(ASKED) + len(ANSWERED) + chance.integers(0, len(WON_BACK), int(told.sum()))
    desk.wrote(
        seller, shop.buyer[order[told]], at[told] + (chance.gamma(1.5, DAY, int(told.sum()))).astype(np.int64), text
    )


def _cover(desk: Desk, who: int, about: int, what: Ints, at: Ints, kind: int, level: Level) -> Ints:
    """The tickets that acts name: none, one of one's own about something else, or one opened for it."""
    chance, how = desk.chance, desk.chance.random(len(at))
    named: Ints = np.full(len(at), -1)
    mine = np.flatnonzero((desk.tickets["staff"] == who) & desk.tickets["logged"])
    mine = mine[np.argsort(desk.tickets["opened"][mine], kind="stable")]
    wrong = (how < level.wrong) & (len(mine) > 0)
    if wrong.any():
        place = np.searchsorted(desk.tickets["opened"][mine], at[wrong]) - 1
        named[wrong] = mine[np.clip(place - chance.integers(0, 3, len(place)), 0, None)]
    opened: Bools = ~wrong & (how < level.wrong + level.opened)
    rows = tickets(at[opened] - chance.integers(60, 1800, int(opened.sum())), kind, about, what[opened], 0)
    rows["staff"], rows["by"], rows["closed"] = who, SELF, at[opened] + chance.integers(300, 3 * HOUR, len(rows))
    named[opened] = desk.filed(rows)
    return named


def _deleted(desk: Desk, who: int, level: Level) -> None:
    chance, shop = desk.chance, desk.shop
    taken = [one for scheme, kind, one in desk.truth if scheme == "insider_reviews" and kind == "account"]
    usable = (shop.rating <= 2) & ~shop.breaks_policy & (shop.removed < 0)
    usable &= (shop.posted > desk.end // 4) & (shop.posted < desk.end - 3 * WEEK)
    seller_of = shop.sold_by[shop.review_of]
    bad = np.bincount(seller_of[usable], minlength=len(shop.language))
    bad[taken] = 0
    enough = np.flatnonzero(bad >= 1.3 * level.deleted)
    seller = int(chance.choice(enough) if len(enough) else bad.argmax())
    desk.truth += [("insider_reviews", "staff", who), ("insider_reviews", "account", seller)]
    theirs = np.flatnonzero(usable & (seller_of == seller))
    review = chance.choice(theirs, min(level.deleted, len(theirs)), replace=False)
    late = shop.posted[review] + (chance.gamma(1.5, level.haste * DAY, len(review))).astype(np.int64)
    at = desk.crew.on_duty(np.full(len(review), who), late, chance)
    ticket = _cover(desk, who, REVIEW, review, at, REPORTED, level)
    desk.act(
        who, at, DELETE, REVIEW, review, ticket=ticket, reason=chance.choice([NO_REASON, SPAM, POLICY], len(review))
    )
    shop.removed[review] = at


def _lifted(desk: Desk, who: int, level: Level) -> None:
    """Lift standing measures against paying sellers; some are suspended again, and reinstated again."""
    chance = desk.chance
    desk.truth.append(("insider_reinstate", "staff", who))
    standing = [k for k, one in enumerate(desk.measures) if one["ended"] < 0 and one["at"] < desk.end - 6 * WEEK]
    paying = chance.choice(standing, min(level.lifted, len(standing)), replace=False)
    for place in paying:
        measure = desk.measures[place]
        seller = measure["subject"]
        if ("insider_reinstate", "account", seller) in desk.truth:
            continue
        desk.truth.append(("insider_reinstate", "account", seller))
        again = True
        while again:
            wanted = measure["at"] + (0.2 + chance.gamma(1.5, level.haste)) * DAY
            at = desk.crew.on_duty(np.array([who]), np.array([wanted], dtype=np.int64), chance)
            ticket = _cover(desk, who, SELLER, np.array([seller]), at, APPEAL, level)
            desk.act(who, at, REINSTATE, SELLER, seller, ticket=ticket, reason=GRANTED)
            measure["ended"] = int(at[0])
            caught = int(at[0]) + int(chance.gamma(3, 9 * DAY))
            again = chance.random() < 0.6 and caught < desk.end - 2 * WEEK
            if again:
                officer = desk.crew.on_duty(steady(desk, RISK)[:1], np.array([caught]), chance)
                judge = int(steady(desk, RISK)[0])
                rows = tickets(officer - 3 * HOUR, ALERT, SELLER, np.array([seller]), RISK)
                rows["staff"], rows["closed"] = judge, officer + 60
                desk.act(judge, officer, SUSPEND, SELLER, seller, ticket=desk.filed(rows), reason=POLICY)
                measure = {"subject": seller, "measure": "suspend", "at": int(officer[0]), "by": judge, "ended": -1}
                desk.measures.append(measure)


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
