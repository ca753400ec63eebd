"""What staff do without a ticket, all of it honest: advice, samples, lessons, curiosity, reports, sweeps."""

import numpy as np

from benchmarks.desk_book import Desk
from benchmarks.desk_words import (
    ACCOUNT,
    ANALYTICS,
    DAY,
    DELETE,
    EXPORT,
    HOUR,
    KEY,
    MODERATION,
    NO_REASON,
    ORDER,
    PRODUCT,
    RESTORE,
    REVIEW,
    RISK,
    SEE_CUSTOMER,
    SEE_ORDER,
    SEE_REVIEW,
    SEE_SELLER,
    SELLER,
    SPAM,
    TRAINING,
    WEEK,
    Bools,
    Floats,
    Ints,
    drawn,
)

SHOWN = np.array([SEE_CUSTOMER, SEE_ORDER, SEE_REVIEW, 0, 0, SEE_SELLER])
"""The act that shows an object of each kind."""


def without_tickets(desk: Desk) -> None:
    """All of it."""
    _advice(desk)
    _samples(desk)
    for who in desk.crew.of(TRAINING):
        taught(desk, int(who), desk.plan.lessons)
    for place, who in enumerate(desk.crew.of(KEY)):
        cared_for(desk, int(who), desk.shop.largest[4 * place : 4 * place + 4], desk.plan.accounts_kept)
    _curious(desk)
    _linked(desk)
    _reports(desk)
    for who in desk.crew.of(MODERATION):
        swept(desk, int(who), desk.plan.swept)


def moments(desk: Desk, who: int, rate: float) -> Ints:
    """Moments on duty of one person, at so many a week of employment, in order."""
    crew, chance = desk.crew, desk.chance
    begin = max(int(crew.begin[who]), 0)
    end = desk.end if crew.end[who] < 0 else int(crew.end[who])
    count = int(chance.poisson(max(rate * (end - begin) / WEEK, 0)))
    at = crew.on_duty(np.full(count, who), chance.integers(begin, max(end, begin + 1), count), chance)
    return np.sort(at[at < end])


def seen(desk: Desk, who: int | Ints, at: Ints, kind: Ints, what: Ints) -> None:
    """Looks without a ticket at objects that have a look of their own."""
    shown: Bools = SHOWN[kind] + (kind == ACCOUNT) > 0
    who = np.broadcast_to(who, shown.shape)
    desk.act(who[shown], at[shown], SHOWN[kind][shown], kind[shown], what[shown])


