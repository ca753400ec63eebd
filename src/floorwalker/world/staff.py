"""The marketplace's own people: teams, sites, shifts, supervisors, specialists; and who gets which case."""

import numpy as np

from floorwalker.world.calendar import DAY, DAYS, END, HOUR, NEVER, START, week_of
from floorwalker.world.draw import NOBODY, Column, Flags, Ints, Rng, chance, groups, sample, waits, weighted, whole
from floorwalker.world.market import Market, Roster
from floorwalker.world.tables import code

SUPPORT, MODERATION, SELLERS, RISK = range(4)
_TEAMS = np.array([0.6, 0.18, 0.16, 0.06])
_SHIFTS = np.array([0.5, 0.32, 0.18])  # the night is thinly staffed
_SITE_OF_SHIFT = ((0, 1), (3, 1), (2, 2))
_CORE = 4  # of each team, its lead among them
_OFFICE = ("198.51.100.", "203.0.113.", "192.0.2.", "198.18.7.")


def hire(market: Market) -> None:
    """Make the staff: most were there before the two years, some join or leave in between."""
    rng = market.rng("staff")
    count = max(36, market.count(340))
    team = weighted(rng, _TEAMS, count)
    team[: 4 * _CORE] = np.repeat(np.arange(4), _CORE)
    team = np.sort(team)
    shift = weighted(rng, _SHIFTS, count)
    first = np.flatnonzero(np.r_[True, team[1:] != team[:-1]])
    leads = np.isin(np.arange(count), first)
    started, ended = _terms(rng, np.isin(np.arange(count), first[:, None] + np.arange(_CORE)))
    role = np.where(chance(rng, 0.1, count), code("staff.role", "specialist"), code("staff.role", "agent"))
    role[leads] = code("staff.role", "supervisor")
    boss = np.where(leads, NOBODY, np.repeat(first, np.diff([*first, count])))
    site = np.array(_SITE_OF_SHIFT)[shift, rng.integers(0, 2, count)]
    market["staff"].add(count, team=team, role=role, site=site, manager_id=boss, started_at=started, ended_at=ended)
    market.roster = Roster(team, shift, started, np.where(ended == NEVER, END, ended), *_tools(rng, site))
    market.roster.taken = leads  # supervisors play no part in any scheme
    _appoint(market, rng)


def _terms(rng: Rng, core: Flags) -> tuple[Ints, Ints]:
    """Return when each person starts and leaves; the core of a team stays all the time."""
    count = len(core)
    late = chance(rng, 0.3, count) & ~core
    joined = np.where(late, rng.uniform(0, DAYS - 60, count), -waits(rng, 700, 3000, count) - 30)
    started = START + whole(joined * 86_400) * 1_000_000
    ended = np.maximum(started, START) + whole(rng.exponential(1500, count) * DAY) + 60 * DAY
    return started, np.where((ended >= END) | core, NEVER, ended)


def _tools(rng: Rng, site: Ints) -> tuple[Column, Column, Column]:
    count = len(site)
    device = "WS-" + (100_000 + rng.permutation(900_000)[:count]).astype(str).astype(object)
    host = rng.integers(2, 250, count).astype(str).astype(object)
    parts = [rng.integers(1, 255, count).astype(str).astype(object) for _ in range(3)]
    home = "84." + parts[0] + "." + parts[1] + "." + parts[2]
    return device.astype(object), np.array(_OFFICE, dtype=object)[site] + host, home


def _appoint(market: Market, rng: Rng) -> None:
    """Give large sellers one contact for all their cases, and recalls a small desk."""
    roster, size = market.roster, market.goods.seller_size
    lasting = (roster.ended == END) & (roster.started < START)
    contacts = np.flatnonzero((roster.team == SELLERS) & lasting)
    for seller in np.argsort(-size)[: max(1, round(0.02 * len(size)))]:
        roster.specialist_of[int(seller)] = int(rng.choice(contacts))
    roster.recall_desk = sample(rng, np.flatnonzero((roster.team == SUPPORT) & lasting), max(1, market.count(4)))


def shift_of(time: Ints) -> Ints:
    """Return the shift in which each time lies."""
    return whole([2, 0, 1])[(time - START) % DAY // (8 * HOUR)]


def route(market: Market, rng: Rng, team: int, time: Ints) -> Ints:
    """Assign each case at random to someone of the team who is employed and on shift, else to anyone employed."""
    roster = market.roster
    mates = np.flatnonzero(roster.team == team)
    key = week_of(time) * 3 + shift_of(time)
    chosen = np.empty(len(time), dtype=np.int64)
    for number, rows in groups(key):
        week, shift = START + number // 3 * 7 * DAY, number % 3
        here = mates[(roster.started[mates] <= week) & (roster.ended[mates] > week + 7 * DAY)]
        here = here if len(here) else mates[:1]
        awake = here[roster.shift[here] == shift]
        pool = awake if len(awake) else here
        chosen[rows] = pool[rng.integers(0, len(pool), len(rows))]
    return chosen


def on_duty(market: Market, rng: Rng, staff: Ints, time: Ints) -> Ints:
    """Move each time into the shift of that staff member on the same or the next day."""
    begins = whole([8, 16, 0])[market.roster.shift[staff]] * HOUR
    midnight = time - (time - START) % DAY
    seconds = rng.integers(600, 8 * 3600 - 900, len(time)) * 1_000_000
    moved = midnight + begins + seconds
    return np.where(moved < time, moved + DAY, moved)
