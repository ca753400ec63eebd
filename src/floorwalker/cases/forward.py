"""Does learning help? Asked of later decisions about other people, as on the day on which they were taken.

The later half of the decisions is cut into blocks. Each is ranked by what was learnt from the decisions before it, but
for those about anybody tied to somebody in the block: who knew a ring's first account must not get credit for its
second. Both rankings of the whole later half are then compared.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from floorwalker.cases.decisions import Decisions
from floorwalker.cases.judge import Floats, Longs
from floorwalker.cases.signals import Signals
from floorwalker.stats.drawn_weights import weigh_and_calibrate
from floorwalker.stats.ranking import Compared, compare

EPOCH, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
LEAST = 10
"""Decisions of each kind that it takes in the earlier and in the later half: of fewer, no share says much."""
BLOCKS = 4
FIRST = 100
"""Precision is that of so many, or of as many as were found abusive where these are fewer."""
APART = "too few of one kind are left when people tied to each other are kept apart"


class TooFew(Exception):
    """There is not enough to learn from, or to tell whether learning helps; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Later:
    """How both scores rank the later decisions. since: when the first was taken."""

    since: datetime
    decided: int
    guilty: int
    compared: Compared

    @property
    def helps(self) -> bool:
        """Whether learned ranks them no worse than unlearned."""
        return self.compared.gain.value >= 0


def on_later(seen: Signals, unlearned: Floats, known: Decisions, seed: int) -> Later:
    """Compare on the later half. unlearned: (subjects,), the other score. Raises TooFew."""
    begins = _blocks(known)
    block = np.searchsorted(begins, known.second, side="right")
    later = block > 0
    since = _time(int(begins[0]))
    _require_enough(known, later, since)
    learned = np.zeros(len(known))
    for one in np.unique(block[later]):
        inside = block == one
        before = known.only((block < one) & ~np.isin(known.group, known.group[inside]))
        learned[inside] = _learned(seen, before, known.only(inside))
    rows = known.only(later)
    guilty = int(rows.guilty.sum())
    size = min(FIRST, guilty)
    compared = compare(learned[later], unlearned[rows.subject], rows.guilty, rows.group, size, seed)
    return Later(since, len(rows), guilty, compared)


def _learned(seen: Signals, before: Decisions, now: Decisions) -> Floats:
    try:
        weighing = weigh_and_calibrate(seen.of(before.subject), before.guilty, before.fold, seen.pools)
    except ValueError as error:
        raise TooFew(APART) from error
    return np.asarray(weighing.parts(seen.of(now.subject)).sum(axis=1))


def _blocks(known: Decisions) -> Longs:
    """The first second of each block of the later half."""
    if not len(known):
        raise TooFew("no decision is about anybody who was assessed")
    at = np.arange(BLOCKS) / BLOCKS
    place = np.ceil(len(known) * (0.5 + at / 2)).astype(np.int64)
    return np.unique(known.second[np.minimum(place, len(known) - 1)])


def _require_enough(known: Decisions, later: NDArray[np.bool_], since: datetime) -> None:
    day = f"{since:%Y-%m-%d}"
    for half, when in ((~later, "before"), (later, "since")):
        for guilty, word in ((True, "abusive"), (False, "legitimate")):
            there = int((known.guilty[half] == guilty).sum())
            if there < LEAST:
                raise TooFew(f"{there} decisions {when} {day} say {word}, and it takes {LEAST}")


def _time(second: int) -> datetime:
    """The nearest that a calendar of four-digit years has."""
    return EPOCH + min(max(timedelta(seconds=second), datetime.min.replace(tzinfo=UTC) - EPOCH), END - EPOCH)
