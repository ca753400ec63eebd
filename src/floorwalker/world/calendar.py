"""Two years of days: growth, seasons, weekdays, sale days, the hours of the day. Times are UTC microseconds."""

import numpy as np

from floorwalker.world.draw import Floats, Ints, Rng, whole

HOUR = 3_600_000_000
DAY = 24 * HOUR
DAYS = 731
WEEKS = DAYS // 7 + 1
START = int(np.datetime64("2024-01-01", "us").astype(np.int64))
END = START + DAYS * DAY
NEVER = int(np.iinfo(np.int64).min)  # the missing time

_WEEKDAY = np.array([1.02, 0.97, 0.96, 0.98, 0.94, 1.03, 1.14])
_HOUR = np.array([12, 7, 4, 3, 3, 4, 9, 18, 28, 36, 42, 46, 52, 48, 45, 44, 46, 50, 58, 68, 74, 66, 44, 24.0])
_SALES = {"03-20": 1.5, "07-15": 2.6, "07-16": 2.3, "10-08": 1.7, "11-29": 3.0, "12-02": 2.4}


class Calendar:
    """How busy each day and hour of the market is."""

    def __init__(self, rng: Rng) -> None:
        """Give each day its weight, with a little weather."""
        days = np.datetime64("2024-01-01") + np.arange(DAYS)
        number = np.arange(DAYS)
        season = 1 + 0.12 * np.cos(2 * np.pi * (number % 365.25 - 340) / 365.25)
        weight = (1 + 0.4 * number / DAYS) * season * _WEEKDAY[number % 7] * rng.lognormal(0, 0.07, DAYS)
        for date, lift in _SALES.items():
            weight[np.char.endswith(np.datetime_as_string(days), date)] *= lift
        self._edges: Floats = np.concatenate([[0.0], np.cumsum(weight)]) / weight.sum()
        self._hours: Floats = np.concatenate([[0.0], np.cumsum(_HOUR)]) / _HOUR.sum()

    def share(self, time: Ints) -> Floats:
        """Return the share of all business that is done before `time`."""
        return np.interp((time - START) / DAY, np.arange(DAYS + 1), self._edges)

    def moments(self, rng: Rng, first: Ints, last: Ints) -> Ints:
        """Draw a busy moment within each [first, last)."""
        low, high = self.share(first), self.share(last)
        position = low + rng.random(len(low)) * (high - low)
        day = np.clip(np.searchsorted(self._edges, position, side="right") - 1, 0, DAYS - 1)
        time = START + day * DAY + self.hours(rng, len(day))
        return whole(np.clip(time, first, np.maximum(first, last - 1)))

    def hours(self, rng: Rng, size: int) -> Ints:
        """Draw times of the day, as microseconds since midnight."""
        hour = np.interp(rng.random(size), self._hours, np.arange(25))
        return whole(hour * 3600) * 1_000_000

    def waking(self, rng: Rng, time: Ints) -> Ints:
        """Move each time to a waking hour of the same day."""
        return time - (time - START) % DAY + self.hours(rng, len(time))


def week_of(time: Ints) -> Ints:
    """Return the number of the week of each time, 0 for the first."""
    return np.clip((time - START) // (7 * DAY), 0, WEEKS - 1)


def after(rng: Rng, time: Ints, median_days: float, spread: float = 0.6) -> Ints:
    """Return times a lognormal while after `time`."""
    seconds = median_days * 86_400 * rng.lognormal(0, spread, len(time))
    return time + whole(seconds) * 1_000_000
