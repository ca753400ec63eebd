"""The people of the made staff desk: teams, sites, leads, shifts, leave, laptops, networks."""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.desk_words import (
    ANALYTICS,
    APPEALS,
    DAY,
    KEY,
    LANGUAGES,
    MODERATION,
    OPERATIONS,
    RISK,
    SHOPS,
    SITES,
    TRAINING,
    WEEK,
    Bools,
    Floats,
    Ints,
    drawn,
)

SHARES = {MODERATION: 0.12, SHOPS: 0.08, RISK: 0.06, APPEALS: 0.06, TRAINING: 0.025, ANALYTICS: 0.035, KEY: 0.025}
SHIFTS = (6, 9, 14, 22)
"""Early, day, late, night: hours of beginning, in UTC."""
EARLY, OFFICE, LATE, NIGHT = range(4)
NIGHTS = 0.07
"""Share of support and moderation who always work at night; a quarter changes shift by the week."""
PART_TIME, HOME, REMOTE = 0.15, 0.35, 3
AWAY = 2
"""Places in `place`: 0 in the office, 1 at home, AWAY on a trip."""


@dataclass(slots=True)
class Crew:
    """team, role, site, lead (-1: none), begin, end (-1: still there): (staff,). duty: (hours, staff).

    queue: (weeks, staff), the team whose tickets one takes. speed: share of the queue one takes, mean 1.
    place, laptop, trip: (days, staff). second: who sits in the second instance of appeals.
    """

    team: Ints
    role: list[str]
    site: Ints
    lead: Ints
    begin: Ints
    end: Ints
    duty: Bools
    queue: Ints
    speed: Floats
    place: Ints
    laptop: Ints
    trip: Ints
    second: Ints
    gateways: Ints
    onward: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.scheduled()

    def scheduled(self) -> None:
        """Read `duty` again: the next hour in which each is on duty, from each hour on."""
        hours = len(self.duty)
        ahead = np.where(self.duty, np.arange(hours)[:, None], hours - 1).astype(np.int32)
        self.onward = np.minimum.accumulate(ahead[::-1])[::-1]

    @property
    def size(self) -> int:
        """How many there ever were."""
        return len(self.team)

    def of(self, *teams: int) -> Ints:
        """Those of these teams who are no leads."""
        return np.flatnonzero(np.isin(self.team, teams) & (np.array(self.role) != "lead"))

    def on_duty(self, who: Ints, at: Ints, chance: np.random.Generator) -> Ints:
        """The first moment of a shift of theirs from `at` on, (n,) seconds."""
        hour = np.clip(at // 3600, 0, len(self.duty) - 1)
        then = self.onward[hour, who].astype(np.int64)
        inside = np.where(then == hour, at % 3600, 0)
        moment: Ints = then * 3600 + inside + (chance.random(len(who)) * (3599 - inside)).astype(np.int64)
        return moment


def crew_of(size: int, weeks: int, chance: np.random.Generator) -> Crew:
    """So many people, with turnover of about a quarter a year."""
    team = _teams(size, chance)
    role, lead = _leads(team)
    site = drawn(chance, np.array([0.34, 0.26, 0.28, 0.12]), size)
    end_of_time = weeks * WEEK
    begin = chance.integers(-1200 * DAY, 0, size)
    fresh = chance.random(size) < 0.25 * weeks / 52
    begin[fresh] = chance.integers(0, int(end_of_time * 0.8), int(fresh.sum()))
    end = np.full(size, -1)
    gone = ~fresh & (chance.random(size) < 0.2 * weeks / 52)
    end[gone] = chance.integers(end_of_time // 5, end_of_time, int(gone.sum()))
    for k in np.flatnonzero(np.array(role) != "agent"):
        begin[k], end[k] = min(begin[k], -30 * DAY), -1
    duty, works = _rota(team, begin, end, weeks, chance)
    days = weeks * 7 + 1
    home = (chance.random((days, size)) < HOME) & (chance.random(size) < 0.6)
    place = np.where(home | (site == REMOTE), 1, 0)
    trips = chance.random((days // 7 + 1, size)) < 0.012
    trip = np.where(np.repeat(trips, 7, axis=0)[:days], chance.integers(0, 400, (1, size)), -1)
    place[trip >= 0] = AWAY
    renewed = np.cumsum(chance.random((days, size)) < 0.2 / 365, axis=0)
    laptop = np.arange(size)[None, :] * 100 + renewed
    shared = (site == 2) & (team < len(LANGUAGES)) & (chance.random(size) < 0.5)
    seats = 1_000_000 + chance.integers(0, max(int(shared.sum()), 1), (days, size))
    laptop = np.where(shared & (place == 0), seats, laptop)
    queue = np.repeat(team[None, :], weeks + 1, axis=0)
    speed = chance.gamma(8, 1 / 8, size) * np.where(np.array(role) == "lead", 0.15, 1.0)
    second = np.flatnonzero(team == APPEALS)[:2]
    gateways = np.zeros((days, len(SITES)), dtype=np.int64)
    return Crew(team, role, site, lead, begin, end, duty & works, queue, speed, place, laptop, trip, second, gateways)


def _teams(size: int, chance: np.random.Generator) -> Ints:
    teams = [team for team, share in SHARES.items() for _ in range(max(round(share * size), 2))] + [OPERATIONS] * 2
    languages = np.array([0.4, 0.22, 0.15, 0.13, 0.1])
    rest = size - len(teams)
    sizes = np.maximum(np.floor(languages * rest), 3).astype(int)
    sizes[0] += rest - sizes.sum()
    return chance.permutation(np.concatenate([teams, np.repeat(np.arange(5), sizes)]))


def _leads(team: Ints) -> tuple[list[str], Ints]:
    """One lead for twelve of a team with a queue; above them, and the others, the two of Operations."""
    role, lead = ["agent"] * len(team), np.full(len(team), -1)
    heads = np.flatnonzero(team == OPERATIONS)
    for one in np.unique(team):
        members = np.flatnonzero(team == one)
        chiefs = heads if one >= TRAINING else members[: max(len(members) // 12, 1)]
        for k, member in enumerate(members):
            lead[member] = chiefs[k % len(chiefs)]
        for chief in chiefs if one < TRAINING or one == OPERATIONS else ():
            role[chief] = "manager" if one == OPERATIONS else "lead"
            lead[chief] = -1 if one == OPERATIONS else heads[chief % 2]
    named = {TRAINING: "trainer", ANALYTICS: "analyst", KEY: "key account manager", MODERATION: "moderator"}
    return [named.get(int(t), r) if r == "agent" else r for t, r in zip(team, role, strict=True)], lead


def _rota(team: Ints, begin: Ints, end: Ints, weeks: int, chance: np.random.Generator) -> tuple[Bools, Bools]:
    """Who is on duty in which hour, by shift; and who is employed in it. Both (hours, staff)."""
    size, days = len(team), weeks * 7 + 1
    around = (team < len(LANGUAGES)) | (team == MODERATION)
    fixed = np.where(around, drawn(chance, np.array([0.35, 0.25, 0.4]), size), OFFICE)
    fixed[around & (chance.random(size) < NIGHTS)] = NIGHT
    changing = around & (fixed != NIGHT) & (chance.random(size) < 0.25)
    week = np.arange(days)[:, None] // 7
    shift = np.where(changing & ((week + fixed) % 3 == 0), LATE, np.where(changing, EARLY, fixed))
    weekday = np.arange(days)[:, None] % 7
    off = np.where(around, chance.integers(0, 7, size), 5)
    works = ~np.isin((weekday - off) % 7, (0, 1))
    part = chance.random(size) < PART_TIME
    works &= ~part | ((weekday + off) % 2 == 0)
    works &= chance.random((days, size)) > 0.03
    for _ in range(max(weeks // 17, 1)):
        first = chance.integers(0, days, size)
        works &= ~((np.arange(days)[:, None] >= first) & (np.arange(days)[:, None] < first + chance.integers(5, 15)))
    duty = np.zeros((days * 24 + 48, size), dtype=bool)
    length = np.where(part, 6, 8)
    day, who = np.nonzero(works)
    first = (
        day * 24
        + np.array(SHIFTS)[shift[day, who]]
        + chance.integers(-1, 2, len(day)) * (chance.random(len(day)) < 0.2)
    )
    for k in range(9):
        long = (k < length[who]) | ((k == length[who]) & (chance.random(len(who)) < 0.3))
        duty[np.clip(first[long] + k, 0, None), who[long]] = True
    moment = np.arange(len(duty))[:, None] * 3600
    return duty, (moment >= begin) & ((moment < end) | (end < 0))
