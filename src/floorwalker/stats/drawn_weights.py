"""Logistic regression whose weights are never negative and are drawn to one another, and its calibration.

With few decisions a weight of its own for every measurement cannot be learnt. Each is drawn from a normal law around
one common weight, which is learnt too (partial pooling; Gelman & Hill 2007, chapter 12): a measurement that the
decisions say nothing about keeps the common weight and is not forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from floorwalker.stats.arguments import Floats, Ints, require

SPREAD = 0.5
"""Standard deviation of a weight around the common one."""
COMMON = (1.0, 1.0)
"""Mean and standard deviation of the common weight."""
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Weighing:
    """Log-odds are `base` plus the sum of `weights` (columns,) times a row; all weights are 0 or more."""

    base: float
    weights: Floats

    def parts(self, rows: Floats) -> Floats:
        """What each column adds to the log-odds of each row, (rows, columns)."""
        return rows * self.weights

    def log_odds(self, rows: Floats) -> Floats:
        """Of each row, (rows,)."""
        return np.asarray(self.base + self.parts(rows).sum(axis=1))

    def calibrated(self, log_odds: Floats, guilty: NDArray[np.bool_]) -> "Weighing":
        """The same order, with log-odds that fit what came out. log_odds: (n,), of rows it was not fitted to.

        Platt scaling with his smoothed targets (Platt 1999). Raises ValueError where one class is missing.
        """
        _require_both(guilty)
        above, below = int(guilty.sum()), int((~guilty).sum())
        target = np.where(guilty, (above + 1) / (above + 2), 1 / (below + 2))

        def loss(free: Floats) -> tuple[float, Floats]:
            value, slope = _loss(free[0] + free[1] * log_odds, target)
            return value, np.array([slope.sum(), (slope * log_odds).sum()])

        shift, stretch = _least(loss, np.array([0.0, 1.0]), [(None, None), (0, None)])
        return Weighing(float(_rounded(shift + stretch * self.base)), _rounded(stretch * self.weights))


def weigh(rows: Floats, guilty: NDArray[np.bool_]) -> Weighing:
    """Fit to rows (n, columns) of values that are 0 or more. Raises ValueError where one class is missing."""
    _require_both(guilty)
    require(bool(np.all(np.isfinite(rows)) and np.all(rows >= 0)), "values must be finite and 0 or more")
    columns = rows.shape[1]
    target = guilty.astype(float)

    def loss(free: Floats) -> tuple[float, Floats]:
        base, common, weights = free[0], free[1], free[2:]
        value, slope = _loss(base + (rows * weights).sum(axis=1), target)
        off, far = weights - common, common - COMMON[0]
        penalty = (off**2).sum() / (2 * SPREAD**2) + far**2 / (2 * COMMON[1] ** 2)
        to_common = far / COMMON[1] ** 2 - off.sum() / SPREAD**2
        to_weights = (slope[:, None] * rows).sum(axis=0) + off / SPREAD**2
        return value + penalty, np.concatenate(([slope.sum(), to_common], to_weights))

    start = np.concatenate(([np.log(guilty.mean() / (1 - guilty.mean()))], np.full(columns + 1, COMMON[0])))
    found = _least(loss, start, [(None, None), *[(0, None)] * (columns + 1)])
    return Weighing(float(_rounded(found[0])), _rounded(found[2:]))


def weigh_and_calibrate(rows: Floats, guilty: NDArray[np.bool_], fold: Ints) -> Weighing:
    """Fit to all rows; calibrate by what fits to the other folds say of each fold. fold: (n,) a number for each row.

    Raises ValueError where one class is missing, or missing outside some fold.
    """
    log_odds = np.empty(len(rows))
    for one in np.unique(fold):
        inside = fold == one
        log_odds[inside] = weigh(rows[~inside], guilty[~inside]).log_odds(rows[inside])
    return weigh(rows, guilty).calibrated(log_odds, guilty)


def _loss(log_odds: Floats, target: Floats) -> tuple[float, Floats]:
    """Minus the log-likelihood, and its slope in each row's log-odds. No BLAS: sums do not depend on threads."""
    return float((np.logaddexp(0, log_odds) - target * log_odds).sum()), expit(log_odds) - target


def _least(
    loss: Callable[[Floats], tuple[float, Floats]], start: Floats, bounds: list[tuple[float | None, float | None]]
) -> Floats:
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-9})
    return np.asarray(found.x)


def _rounded(value: Floats) -> Floats:
    return np.asarray(np.round(value, DIGITS))


def _require_both(guilty: NDArray[np.bool_]) -> None:
    require(bool(guilty.any() and not guilty.all()), "both classes must be there")
