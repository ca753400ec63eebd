"""What bought moderators and appeals officers do at a made desk: bad reviews go, suspended sellers come back."""

import numpy as np

from benchmarks.desk_book import Desk, tickets
from benchmarks.desk_care import Level, cover
from benchmarks.desk_kinds import steady
from benchmarks.desk_words import (
    ALERT,
    APPEAL,
    DAY,
    DELETE,
    GRANTED,
    HOUR,
    NO_REASON,
    POLICY,
    REINSTATE,
    REPORTED,
    REVIEW,
    RISK,
    SELLER,
    SPAM,
    SUSPEND,
    WEEK,
)


def deleted_for(desk: Desk, who: int, level: Level) -> None:
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
    ticket = cover(desk, who, REVIEW, review, at, REPORTED, level)
    desk.act(
        who, at, DELETE, REVIEW, review, ticket=ticket, reason=chance.choice([NO_REASON, SPAM, POLICY], len(review))
    )
    shop.removed[review] = at


def lifted_for(desk: Desk, who: int, level: Level) -> None:
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
            ticket = cover(desk, who, SELLER, np.array([seller]), at, APPEAL, level)
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
