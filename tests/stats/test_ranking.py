"""How well a score ranks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from floorwalker.stats.ranking import average_precision, compare, precision_at


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60))
def test_average_precision_is_that_of_the_textbook_ties_and_all(rows: list[tuple[int, bool]]) -> None:
    score, guilty = np.array([float(s) for s, _ in rows]), np.array([g for _, g in rows])
    guilty[0] = True
    assert average_precision(score, guilty) == pytest.approx(average_precision_score(guilty, score))


def test_rows_that_count_twice_are_as_rows_that_are_there_twice() -> None:
    score, guilty = np.array([3.0, 2.0, 2.0, 1.0]), np.array([True, False, True, False])
    times = np.array([1.0, 2.0, 0.0, 3.0])
    repeated = np.repeat(np.arange(4), times.astype(int))
    assert average_precision(score, guilty, times) == average_precision(score[repeated], guilty[repeated])
    assert precision_at(3, score, guilty, times) == precision_at(3, score[repeated], guilty[repeated])


def test_precision_of_a_list_that_ends_among_equals_is_what_any_order_gives_on_average() -> None:
    assert precision_at(2, np.array([2.0, 1.0, 1.0]), np.array([True, True, False])) == 0.75
    assert precision_at(9, np.array([2.0, 1.0, 1.0]), np.array([True, True, False])) == pytest.approx(2 / 3)


def test_a_better_score_shows_and_the_interval_counts_groups_not_rows() -> None:
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(100), 10)
    guilty = group < 20
    good = guilty + rng.normal(0, 0.5, 1000)
    bad = rng.normal(0, 1, 1000)
    by_group, by_row = (compare(good, bad, guilty, g, 100, 0) for g in (group, np.arange(1000)))
    assert by_group.gain.low > 0.3
    one, other = by_group.average_precision[0], by_row.average_precision[0]
    assert one.value == other.value
    assert one.high - one.low > other.high - other.low
    assert compare(good, bad, guilty, group, 100, 0) == by_group
