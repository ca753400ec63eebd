"""What stops while somebody is away, against absences on other days."""

import math

import numpy as np
import pytest

from floorwalker.stats.pause import pause_test

CALENDAR = np.isin(np.arange(300), [*range(40, 61), *range(150, 164), *range(222, 243)])


def test_what_happens_only_while_somebody_is_there_is_hardly_chance() -> None:
    days = np.arange(2, 300, 4)
    found = pause_test(CALENDAR, days, ~CALENDAR[days])
    assert (found.away_good, found.there_good) == (0, found.there)
    assert found.away + found.there == len(days)
    assert found.log_p < math.log(0.01)


def test_what_goes_on_all_the_same_says_nothing() -> None:
    days = np.arange(2, 300, 4)
    assert pause_test(CALENDAR, days, np.arange(len(days)) % 2 == 0).log_p > math.log(0.1)


@pytest.mark.parametrize("calendar", [np.zeros(300, dtype=bool), np.ones(300, dtype=bool)])
def test_who_is_never_away_or_never_there_cannot_be_compared(calendar: np.ndarray) -> None:
    assert pause_test(calendar, [1, 5], [True, False]).log_p == 0


def test_in_outcomes_of_chance_the_p_values_keep_their_promise() -> None:
    rng = np.random.default_rng(4)
    small = 0
    for _ in range(400):
        days = np.sort(rng.integers(0, 300, 60))
        small += pause_test(CALENDAR, days, rng.random(60) < 0.5).log_p <= math.log(0.05)
    assert 5 <= small <= 34


def test_a_day_off_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="calendar"):
        pause_test(CALENDAR, [300], [True])
