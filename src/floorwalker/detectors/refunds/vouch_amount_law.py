"""How likely a sum is stated when the refund was of another: exactly, rounded, less a fee, or roughly.

The law is stated, in round numbers, and the same for every channel. Each way of stating is a cell: a range of refunds
that would be stated so, and how often people state so.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.refunds.vouch_amounts import Amount
from floorwalker.graph.slots import Floats

EXACT, ROUNDED, LESS_FEE, VAGUE = range(4)
KINDS = ("exact", "rounded", "less fee", "vague")
FEES = (0.10, 0.15, 0.20, 0.25, 0.30)
FEE_SHARE = 0.1
"""One in ten states what is left after the helper's fee."""
EXACT_WHEN_ROUND, EXACT_WHEN_SHORT, EXACT_WHEN_ABOUT = 0.6, 0.3, 0.25
"""How often a sum that may be rounded is not: "1200", "1.2k", "about 1200"."""
COARSE = 0.1
"""Rounding by more than a tenth of the sum leaves it vague."""
AROUND = 1.2
"""The density of sums is taken over those up to a fifth lower or higher."""

Cell = tuple[int, int, float, int]
"""Low, high (cents, half open), weight, kind."""
Longs = NDArray[np.int64]


def cells(amount: Amount) -> list[Cell]:
    """The refunds that may have been stated so. Weights sum to 1."""
    a = amount.cents
    if amount.about:
        whole = [(low, high, w * EXACT_WHEN_ABOUT, VAGUE) for low, high, w, _ in _exact(amount)]
        return [*whole, (max(a - amount.grain, 1), a + amount.grain, 1 - EXACT_WHEN_ABOUT, VAGUE)]
    grains = _grains(amount)
    exact = 1 - FEE_SHARE
    if grains:
        exact *= EXACT_WHEN_SHORT if amount.short else EXACT_WHEN_ROUND
    found = [(low, high, w * exact, kind) for low, high, w, kind in _exact(amount)]
    for grain in grains:
        kind = ROUNDED if grain <= COARSE * a else VAGUE
        found.append((a - grain // 2, a + grain // 2, (1 - FEE_SHARE - exact) / len(grains), kind))
    half = 0.5 if amount.with_cents else 50
    for fee in FEES:
        low, high = round((a - half) / (1 - fee)), round((a + half) / (1 - fee))
        found.append((low, max(high, low + 1), FEE_SHARE / len(FEES), LESS_FEE))
    return found


def stated(cents: Longs, ways: Sequence[Cell]) -> tuple[Floats, NDArray[np.int8]]:
    """The chance that refunds of `cents` (n,) are stated so, and by which kind most likely (n,)."""
    by_kind = np.zeros((len(KINDS), len(cents)))
    for low, high, weight, kind in ways:
        by_kind[kind] += weight * ((cents >= low) & (cents < high))
    return by_kind.sum(axis=0), by_kind.argmax(axis=0).astype(np.int8)


class Sums:
    """How common sums are among refunds of one currency: as counted, or as their neighbours and endings have it.

    The larger of both is taken: prices that many pay are counted, and rare ones are as likely as those around them. A
    sum met once is one that others pay too as often as sums around it were met twice (Good 1953, Biometrika 40).
    """

    def __init__(self, cents: Longs) -> None:
        """cents: (n,), in any order."""
        self._sorted = np.sort(cents)
        self._values, times = np.unique(self._sorted, return_counts=True)
        self._met = [np.concatenate(([0], np.cumsum(times == k))) for k in (1, 2)]
        self._units = self._share((self._sorted + 50) // 100 % 10, 10)
        self._cents = self._share(self._sorted % 1000, 1000)

    def chance(self, ways: Sequence[Cell]) -> tuple[float, float]:
        """The chance that a refund, of which nothing is known, is stated so, and the part of it that repeats a sum.

        The likeliest refund itself is left out.
        """
        parts = [(weight, *self._within(low, high)) for low, high, weight, _ in ways]
        whole = sum(weight * chance for weight, chance, _ in parts)
        return whole, sum(weight * repeats for weight, _, repeats in parts) / whole if whole else 0.0

    def _within(self, low: int, high: int) -> tuple[float, float]:
        near = int(low / AROUND), int(high * AROUND) + 1
        inside, around = self._count(low, high), self._count(*near)
        size = len(self._sorted)
        smooth = (around + 1) / (size + 1) * (high - low) / (near[1] - near[0]) * self._ending(low, high)
        others = max(inside - 1, self._again(*near) if inside else 0.0)
        repeats = others / max(size, 1)
        return max(repeats, min(smooth, 1.0)), repeats

    def _again(self, low: int, high: int) -> float:
        """How often a sum met once in this range would be met in as many refunds more, at most once."""
        first, last = np.searchsorted(self._values, [low, high])
        once, twice = (int(met[last] - met[first]) for met in self._met)
        return min(2 * twice / (once + 1), 1.0)

    def _ending(self, low: int, high: int) -> float:
        if high - low == 1:
            return float(self._cents[low % 1000]) * 1000
        if high - low == 100:
            return float(self._units[(low + 50) // 100 % 10]) * 10
        return 1.0

    def _count(self, low: int, high: int) -> int:
        first, last = np.searchsorted(self._sorted, [low, high])
        return int(last - first)

    @staticmethod
    def _share(endings: Longs, size: int) -> Floats:
        counted = np.bincount(endings, minlength=size) + 1.0
        return np.asarray(counted / counted.sum(), dtype=np.float64)


def _exact(amount: Amount) -> list[Cell]:
    """The sum itself; a whole one is said for the nearest and for that cut off."""
    a = amount.cents
    if amount.with_cents:
        return [(a, a + 1, 1.0, EXACT)]
    return [(a - 50, a + 50, 0.5, EXACT), (a, a + 100, 0.5, EXACT)]


def _grains(amount: Amount) -> list[int]:
    """Powers of ten, in cents, to which the sum may have been rounded; none for one that is exact to the unit."""
    if amount.short:
        return [amount.grain]
    grain, found = 1000, []
    while not amount.with_cents and grain <= amount.grain:
        found.append(grain)
        grain *= 10
    return found
