"""A regression that is careful with few decisions."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from floorwalker.stats.drawn_weights import Pools, Weighing, weigh, weigh_and_calibrate

POOLS = Pools(np.array([0, 0, 1]), np.array([0.5, 1.0]))
RNG = np.random.default_rng(3)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def drawn(size: int, base: float, weights: list[float]) -> tuple[np.ndarray, np.ndarray]:
    rows = RNG.exponential(1.0, (size, 3))
    log_odds = base + rows @ np.array(weights)
    return rows, RNG.random(size) < 1 / (1 + np.exp(-log_odds))


def test_with_many_rows_the_true_weights_are_found() -> None:
    rows, guilty = drawn(40_000, -2.0, [0.2, 0.8, 1.2])
    found = weigh(rows, guilty, POOLS)
    assert found.base == pytest.approx(-2.0, abs=0.1)
    assert found.weights == pytest.approx([0.2, 0.8, 1.2], abs=0.1)


def test_a_column_that_is_always_nothing_keeps_the_common_weight_of_its_pool() -> None:
    rows, guilty = drawn(5_000, -2.0, [1.5, 0.0, 1.0])
    rows[:, 1] = 0
    found = weigh(rows, guilty, POOLS).weights
    assert 0.5 < found[1] < found[0]


def test_two_rows_teach_next_to_nothing() -> None:
    found = weigh(np.array([[1.0, 0, 0], [0, 0, 0]]), np.array([True, False]), POOLS)
    assert found.weights == pytest.approx([0.5, 0.5, 1.0], abs=0.2)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_no_weight_is_ever_negative_whatever_was_decided(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.exponential(1.0, (40, 3))
    guilty = rng.random(40) < share
    guilty[:2] = True, False
    fold = np.arange(40) % 4
    guilty[2:10] = np.arange(8) % 2 == 0
    found = weigh_and_calibrate(rows, guilty, fold, POOLS)
    assert (found.weights >= 0).all()
    assert np.isfinite([found.base, *found.weights]).all()


def test_log_odds_that_are_too_sure_are_toned_down() -> None:
    truth = RNG.normal(0, 1, 20_000)
    guilty = RNG.random(20_000) < 1 / (1 + np.exp(-truth))
    toned = Weighing(0.0, np.array([1.0, 1.0, 1.0])).calibrated(3 * truth, guilty)
    assert toned.weights == pytest.approx([1 / 3] * 3, abs=0.05)


def test_one_class_alone_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="both classes"):
        weigh(np.ones((3, 3)), np.ones(3, dtype=bool), POOLS)
    with pytest.raises(ValueError, match="0 or more"):
        weigh(-np.ones((2, 3)), np.array([True, False]), POOLS)


def test_people_who_were_cleared_for_all_that_spoke_against_them_lower_the_ceiling_and_not_the_weights() -> None:
    rows, guilty = drawn(4_000, -3.0, [1.0, 1.0, 2.0])
    innocent = RNG.random(4_000) < 0.1
    found = weigh_and_calibrate(rows, guilty & ~innocent, np.arange(4_000) % 5, POOLS)
    assert found.cleared == pytest.approx(0.1, abs=0.03)
    assert found.weights == pytest.approx([1.0, 1.0, 2.0], abs=0.3)
