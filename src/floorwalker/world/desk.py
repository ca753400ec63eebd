"""Refund cases: who decides them, what steps that takes, and the goods that come back."""

import numpy as np

from floorwalker.world.calendar import END, NEVER
from floorwalker.world.draw import NOBODY, Column, Ints, Rng, chance, whole
from floorwalker.world.market import Market
from floorwalker.world.refunds import send_back
from floorwalker.world.staff import SUPPORT, on_duty, route
from floorwalker.world.steps import BY_ROUTER, BY_SELF, MINUTE, act, assigned, open_tickets
from floorwalker.world.tables import code

_APPROVED, _DENIED = code("refunds.outcome", "approved"), code("refunds.outcome", "denied")


def decide(
    market: Market, rng: Rng, refund: Ints, approve: Column, *, staff: Ints | None = None, own: bool = False
) -> None:
    """Decide refunds: at once where self-service, else by a ticket, whose holder looks and decides.

    `staff` names the deciders; with `own` they took the cases themselves.
    """
    refunds = market["refunds"]
    requested = refunds["requested_at"][refund]
    alone = refunds["channel"][refund] == code("refunds.channel", "self_service")
    staffed = np.ones(len(refund), dtype=np.bool_) if staff is not None else ~alone
    handled = requested + whole(rng.lognormal(3.2, 1.0, len(refund)) * MINUTE)
    who = np.full(len(refund), NOBODY)
    who[staffed] = _decider(market, rng, refund[staffed], handled[staffed]) if staff is None else staff
    if staff is not None:
        handled = on_duty(market, rng, who, handled)
    decided = np.where(staffed, handled + 6 * MINUTE, requested + 40_000_000)
    done = decided < END
    refunds["staff_id"][refund] = np.where(done, who, NOBODY)
    refunds["decided_at"][refund] = np.where(done, decided, NEVER)
    refunds["outcome"][refund] = np.where(
        done, np.where(approve, _APPROVED, _DENIED), code("refunds.outcome", "pending")
    )
    rows = np.flatnonzero(staffed & done)
    by = np.full(len(rows), BY_SELF if own else BY_ROUTER) if staff is not None else assigned(rng, len(rows))
    _work_refunds(market, rng, refund[rows], who[rows], handled[rows], approve[rows], by)


def _decider(market: Market, rng: Rng, refund: Ints, at: Ints) -> Ints:
    """Route refunds to support; recalls go to their desk, and large sellers have their own contact."""
    refunds, roster = market["refunds"], market.roster
    who = route(market, rng, SUPPORT, at)
    recalled = np.flatnonzero(refunds["reason"][refund] == code("refunds.reason", "recall"))
    who[recalled] = roster.recall_desk[rng.integers(0, len(roster.recall_desk), len(recalled))]
    seller = market.goods.seller[market["orders"]["product_id"][refunds["order_id"][refund]]]
    for special, contact in roster.specialist_of.items():
        who[(seller == special) & chance(rng, 0.5, len(who))] = contact
    return who


def _work_refunds(market: Market, rng: Rng, refund: Ints, who: Ints, at: Ints, approve: Column, by: Ints) -> None:
    refunds = market["refunds"]
    recall = refunds["reason"][refund] == code("refunds.reason", "recall")
    for kind, mask in (("recall", recall), ("refund", ~recall)):
        rows = np.flatnonzero(mask)
        row, staff, time, yes = refund[rows], who[rows], at[rows], approve[rows]
        opened = np.minimum(refunds["requested_at"][row] + MINUTE, time)
        ticket = open_tickets(market, kind, "refund", row, opened, staff, time + 8 * MINUTE, by=by[rows])
        act(market, staff, time, "view_customer", "account", refunds["buyer_id"][row], ticket=ticket)
        look = time + whole(rng.integers(20, 150, len(row))) * 1_000_000
        act(market, staff, look, "view_order", "order", refunds["order_id"][row], ticket=ticket)
        for step, hit in (("approve_refund", yes), ("deny_refund", ~yes)):
            act(market, staff[hit], time[hit] + 6 * MINUTE, step, "refund", row[hit], ticket=ticket[hit])


def answer_requests(market: Market) -> None:
    """Decide all open refunds as policy says, and take the goods back."""
    rng = market.rng("desk")
    refunds = market["refunds"]
    rows = np.arange(refunds.rows, dtype=np.int64)
    alone = refunds["channel"] == code("refunds.channel", "self_service")
    decide(market, rng, rows, chance(rng, np.where(alone, 0.95, 0.87), len(rows)))
    back = rows[(refunds["outcome"] == _APPROVED) & ~refunds["return_waived"]]
    send_back(market, rng, back)
