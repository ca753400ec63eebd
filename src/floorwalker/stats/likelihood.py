"""Log-likelihoods of beta-binomial and gamma-Poisson counts with first and second derivatives.

Each unit has a count `k`, a size (trials or exposure) and parameters (a, b): Beta(a, b) for a rate per
trial, Gamma(shape a, rate b) for a rate per unit of exposure. A derivative tuple is
(value, d/da, d/db, d²/da², d²/dadb, d²/db²). Sources: Griffiths 1973 (Biometrics 29) for the beta-binomial,
Lawless 1987 (Canadian J. Statistics 15) for the gamma-Poisson.
"""

import math

from floorwalker.stats.compiled import compiled

BETA_BINOMIAL = 0
GAMMA_POISSON = 1
Derivatives = tuple[float, float, float, float, float, float]
_FEW = 20.0
_RAREST = 1e-9  # a censored unit's likelihood is not taken below this, where 1 - sum has no digits left


@compiled
def unit_derivatives(family: int, k: float, size: float, censored: bool, a: float, b: float) -> Derivatives:
    """Log-likelihood of one unit, up to a constant: of the count `k`, or if censored of "at least k"."""
    if censored:
        return _at_least(family, k, size, a, b)
    return _point(family, k, size, a, b)


@compiled
def _point(family: int, k: float, size: float, a: float, b: float) -> Derivatives:
    value_a, slope_a, curve_a = _rising(a, k)
    if family == BETA_BINOMIAL:
        value_b, slope_b, curve_b = _rising(b, size - k)
        value, slope, curve = _rising(a + b, size)
        return (
            value_a + value_b - value,
            slope_a - slope,
            slope_b - slope,
            curve_a - curve,
            -curve,
            curve_b - curve,
        )
    spread = math.log1p(size / b)
    return (
        value_a - a * spread + k * math.log(size / (b + size)),
        slope_a - spread,
        a / b - (a + k) / (b + size),
        curve_a,
        size / (b * (b + size)),
        -a / (b * b) + (a + k) / ((b + size) * (b + size)),
    )


@compiled
def _at_least(family: int, k: float, size: float, a: float, b: float) -> Derivatives:
    """Log P(X >= k), from the sum of the probabilities below k and its derivatives."""
    j = k - 1.0
    log_point, ga, gb, haa, hab, hbb = _point(family, j, size, a, b)
    point = math.exp(min(log_point + _log_ways(family, j, size), 0.0))
    below, da, db, daa, dab, dbb = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    while True:
        below += point
        da += point * ga
        db += point * gb
        daa += point * (ga * ga + haa)
        dab += point * (ga * gb + hab)
        dbb += point * (gb * gb + hbb)
        if j <= 0.0 or (a >= 1.0 and point * j < 1e-15 * below):
            break
        step_a = 1.0 / (a + j - 1.0)
        if family == BETA_BINOMIAL:
            step_b = 1.0 / (b + size - j)
            point *= j / step_b * step_a / (size - j + 1.0)
        else:
            step_b = 1.0 / (b + size)
            point *= j / step_b * step_a / size
        gb += step_b
        hbb -= step_b * step_b
        ga -= step_a
        haa += step_a * step_a
        j -= 1.0
    rest = max(1.0 - below, _RAREST)
    ga, gb = -da / rest, -db / rest
    return math.log(rest), ga, gb, -daa / rest - ga * ga, -dab / rest - ga * gb, -dbb / rest - gb * gb


@compiled
def _log_ways(family: int, k: float, size: float) -> float:
    if family == BETA_BINOMIAL:
        return math.lgamma(size + 1.0) - math.lgamma(k + 1.0) - math.lgamma(size - k + 1.0)
    return -math.lgamma(k + 1.0)


@compiled
def _rising(x: float, k: float) -> tuple[float, float, float]:
    """Log Γ(x + k) - log Γ(x) with first and second derivatives in x, k a whole number."""
    if k > _FEW:
        return (
            math.lgamma(x + k) - math.lgamma(x),
            _digamma(x + k) - _digamma(x),
            _trigamma(x + k) - _trigamma(x),
        )
    value, slope, curve = 0.0, 0.0, 0.0
    for i in range(int(k)):
        inverse = 1.0 / (x + i)
        value -= math.log(inverse)
        slope += inverse
        curve -= inverse * inverse
    return value, slope, curve


@compiled
def _digamma(x: float) -> float:
    shift = 0.0
    while x < 12.0:
        shift -= 1.0 / x
        x += 1.0
    y = 1.0 / (x * x)
    series = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132)))))
    return shift + math.log(x) - 0.5 / x - series


@compiled
def _trigamma(x: float) -> float:
    shift = 0.0
    while x < 12.0:
        shift += 1.0 / (x * x)
        x += 1.0
    y = 1.0 / (x * x)
    series = y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * (5 / 66)))))
    return shift + 1.0 / x + 0.5 * y + series / x
