"""Honest kinds of work that look like abuse, each at a strength: 1 is usual, 10 is ten times that.

What `times` counts, with what is usual in the desk as it is made:

| kind | usual | ten times |
|---|---|---|
| night shift | 6 % of calls come at night, several share them | 60 %; one person of each queue takes them all |
| lead who assigns himself | 2 tickets a week | 20 a week, a third of them about the five largest sellers |
| specialist queue | 1 large seller's cases go to one person | 10 large sellers' cases, and all of these |
| trainer | 20 looks a week | 200 a week |
| moved between queues | one in 40 changes the team, once | 10 in 40, in the middle of a month |
| new laptop | one in five a year | a laptop each month for five people, and one day for a whole team |
| business trip | one week in two years | ten weeks in ten hotels, acts at the hours of another zone |
| spam wave | a moderator sweeps 3 reviews a week | 300 of one seller's in two days |
| recall desk | 30 buyers of a product called back | 300, by one person, without tickets |
| office network | changes once | changes ten times, the whole site at once |
| key account | 5 looks a week for a contact of four sellers | 50 a week |
| second instance | overrules one in ten | overrules all |
| poor ticketing | 6 % of cases leave no ticket | 60 % |
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.desk_beside import cared_for, moments, seen, taught
from benchmarks.desk_book import SELF, Desk, tickets
from benchmarks.desk_case import look, written
from benchmarks.desk_crew import AWAY
from benchmarks.desk_queue import specialists
from benchmarks.desk_words import (
    ACCOUNT,
    DAY,
    DELETE,
    HOUR,
    KEY,
    MODERATION,
    ORDER,
    REVIEW,
    SEE_CUSTOMER,
    SEE_ORDER,
    SPAM,
    TRAINING,
    WHERE,
    Ints,
)

Doing = Callable[[Desk, int], Ints]
"""Does something to a desk, at a strength; whom it makes of that kind."""


def nobody(desk: Desk, times: int) -> Ints:
    """Nothing to do."""
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Kind:
    """plan: what of the plan changes, by strength. before, after: done to the desk before its work, and after."""

    plan: Callable[[int], dict[str, Any]] = field(default=lambda times: {})
    before: Doing = nobody
    after: Doing = nobody


def steady(desk: Desk, *teams: int) -> Ints:
    """Agents of these teams who are there from the first day to the last."""
    crew = desk.crew
    return np.array([k for k in crew.of(*teams) if crew.begin[k] < 0 and crew.end[k] < 0])


def _night(desk: Desk, times: int) -> Ints:
    """One person of each language is there at night, every night but two a week."""
    crew, found = desk.crew, []
    hours = np.arange(len(crew.duty))
    night = (hours % 24 >= 22) | (hours % 24 < 6)
    for team in range(5):
        one, *others = steady(desk, team)
        found.append(one)
        crew.duty[
            np.ix_(night, [*others, *np.flatnonzero((crew.team == team) & ~np.isin(np.arange(crew.size), [one]))])
        ] = False
        crew.duty[:, one] = night & ((hours + 2) // 24 % 7 < 8 - times // 10)
    return np.array(found)


def _self_assigning(desk: Desk, times: int) -> Ints:
    shop, chance = desk.shop, desk.chance
    leads = np.flatnonzero((np.array(desk.crew.role) == "lead") & (desk.crew.team < 5))
    for lead in leads:
        at = moments(desk, int(lead), 2.0 * times)
        order = shop.before(at, chance)
        large = np.flatnonzero(np.isin(shop.sold_by, shop.largest[:5]))
        third = chance.random(len(at)) < 1 / 3
        order[third] = large[np.searchsorted(shop.placed[large], at[third]).clip(1, len(large)) - 1]
        rows = tickets(at - chance.integers(120, 5 * HOUR, len(at)), WHERE, ORDER, order, desk.crew.team[lead])
        rows["staff"], rows["by"] = lead, SELF
        number = written(desk, rows, at)
        then = look(desk, rows, at, number, SEE_ORDER, ORDER, order, 1.0)
        look(desk, rows, then, number, SEE_CUSTOMER, ACCOUNT, shop.buyer[order], 0.8)
    return leads


def _specialist(desk: Desk, times: int) -> Ints:
    return np.array(list(specialists(desk).values()))


def _trainer(desk: Desk, times: int) -> Ints:
    trainers = desk.crew.of(TRAINING)
    for who in trainers:
        taught(desk, int(who), 20.0 * (times - 1))
    return trainers


def _moved(desk: Desk, times: int) -> Ints:
    crew, chance = desk.crew, desk.chance
    who = chance.choice(steady(desk, 0, 1, 2, MODERATION), max(crew.size * times // 40, 1), replace=False)
    for one in who:
        week = int(chance.integers(desk.plan.weeks // 4, desk.plan.weeks * 3 // 4))
        crew.queue[week:, one] = (crew.team[one] + 1) % 4 if crew.team[one] < 4 else 0
    return who


def _laptop(desk: Desk, times: int) -> Ints:
    crew, chance = desk.crew, desk.chance
    days = np.arange(len(crew.laptop))
    five = chance.choice(steady(desk, 0, 1, 2, 3, MODERATION), 5, replace=False)
    for one in five:
        renewed = np.sort(chance.integers(0, len(days), times))
        crew.laptop[:, one] = 5_000_000 + one * 100 + np.searchsorted(renewed, days)
    team = np.flatnonzero(crew.team == MODERATION)
    crew.laptop[np.ix_(days >= len(days) // 2, team)] = 6_000_000 + team
    return np.union1d(five, team)


def _trip(desk: Desk, times: int) -> Ints:
    crew, chance = desk.crew, desk.chance
    who = chance.choice(steady(desk, 0, 1, 7, 8, 11), 6, replace=False)
    for one in who:
        for trip, week in enumerate(chance.choice(desk.plan.weeks - 1, times, replace=False)):
            days = slice(7 * week, 7 * week + 7)
            crew.place[days, one], crew.trip[days, one] = AWAY, 1000 + int(one) * 20 + trip
            hours = slice(168 * week, 168 * week + 168)
            crew.duty[hours, one] = np.roll(crew.duty[hours, one], int(chance.choice([-7, -5, 5, 8])))
    return who


def _spam_wave(desk: Desk, times: int) -> Ints:
    """Spam arrives on the largest seller's products, in two days, and one moderator deletes it as it comes."""
    shop, chance = desk.shop, desk.chance
    who = int(steady(desk, MODERATION)[0])
    seller, count = int(shop.largest[0]), 30 * times
    day = (desk.plan.weeks * 3 // 5) * 7 * DAY
    order = np.flatnonzero((shop.sold_by == seller) & (shop.placed < day))
    order = chance.choice(order, min(count, len(order)), replace=False)
    posted = day + chance.integers(0, 2 * DAY, len(order))
    first = len(shop.review_of)
    at = desk.crew.on_duty(np.full(len(order), who), posted + 1800, chance)
    stars = chance.choice([1, 5], len(order), p=[0.7, 0.3])
    shop.review_of, shop.rating = np.concatenate([shop.review_of, order]), np.concatenate([shop.rating, stars])
    shop.posted, shop.removed = np.concatenate([shop.posted, posted]), np.concatenate([shop.removed, at])
    shop.breaks_policy = np.concatenate([shop.breaks_policy, np.ones(len(order), dtype=bool)])
    desk.act(who, at, DELETE, REVIEW, first + np.arange(len(order)), reason=SPAM)
    return np.array([who])


def _recall(desk: Desk, times: int) -> Ints:
    """One person calls the buyers of one product back, within three weeks, from a list outside the tables."""
    shop, chance = desk.shop, desk.chance
    who = int(steady(desk, 0)[1])
    day = (desk.plan.weeks * 3 // 5) * 7 * DAY
    sold = np.bincount(shop.product[shop.placed < day], minlength=len(shop.seller))
    order = np.flatnonzero((shop.product == sold.argmax()) & (shop.placed < day))
    order = chance.choice(order, min(30 * times, len(order)), replace=False)
    at = desk.crew.on_duty(np.full(len(order), who), day + chance.integers(0, 21 * DAY, len(order)), chance)
    seen(desk, who, at, np.full(len(order), ORDER), order)
    seen(desk, who, at + 60, np.full(len(order), ACCOUNT), shop.buyer[order])
    return np.array([who])


def _office(desk: Desk, times: int) -> Ints:
    crew, chance = desk.crew, desk.chance
    changes = np.sort(chance.integers(0, len(crew.gateways), times))
    crew.gateways[:, 0] = np.searchsorted(changes, np.arange(len(crew.gateways)))
    return np.flatnonzero(crew.site == 0)


def _key_account(desk: Desk, times: int) -> Ints:
    contacts = desk.crew.of(KEY)
    for place, who in enumerate(contacts):
        cared_for(desk, int(who), desk.shop.largest[4 * place : 4 * place + 4], 5.0 * (times - 1))
    return contacts


def _second_instance(desk: Desk, times: int) -> Ints:
    return desk.crew.second


def _everybody(desk: Desk, times: int) -> Ints:
    return np.arange(desk.crew.size)


KINDS = {
    "nothing unusual": Kind(),
    "night shift": Kind(lambda times: {"night": float(times)}, before=_night),
    "lead who assigns himself": Kind(after=_self_assigning),
    "specialist queue": Kind(lambda times: {"specialist": times}, before=_specialist),
    "trainer": Kind(after=_trainer),
    "moved between queues": Kind(before=_moved),
    "new laptop": Kind(before=_laptop),
    "business trip": Kind(before=_trip),
    "spam wave": Kind(after=_spam_wave),
    "recall desk": Kind(after=_recall),
    "office network": Kind(before=_office),
    "key account": Kind(after=_key_account),
    "second instance": Kind(lambda times: {"overruled": min(0.1 * times, 1.0)}, before=_second_instance),
    "poor ticketing": Kind(lambda times: {"lost": min(0.06 * times, 0.95)}, before=_everybody),
}
"""By name, as in the table above."""
