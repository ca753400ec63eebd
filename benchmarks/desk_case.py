"""What people do with a ticket: they take it up, look, name it or not, look again, close it."""

import numpy as np

from benchmarks.desk_book import Desk, Rows
from benchmarks.desk_words import DAY, Bools, Ints


def written(desk: Desk, rows: Rows, at: Ints) -> Ints:
    """Close and keep the tickets; the number (n,) that acts may name, -1 where it was lost or is not named."""
    chance = desk.chance
    long = chance.random(len(rows)) < 0.4
    rows["closed"] = at + np.where(long, chance.gamma(1.0, 1.5 * DAY, len(rows)), chance.gamma(1.5, 500, len(rows)))
    rows["logged"] = chance.random(len(rows)) >= desk.plan.lost
    number = desk.filed(rows)
    return np.where(rows["logged"], number, -1)


def naming(desk: Desk, number: Ints) -> Ints:
    """The ticket that each act names: mostly its own, seldom the one before it."""
    chance = desk.chance
    slip = chance.random(len(number)) < 0.01
    named = chance.random(len(number)) < desk.plan.named
    other = np.where(number > 0, number - 1, -1)
    other = np.where((other >= 0) & desk.tickets["logged"][other], other, -1)
    return np.where(named & (number >= 0), np.where(slip, other, number), -1)


def look(desk: Desk, rows: Rows, at: Ints, number: Ints, action: int, kind: int, what: Ints, share: float) -> Ints:
    """A share of the tickets' holders look at `what` (n,), and some days later some look again; the next moments."""
    chance = desk.chance
    then = at + chance.gamma(1.6, 60, len(at)).astype(np.int64) + 5
    does: Bools = chance.random(len(at)) < share
    who = rows["staff"]
    desk.act(who[does], then[does], action, kind, what[does], ticket=naming(desk, number[does]))
    back = does & (chance.random(len(at)) < 0.1)
    later = desk.crew.on_duty(
        who[back], then[back] + chance.gamma(1.5, 1.5 * DAY, int(back.sum())).astype(np.int64), chance
    )
    desk.act(who[back], later, action, kind, what[back], ticket=naming(desk, number[back]))
    return then
