"""The amount below which a shop does not ask for the goods, found in the data, and who stays just under it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from floorwalker.detectors.codes import coded
from floorwalker.detectors.refunds.claims import NEVER, Claims
from floorwalker.detectors.refunds.reasons import EMPTY, NOT_RECEIVED, RECALL, saying
from floorwalker.graph.slots import Bools, Floats

LEAST = 50
"""Claims on each side of a limit."""
CLEAR = 20.0
"""Nats by which a limit must explain the waivers better than none: one in 10^8."""
UNDER, OVER = 0.8, 1.25
"""Just under a limit: from four fifths of it; just over: up to five fourths."""


@dataclass(frozen=True, slots=True)
class Near:
    """Claims near their currency's limit. rows: (m,) claims; limit: (m,) amounts; under: (m,) whether below it."""

    rows: NDArray[np.int64]
    limit: Floats
    under: Bools


def near_limits(claims: Claims) -> Near:
    """The claims about goods that are near the limit of their currency, where it has one."""
    waived = claims.rows["return_waived"].to_numpy().astype(bool)
    about = (claims.delivered != NEVER) & (claims.reason != "")
    for other in (NOT_RECEIVED, EMPTY, RECALL):
        about &= ~saying(claims.reason, other)
    amount = claims.rows["amount"].fill_null(0.0).to_numpy()
    currency, names = coded(claims.rows["currency"])
    rows, limits = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for code in range(len(names)):
        here = np.flatnonzero(about & (currency == code))
        limit = keep_limit(amount[here], waived[here])
        if limit is not None:
            close = here[(amount[here] >= UNDER * limit) & (amount[here] < OVER * limit)]
            rows.append(close)
            limits.append(np.full(len(close), limit))
    chosen, limit_of = np.concatenate(rows), np.concatenate(limits)
    return Near(chosen, limit_of, amount[chosen] < limit_of)


def keep_limit(amount: Floats, waived: Bools) -> float | None:
    """The amount below which returns are waived far oftener than from it on; None where there is no such step."""
    order = np.lexsort((waived, amount))
    amount, hits = amount[order], np.cumsum(waived[order]).astype(np.float64)
    cut = np.flatnonzero(np.diff(amount) > 0) + 1
    cut = cut[(cut >= LEAST) & (len(amount) - cut >= LEAST)]
    if not len(cut):
        return None
    low, high = hits[cut - 1], hits[-1] - hits[cut - 1]
    size = float(len(amount))
    sides = _log_likelihood(low, cut.astype(float)), _log_likelihood(high, size - cut.astype(float))
    gain = np.round(sides[0] + sides[1] - _log_likelihood(low + high, np.full(len(cut), size)), 9)
    best = int(np.argmax(np.where(low / cut > high / (size - cut), gain, -np.inf)))
    oftener = low[best] / cut[best] > high[best] / (size - cut[best])
    return float(amount[cut[best]]) if gain[best] > CLEAR and oftener else None


def _log_likelihood(hits: Floats, size: Floats) -> Floats:
    return np.asarray(xlogy(hits, hits / size) + xlogy(size - hits, 1 - hits / size), dtype=np.float64)
