"""Groups in a graph of pairs: the k-truss, its connected parts, its communities.

In a k-truss every edge lies in at least k - 2 triangles of the truss (Cohen, "Trusses: cohesive subgraphs
for social network analysis", 2008): a chance pair that links two groups falls away.
"""

import numpy as np
from numba import njit
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sknetwork.clustering import Louvain

from floorwalker.graph.slots import Ints, Longs


def truss(first: Ints, second: Ints, nodes: int, k: int) -> np.ndarray:
    """Which of the (m,) undirected edges lie in the k-truss: a (m,) mask. Each edge once, first != second."""
    edges = len(first)
    ends = np.concatenate((first, second))
    others = np.concatenate((second, first))
    ids = np.concatenate((np.arange(edges), np.arange(edges)))
    order = np.lexsort((others, ends))
    ptr = np.concatenate(([0], np.cumsum(np.bincount(ends, minlength=nodes)))).astype(np.int64)
    alive: np.ndarray = _peel(first, second, ptr, others[order].astype(np.int32), ids[order].astype(np.int64), k - 2)
    return alive


def components(first: Ints, second: Ints, nodes: int) -> Ints:
    """The connected part of each node, (nodes,); numbered by the smallest node of each part. Alone: a part of one."""
    graph = sparse.coo_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(nodes, nodes))
    _, label = connected_components(graph, directed=False)
    _, least = np.unique(label, return_index=True)
    rank = np.empty(len(least), dtype=np.int32)
    rank[np.argsort(least)] = np.arange(len(least), dtype=np.int32)
    numbered: Ints = rank[label]
    return numbered


def communities(first: Ints, second: Ints, weight: Ints, nodes: int) -> list[Ints]:
    """Connected parts of the nodes that have an edge, and the densely joined groups inside them, by modularity.

    Each ascending, ordered by its first node, the larger first. Louvain's method (Blondel et al., J. Stat. Mech.
    P10008, 2008).
    """
    part = components(first, second, nodes)
    found = []
    for one in np.unique(part[first]):
        inside = part[first] == one
        members = np.unique(np.concatenate((first[inside], second[inside])))
        rows, columns = np.searchsorted(members, first[inside]), np.searchsorted(members, second[inside])
        half = sparse.coo_matrix((weight[inside].astype(float), (rows, columns)), shape=(len(members), len(members)))
        label = Louvain(random_state=0).fit_predict((half + half.T).tocsr())
        inner = np.unique(label)
        found += [members, *(members[label == community] for community in inner if len(inner) > 1)]
    return sorted(found, key=lambda members: (int(members[0]), -len(members)))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _peel(first: Ints, second: Ints, ptr: Longs, others: Ints, ids: Longs, support_needed: int) -> np.ndarray:
    alive = np.ones(len(first), dtype=np.bool_)
    waiting = np.arange(len(first))
    queued = np.ones(len(first), dtype=np.bool_)
    while len(waiting) > 0:
        fallen = np.empty(len(waiting), dtype=np.int64)
        falls = 0
        for e in waiting:
            queued[e] = False
            if alive[e] and _triangles(first[e], second[e], ptr, others, ids, alive) < support_needed:
                alive[e] = False
                fallen[falls] = e
                falls += 1
        waiting = _touching(fallen[:falls], first, second, ptr, ids, alive, queued)
    return alive


@njit(cache=True)  # type: ignore[untyped-decorator]
def _triangles(u: int, v: int, ptr: Longs, others: Ints, ids: Longs, alive: np.ndarray) -> int:
    i, j, found = ptr[u], ptr[v], 0
    while i < ptr[u + 1] and j < ptr[v + 1]:
        if others[i] < others[j]:
            i += 1
        elif others[i] > others[j]:
            j += 1
        else:
            if alive[ids[i]] and alive[ids[j]]:
                found += 1
            i += 1
            j += 1
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _touching(
    fallen: Longs, first: Ints, second: Ints, ptr: Longs, ids: Longs, alive: np.ndarray, queued: np.ndarray
) -> Longs:
    size = 0
    for e in fallen:
        for node in (first[e], second[e]):
            for k in range(ptr[node], ptr[node + 1]):
                if alive[ids[k]] and not queued[ids[k]]:
                    queued[ids[k]] = True
                    size += 1
    found = np.empty(size, dtype=np.int64)
    size = 0
    for e in fallen:
        for node in (first[e], second[e]):
            for k in range(ptr[node], ptr[node + 1]):
                if queued[ids[k]]:
                    queued[ids[k]] = False
                    found[size] = ids[k]
                    size += 1
    for e in found:
        queued[e] = True
    return found
