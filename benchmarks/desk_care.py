"""How much bought staff do at a made desk, and how they cover it: three levels of care."""

from dataclasses import dataclass

import numpy as np

from benchmarks.desk_book import SELF, Desk, tickets
from benchmarks.desk_words import HOUR, Bools, Ints


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


def cover(desk: Desk, who: int, about: int, what: Ints, at: Ints, kind: int, level: Level) -> Ints:
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
