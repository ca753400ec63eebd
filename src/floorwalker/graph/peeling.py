"""Greedy peeling: take away the node of least weighted degree until none is left; the densest moment is the answer.

Nodes are accounts, then items. The least node is found in a tree of minima, eight to a parent, so that siblings share
a cache line: a degree that falls climbs only while it is a new minimum, and a removal recomputes one path.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from floorwalker.graph.slots import Ints, Longs

GONE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Near:
    """Who is beside whom. Nodes are accounts, then items; other[ptr[node] : ptr[node + 1]] are beside node."""

    ptr: Longs
    other: Ints
    accounts: int


def neighbours(account: Ints, item: Ints, accounts: int, items: int) -> Near:
    """Both sides of the (e,) edges, in the order in which they are given."""
    ptr, other = _neighbours(account, item, accounts, items)
    return Near(ptr, other, accounts)


def densest(near: Near, weight: Longs, degree: Longs) -> np.ndarray:
    """The nodes of the densest moment of greedy peeling; of equally dense moments the earliest, the largest set.

    weight: (items,) what an edge on each item weighs, whole numbers. degree: (accounts + items,) the weighted degrees.
    Of equal degrees the smaller code goes first. Returns a mask like `degree`; nodes without edges are never in it.
    """
    tree, starts = _planted(degree)
    total = int(degree[: near.accounts].sum())
    gone_at, best = _peel(near.ptr, near.other, weight, tree, starts, near.accounts, total)
    found: np.ndarray = gone_at >= best
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _neighbours(account: Ints, item: Ints, accounts: int, items: int) -> tuple[Longs, Ints]:
    ptr = np.zeros(accounts + items + 2, dtype=np.int64)
    for e in range(len(account)):
        ptr[account[e] + 2] += 1
        ptr[accounts + item[e] + 2] += 1
    for node in range(accounts + items):
        ptr[node + 2] += ptr[node + 1]
    other = np.empty(2 * len(account), dtype=np.int32)
    for e in range(len(account)):
        a, i = account[e], accounts + item[e]
        other[ptr[a + 1]] = i
        other[ptr[i + 1]] = a
        ptr[a + 1] += 1
        ptr[i + 1] += 1
    return ptr[:-1], other


@njit(cache=True)  # type: ignore[untyped-decorator]
def _planted(degree: Longs) -> tuple[Longs, Longs]:
    sizes = [len(degree)]
    while sizes[-1] > 1:
        sizes.append((sizes[-1] + 7) // 8)
    starts = np.zeros(len(sizes) + 1, dtype=np.int64)
    for level, size in enumerate(sizes):
        starts[level + 1] = starts[level] + (size + 7) // 8 * 8
    tree = np.full(starts[-1], GONE, dtype=np.int64)
    for node in range(len(degree)):
        if degree[node] > 0:
            tree[node] = degree[node]
    for level in range(1, len(sizes)):
        for node in range(sizes[level]):
            child = starts[level - 1] + 8 * node
            tree[starts[level] + node] = tree[child : child + 8].min()
    return tree, starts


@njit(cache=True)  # type: ignore[untyped-decorator]
def _least(tree: Longs, starts: Longs) -> int:
    node = 0
    for level in range(len(starts) - 3, -1, -1):
        least = tree[starts[level + 1] + node]
        node *= 8
        while tree[starts[level] + node] != least:
            node += 1
    return node


@njit(cache=True)  # type: ignore[untyped-decorator]
def _remove(tree: Longs, starts: Longs, node: int) -> None:
    tree[node] = GONE
    for level in range(len(starts) - 2):
        node //= 8
        child = starts[level] + 8 * node
        least = tree[child]
        for k in range(child + 1, child + 8):
            least = min(least, tree[k])
        tree[starts[level + 1] + node] = least


@njit(cache=True)  # type: ignore[untyped-decorator]
def _lower(tree: Longs, starts: Longs, node: int, by: int) -> None:
    degree = tree[node] - by
    tree[node] = degree
    for level in range(1, len(starts) - 1):
        node //= 8
        if tree[starts[level] + node] <= degree:
            return
        tree[starts[level] + node] = degree


@njit(cache=True)  # type: ignore[untyped-decorator]
def _peel(
    ptr: Longs, other: Ints, weight: Longs, tree: Longs, starts: Longs, accounts: int, total: int
) -> tuple[Ints, int]:
    nodes = len(ptr) - 1
    gone_at = np.full(nodes, -1, dtype=np.int32)
    left = 0
    for node in range(nodes):
        left += tree[node] != GONE
    densest = total / left if left > 0 else 0.0
    best, steps = 0, left
    for step in range(steps):
        node = _least(tree, starts)
        total -= tree[node]
        left -= 1
        gone_at[node] = step
        _remove(tree, starts, node)
        for k in range(ptr[node], ptr[node + 1]):
            near = other[k]
            if tree[near] != GONE:
                _lower(tree, starts, near, weight[max(node, near) - accounts])
        if left > 0 and total / left > densest:
            densest, best = total / left, step + 1
    return gone_at, best
