"""Upper tails of count distributions as natural logs, exact far below what a double can hold.

Every tail here is log(P(X > k) + tie * P(X = k)). `tie` is the share of the observed value's own
probability: 1 gives the exact p-value, 0.5 the mid-p (Lancaster 1961, JASA 56), and a uniform draw per
value the randomised p-value, uniform on honest data. All arguments broadcast; results are float64.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaln, gammainc, gammaln, xlog1py, xlogy

from floorwalker.stats.arguments import Floats, require, whole
from floorwalker.stats.compiled import compiled

EXACT = 1.0
MID = 0.5
_SMALLEST = 1e-250  # below about 1e-280 the incomplete beta loses digits: sum the series instead
_NEGLIGIBLE = 1e-17
_RESCALE = 1e200


def log_tail_poisson(k: ArrayLike, mean: ArrayLike, tie: ArrayLike = MID) -> Floats:
    """Poisson(mean) upper tail at counts `k` (Johnson, Kemp & Kotz 2005, ch. 4).

    Raises ValueError for a negative or infinite mean, or a count that is not a whole number.
    """
    k, mean, tie = _arguments(k, mean, tie)
    require(bool(np.all((mean >= 0) & np.isfinite(mean))), "mean must be finite and not negative")
    log_point = xlogy(k, mean) - mean - gammaln(np.maximum(k, 0) + 1)
    strict = gammainc(np.maximum(k, 0) + 1, mean)
    return _panjer_tail(k, tie, log_point, strict, mean, np.zeros_like(mean))


def log_tail_binomial(k: ArrayLike, trials: ArrayLike, rate: ArrayLike, tie: ArrayLike = MID) -> Floats:
    """Binomial(trials, rate) upper tail at `k` successes (Johnson, Kemp & Kotz 2005, ch. 3).

    Raises ValueError for k > trials, a rate outside [0, 1] or counts that are not whole numbers.
    """
    k, trials, rate, tie = _arguments(k, trials, rate, tie)
    require(whole(trials) and bool(np.all(k <= trials)), "trials must be whole numbers not below successes")
    require(bool(np.all((rate >= 0) & (rate <= 1))), "rate must lie between 0 and 1")
    inside = np.maximum(k, 0)
    log_point = -betaln(trials - inside + 1, inside + 1) - np.log1p(trials)
    log_point = log_point + xlogy(inside, rate) + xlog1py(trials - inside, -rate)
    strict = np.where(k < trials, betainc(inside + 1, np.maximum(trials - inside, 0.5), rate), 0.0)
    odds = rate / np.maximum(1 - rate, 1e-300)
    return _panjer_tail(k, tie, log_point, strict, odds * trials, -odds)


def log_tail_gamma_poisson(k: ArrayLike, mean: ArrayLike, shape: ArrayLike, tie: ArrayLike = MID) -> Floats:
    """Upper tail of a Poisson whose rate is gamma: mean `mean`, variance mean + mean² / shape.

    The negative binomial (Johnson, Kemp & Kotz 2005, ch. 5). Raises ValueError for a negative or
    infinite mean, a shape that is not positive and finite, or a count that is not a whole number.
    """
    k, mean, shape, tie = _arguments(k, mean, shape, tie)
    require(bool(np.all((mean >= 0) & np.isfinite(mean))), "mean must be finite and not negative")
    require(bool(np.all((shape > 0) & np.isfinite(shape))), "shape must be positive and finite")
    inside = np.maximum(k, 0)
    chance = mean / (mean + shape)
    log_point = -betaln(shape, inside + 1) - np.log(shape + inside)
    log_point = log_point + xlogy(inside, chance) - shape * np.log1p(mean / shape)
    strict = betainc(inside + 1, shape, chance)
    return _panjer_tail(k, tie, log_point, strict, chance * shape, chance)


def log_tail_beta_binomial(
    k: ArrayLike, trials: ArrayLike, alpha: ArrayLike, beta: ArrayLike, tie: ArrayLike = MID
) -> Floats:
    """Upper tail of a binomial whose rate is Beta(alpha, beta) (Skellam 1948, JRSS B 10).

    Raises ValueError for k > trials, alpha or beta not positive and finite, or counts not whole numbers.
    """
    k, trials, alpha, beta, tie = _arguments(k, trials, alpha, beta, tie)
    require(whole(trials) and bool(np.all(k <= trials)), "trials must be whole numbers not below successes")
    require(bool(np.all((alpha > 0) & (beta > 0))), "alpha and beta must be positive")
    require(bool(np.all(np.isfinite(alpha + beta))), "alpha and beta must be finite")
    return rational_tail(k, tie, trials, alpha, beta, trials - 1, 1.0, np.zeros_like(k), trials, beta >= 1, alpha >= 1)


def _arguments(k: ArrayLike, *rest: ArrayLike) -> list[Floats]:
    arrays = [np.asarray(a, dtype=np.float64) for a in (k, *rest)]
    require(whole(arrays[0]), "counts must be whole numbers")
    require(not any(np.isnan(a).any() for a in arrays), "arguments must not be NaN")
    require(bool(np.all((arrays[-1] >= 0) & (arrays[-1] <= 1))), "tie must lie between 0 and 1")
    return list(np.broadcast_arrays(*arrays))


def _panjer_tail(k: Floats, tie: Floats, point: ArrayLike, above: ArrayLike, constant: Floats, slope: Floats) -> Floats:
    """Tail for Panjer's class, f(j + 1) / f(j) = (constant + slope * j) / (j + 1) (ASTIN 12, 1981).

    `point` is log P(X = k), `above` P(X > k) as far as a double holds it.
    """
    log_point, strict = np.asarray(point, dtype=np.float64), np.asarray(above, dtype=np.float64)
    with np.errstate(divide="ignore"):
        log_tail = np.asarray(np.logaddexp(np.log(strict), np.log(tie) + log_point))
    deep = (strict < _SMALLEST) & np.isfinite(log_point) & (k >= 0)
    if deep.any():
        series = _panjer_series(k[deep], tie[deep], constant[deep], slope[deep])
        with np.errstate(divide="ignore"):
            log_tail[deep] = log_point[deep] + np.log(series)
    return np.asarray(np.where(k < 0, 0.0, np.minimum(log_tail, 0.0)), dtype=np.float64)


@compiled
def _panjer_series(k: Floats, tie: Floats, constant: Floats, slope: Floats) -> Floats:
    out = np.empty(k.size)
    for i in range(k.size):
        term, total, j = 1.0, tie[i], k[i]
        while True:
            ratio = (constant[i] + slope[i] * j) / (j + 1.0)
            term *= ratio
            total += term
            j += 1.0
            bound = max(ratio, slope[i])
            if ratio <= 0.0 or term <= _NEGLIGIBLE * (1.0 - bound) * total:
                break
        out[i] = total
    return out


def rational_tail(
    k: Floats,
    tie: Floats,
    first: Floats,
    second: Floats,
    third: Floats,
    shift: Floats,
    sign: float,
    low: Floats,
    high: Floats,
    falls_up: NDArray[np.bool_],
    falls_down: NDArray[np.bool_],
) -> Floats:
    """Log upper tail when f(j+1) / f(j) = (first - j)(second + sign j) / ((j + 1)(third + shift - sign j)).

    Beta-binomial (sign +1) and hypergeometric (sign -1) are both of this form (Johnson, Kemp & Kotz 2005,
    ch. 6). All arrays broadcast to one shape; the support is low..high. `shift` is whole, so that a tiny
    `third` keeps its digits. `falls_up` says that terms beyond a
    falling one keep falling, so that the sum may stop early; `falls_down` the same towards low. No log
    gamma is taken, only ratios of neighbours, so nothing cancels: the relative error is about high * 1e-16.
    """
    numbers = np.broadcast_arrays(k, tie, first, second, third, shift, low, high)
    flags = np.broadcast_arrays(k, falls_up, falls_down)[1:]
    flat = np.stack([np.asarray(a, dtype=np.float64).ravel() for a in numbers])
    falls = np.stack([np.asarray(f, dtype=np.bool_).ravel() for f in flags])
    return _rational_tails(flat, sign, falls).reshape(numbers[0].shape)


@compiled
def _rational_tails(numbers: Floats, sign: float, falls: NDArray[np.bool_]) -> Floats:
    out = np.zeros(numbers.shape[1])
    for i in range(out.size):
        k, tie, first, second, third, shift, low, high = numbers[:, i]
        if k >= low:
            above = _log_sum_above(k, high, first, second, third, shift, sign, falls[0, i])
            below = _log_sum_below(k, low, first, second, third, shift, sign, falls[1, i])
            tied = math.log(tie) if tie > 0.0 else -math.inf
            out[i] = min(_log_add(tied, above) - _log_add(_log_add(0.0, above), below), 0.0)
    return out


@compiled
def _log_sum_above(
    k: float, high: float, first: float, second: float, third: float, shift: float, sign: float, falls: bool
) -> float:
    """Log of the sum of f(j) / f(k) over k < j <= high."""
    term, total, scale, j = 1.0, 0.0, 0.0, k
    while j < high:
        ratio = (first - j) * (second + sign * j) / ((j + 1.0) * (third + (shift - sign * j)))
        term *= ratio
        total += term
        j += 1.0
        if total > _RESCALE:
            term, total, scale = term / _RESCALE, total / _RESCALE, scale + math.log(_RESCALE)
        if falls and ratio < 1.0 and term * (high - j) <= _NEGLIGIBLE * total:
            break
    return math.log(total) + scale if total > 0.0 else -math.inf


@compiled
def _log_sum_below(
    k: float, low: float, first: float, second: float, third: float, shift: float, sign: float, falls: bool
) -> float:
    """Log of the sum of f(j) / f(k) over low <= j < k."""
    term, total, scale, j = 1.0, 0.0, 0.0, k
    while j > low:
        j -= 1.0
        ratio = ((j + 1.0) * (third + (shift - sign * j))) / ((first - j) * (second + sign * j))
        term *= ratio
        total += term
        if total > _RESCALE:
            term, total, scale = term / _RESCALE, total / _RESCALE, scale + math.log(_RESCALE)
        if falls and ratio < 1.0 and term * (j - low) <= _NEGLIGIBLE * total:
            break
    return math.log(total) + scale if total > 0.0 else -math.inf


@compiled
def _log_add(x: float, y: float) -> float:
    high = max(x, y)
    if high == -math.inf:
        return high
    return high + math.log1p(math.exp(min(x, y) - high))
