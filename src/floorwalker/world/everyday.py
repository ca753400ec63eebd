"""The rest of the staff's work: questions, reported reviews, filters, samples, reports, a little curiosity."""

import numpy as np

from floorwalker.world.calendar import DAY, END, HOUR, NEVER, START, after
from floorwalker.world.draw import NOBODY, Rng, chance, one, sample, whole
from floorwalker.world.market import Market
from floorwalker.world.staff import MODERATION, RISK, SUPPORT, on_duty, route
from floorwalker.world.steps import MINUTE, act, assigned, open_tickets
from floorwalker.world.tables import code


def everyday(market: Market) -> None:
    """Questions about orders, reported reviews, samples by supervisors, reports of analysts, a little curiosity."""
    rng = market.rng("everyday")
    _questions(market, rng)
    _reported_reviews(market, rng)
    _sweeps(market, rng)
    _quality_samples(market, rng)
    _exports(market, rng)


def _questions(market: Market, rng: Rng) -> None:
    orders = market["orders"]
    order = np.flatnonzero(chance(rng, 0.045, orders.rows))
    opened = after(rng, orders["placed_at"][order], 3, 1.0)
    handled = opened + whole(rng.lognormal(3.0, 0.9, len(order)) * MINUTE)
    order, opened, handled = order[handled < END], opened[handled < END], handled[handled < END]
    staff = route(market, rng, SUPPORT, handled)
    ticket = open_tickets(
        market, "order_question", "order", order, opened, staff, handled + 9 * MINUTE, by=assigned(rng, len(order))
    )
    act(market, staff, handled, "view_customer", "account", orders["buyer_id"][order], ticket=ticket)
    act(market, staff, handled + 2 * MINUTE, "view_order", "order", order, ticket=ticket)
    # A slip of the hand, a colleague's question: some views have no ticket.
    stray = sample(rng, np.arange(len(order), dtype=np.int64), round(0.03 * len(order)))
    other = rng.integers(0, orders.rows, len(stray))
    act(market, staff[stray], handled[stray] + 20 * MINUTE, "view_customer", "account", orders["buyer_id"][other])


def _reported_reviews(market: Market, rng: Rng) -> None:
    """Sellers and readers report reviews, mostly bad ones; about a third break a rule and go."""
    book = market["reviews"]
    rate = np.where(book["rating"] <= 2, 0.12, 0.012)
    review = np.flatnonzero(chance(rng, rate, book.rows))
    opened = after(rng, book["posted_at"][review], 6, 1.1)
    handled = opened + whole(rng.lognormal(4.2, 1.0, len(review)) * MINUTE)
    review, opened, handled = review[handled < END - DAY], opened[handled < END - DAY], handled[handled < END - DAY]
    staff = route(market, rng, MODERATION, handled)
    by = assigned(rng, len(review))
    ticket = open_tickets(market, "review_report", "review", review, opened, staff, handled + 5 * MINUTE, by=by)
    gone = chance(rng, 0.34, len(review))
    act(market, staff[~gone], handled[~gone], "keep_review", "review", review[~gone], ticket=ticket[~gone])
    act(market, staff[gone], handled[gone], "delete_review", "review", review[gone], ticket=ticket[gone])
    restored = gone & chance(rng, 0.06, len(review))
    book["removed_at"][review[gone & ~restored]] = handled[gone & ~restored]
    again = after(rng, handled[restored], 4)
    other = route(market, rng, MODERATION, np.minimum(again, END - 1))
    act(market, other, again, "restore_review", "review", review[restored], reason="complaint upheld")


def _quality_samples(market: Market, rng: Rng) -> None:
    """Supervisors look into a few closed tickets each week."""
    actions, staff = market["staff_actions"], market["staff"]
    seen = np.flatnonzero(
        (actions["action"] == code("staff_actions.action", "view_order")) & (actions["at"] < END - 5 * DAY)
    )
    seen = sample(rng, seen, round(0.012 * len(seen)))
    boss = staff["manager_id"][actions["staff_id"][seen]]
    seen, boss = seen[boss != NOBODY], boss[boss != NOBODY]
    at = on_duty(market, rng, boss, actions["at"][seen] + DAY)
    act(market, boss, at, "view_order", "order", actions["object_id"][seen], reason="quality sample")


def _exports(market: Market, rng: Rng) -> None:
    """Risk analysts and supervisors pull reports; sizes are very unequal."""
    roster, orders = market.roster, market["orders"]
    boss = market["staff"]["role"] == code("staff.role", "supervisor")
    for person in np.flatnonzero((roster.team == RISK) | boss):
        weeks = max(1, int(roster.ended[person] - max(roster.started[person], START)) // (7 * DAY))
        count = one(rng, weeks // 3, weeks)
        span = max(int(roster.ended[person]) - max(int(roster.started[person]), START) - 3 * DAY, HOUR)
        when = max(int(roster.started[person]), START) + whole(rng.random(count) * span)
        who = np.full(count, person)
        about = market.seller_account(market.goods.seller[orders["product_id"][rng.integers(0, orders.rows, count)]])
        records = whole(np.minimum(50_000, rng.lognormal(5.5, 1.2, count))) + 1
        act(market, who, on_duty(market, rng, who, when), "export_report", "seller", about, records=records)


def _sweeps(market: Market, rng: Rng) -> None:
    """Moderators also delete what a word filter shows them, without any ticket."""
    book = market["reviews"]
    standing = book["removed_at"] == NEVER
    review = np.flatnonzero(standing & chance(rng, np.where(book["rating"] <= 2, 0.012, 0.002), book.rows))
    at = after(rng, book["posted_at"][review], 2, 1.2)
    review, at = review[at < END - DAY], at[at < END - DAY]
    act(market, route(market, rng, MODERATION, at), at, "delete_review", "review", review, reason="word filter")
    book["removed_at"][review] = at
