"""Who gets a ticket: a router by queue and shift that mostly works, colleagues who take or give what lies about."""

import numpy as np

from benchmarks.desk_book import SELF, Desk, Rows
from benchmarks.desk_words import HOUR, LANGUAGES, Bools, Floats, Ints

OVERFLOW = 0.004
"""How often, against those of the queue, people of another language take a ticket while those are there too."""
AT_ONCE = 3000
PATIENCE = 80
"""Hours that a ticket waits for somebody on duty."""


def assigned(desk: Desk, rows: Rows) -> Ints:
    """Fill in staff and by for these tickets; the moment (n,) at which each is taken up."""
    chance, crew = desk.chance, desk.crew
    wait = (chance.gamma(1.0, 0.7, len(rows)) * HOUR).astype(np.int64)
    hour = np.minimum((rows["opened"] + wait) // HOUR, len(crew.duty) - 1)
    stray = chance.random(len(rows)) < desk.plan.astray
    for begin in range(0, len(rows), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        rows["staff"][part], hour[part] = _picked(desk, rows["queue"][part], hour[part], stray[part])
    _special(desk, rows)
    how = chance.random(len(rows))
    lead = crew.lead[rows["staff"]]
    taken, given = stray & (how < 0.45), stray & (how >= 0.45) & (how < 0.8) & (lead >= 0)
    rows["by"][taken] = SELF
    rows["by"][given] = lead[given]
    at: Ints = np.maximum(hour * HOUR + chance.integers(0, HOUR, len(rows)), rows["opened"] + 60)
    return at + chance.gamma(0.6, 2400, len(rows)).astype(np.int64)


def _picked(desk: Desk, queue: Ints, hour: Ints, stray: Bools) -> tuple[Ints, Ints]:
    """Somebody on duty for each ticket (n,), and the hour in which there is somebody."""
    crew = desk.crew
    staff, hour = np.full(len(queue), -1), hour.copy()
    floor = np.where(np.arange(20) < len(LANGUAGES), 0, np.arange(20))
    for _ in range(PATIENCE):
        waiting = np.flatnonzero(staff < 0)
        if not len(waiting):
            break
        seats = crew.queue[np.minimum(hour[waiting] // 168, len(crew.queue) - 1)]
        asked = queue[waiting][:, None]
        near = (floor[seats] == floor[asked]) * np.where(stray[waiting], 0.15, OVERFLOW)[:, None]
        weight: Floats = np.where(seats == asked, 1.0, near) * crew.speed * crew.duty[hour[waiting]]
        ranked = np.where(
            weight > 0, np.log(np.maximum(weight, 1e-12)) + desk.chance.gumbel(size=weight.shape), -np.inf
        )
        best = ranked.argmax(axis=1)
        own = ((seats == asked) & (weight > 0)).any(axis=1)
        there = np.isfinite(ranked[np.arange(len(best)), best]) & (own | stray[waiting])
        staff[waiting[there]] = best[there]
        hour[waiting[~there]] = np.minimum(hour[waiting[~there]] + 1, len(crew.duty) - 1)
    lost = np.flatnonzero(staff < 0)
    for k in lost:
        staff[k] = desk.chance.choice(np.flatnonzero((crew.team == queue[k]) & (crew.end < 0)))
    return staff, hour


def _special(desk: Desk, rows: Rows) -> None:
    """Cases of the largest sellers all go to one specialist of each queue, where there are such."""
    if not desk.plan.specialist:
        return
    shop, large = desk.shop, desk.shop.largest[: desk.plan.specialist]
    order = np.where(rows["about"] == 1, rows["subject"], 0)
    concerned = (rows["about"] == 1) & np.isin(shop.sold_by[order], large)
    for queue in np.unique(rows["queue"][concerned]):
        specialist = specialists(desk)[queue]
        rows["staff"][concerned & (rows["queue"] == queue)] = specialist


def specialists(desk: Desk) -> dict[int, int]:
    """One of each queue, there from the first day to the last."""
    crew, found = desk.crew, {}
    for queue in range(9):
        steady = [k for k in crew.of(queue) if crew.begin[k] < 0 and crew.end[k] < 0]
        found[queue] = int((steady or list(np.flatnonzero(crew.team == queue)))[-1])
    return found
