"""Where the dots of a timeline stand.

Across in percent of the width, so that one drawing fits a phone and a wall; down in pixels, so that the words stay
readable.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from floorwalker.report.records import Event, Subject
from floorwalker.report.words import moment

LANES = 20
DOTS = 600
TICKS = 4
_LEFT, _WIDTH = 2.0, 96.0
_SLOT = 1.5  # per cent of the width that a dot takes
_LEVELS = 6
_HEAD, _DOT, _GAP, _AXIS = 19, 11, 7, 24
_STEPS = (1, 2, 3, 7, 14, 28, 56, 91, 182, 365, 730, 1825, 3650)
_STARS = re.compile(r"([1-5](?:\.\d+)?) stars?\b")

SHAPES = {"high": "4 or 5 stars", "middle": "3 stars", "low": "1 or 2 stars", "other": "no stars given"}
"""The shape of a dot, by what it stands for."""


@dataclass(frozen=True, slots=True)
class Dot:
    """An event: its place, its shape, its words."""

    x: float
    y: float
    shape: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """All events of one subject."""

    subject: Subject
    y: float
    base: float
    events: int
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing, and what is not in it."""

    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str, str], ...]
    height: float
    by: str
    first: datetime
    last: datetime
    drawn: int
    dated: int
    undated: int
    lanes_left_out: int

    @property
    def shapes(self) -> dict[str, str]:
        """The legend: the shapes that occur."""
        seen = {dot.shape for lane in self.lanes for dot in lane.dots}
        return {shape: words for shape, words in SHAPES.items() if shape in seen}


def draw_timeline(events: Sequence[Event]) -> Timeline | None:
    """One lane for each object, or for each actor when all did something to one object; None without a dated event."""
    dated = [(event, event.at.astimezone(UTC)) for event in events if event.at is not None]
    if not dated:
        return None
    by_object = len({event.object for event, _ in dated}) > 1
    groups: dict[Subject, list[tuple[Event, datetime]]] = defaultdict(list)
    for event, at in dated:
        groups[event.object if by_object else event.actor].append((event, at))
    busiest = sorted(groups, key=lambda s: (-len(groups[s]), s))[:LANES]
    first, last = min(at for _, at in dated), max(at for _, at in dated)
    lanes, y = [], 0.0
    for subject in sorted(busiest, key=lambda s: (groups[s][0][1], s)):
        lane, y = _lane(subject, groups[subject], DOTS // len(busiest), y, (first, last))
        lanes.append(lane)
    return Timeline(
        lanes=tuple(lanes),
        ticks=_ticks(first, last),
        height=y + _AXIS,
        by="object" if by_object else "actor",
        first=first,
        last=last,
        drawn=sum(len(lane.dots) for lane in lanes),
        dated=len(dated),
        undated=len(events) - len(dated),
        lanes_left_out=len(groups) - len(busiest),
    )


def _lane(
    subject: Subject, events: Sequence[tuple[Event, datetime]], most: int, top: float, span: tuple[datetime, datetime]
) -> tuple[Lane, float]:
    drawn = min(most, len(events))
    taken: list[float] = []  # where the last dot of each level stands
    placed = []
    for event, at in (events[n * len(events) // drawn] for n in range(drawn)):
        x = _across(at, *span)
        level = _level(taken, x)
        taken[level : level + 1] = [x]
        placed.append((event, at, x, level))
    base = top + _HEAD + _DOT * len(taken)
    dots = tuple(
        Dot(x, base - _DOT * (level + 0.5), _shape(event.what), _words(event, at)) for event, at, x, level in placed
    )
    return Lane(subject, top + _HEAD - 6, base, len(events), dots), base + _GAP


def _level(taken: list[float], x: float) -> int:
    """The lowest level with room at x; when all are full, the one whose last dot is farthest."""
    free = next((n for n, last in enumerate(taken) if x - last >= _SLOT), len(taken))
    return free if free < _LEVELS else taken.index(min(taken))


def _across(at: datetime, first: datetime, last: datetime) -> float:
    whole = (last - first) / timedelta(seconds=1)
    part = (at - first) / timedelta(seconds=1) / whole if whole else 0.5
    return round(_LEFT + _WIDTH * part, 2)


def _shape(what: str) -> str:
    stars = _STARS.search(what)
    if stars is None:
        return "other"
    rating = float(stars.group(1))
    return "high" if rating >= 4 else "middle" if rating > 2 else "low"


def _words(event: Event, at: datetime) -> str:
    return f"{moment(at)} UTC, {event.actor.id}: {event.what} ({event.object.id})"


def _ticks(first: datetime, last: datetime) -> tuple[tuple[float, str, str], ...]:
    """At most `TICKS` dates on whole days: place in percent, the date, and how the text is anchored."""
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (last - start).days
    step = next((step for step in _STEPS if days // step < TICKS), max(days // (TICKS - 1), 1))
    dates = [start + timedelta(days=n) for n in range(0, days + 1, step)]
    places = [(max(_LEFT, _across(date, first, last)), date.strftime("%Y-%m-%d")) for date in dates]
    if first == last:
        return ((50.0, places[0][1], "middle"),)
    return tuple((x, text, "start" if x < 12 else "end" if x > 88 else "middle") for x, text in places)
