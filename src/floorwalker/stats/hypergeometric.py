"""Whether two parties meet more often than their activity explains."""

import numpy as np
from numpy.typing import ArrayLike

from floorwalker.stats.arguments import Floats, require, whole
from floorwalker.stats.tail import MID, rational_tail


def log_tail_hypergeometric(
    overlap: ArrayLike, first: ArrayLike, second: ArrayLike, total: ArrayLike, tie: ArrayLike = MID
) -> Floats:
    """Upper tail of the number of events shared by two sets drawn blindly from `total` events.

    `first` and `second` are the sizes of the two sets, `overlap` the number of events in both. Returns
    log(P(X > overlap) + tie P(X = overlap)); arguments broadcast. The test of statistically validated
    networks (Tumminello et al. 2011, PLoS ONE 6(3) e17994); with tie 1 it is Fisher's exact test.

    Raises ValueError for sizes that are negative, not whole, above `total`, or an overlap above either.
    """
    arrays = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (overlap, first, second, total)))
    k, a, b, n = arrays
    ties = np.asarray(tie, dtype=np.float64)
    require(all(whole(array) for array in arrays), "overlap and sizes must be whole numbers")
    require(bool(np.all((a >= 0) & (b >= 0) & (a <= n) & (b <= n))), "sizes must lie between 0 and total")
    require(bool(np.all(k <= np.minimum(a, b))), "overlap must not exceed either set")
    require(bool(np.all((ties >= 0) & (ties <= 1))), "tie must lie between 0 and 1")
    low = np.maximum(0.0, a + b - n)
    yes = np.ones(k.shape, dtype=np.bool_)
    return rational_tail(k, ties, a, b, n - a - b + 1, np.zeros(()), -1.0, low, np.minimum(a, b), yes, yes)
