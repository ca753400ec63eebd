"""Whether p-values keep their promise on data that should be honest."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from floorwalker.stats.arguments import require

Verdict = Literal["uniform", "conservative", "too small", "not enough"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Share of `n` p-values below a level, its confidence interval, and what that says."""

    n: int
    share: float
    low: float
    high: float
    verdict: Verdict


def share_below(log_p: ArrayLike, level: float = 0.05, confidence: float = 0.99, margin: float = 0.01) -> Calibration:
    """Compare the share of p-values (n,) below `level` with `level` itself.

    The interval is Clopper & Pearson's (1934, Biometrika 26), exact for independent p-values. NaN (not tested)
    is left out. `too small`: the interval lies above level + margin; honest people would be accused.
    `not enough`: not even a share of 0 could show fewer than `level`. `conservative`: it lies below level -
    margin. `uniform`: otherwise. The margin keeps a harmless deviation in millions of p-values from alarm.

    Raises ValueError for log p above 0, level or confidence outside (0, 1), or margin outside [0, level).
    """
    logs = np.asarray(log_p, dtype=np.float64)
    logs = logs[~np.isnan(logs)]
    require(bool(np.all(logs <= 0)), "log p-values must not exceed 0")
    require(0 < level < 1 and 0 < confidence < 1, "level and confidence must lie between 0 and 1")
    require(0 <= margin < level, "margin must lie between 0 and level")
    n, below = logs.size, int(np.sum(logs < math.log(level)))
    low, high = _clopper_pearson(below, n, confidence)
    if low > level + margin:
        verdict: Verdict = "too small"
    elif _clopper_pearson(0, n, confidence)[1] > level:
        verdict = "not enough"
    else:
        verdict = "conservative" if high < level - margin else "uniform"
    return Calibration(n, below / n if n else math.nan, low, high, verdict)


def _clopper_pearson(successes: int, n: int, confidence: float) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes > 0 else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return low, high
