"""Maximum likelihood per peer group and with each unit left out: the loops behind `peers`.

Works on x = logit of the mean rate (beta-binomial) or log of the mean rate (gamma-Poisson) and
y = log of the spread: 1 / (alpha + beta), or 1 / shape.
"""

import math

import numpy as np
from numpy.typing import NDArray

from floorwalker.stats.arguments import Floats, Ints
from floorwalker.stats.compiled import compiled
from floorwalker.stats.likelihood import BETA_BINOMIAL, Derivatives, unit_derivatives

Flags = NDArray[np.bool_]
CEILING = math.log(1e4)
NO_SPREAD = 1e-3  # at the floor, extra variance as a share of the binomial's or Poisson's
_WIDEST = 30.0
_LONG_STEP = 0.05
_STARTS = np.log(np.array([1e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0]))


@compiled
def natural(family: int, x: float, y: float) -> tuple[float, float]:
    """(alpha, beta) of the beta, or (shape, rate) of the gamma, at (x, y)."""
    if family == BETA_BINOMIAL:
        return math.exp(-y) / (1.0 + math.exp(-x)), math.exp(-y) / (1.0 + math.exp(x))
    return math.exp(-y), math.exp(-y - x)


@compiled
def fit_groups(family: int, k: Floats, size: Floats, censored: Flags, bounds: Ints, floor: Floats) -> Floats:
    """Fit each group; `bounds` (groups + 1,) cuts the units. Returns (groups, 2) of x and y."""
    fits = np.empty((bounds.size - 1, 2))
    for g in range(bounds.size - 1):
        low, high = bounds[g], bounds[g + 1]
        events, exposure = k[low:high].sum(), size[low:high].sum()
        if events == 0.0:
            fits[g] = (-_WIDEST, floor[g])
            continue
        x, best = math.log((events + 0.5) / exposure), -math.inf
        if family == BETA_BINOMIAL:
            x = math.log((events + 0.5) / (exposure - events + 0.5))
        start = floor[g]
        for y in np.append(np.array([floor[g]]), _STARTS):
            value = _total(family, k, size, censored, low, high, -1, x, y)[0]
            if y >= floor[g] and value > best + 1e-9:
                best, start = value, y
        fits[g] = _climb(family, k, size, censored, low, high, -1, x, start, floor[g])
    return fits


@compiled
def leave_one_out(
    family: int, k: Floats, size: Floats, censored: Flags, bounds: Ints, floor: Floats, fits: Floats
) -> Floats:
    """Refit each group without each unit, from the group's fit: (units, 5) of x, y, var x, cov, var y.

    One Newton step where it is short, so that its error is of the order of the square; otherwise to
    convergence. NaN where the rest of the group has no event at all.
    """
    out = np.empty((k.size, 5))
    for g in range(bounds.size - 1):
        low, high = bounds[g], bounds[g + 1]
        x, y = fits[g]
        whole = _total(family, k, size, censored, low, high, -1, x, y)
        events = k[low:high].sum()
        for i in range(low, high):
            if events - k[i] == 0.0:
                out[i] = np.nan
                continue
            own = _in_fit_scale(family, k[i], size[i], censored[i], x, y)
            rest = _minus(whole, own)
            step_x, step_y, is_short = _one_step(rest, y, floor[g])
            if is_short:
                out[i, 0], out[i, 1] = x + step_x, min(max(y + step_y, floor[g]), CEILING)
            else:
                out[i, 0], out[i, 1] = _climb(family, k, size, censored, low, high, i, x, y, floor[g])
                rest = _total(family, k, size, censored, low, high, i, out[i, 0], out[i, 1])
            out[i, 2:] = _covariance(rest, out[i, 1] > floor[g])
    return out


@compiled
def _one_step(rest: Derivatives, y: float, floor: float) -> tuple[float, float, bool]:
    """One Newton step, and whether it is short: x moves, and the variance changes, by at most 0.05.

    Near the floor the spread hardly adds to the variance and log spread is ill determined, so that a long
    step in y means nothing and is cut to 1.
    """
    extra = NO_SPREAD * math.exp(y - floor)
    matters = extra / (1.0 + extra)
    step_x, step_y, found = _newton(rest, y, floor, 0.0)
    if not found:
        if matters > _LONG_STEP or rest[3] >= 0.0:
            return 0.0, 0.0, False
        step_x, step_y = -rest[1] / rest[3], 0.0
    is_short = abs(step_x) <= _LONG_STEP and abs(step_y) * matters <= _LONG_STEP
    return step_x, min(max(step_y, -1.0), 1.0), is_short


