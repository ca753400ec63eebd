"""Pairs, one to one at most: chances against all pairings counted out, and the best pairing."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from floorwalker.stats.matching import best_pairs, pair_chances

Table = NDArray[np.float64]


def counted_out(odds: Table) -> Table:
    """Chances of all pairs, by adding up every pairing; odds: (rows, columns)."""
    rows, columns = odds.shape
    total, chance = 0.0, np.zeros_like(odds)
    for chosen in product(range(-1, columns), repeat=rows):
        taken = [c for c in chosen if c >= 0]
        if len(taken) == len(set(taken)):
            weight = float(np.prod([odds[r, c] for r, c in enumerate(chosen) if c >= 0]))
            total += weight
            for r, c in enumerate(chosen):
                if c >= 0:
                    chance[r, c] += weight
    return chance / total


def chances(odds: Table) -> tuple[Table, Table]:
    row, column = (part.ravel() for part in np.indices(odds.shape))
    chance, alone = pair_chances(row, column, odds.ravel(), np.ones(len(odds)))
    return chance.reshape(odds.shape), alone


weights = st.floats(0.0, 50.0)


@given(st.lists(weights, min_size=3, max_size=3))
def test_rivals_for_one_column_share_it_exactly(odds: list[float]) -> None:
    table = np.array(odds)[:, None]
    np.testing.assert_allclose(chances(table)[0], counted_out(table), atol=1e-6)


@given(st.lists(weights, min_size=1, max_size=5))
def test_one_row_is_bayes_rule(odds: list[float]) -> None:
    table = np.array([odds])
    np.testing.assert_allclose(chances(table)[0], counted_out(table), atol=1e-9)


@given(st.lists(weights, min_size=9, max_size=9))
def test_on_loops_the_chances_are_near_and_sum_to_1(odds: list[float]) -> None:
    table = np.array(odds).reshape(3, 3)
    chance, alone = chances(table)
    np.testing.assert_allclose(chance.sum(axis=1) + alone, 1, atol=1e-6)
    assert (chance.sum(axis=0) <= 1.001).all()
    np.testing.assert_allclose(chance, counted_out(table), atol=0.2)


@given(st.lists(st.floats(0.001, 1.0), min_size=12, max_size=12))
def test_the_best_pairing_is_one_to_one_and_no_other_is_better(values: list[float]) -> None:
    table = np.array(values).reshape(3, 4)
    row, column = (part.ravel() for part in np.indices(table.shape))
    best = best_pairs(row, column, table.ravel(), 3)
    assert len(set(column[best].tolist())) == 3
    reached = float(np.round(table.ravel()[best], 9).sum())
    for chosen in product(range(4), repeat=3):
        if len(set(chosen)) == 3:
            assert reached >= sum(table[r, c] for r, c in enumerate(chosen)) - 1e-7


def test_no_pairs_and_pairs_without_a_chance_leave_rows_alone() -> None:
    nothing = np.empty(0, dtype=np.int64)
    assert best_pairs(nothing, nothing, np.empty(0), 2).tolist() == [-1, -1]
    assert best_pairs(np.array([0]), np.array([0]), np.array([0.0]), 1).tolist() == [-1]
    chance, alone = pair_chances(nothing, nothing, np.empty(0), np.ones(2))
    assert len(chance) == 0
    assert alone.tolist() == [1, 1]


def test_negative_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        pair_chances(np.array([0]), np.array([0]), np.array([-1.0]), np.ones(1))
