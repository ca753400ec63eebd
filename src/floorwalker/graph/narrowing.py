"""A graph without what cannot be in its densest part: no edge is kept that greedy peeling drops while density rises.

While a node's degree is below the density of what is left, to take it away makes the rest denser. So greedy peeling
cannot have its densest moment before all such nodes are gone, and what is left then does not depend on the order
in which they went (it is the generalised core of Batagelj and Zaversnik, 2002): sweeps over the edges do what would
else need a queue of all nodes.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from floorwalker.graph.slots import Ints, Longs

TAIL = 8


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of a graph that holds every node whose degree can stay at `floor` or more.

    account, item: (e,) the edges, in codes of this layer. weight: (items,) of an edge on each item. account_code,
    item_code: what each code of this layer is called in the whole graph, ascending. taken: how many blocks it is
    already without.
    """

    account: Ints
    item: Ints
    weight: Longs
    account_code: Ints
    item_code: Ints
    floor: int
    taken: int

    def degrees(self) -> Longs:
        """Weighted degrees of accounts, then items."""
        found: Longs = _degrees(self.account, self.item, self.weight, len(self.account_code))
        return found


def whole(account: Ints, item: Ints, weight: Longs, accounts: int) -> Layer:
    """All of a graph, as the first layer."""
    names = np.arange(accounts, dtype=np.int32), np.arange(len(weight), dtype=np.int32)
    return Layer(account, item, weight, *names, 0, 0)


def counts(codes: Ints, size: int) -> Longs:
    """How often each code occurs; bincount without its 64-bit copy of the codes. (n,) -> (size,)."""
    found: Longs = _counts(codes, size)
    return found


def floor_of(degree: Longs, accounts: int) -> int:
    """The density of a graph, rounded up, after the accounts below that density have gone. Without edges, 0."""
    floor: int = _floor(degree[:accounts], int(np.count_nonzero(degree[accounts:])))
    return floor


def innermost(layers: list[Layer], degree: Longs) -> tuple[Layer, Longs]:
    """The last of `layers` without what sweeps can take away, and its degrees; layers on the way are appended.

    degree: as from the last layer's `degrees()`; it is changed. Each layer has at most half the edges of the one above.
    """
    while True:
        inner = _narrowed(layers[-1], degree)
        degree = inner.degrees()
        if 2 * len(inner.account) > len(layers[-1].account):
            return inner, degree
        layers.append(inner)


def without(layer: Layer, account_in: np.ndarray, item_in: np.ndarray) -> Layer:
    """`layer` without the edges between accounts and items of a block, two masks in codes of the whole graph."""
    keep = ~(account_in[layer.account_code][layer.account] & item_in[layer.item_code][layer.item])
    account, item = layer.account[keep], layer.item[keep]
    return Layer(account, item, layer.weight, layer.account_code, layer.item_code, layer.floor, layer.taken + 1)


def _narrowed(layer: Layer, degree: Longs) -> Layer:
    """`layer` swept until half is gone or a sweep finds little; `degree` is changed."""
    accounts = len(layer.account_code)
    account, item, floor = layer.account, layer.item, layer.floor
    kept = np.empty_like(account), np.empty_like(item)
    while True:
        floor = max(floor, floor_of(degree, accounts))
        size = _sweep(account, item, layer.weight, degree, accounts, floor, *kept)
        few = len(account) - size <= len(account) // TAIL
        account, item = kept[0][:size], kept[1][:size]
        if few or size <= len(layer.account) // 2:
            break
    if size == len(layer.account):
        return layer
    return _renamed(layer, account, item, degree, floor)


def _renamed(layer: Layer, account: Ints, item: Ints, degree: Longs, floor: int) -> Layer:
    accounts = len(layer.account_code)
    account_left, item_left = (np.flatnonzero(part).astype(np.int32) for part in (degree[:accounts], degree[accounts:]))
    name = np.empty(len(degree), dtype=np.int32)
    name[account_left] = np.arange(len(account_left), dtype=np.int32)
    name[accounts:][item_left] = np.arange(len(item_left), dtype=np.int32)
    return Layer(
        name[account],
        name[accounts:][item],
        layer.weight[item_left],
        layer.account_code[account_left],
        layer.item_code[item_left],
        floor,
        layer.taken,
    )


@njit(cache=True)  # type: ignore[untyped-decorator]
def _counts(codes: Ints, size: int) -> Longs:
    found = np.zeros(size, dtype=np.int64)
    for code in codes:
        found[code] += 1
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _degrees(account: Ints, item: Ints, weight: Longs, accounts: int) -> Longs:
    degree = np.empty(accounts + len(weight), dtype=np.int64)
    degree[:accounts] = 0
    for e in range(len(account)):
        degree[account[e]] += weight[item[e]]
    degree[accounts:] = weight * _counts(item, len(weight))
    return degree


@njit(cache=True)  # type: ignore[untyped-decorator]
def _floor(degree: Longs, others: int) -> int:
    floor, rising = 0, True
    while rising:
        total, nodes = 0, others
        for k in range(len(degree)):
            if degree[k] >= max(floor, 1):
                total += degree[k]
                nodes += 1
        density = -(-total // nodes) if nodes > 0 else 0
        rising = density > floor
        floor = max(floor, density)
    return floor


@njit(cache=True)  # type: ignore[untyped-decorator]
def _sweep(
    account: Ints, item: Ints, weight: Longs, degree: Longs, accounts: int, floor: int, to_account: Ints, to_item: Ints
) -> int:
    size = 0
    for e in range(len(account)):
        a, i = account[e], item[e]
        if degree[a] < floor or degree[accounts + i] < floor:
            degree[a] -= weight[i]
            degree[accounts + i] -= weight[i]
        else:
            to_account[size], to_item[size] = a, i
            size += 1
    return size
