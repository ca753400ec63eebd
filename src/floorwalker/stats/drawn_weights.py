"""Logistic regression whose weights are never negative and are drawn to one another, and its calibration.

With few decisions a weight of its own for every column cannot be learnt. Each is drawn from a normal law around one
common weight of its pool of columns, which is learnt too and drawn to what was expected (partial pooling; Gelman & Hill
2007, chapter 12): a column that the decisions say nothing about keeps the common weight and is not forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from floorwalker.stats.arguments import Floats, Ints, require

SPREAD = 0.25
"""Standard deviation of a weight around the common one of its pool, and of the calibration's slope around 1."""
COMMON_SPREAD = 0.5
"""Standard deviation of a common weight around what was expected."""
CLEARED = (0.001, 0.25)
"""Bounds of the share that is cleared whatever speaks against them; which it is, the decisions say."""
START = 0.01
DIGITS = 6

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pools:
    """Which columns share a common weight. pool: (columns,) numbers from 0; expected: (pools,) common weights."""

    pool: Ints
    expected: Floats


@dataclass(frozen=True, slots=True)
class Weighing:
    """Log-odds are `base` plus the sum of `weights` (columns,) times a row; all weights are 0 or more.

    cleared: the share that is found innocent however high the log-odds are, so that no chance is above 1 - cleared.
    """

    base: float
    weights: Floats
    cleared: float = 0.0

    def parts(self, rows: Floats) -> Floats:
        """What each column adds to the log-odds of each row, (rows, columns)."""
        return rows * self.weights

    def log_odds(self, rows: Floats) -> Floats:
        """Of each row, (rows,)."""
        return np.asarray(self.base + self.parts(rows).sum(axis=1))

    def calibrated(self, log_odds: Floats, guilty: Flags) -> "Weighing":
        """The same order, with log-odds that fit what came out. log_odds: (n,), of rows it was not fitted to.

        Platt scaling (Platt 1999) with a slope that is drawn to 1. Raises ValueError where one class is missing.
        """
        _require_both(guilty)

        def loss(free: Floats) -> tuple[float, Floats]:
            value, slope, to_cleared = _loss(free[1] + free[2] * log_odds, guilty, free[0])
            off = (free[2] - 1) / SPREAD
            return value + off**2 / 2, np.array([to_cleared, slope.sum(), (slope * log_odds).sum() + off / SPREAD])

        cleared, shift, stretch = _least(loss, np.array([START, 0.0, 1.0]), [CLEARED, (None, None), (0, None)])
        return _weighing(shift + stretch * self.base, stretch * self.weights, cleared)


def weigh(rows: Floats, guilty: Flags, pools: Pools) -> Weighing:
    """Fit to rows (n, columns) of values that are 0 or more. Raises ValueError where one class is missing."""
    _require_both(guilty)
    require(bool(np.all(np.isfinite(rows)) and np.all(rows >= 0)), "values must be finite and 0 or more")
    many = len(pools.expected)

    def loss(free: Floats) -> tuple[float, Floats]:
        base, common, weights = free[1], free[2 : 2 + many], free[2 + many :]
        value, slope, to_cleared = _loss(base + (rows * weights).sum(axis=1), guilty, free[0])
        off, far = (weights - common[pools.pool]) / SPREAD, (common - pools.expected) / COMMON_SPREAD
        to_common = far / COMMON_SPREAD - np.bincount(pools.pool, off, minlength=many) / SPREAD
        to_weights = (slope[:, None] * rows).sum(axis=0) + off / SPREAD
        to_all = np.concatenate(([to_cleared, slope.sum()], to_common, to_weights))
        return value + ((off**2).sum() + (far**2).sum()) / 2, to_all

    start = np.concatenate(([START, 0.0], pools.expected, pools.expected[pools.pool]))
    found = _least(loss, start, [CLEARED, (None, None), *[(0, None)] * (len(start) - 2)])
    return _weighing(found[1], found[2 + many :], found[0])


def weigh_and_calibrate(rows: Floats, guilty: Flags, fold: Ints, pools: Pools) -> Weighing:
    """Fit to all rows; calibrate by what fits to the other folds say of each fold. fold: (n,) a number for each row.

    Raises ValueError where one class is missing, or missing outside some fold.
    """
    log_odds = np.empty(len(rows))
    for one in np.unique(fold):
        inside = fold == one
        log_odds[inside] = weigh(rows[~inside], guilty[~inside], pools).log_odds(rows[inside])
    return weigh(rows, guilty, pools).calibrated(log_odds, guilty)


def _loss(log_odds: Floats, guilty: Flags, cleared: float) -> tuple[float, Floats, float]:
    """Minus the log-likelihood, and its slopes in each row's log-odds and in the share that is cleared whatever speaks.

    No BLAS: sums do not depend on threads.
    """
    chance = expit(log_odds)
    free = 1 - (1 - cleared) * chance
    value = np.where(guilty, np.logaddexp(0, -log_odds) - np.log1p(-cleared), -np.log(free))
    slope = np.where(guilty, chance - 1, (1 - cleared) * chance * (1 - chance) / free)
    return float(value.sum()), slope, float(np.where(guilty, 1 / (1 - cleared), -chance / free).sum())


def _least(
    loss: Callable[[Floats], tuple[float, Floats]], start: Floats, bounds: list[tuple[float | None, float | None]]
) -> Floats:
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-9})
    return np.asarray(found.x)


def _weighing(base: float, weights: Floats, cleared: float) -> Weighing:
    return Weighing(round(float(base), DIGITS), np.round(weights, DIGITS), round(float(cleared), DIGITS))


def _require_both(guilty: Flags) -> None:
    require(bool(guilty.any() and not guilty.all()), "both classes must be there")
