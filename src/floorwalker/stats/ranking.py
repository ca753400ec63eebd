"""How well a score ranks the guilty before the others, with intervals for cases that come in groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floorwalker.stats.arguments import Floats, Ints, require

Flags = NDArray[np.bool_]
DRAWS = 1000
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def average_precision(score: Floats, guilty: Flags, times: Floats | None = None) -> float:
    """Area under the precision-recall curve by steps; equal scores are one step. times: how often each row counts."""
    return _Order(score, guilty).average_precision(np.ones(len(score)) if times is None else times)


def precision_at(size: int, score: Floats, guilty: Flags, times: Floats | None = None) -> float:
    """The share of guilty among the first `size`; of equal scores at the edge, what is expected in any order."""
    return _Order(score, guilty).precision_at(size, np.ones(len(score)) if times is None else times)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two scores of the same rows: AUPRC and precision at `size` of each.

    gain: how much AUPRC the first has more than the second; error: its standard error.
    """

    size: int
    average_precision: tuple[Interval, Interval]
    precision: tuple[Interval, Interval]
    gain: Interval
    error: float


def compare(one: Floats, other: Floats, guilty: Flags, group: Ints, size: int, seed: int) -> Compared:
    """Both scores (n,), with 95 % percentile intervals over `DRAWS` bootstrap samples of whole groups (n,)."""
    require(bool(guilty.any() and not guilty.all()), "both classes must be there")
    orders = _Order(one, guilty), _Order(other, guilty)
    drawn = np.random.default_rng(seed)
    _, place = np.unique(group, return_inverse=True)
    groups = int(place.max()) + 1

    def figures(times: Floats) -> list[float]:
        area = [order.average_precision(times) for order in orders]
        return [*area, *(order.precision_at(size, times) for order in orders), area[0] - area[1]]

    draws = (np.bincount(drawn.integers(0, groups, groups), minlength=groups)[place] for _ in range(DRAWS))
    samples = np.array([figures(times.astype(float)) for times in draws if times[guilty].any()])
    low, high = np.quantile(samples, (0.025, 0.975), axis=0)
    first, second, third, fourth, gain = map(Interval, figures(np.ones(len(one))), low.tolist(), high.tolist())
    return Compared(size, (first, second), (third, fourth), gain, float(samples[:, -1].std()))


class _Order:
    """Rows from the highest score down, in steps of equal scores."""

    def __init__(self, score: Floats, guilty: Flags) -> None:
        score = np.round(score, DIGITS)
        self._order = np.argsort(-score, kind="stable")
        self._guilty = guilty[self._order].astype(float)
        self._steps = np.flatnonzero(np.diff(score[self._order], prepend=np.inf))

    def _counts(self, times: Floats) -> tuple[Floats, Floats]:
        """By step: how many are guilty, and how many there are."""
        times = times[self._order]
        return np.add.reduceat(times * self._guilty, self._steps), np.add.reduceat(times, self._steps)

    def average_precision(self, times: Floats) -> float:
        hits, rows = self._counts(times)
        precision = np.cumsum(hits) / np.maximum(np.cumsum(rows), 1)
        return float((precision * hits).sum() / hits.sum())

    def precision_at(self, size: int, times: Floats) -> float:
        hits, rows = self._counts(times)
        before = np.concatenate(([0.0], np.cumsum(rows)[:-1]))
        taken = np.clip(size - before, 0, rows)
        return float((hits * taken / np.maximum(rows, 1)).sum() / max(taken.sum(), 1))
