"""A node's place in the network of items that the same accounts acted on: strength, centrality, clustering.

Two items are joined where one account acted on both, by 30 / (30 + days between) for each such account; an act is
joined with the account's REACH next ones, so that time and space are linear in the acts. Triangles are counted from
the end with fewer neighbours (Chiba & Nishizeki, "Arboricity and subgraph listing algorithms", SIAM J. Comput. 14,
1985), so that an item with many neighbours costs no square of them.
"""

import numpy as np
from numba import njit
from scipy import sparse

from floorwalker.graph.slots import DAY, Floats, Longs, Slots

REACH = 16
HALF = 30.0
ROUNDS = 50
RESTART = 0.001


def co_acts(slots: Slots) -> sparse.csr_matrix:
    """The symmetric (items, items) network of weights, without loops, columns in order."""
    first, second, weight = [], [], []
    for step in range(1, REACH + 1):
        here, there = slice(0, max(len(slots.account) - step, 0)), slice(step, None)
        same = (slots.account[here] == slots.account[there]) & (slots.item[here] != slots.item[there])
        first.append(slots.item[here][same])
        second.append(slots.item[there][same])
        days = (slots.second[there][same] - slots.second[here][same]) / DAY
        weight.append(HALF / (HALF + days))
    ends = np.concatenate(first), np.concatenate(second)
    half = sparse.coo_matrix((np.concatenate(weight), ends), shape=(slots.items, slots.items)).tocsr()
    whole: sparse.csr_matrix = (half + half.T).tocsr()
    whole.sort_indices()
    return whole


def strength(network: sparse.csr_matrix) -> Floats:
    """The sum of each node's weights; (nodes,)."""
    return np.asarray(network.sum(axis=1), dtype=np.float64).ravel()


def centrality(network: sparse.csr_matrix) -> Floats:
    """Eigenvector centrality by ROUNDS of power iteration, the greatest 1; (nodes,).

    A thousandth of the weight starts anew everywhere, so that the parts of a network in pieces have one answer
    (Bonacich 1972, J. Math. Sociol. 2; with the restart of Brin & Page 1998).
    """
    size = network.shape[0]
    score = np.ones(size)
    for _ in range(ROUNDS if network.nnz else 0):
        score = network @ score + RESTART * score.mean()
        score /= score.max()
    return score


def clustering(network: sparse.csr_matrix) -> Floats:
    """Weighted clustering coefficient, up to a common factor; (nodes,). Onnela et al. 2005, Phys. Rev. E 71, 065103."""
    ptr = network.indptr.astype(np.int64)
    others, weight = network.indices.astype(np.int64), np.cbrt(network.data)
    degree = np.diff(ptr)
    rank = np.empty(len(degree), dtype=np.int64)
    rank[np.lexsort((np.arange(len(degree)), degree))] = np.arange(len(degree))
    intensity = _intensity(ptr, others, weight, rank)
    return np.asarray(2 * intensity / np.maximum(degree * (degree - 1.0), 1.0), dtype=np.float64)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _intensity(ptr: Longs, others: Longs, weight: Floats, rank: Longs) -> Floats:
    """Of each node, the sum over its triangles of the product of weights; each is met once, at its lowest rank."""
    found = np.zeros(len(ptr) - 1)
    joined = np.zeros(len(ptr) - 1)
    for low in range(len(found)):
        for k in range(ptr[low], ptr[low + 1]):
            joined[others[k]] = weight[k] if rank[others[k]] > rank[low] else 0.0
        for k in range(ptr[low], ptr[low + 1]):
            middle = others[k]
            if rank[middle] < rank[low]:
                continue
            for j in range(ptr[middle], ptr[middle + 1]):
                high = others[j]
                if rank[high] > rank[middle] and joined[high] > 0.0:
                    product = weight[k] * weight[j] * joined[high]
                    found[low] += product
                    found[middle] += product
                    found[high] += product
        for k in range(ptr[low], ptr[low + 1]):
            joined[others[k]] = 0.0
    return found
