"""Sellers are suspended by Risk, appeal, and are reinstated or not; a second instance overrules the first."""

import numpy as np

from benchmarks.desk_book import Desk, tickets
from benchmarks.desk_case import naming, written
from benchmarks.desk_queue import assigned
from benchmarks.desk_words import (
    ACCOUNT,
    AGAIN,
    ALERT,
    APPEAL,
    APPEALS,
    DAY,
    GRANTED,
    ORDER,
    POLICY,
    REINSTATE,
    RISK,
    SEE_CUSTOMER,
    SEE_ORDER,
    SEE_SELLER,
    SELLER,
    SUSPEND,
    UPHOLD,
    Ints,
    drawn,
)

SUSPENDED, APPEALED, WON, ONCE_MORE = 0.45, 0.6, 0.35, 0.4
"""Of alerts, suspensions, appeals and lost appeals."""


def sellers_judged(desk: Desk) -> None:
    """Alerts, measures, appeals, in the order of time; a seller under a measure has no further alert."""
    chance, shop = desk.chance, desk.shop
    people = int((desk.crew.team == RISK).sum())
    count = int(3.0 * desk.plan.weeks * people)
    seller = shop.buyers + drawn(chance, shop.badness**1.5 * np.sqrt(shop.size) + 1e-6, count)
    opened = np.sort(chance.integers(0, desk.end, count))
    rows = tickets(opened, ALERT, SELLER, seller, RISK)
    at = assigned(desk, rows)
    number = written(desk, rows, at)
    strength = chance.beta(2, 2, count)
    by_seller = np.argsort(shop.sold_by, kind="stable")
    edges = np.searchsorted(shop.sold_by[by_seller], np.arange(len(shop.language) + 1))
    appeals: list[tuple[int, int, int, float]] = []
    held: dict[int, int] = {}
    for k in range(count):
        one = int(seller[k])
        if held.get(one, -1) > at[k]:
            continue
        researched(desk, int(rows["staff"][k]), int(at[k]), int(number[k]), by_seller[edges[one] : edges[one + 1]], one)
        if chance.random() > 0.2 + SUSPENDED * strength[k]:
            continue
        done = int(at[k]) + 1500
        desk.act(rows["staff"][k], done, SUSPEND, SELLER, one, ticket=naming(desk, number[k : k + 1]), reason=POLICY)
        ban = strength[k] > 0.8
        measure = {"subject": one, "measure": "ban" if ban else "suspend", "at": done, "by": int(rows["staff"][k])}
        desk.measures.append({**measure, "ended": -1})
        held[one] = desk.end
        if chance.random() < APPEALED:
            when = done + int(chance.gamma(1.5, 3 * DAY))
            appeals.append((when, one, len(desk.measures) - 1, float(strength[k])))
            held[one] = when + 6 * DAY
    _instances(desk, appeals, by_seller, edges)


def researched(desk: Desk, who: int, at: int, number: int, orders: Ints, seller: int) -> None:
    """A look at a seller, some of his orders and of their buyers."""
    chance = desk.chance
    desk.act(who, at + 30, SEE_SELLER, SELLER, seller, ticket=naming(desk, np.array([number])))
    past = orders[desk.shop.placed[orders] < at]
    if not len(past):
        return
    some = chance.choice(past[-60:], min(int(chance.integers(1, 6)), len(past[-60:])), replace=False)
    then = at + 60 + np.cumsum(chance.integers(20, 200, len(some)))
    desk.act(who, then, SEE_ORDER, ORDER, some, ticket=naming(desk, np.full(len(some), number)))
    few = some[: int(chance.integers(0, 3))]
    buyers = desk.shop.buyer[few]
    desk.act(who, then[: len(few)] + 15, SEE_CUSTOMER, ACCOUNT, buyers, ticket=naming(desk, np.full(len(few), number)))


def _instances(desk: Desk, appeals: list[tuple[int, int, int, float]], by_seller: Ints, edges: Ints) -> None:
    """The first instance judges; of those it refuses some go to the second, to its own two people."""
    chance, crew = desk.chance, desk.crew
    mild = np.random.default_rng([desk.plan.seed, 9]).normal(0, 0.08, crew.size)
    for instance in (APPEAL, AGAIN):
        appeals = sorted(one for one in appeals if one[0] < desk.end)
        if not appeals:
            return
        opened = np.array([one[0] for one in appeals])
        rows = tickets(opened, instance, SELLER, np.array([one[1] for one in appeals]), APPEALS)
        at = assigned(desk, rows)
        if instance == AGAIN:
            rows["staff"] = chance.choice(crew.second, len(rows))
            at = crew.on_duty(rows["staff"], at, chance)
        number, refused = written(desk, rows, at), []
        for k, (_, seller, measure, strength) in enumerate(appeals):
            who, done = int(rows["staff"][k]), int(at[k]) + 1800
            researched(desk, who, int(at[k]), int(number[k]), by_seller[edges[seller] : edges[seller + 1]], seller)
            odds = WON + 0.5 * (0.5 - strength) + mild[who] if instance == APPEAL else desk.plan.overruled
            ticket = naming(desk, number[k : k + 1])
            if chance.random() < odds:
                desk.act(who, done, REINSTATE, SELLER, seller, ticket=ticket, reason=GRANTED)
                desk.measures[measure]["ended"] = done
                continue
            desk.act(who, done, UPHOLD, SELLER, seller, ticket=ticket, reason=POLICY)
            if chance.random() < ONCE_MORE:
                refused.append((done + int(chance.gamma(1.5, 2 * DAY)), seller, measure, strength))
        appeals = refused
