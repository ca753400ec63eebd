"""Which of many hypotheses to list so that the expected share of false ones stays at a promised level."""

import numpy as np
from numpy.typing import ArrayLike

from floorwalker.stats.arguments import Floats, require

_DECIMALS = 9  # of a log: the last bits of a float must not part two ties


def benjamini_hochberg(log_p: ArrayLike, hypotheses: int | None = None) -> Floats:
    """Log q-values of log p-values (n,): log of min over r >= rank of m p_(r) / r, at most 0.

    Benjamini & Hochberg 1995 (JRSS B 57): listing q <= a keeps the false-discovery rate at a for independent
    or positively dependent p-values. `hypotheses` is m, all that were tested, if more than are given here
    (the rest count as p = 1). Equal p-values get equal q-values.

    Raises ValueError for log p above 0 or NaN, or m below n.
    """
    logs = np.asarray(log_p, dtype=np.float64)
    require(bool(np.all(logs <= 0)), "log p-values must be numbers, at most 0")
    return _step_up(logs, hypotheses)


def e_benjamini_hochberg(log_e: ArrayLike, hypotheses: int | None = None) -> Floats:
    """Log q-values of log e-values (n,): log of min over r >= rank of m / (r e_(r)), e falling, at most 0.

    Wang & Ramdas 2022 (JRSS B 84): listing q <= a keeps the false-discovery rate at a under any dependence.
    Otherwise as `benjamini_hochberg` (the rest count as e = 0). Raises ValueError for NaN, or m below n.
    """
    logs = np.asarray(log_e, dtype=np.float64)
    require(not np.isnan(logs).any(), "log e-values must be numbers")
    return _step_up(-logs, hypotheses)


def _step_up(log_evidence: Floats, hypotheses: int | None) -> Floats:
    n = log_evidence.size
    m = n if hypotheses is None else hypotheses
    require(log_evidence.ndim == 1, "one hypothesis per entry of a one-dimensional array")
    require(m >= n, "hypotheses must not be fewer than the values given")
    if n == 0:
        return np.empty(0)
    rounded = np.round(log_evidence, _DECIMALS)
    order = np.argsort(rounded, kind="stable")
    candidate = rounded[order] + np.log(m) - np.log(np.arange(1, n + 1))
    falling = np.minimum.accumulate(candidate[::-1])[::-1]
    first_of_tie = np.searchsorted(rounded[order], rounded, side="left")
    return np.asarray(np.minimum(falling[first_of_tie], 0.0), dtype=np.float64)
