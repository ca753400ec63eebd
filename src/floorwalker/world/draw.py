"""Random draws on whole arrays, and the array types that the world is made of."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]
Rng = np.random.Generator

NOBODY = np.int64(-1)  # a reference that points nowhere


def whole(values: npt.ArrayLike) -> Ints:
    """Return `values` as 64-bit integers."""
    return np.asarray(values).astype(np.int64)


def expand(counts: Ints) -> tuple[Ints, Ints]:
    """Return, for `counts` children per parent, each child's parent and its place among its siblings."""
    parent = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    return parent, np.arange(len(parent), dtype=np.int64) - first[parent]


def groups(key: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield each value of `key`, in order, with the positions that have it."""
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    for first, last in pairwise([*starts.tolist(), len(key)]):
        yield int(key[order[first]]), order[first:last]


def among(values: Ints, others: Ints) -> Flags:
    """Tell which of `values` are found in `others`."""
    order = np.sort(others)
    place = np.minimum(np.searchsorted(order, values), len(order) - 1)
    return order[place] == values if len(order) else np.zeros(len(values), dtype=np.bool_)


def weighted(rng: Rng, weights: Column, size: int) -> Ints:
    """Draw `size` positions with replacement, in proportion to `weights`."""
    edges = np.cumsum(weights)
    place = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return whole(np.minimum(place, len(weights) - 1))


def sample(rng: Rng, candidates: Ints, size: int, weights: Column | None = None) -> Ints:
    """Draw up to `size` different candidates (Efraimidis and Spirakis 2006 where weighted)."""
    if weights is None:
        return rng.permutation(candidates)[:size]
    keys = rng.exponential(size=len(candidates)) / np.maximum(weights, 1e-12)
    return candidates[np.argsort(keys, kind="stable")[:size]]


def chance(rng: Rng, probability: Floats | float, size: int) -> Flags:
    """Toss `size` coins, each with its probability of True."""
    return np.asarray(rng.random(size) < probability, dtype=np.bool_)


def between(rng: Rng, low: int, high: int, size: int) -> Ints:
    """Draw whole numbers from `low` to `high`, both included."""
    return rng.integers(low, high + 1, size=size, dtype=np.int64)


def one(rng: Rng, low: float, high: float) -> int:
    """Draw one whole number from `low` to `high`, both included."""
    return int(rng.integers(int(low), max(int(low), int(high)) + 1))


def some(mask: Flags, values: Column | str) -> Column:
    """Return the values where `mask` holds, and nothing elsewhere."""
    result: Column = np.full(len(mask), None, dtype=object)
    result[mask] = values if isinstance(values, str) else values[mask]
    return result


def waits(rng: Rng, mean: float, longest: float, size: int) -> Floats:
    """Draw exponential waiting times that are shorter than `longest`."""
    return np.asarray(-mean * np.log1p(rng.random(size) * np.expm1(-longest / mean)), dtype=np.float64)


def seeds(rng: Rng, size: int) -> Ints:
    """Draw `size` seeds for texts."""
    return rng.integers(0, 2**62, size=size, dtype=np.int64)
