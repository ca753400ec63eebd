"""Significance against labels shuffled within strata: exchangeable inside one, fixed across."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from floorwalker.stats.arguments import Floats, require

_SAME = 1e-9  # statistics this close, relatively, are ties: a sum's last bits must not decide


def shuffles(labels: ArrayLike, strata: ArrayLike, rounds: int, seed: int) -> Iterator[NDArray[Any]]:
    """Yield `labels` (n,), `rounds` times, shuffled uniformly among the positions of each stratum (n,).

    Every stratum keeps its own labels each time. Same seed, same shuffles (PCG64). Raises ValueError for
    lengths that differ or fewer than one round.
    """
    values, ids = np.asarray(labels), np.asarray(strata)
    require(values.ndim == 1 and values.shape == ids.shape, "labels and strata must be equally long")
    require(rounds >= 1, "rounds must be at least 1")
    codes = np.unique(ids, return_inverse=True)[1]
    return _shuffles(values, codes, rounds, np.random.default_rng(seed))


def _shuffles(
    values: NDArray[Any], codes: NDArray[np.intp], rounds: int, generator: np.random.Generator
) -> Iterator[NDArray[Any]]:
    positions = np.argsort(codes, kind="stable")
    for _ in range(rounds):
        shuffled = np.empty_like(values)
        shuffled[positions] = values[np.lexsort((generator.random(codes.size), codes))]
        yield shuffled


def permutation_log_p(observed: ArrayLike, shuffled: ArrayLike) -> Floats:
    """log((1 + number of shuffled statistics >= observed) / (1 + rounds)), never 0 (Phipson & Smyth 2010).

    observed: (...) statistics; shuffled: (rounds, ...) the same on shuffled labels. Values within a billionth
    of the observed count as equal to it. Raises ValueError where shapes do not fit, there are no rounds, or a
    value is NaN.
    """
    seen, null = np.asarray(observed, dtype=np.float64), np.asarray(shuffled, dtype=np.float64)
    require(null.ndim == seen.ndim + 1 and null.shape[1:] == seen.shape, "shapes must be (...) and (rounds, ...)")
    require(null.shape[0] >= 1, "there must be at least one round")
    require(not (np.isnan(seen).any() or np.isnan(null).any()), "statistics must not be NaN")
    reached = np.sum(null >= seen - _SAME * np.abs(seen), axis=0)
    return np.asarray(np.log((1.0 + reached) / (1.0 + null.shape[0])), dtype=np.float64)


def permutation_test(
    statistic: Callable[[NDArray[Any]], ArrayLike], labels: ArrayLike, strata: ArrayLike, rounds: int, seed: int
) -> Floats:
    """Log p of statistic(labels) against `rounds` shuffles within strata; the statistic may be an array.

    Phipson & Smyth 2010 (Stat. Appl. Genet. Mol. Biol. 9). Raises ValueError as `shuffles` and
    `permutation_log_p` do.
    """
    null = np.stack([np.asarray(statistic(one)) for one in shuffles(labels, strata, rounds, seed)])
    return permutation_log_p(statistic(np.asarray(labels)), null)
