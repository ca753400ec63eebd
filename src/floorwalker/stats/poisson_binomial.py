"""Upper tail of a sum of independent yes/no events of unlike, known probabilities.

Small rows are exact: the distribution is tilted so that its mean lies at the observed count (Esscher 1932)
and convolved one event at a time in the terms needed. Only positive numbers are added, so the relative error
stays near n * 1e-16 however deep the tail; an FFT would lose everything below 1e-15. Large rows take
Lugannani & Rice's saddle point (1980, Adv. Appl. Prob. 12) with Daniels's second continuity correction
(1987, Int. Stat. Rev. 55), whose relative error is of the order of 1 / variance after tilting.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from floorwalker.stats.arguments import Floats, Ints, require, whole
from floorwalker.stats.compiled import compiled
from floorwalker.stats.tail import MID

_QUICK = 1e6  # additions that a row may cost before the saddle point is worth its error
_PATIENT = 1e9  # the same for a tilted variance below _FEW, where the saddle point is not yet good
_FEW = 100.0


def log_tail_poisson_binomial(
    observed: ArrayLike, probabilities: ArrayLike, indptr: ArrayLike, tie: ArrayLike = MID
) -> Floats:
    """log(P(X > observed) + tie P(X = observed)) for each row of a ragged batch.

    observed: (rows,) counts. probabilities: (events,) chances of all rows laid end to end; row i owns
    probabilities[indptr[i]:indptr[i + 1]], indptr (rows + 1,), as in a CSR matrix. tie: scalar or (rows,), as
    in `tail`. Returns (rows,). Method and precision: see the module.

    Raises ValueError for probabilities outside [0, 1], an indptr that does not cut them all in order, or
    counts that are not whole or exceed a row's length.
    """
    k = np.ascontiguousarray(observed, dtype=np.float64)
    chances = np.ascontiguousarray(probabilities, dtype=np.float64)
    cuts = np.ascontiguousarray(indptr, dtype=np.int64)
    ties = np.ascontiguousarray(np.broadcast_to(np.asarray(tie, dtype=np.float64), k.shape))
    require(k.ndim == chances.ndim == cuts.ndim == 1, "arguments must be one-dimensional")
    require(cuts.size == k.size + 1, "indptr must have one entry more than observed")
    lengths = np.diff(cuts)
    ordered = cuts[0] == 0 and cuts[-1] == chances.size and bool(np.all(lengths >= 0))
    require(ordered, "indptr must cut all probabilities in order")
    require(bool(np.all((chances >= 0) & (chances <= 1))), "probabilities must lie between 0 and 1")
    require(whole(k) and bool(np.all(k <= lengths)), "observed must be whole and at most the row's length")
    require(bool(np.all((ties >= 0) & (ties <= 1))), "tie must lie between 0 and 1")
    return _rows(k, chances, cuts, ties)


@compiled
def _rows(observed: Floats, probabilities: Floats, indptr: Ints, tie: Floats) -> Floats:
    out = np.empty(observed.size)
    for i in range(observed.size):
        row = probabilities[indptr[i] : indptr[i + 1]]
        certain = float(np.sum(row == 1.0))
        out[i] = min(_row(observed[i] - certain, row[(row > 0.0) & (row < 1.0)], tie[i]), 0.0)
    return out


@compiled
def _row(k: float, p: Floats, tie: float) -> float:
    n = float(p.size)
    if k < 0.0:
        return 0.0
    if k > n:
        return -math.inf
    if k == n:
        return (math.log(tie) if tie > 0.0 else -math.inf) + float(np.log(p).sum())
    tilt = _tilt(p, k) if k > p.sum() else 0.0
    variance = _cumulants(p, tilt)[2]
    last = min(n, k + math.ceil(40.0 + 12.0 * math.sqrt(variance)))
    cost = n * last
    if cost <= _QUICK or (variance < _FEW and cost <= _PATIENT):
        return _convolved(p, k, tie, tilt, int(last))
    return _log_mix(tie, _lugannani_rice(p, k), _lugannani_rice(p, k + 1.0))


@compiled
def _convolved(p: Floats, k: float, tie: float, tilt: float, last: int) -> float:
    """The exact tail; terms past `last` are negligible after tilting."""
    mass = np.zeros(last + 1)
    mass[0] = 1.0
    for i in range(p.size):
        q = _tilted(p[i], tilt)
        for j in range(min(i + 1, last), 0, -1):
            mass[j] = mass[j] * (1.0 - q) + mass[j - 1] * q
        mass[0] *= 1.0 - q
    at = int(k)
    if tilt == 0.0:
        return math.log1p(-min(mass[:at].sum() + (1.0 - tie) * mass[at], 1.0))
    total = tie * mass[at]
    for j in range(at + 1, last + 1):
        total += mass[j] * math.exp(-tilt * (j - k))
    return math.log(total) + _cumulants(p, tilt)[0] - tilt * k


@compiled
def _lugannani_rice(p: Floats, k: float) -> float:
    """Log P(X >= k) from the saddle point of k - 1/2."""
    edge = k - 0.5
    if edge <= 0.0:
        return 0.0
    if edge >= p.size:
        return -math.inf
    s = _tilt(p, edge)
    cumulant, _, variance, third = _cumulants(p, s)
    w = math.copysign(math.sqrt(2.0 * max(s * edge - cumulant, 0.0)), s)
    if abs(w) < 1e-3:
        gap = -third / (6.0 * variance**1.5)
    else:
        gap = 1.0 / (2.0 * math.sinh(0.5 * s) * math.sqrt(variance)) - 1.0 / w
    log_density = -0.5 * w * w - 0.5 * math.log(2.0 * math.pi)
    if w < 0.0:
        return math.log1p(-min(math.exp(log_density) * (_mills(-w) - gap), 1.0))
    return log_density + math.log(max(_mills(w) + gap, 1e-300))


@compiled
def _mills(w: float) -> float:
    """(1 - Φ(w)) / φ(w) for w >= 0."""
    if w < 20.0:
        return math.sqrt(0.5 * math.pi) * math.erfc(w / math.sqrt(2.0)) * math.exp(0.5 * w * w)
    y = 1.0 / (w * w)
    return (1.0 - y * (1.0 - y * (3.0 - y * (15.0 - y * (105.0 - y * 945.0))))) / w


@compiled
def _tilt(p: Floats, mean: float) -> float:
    """The tilt at which the expected sum is `mean`, 0 < mean < p.size: Newton kept inside a bracket."""
    low, high, s = -800.0, 800.0, 0.0
    for _ in range(200):
        _, now, variance, _ = _cumulants(p, s)
        if now < mean:
            low = s
        else:
            high = s
        step = (mean - now) / variance if variance > 0.0 else math.inf
        following = s + step
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - s) <= 1e-12 * (1.0 + abs(s)):
            break
        s = following
    return s


@compiled
def _cumulants(p: Floats, s: float) -> tuple[float, float, float, float]:
    """Log E exp(sX), and mean, variance and third central moment under the tilt s."""
    log_moment, mean, variance, third = 0.0, 0.0, 0.0, 0.0
    for i in range(p.size):
        q = _tilted(p[i], s)
        if s > 0.0:
            log_moment += s + math.log(p[i] + (1.0 - p[i]) * math.exp(-s))
        else:
            log_moment += math.log1p(p[i] * math.expm1(s))
        mean += q
        variance += q * (1.0 - q)
        third += q * (1.0 - q) * (1.0 - 2.0 * q)
    return log_moment, mean, variance, third


@compiled
def _tilted(p: float, s: float) -> float:
    if s > 0.0:
        return p / (p + (1.0 - p) * math.exp(-s))
    grown = p * math.exp(s)
    return grown / (grown + 1.0 - p)


@compiled
def _log_mix(share: float, first: float, second: float) -> float:
    """log(share exp(first) + (1 - share) exp(second)) for first >= second."""
    if first == -math.inf:
        return first
    return first + math.log(share + (1.0 - share) * math.exp(min(second - first, 0.0)))
