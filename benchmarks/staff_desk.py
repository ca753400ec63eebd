"""A made marketplace with its staff, for testing what is said about insiders: `made(Plan(seed=1))`.

It knows nothing of floorwalker, of its detectors or of its worlds. 60 to 400 people in teams (support by language,
moderation, seller support, risk, appeals; trainers, analysts, key account managers) work shifts at four sites, at night
too, take part in training, go on leave, join and leave. A router gives most tickets to somebody of the queue who is on
duty; others are taken or given by hand, or go astray. Some cases leave no ticket, and much is looked at without one.
"""

import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.desk_appeals import sellers_judged
from benchmarks.desk_beside import without_tickets
from benchmarks.desk_book import Desk, Plan
from benchmarks.desk_calls import calls_answered
from benchmarks.desk_crew import crew_of
from benchmarks.desk_market_tables import (
    accounts_table,
    messages_table,
    orders_table,
    products_table,
    refunds_table,
    reviews_table,
)
from benchmarks.desk_reports import reviews_judged, shops_helped
from benchmarks.desk_shop import shop_of
from benchmarks.desk_staff_tables import actions_table, enforcements_table, staff_table, tickets_table
from benchmarks.desk_words import ANSWERED, ASKED, DAY, WON_BACK

Change = Callable[[Desk], None]
"""Something done to a desk, before its work begins or after."""


def made(plan: Plan, *, before: Change | None = None, after: Change | None = None) -> Desk:
    """The desk, all work done."""
    chance = np.random.default_rng(plan.seed)
    shop = shop_of(plan.staff, plan.weeks, plan.orders_each * plan.staff * plan.weeks, chance)
    desk = Desk(plan, shop, crew_of(plan.staff, plan.weeks, chance), chance)
    if before:
        before(desk)
        desk.crew.scheduled()
    calls_answered(desk)
    shops_helped(desk)
    reviews_judged(desk)
    sellers_judged(desk)
    without_tickets(desk)
    _chatter(desk)
    if after:
        after(desk)
    return desk


def tables(desk: Desk) -> dict[str, pa.Table]:
    """The contract's tables, each in the order of its time or key."""
    return {
        "accounts": accounts_table(desk),
        "products": products_table(desk),
        "orders": orders_table(desk),
        "reviews": reviews_table(desk),
        "refunds": refunds_table(desk),
        "messages": messages_table(desk),
        "staff": staff_table(desk),
        "tickets": tickets_table(desk),
        "enforcements": enforcements_table(desk),
        "staff_actions": actions_table(desk),
    }


def _chatter(desk: Desk) -> None:
    """Sellers write to some of their buyers after an order, and some to former buyers; buyers ask before."""
    shop, chance = desk.shop, desk.chance
    orders = len(shop.buyer)
    seller = shop.sold_by
    wrote = np.flatnonzero(chance.random(orders) < shop.writes[seller - shop.buyers])
    at = shop.placed[wrote] + chance.gamma(1.2, 2 * DAY, len(wrote)).astype(np.int64)
    text = len(ASKED) + chance.integers(0, len(ANSWERED), len(wrote))
    desk.wrote(seller[wrote], shop.buyer[wrote], at, text)
    again = wrote[chance.random(len(wrote)) < 0.08]
    late = shop.placed[again] + chance.gamma(2, 20 * DAY, len(again)).astype(np.int64)
    offer = len(ASKED) + len(ANSWERED) + chance.integers(0, len(WON_BACK), len(again))
    desk.wrote(seller[again], shop.buyer[again], late, offer)
    asked = np.flatnonzero(chance.random(orders) < 0.03)
    at = shop.placed[asked] + chance.integers(-2 * DAY, 6 * DAY, len(asked))
    desk.wrote(shop.buyer[asked], seller[asked], at, chance.integers(0, len(ASKED), len(asked)))


def kept(tables: dict[str, pa.Table], folder: Path) -> None:
    """Write the tables as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")


def machine() -> str:
    """The date and the machine, for a table's head."""
    cores = f"{os.cpu_count()} cores {platform.machine()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {cores}, Python {platform.python_version()}"
