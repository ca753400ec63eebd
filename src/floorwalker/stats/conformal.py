"""p-values of scores whose law is unknown, against scores known to be honest."""

import numpy as np
from numpy.typing import ArrayLike

from floorwalker.stats.arguments import Floats, require

_DECIMALS = 9


def conformal_log_p(scores: ArrayLike, honest: ArrayLike, seed: int | None = None) -> Floats:
    """Log p of `scores` (n,), high being strange, against `honest` calibration scores (c,), any units.

    Without a seed: p = (1 + number of honest >= score) / (c + 1), conservative under ties. With one: ties are
    broken by a seeded uniform draw per score, p uniform on exchangeable honest data, p > 0 (Vovk, Gammerman
    & Shafer 2005, ch. 2). The p-values of one call share the calibration set: positively dependent, and
    good for Benjamini-Hochberg (Bates et al. 2023, Ann. Stat. 51). Scores are compared to 9 significant
    digits. The smallest p is about 1 / (c + 1). Without honest scores all p are 1 (or uniform).

    Raises ValueError for NaN or infinite scores.
    """
    new = _comparable(scores)
    known = np.sort(_comparable(honest))
    above = known.size - np.searchsorted(known, new, side="right")
    tied = known.size - np.searchsorted(known, new, side="left") - above
    share = np.ones(new.size) if seed is None else 1 - np.random.default_rng(seed).random(new.size)
    return np.asarray(np.log((above + share * (1 + tied)) / (known.size + 1)), dtype=np.float64)


def _comparable(values: ArrayLike) -> Floats:
    """Values rounded to 9 significant digits, so that the last bits of a float never make or break a tie."""
    array = np.asarray(values, dtype=np.float64)
    require(array.ndim == 1 and bool(np.all(np.isfinite(array))), "scores must be finite, one-dimensional")
    digits = np.zeros_like(array)
    nonzero = array != 0
    digits[nonzero] = np.maximum(np.floor(np.log10(np.abs(array[nonzero]))), -300.0)
    mantissa = np.round(array / 10.0**digits, _DECIMALS - 1)
    return np.asarray(mantissa * 10.0**digits, dtype=np.float64)
