"""Tickets, and the steps that staff take: the way in which any of them is written."""

import numpy as np

from floorwalker.world.calendar import DAY, END, NEVER, START
from floorwalker.world.draw import NOBODY, Column, Ints, Rng, chance
from floorwalker.world.market import Market
from floorwalker.world.tables import code

MINUTE = 60_000_000
BY_ROUTER, BY_SELF = code("tickets.assigned_by", "router"), code("tickets.assigned_by", "self")
_AT_HOME = 18  # per cent of the days


def assigned(rng: Rng, size: int) -> Ints:
    """Return who assigned honest tickets: the router, but for some that people take themselves."""
    return np.where(chance(rng, 0.07, size), BY_SELF, BY_ROUTER)


def _day(at: Ints) -> Ints:
    return (at - START) // DAY


def _workstation(market: Market, staff: Ints, at: Ints) -> Column:
    """Return the machine of each staff member on that day; a third get a new one at some time."""
    swapped = (staff % 3 == 0) & (_day(at) > staff * 7919 % 700)
    return np.where(swapped, market.roster.device[staff] + "B", market.roster.device[staff]).astype(object)


def _network(market: Market, staff: Ints, at: Ints) -> Column:
    """Return the address of the office, or of the home on some days."""
    away = (_day(at) * 7919 + staff * 104_729) % 100 < _AT_HOME
    return np.where(away, market.roster.home_ip[staff], market.roster.ip[staff]).astype(object)


def open_tickets(
    market: Market, kind: str, about: str, subject: Ints, opened: Ints, staff: Ints, closed: Ints, *, by: Ints | int
) -> Ints:
    """Write tickets; those that close after the end stay open."""
    return market["tickets"].add(
        len(subject),
        opened_at=opened,
        kind=code("tickets.kind", kind),
        subject_kind=code("tickets.subject_kind", about),
        subject_id=subject,
        assigned_to=staff,
        assigned_by=by,
        closed_at=np.where(closed < END, closed, NEVER),
    )


def act(
    market: Market,
    staff: Ints,
    at: Ints,
    action: str,
    about: str,
    subject: Ints,
    *,
    ticket: Ints | None = None,
    records: Ints | None = None,
    reason: str | Column | None = None,
    device: Column | None = None,
    ip: Column | None = None,
) -> Ints:
    """Write staff actions, from the staff member's own workstation unless said otherwise."""
    kept = np.flatnonzero(at < END)

    def at_kept(values: Column | None, otherwise: object) -> object:
        return otherwise if values is None else values[kept]

    return market["staff_actions"].add(
        len(kept),
        staff_id=staff[kept],
        at=at[kept],
        action=code("staff_actions.action", action),
        object_kind=code("staff_actions.object_kind", about),
        object_id=subject[kept],
        ticket_id=at_kept(ticket, NOBODY),
        record_count=at_kept(records, 1),
        reason=reason[kept] if isinstance(reason, np.ndarray) else reason,
        device=at_kept(device, _workstation(market, staff[kept], at[kept])),
        ip=at_kept(ip, _network(market, staff[kept], at[kept])),
    )