@compiled
def _climb(
    family: int,
    k: Floats,
    size: Floats,
    censored: Flags,
    low: int,
    high: int,
    skip: int,
    x: float,
    y: float,
    floor: float,
) -> tuple[float, float]:
    """Damped Newton (Levenberg-Marquardt) to the maximum, y kept within its floor and ceiling."""
    now = _total(family, k, size, censored, low, high, skip, x, y)
    damp = 0.0
    for _ in range(200):
        step_x, step_y, downhill = _newton(now, y, floor, damp)
        if downhill:
            shrink = min(1.0, 3.0 / max(abs(step_x), abs(step_y), 1e-300))
            new_x = min(max(x + shrink * step_x, -_WIDEST), _WIDEST)
            new_y = min(max(y + shrink * step_y, floor), CEILING)
            new = _total(family, k, size, censored, low, high, skip, new_x, new_y)
            if new[0] >= now[0] - 1e-12 * abs(now[0]):
                moved = max(abs(new_x - x), abs(new_y - y))
                x, y, now, damp = new_x, new_y, new, 0.1 * damp
                if moved < 1e-9:
                    break
                continue
        damp = max(10.0 * damp, 1e-3 * (abs(now[3]) + abs(now[5])) + 1e-9)
    return x, y


@compiled
def _newton(at: Derivatives, y: float, floor: float, damp: float) -> tuple[float, float, bool]:
    """The step to the maximum of the local quadratic, and whether there is one."""
    _, gx, gy, hxx, hxy, hyy = at
    if (y <= floor and gy <= 0.0) or (y >= CEILING and gy >= 0.0):
        gy, hxy, hyy = 0.0, 0.0, -1.0
    axx, ayy = damp - hxx, damp - hyy
    det = axx * ayy - hxy * hxy
    if not (axx > 0.0 and det > 0.0):
        return 0.0, 0.0, False
    return (ayy * gx + hxy * gy) / det, (axx * gy + hxy * gx) / det, True


@compiled
def _covariance(at: Derivatives, spread_is_free: bool) -> Floats:
    """Inverse of the observed information: var x, cov, var y; zeros where it is not positive definite."""
    axx, axy, ayy = -at[3], -at[4], -at[5]
    det = axx * ayy - axy * axy
    if spread_is_free and axx > 0.0 and det > 0.0:
        return np.array([ayy / det, -axy / det, axx / det])
    return np.array([1.0 / axx if axx > 0.0 else 0.0, 0.0, 0.0])


@compiled
def _total(
    family: int,
    k: Floats,
    size: Floats,
    censored: Flags,
    low: int,
    high: int,
    skip: int,
    x: float,
    y: float,
) -> Derivatives:
    total = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    a, b = natural(family, x, y)
    for i in range(low, high):
        if i != skip:
            one = unit_derivatives(family, k[i], size[i], censored[i], a, b)
            total = (
                total[0] + one[0],
                total[1] + one[1],
                total[2] + one[2],
                total[3] + one[3],
                total[4] + one[4],
                total[5] + one[5],
            )
    return _chain(family, total, x, a, b)


@compiled
def _in_fit_scale(family: int, k: float, size: float, censored: bool, x: float, y: float) -> Derivatives:
    a, b = natural(family, x, y)
    return _chain(family, unit_derivatives(family, k, size, censored, a, b), x, a, b)


@compiled
def _chain(family: int, at: Derivatives, x: float, a: float, b: float) -> Derivatives:
    """Derivatives in (a, b) carried over to (x, y) by the chain rule."""
    value, ga, gb, haa, hab, hbb = at
    if family == BETA_BINOMIAL:
        ax = a * b / (a + b)
        bx = -ax
        axx = ax * (b - a) / (a + b)
        bxx = -axx
    else:
        ax, bx, axx, bxx = 0.0, -b, 0.0, b
    return (
        value,
        ga * ax + gb * bx,
        -ga * a - gb * b,
        haa * ax * ax + 2.0 * hab * ax * bx + hbb * bx * bx + ga * axx + gb * bxx,
        -haa * ax * a - hab * (ax * b + a * bx) - hbb * bx * b - ga * ax - gb * bx,
        haa * a * a + 2.0 * hab * a * b + hbb * b * b + ga * a + gb * b,
    )


@compiled
def _minus(left: Derivatives, right: Derivatives) -> Derivatives:
    return (
        left[0] - right[0],
        left[1] - right[1],
        left[2] - right[2],
        left[3] - right[3],
        left[4] - right[4],
        left[5] - right[5],
    )