def _advice(desk: Desk) -> None:
    """A colleague on duty looks at a case of somebody else's, mostly of one's own queue."""
    crew, chance, rows = desk.crew, desk.chance, desk.tickets
    asked = np.flatnonzero(chance.random(len(rows)) < desk.plan.consulted)
    at = rows["opened"][asked] + chance.gamma(1.0, 3 * HOUR, len(asked)).astype(np.int64)
    hour = np.minimum(at // HOUR, len(crew.duty) - 1)
    same = crew.team[None, :] == crew.team[rows["staff"][asked]][:, None]
    weight: Floats = crew.duty[hour] * np.where(same, 1.0, 0.02)
    weight[np.arange(len(asked)), rows["staff"][asked]] = 0
    ranked = np.where(weight > 0, np.log(np.maximum(weight, 1e-9)) + chance.gumbel(size=weight.shape), -np.inf)
    who = ranked.argmax(axis=1)
    there = np.isfinite(ranked.max(axis=1))
    seen(desk, who[there], at[there], rows["about"][asked][there], rows["subject"][asked][there])


def _samples(desk: Desk) -> None:
    """Leads look at closed cases of their people."""
    crew, rows = desk.crew, desk.tickets
    for lead in np.flatnonzero(np.isin(np.array(crew.role), ("lead", "manager"))):
        theirs = np.flatnonzero(crew.lead[rows["staff"]] == lead)
        if len(theirs):
            _drawn_from(desk, int(lead), theirs, desk.plan.samples)


def taught(desk: Desk, who: int, rate: float) -> None:
    """A trainer looks at so many closed cases a week, of whatever team."""
    _drawn_from(desk, who, np.arange(len(desk.tickets)), rate)


def _drawn_from(desk: Desk, who: int, cases: Ints, rate: float) -> None:
    """Looks at these cases, from the last two weeks before each moment."""
    chance, rows = desk.chance, desk.tickets
    closed = np.sort(rows["closed"][cases])
    cases = cases[np.argsort(rows["closed"][cases], kind="stable")]
    at = moments(desk, who, rate)
    first, last = np.searchsorted(closed, at - 14 * DAY), np.searchsorted(closed, at)
    at, first, last = at[last > first], first[last > first], last[last > first]
    case = cases[chance.integers(first, last)]
    seen(desk, who, at, rows["about"][case], rows["subject"][case])


def cared_for(desk: Desk, who: int, sellers: Ints, rate: float) -> None:
    """A contact of large sellers looks at them, their orders and buyers, at so many looks a week."""
    chance, shop = desk.chance, desk.shop
    orders = np.flatnonzero(np.isin(shop.sold_by, sellers))
    orders = orders[np.argsort(shop.placed[orders], kind="stable")]
    at = moments(desk, who, rate)
    last = np.searchsorted(shop.placed[orders], at)
    at, last = at[last > 0], last[last > 0]
    order = orders[chance.integers(np.maximum(last - 300, 0), last)]
    kind = chance.choice([SELLER, ORDER, ACCOUNT], len(at), p=[0.35, 0.4, 0.25])
    what = np.where(kind == ORDER, order, np.where(kind == SELLER, shop.sold_by[order], shop.buyer[order]))
    seen(desk, who, at, kind, what)


def _curious(desk: Desk) -> None:
    """A few looks out of curiosity or for practice, twice as many in the first six weeks; some at a friend, again."""
    chance, shop, crew = desk.chance, desk.shop, desk.crew
    habit = chance.gamma(0.6, desk.plan.curiosity / 0.6, crew.size)
    for who in range(crew.size):
        at = moments(desk, who, float(habit[who]))
        young = at < crew.begin[who] + 6 * WEEK
        at = np.sort(np.concatenate([at, crew.on_duty(np.full(young.sum(), who), at[young] + 7200, chance)]))
        friend = int(chance.integers(0, shop.buyers))
        order = shop.before(at, chance)
        kind = chance.choice([ACCOUNT, ORDER, SELLER], len(at), p=[0.4, 0.4, 0.2])
        what = np.where(kind == ORDER, order, np.where(kind == SELLER, shop.sold_by[order], shop.buyer[order]))
        again = (kind == ACCOUNT) & (chance.random(len(at)) < 0.2)
        seen(desk, who, at, kind, np.where(again, friend, what))


def _linked(desk: Desk) -> None:
    """Risk follows a trace from one account to the next, ten looks a week."""
    chance, shop = desk.chance, desk.shop
    for who in desk.crew.of(RISK):
        at = moments(desk, int(who), 3)
        seller = shop.buyers + drawn(chance, shop.badness + 0.01, len(at))
        seen(desk, int(who), at, np.full(len(at), SELLER), seller)
        for step in (1, 2):
            buyer = chance.integers(0, shop.buyers, len(at))
            seen(desk, int(who), at + 120 * step, np.full(len(at), ACCOUNT), buyer)


def _reports(desk: Desk) -> None:
    """Analysts pull reports about sellers and products; leads do so monthly, others hardly ever."""
    chance, shop, crew = desk.chance, desk.shop, desk.crew
    for who in range(crew.size):
        lead = crew.role[who] in ("lead", "manager")
        rate = 4.0 if crew.team[who] == ANALYTICS else 0.8 if crew.team[who] == KEY else 0.25 if lead else 0.02
        at = moments(desk, who, rate * float(chance.gamma(4, 0.25)))
        large = chance.lognormal(7 if crew.team[who] == ANALYTICS else 4.5, 1.4, len(at)).astype(np.int64) + 1
        seller = chance.random(len(at)) < 0.5
        what = np.where(
            seller, shop.buyers + drawn(chance, shop.size, len(at)), chance.integers(0, len(shop.seller), len(at))
        )
        desk.act(who, at, EXPORT, np.where(seller, SELLER, PRODUCT), what, count=large)


def swept(desk: Desk, who: int, rate: float) -> None:
    """A moderator deletes what a filter held up, without a report; one in twenty comes back."""
    chance, shop = desk.chance, desk.shop
    at = moments(desk, who, rate)
    by_time = np.argsort(shop.posted, kind="stable")
    last = np.searchsorted(shop.posted[by_time], at)
    at, last = at[last > 0], last[last > 0]
    review = by_time[chance.integers(np.maximum(last - 400, 0), last)]
    keep = (shop.breaks_policy[review] | (chance.random(len(at)) < 0.4)) & (shop.removed[review] < 0)
    at, review = at[keep], review[keep]
    _, first = np.unique(review, return_index=True)
    at, review = at[np.sort(first)], review[np.sort(first)]
    shop.removed[review] = at
    desk.act(who, at, DELETE, REVIEW, review, reason=np.where(chance.random(len(at)) < 0.8, SPAM, NO_REASON))
    back = chance.random(len(at)) < 0.05
    others = chance.choice(np.flatnonzero(desk.crew.team == MODERATION), int(back.sum()))
    later = desk.crew.on_duty(others, at[back] + 2 * DAY, chance)
    desk.act(others, later, RESTORE, REVIEW, review[back])
    shop.removed[review[back]] = -1
