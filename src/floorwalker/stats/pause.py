"""Does what somebody gains stop while somebody else is away? Absences are moved round the calendar to tell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from floorwalker.stats.arguments import require
from floorwalker.stats.permutation import permutation_log_p


@dataclass(frozen=True, slots=True)
class Pause:
    """Outcomes and good ones while away and while there, and the log of the chance of so large a drop."""

    away: int
    away_good: int
    there: int
    there_good: int
    log_p: float


def pause_test(away: ArrayLike, day: ArrayLike, good: ArrayLike) -> Pause:
    """The share of good outcomes on days there, less that on days away, against every other place of the absences.

    away: (days,) bool, the calendar. day: (n,) of each outcome, from 0; good: (n,) bool. The null moves the whole
    calendar round by every number of days, so that absences keep their lengths and outcomes their clusters. Days on
    which nothing can be compared count as no drop. Raises ValueError for lengths that differ or days off the calendar.
    """
    calendar, days, won = np.asarray(away, dtype=bool), np.asarray(day, dtype=np.int64), np.asarray(good, dtype=bool)
    require(calendar.ndim == 1 and days.shape == won.shape and days.ndim == 1, "one day and one outcome each")
    require(bool(np.all((days >= 0) & (days < len(calendar)))), "days must lie on the calendar")
    gone = calendar[days]
    counts = int(gone.sum()), int((gone & won).sum()), int((~gone).sum()), int((~gone & won).sum())
    if not counts[0] or not counts[2]:
        return Pause(*counts, 0.0)
    shifts = np.arange(1, len(calendar))
    others = np.array([_drop(calendar[(days + shift) % len(calendar)], won) for shift in shifts])
    return Pause(*counts, float(permutation_log_p(_drop(gone, won), others)))


def _drop(gone: NDArray[np.bool_], good: NDArray[np.bool_]) -> float:
    if not gone.any() or gone.all():
        return 0.0
    return float(good[~gone].mean() - good[gone].mean())
