"""One p-value or e-value out of many that may depend on each other in any way."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, logsumexp

from floorwalker.stats.arguments import Floats, require

_ALMOST_ONE = 0.99  # a discrete p of exactly 1 would outweigh every other one
_DEEP = 30.0  # beyond exp(30) the arc tangent is its reciprocal to double precision
_TINY = 1e-8  # below it cot(pi p) is 1 / (pi p) to double precision


def acat(log_p: ArrayLike, weights: ArrayLike | None = None, axis: int = -1) -> Floats:
    """Cauchy combination of log p-values along `axis` (Liu & Xie 2020, JASA 115); returns log p.

    Valid in the small p-values that matter under any dependence. `weights` (default equal) broadcast to
    `log_p`, are not negative and are scaled to sum to 1. NaN means "not tested" and is left out; where
    nothing was tested the result is 0 (p = 1). p-values above 0.99 count as 0.99, which
    changes the share below any level that matters by under 1%. No p is too small.

    Raises ValueError for log p above 0, or weights that are negative, infinite or all 0.
    """
    logs, shares, tested = _weighted(log_p, weights, axis)
    require(bool(np.all(logs[tested] <= 0)), "log p-values must not exceed 0")
    scale = np.max(np.where(tested, -logs, 0.0), axis=axis, keepdims=True)
    certain = np.isinf(scale)
    scale = np.where(certain, 0.0, scale)
    terms = _scaled_cotangents(np.where(tested & np.isfinite(logs), logs, 0.0), scale)
    total = np.sum(shares * np.where(tested, terms, 0.0), axis=axis)
    scale, certain = np.squeeze(scale, axis), np.squeeze(certain, axis)
    deep = (scale > _DEEP) & (total > 0)
    near = np.arctan2(1.0, total * np.exp(np.minimum(scale, _DEEP))) / np.pi
    combined = np.where(deep, -np.log(np.pi * np.where(deep, total, 1.0)) - scale, np.log(near))
    return np.asarray(np.where(certain, -np.inf, combined) * tested.any(axis=axis), dtype=np.float64)


def _scaled_cotangents(log_p: Floats, scale: Floats) -> Floats:
    """Cauchy quantiles cot(pi p), divided by exp(scale) so that the largest stays near 1."""
    p = np.minimum(np.exp(log_p), _ALMOST_ONE)
    cotangent = np.exp(-scale) / np.tan(np.pi * np.maximum(p, _TINY))
    return np.asarray(np.where(p < _TINY, np.exp(-log_p - scale) / np.pi, cotangent), dtype=np.float64)


def average_e(log_e: ArrayLike, weights: ArrayLike | None = None, axis: int = -1) -> Floats:
    """Weighted mean of e-values along `axis`, in and out as logs (Vovk & Wang 2021, Ann. Stat. 49, sec. 3).

    The mean of e-values is an e-value under any dependence. NaN means "not tested" and is left out; where
    nothing was tested the result is 0 (e = 1, no evidence). Weights as in `acat`; fixed beforehand, not
    chosen by the data.
    """
    logs, shares, tested = _weighted(log_e, weights, axis)
    mean = logsumexp(np.where(tested, logs, -np.inf), b=shares, axis=axis)
    return np.asarray(np.where(tested.any(axis=axis), mean, 0.0), dtype=np.float64)


def p_to_e(log_p: ArrayLike) -> Floats:
    """Calibrate p into e = (1 - p + p log p) / (p log² p), logs in and out (Vovk & Wang 2021, sec. 2).

    The mixture of all calibrators κ p^(κ-1) over κ in (0, 1): no tuning, 1/2 at p = 1. Raises ValueError for
    log p above 0 or NaN.
    """
    logs = np.asarray(log_p, dtype=np.float64)
    require(bool(np.all(logs <= 0)), "log p-values must not exceed 0")
    size = -logs
    with np.errstate(divide="ignore", invalid="ignore"):
        log_e = np.log(gammainc(2.0, size)) + size - 2 * np.log(size)
    log_e = np.where(size < 1e-8, np.log(0.5), log_e)
    return np.asarray(np.where(np.isposinf(size), np.inf, log_e), dtype=np.float64)


def e_to_p(log_e: ArrayLike) -> Floats:
    """The p-value min(1, 1 / e), logs in and out (Markov's inequality; Vovk & Wang 2021, sec. 2)."""
    logs = np.asarray(log_e, dtype=np.float64)
    require(not np.isnan(logs).any(), "log e-values must not be NaN")
    return np.asarray(np.minimum(-logs, 0.0), dtype=np.float64)


def _weighted(values: ArrayLike, weights: ArrayLike | None, axis: int) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    logs = np.asarray(values, dtype=np.float64)
    shares = np.broadcast_to(np.asarray(1.0 if weights is None else weights, dtype=np.float64), logs.shape)
    require(bool(np.all(np.isfinite(shares) & (shares >= 0))), "weights must be finite and not negative")
    tested = ~np.isnan(logs)
    shares = np.where(tested, shares, 0.0)
    total = shares.sum(axis=axis, keepdims=True)
    require(bool(np.all((total > 0) | ~tested.any(axis=axis, keepdims=True))), "weights must not all be 0")
    return logs, shares / np.where(total > 0, total, 1.0), tested & (shares > 0)
