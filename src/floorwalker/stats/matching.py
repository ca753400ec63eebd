"""Who goes with whom when each may go with one at most: chances of each pair, and the best pairing.

The pairing of rows with columns of which each is in one pair at most, and has weight the product of its pairs' odds, is
the monomer-dimer model. Belief propagation converges on any graph there, and is exact on trees (Bayati, Gamarnik,
Katz, Nair & Tetali 2007, STOC). On graphs with short loops it is Bethe's approximation, which is too sure by some: of
three rows and columns, all of them rivals, by up to 0.2.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from floorwalker.stats.arguments import Floats, Ints, require

MOST_ODDS = 1e9
_ROUNDS, _CLOSE = 400, 1e-9
_DECIMALS = 9


def pair_chances(row: Ints, column: Ints, odds: Floats, alone: Floats) -> tuple[Floats, Floats]:
    """The chance of each pair (pairs,), and of each row to be in none of them (rows,); a row's sum to 1.

    row, column: (pairs,) codes from 0. odds: (pairs,) weights of the pairs before others compete for the column, at
    least 0; more than MOST_ODDS times the row's `alone` counts as that. alone: (rows,) weights of a row's being in no
    pair, above 0. Raises ValueError for others.
    """
    require(bool(np.all(odds >= 0)) and bool(np.all(alone > 0)), "weights must be positive")
    rows, columns = len(alone), int(column.max(initial=-1)) + 1
    odds = np.minimum(odds / alone[row], MOST_ODDS)
    free = np.ones(len(row))
    for _ in range(_ROUNDS):
        met = odds * free
        others = np.maximum(1 + np.bincount(row, met, rows)[row] - met, 1.0)
        asked = odds / others
        rivals = np.maximum(np.bincount(column, asked, columns)[column] - asked, 0.0)
        moved = np.sqrt(free / (1 + rivals))
        change = float(np.abs(moved - free).max(initial=0.0))
        free = moved
        if change < _CLOSE:
            break
    met = odds * free
    total = 1 + np.bincount(row, met, rows)
    return met / total[row], 1 / total


def best_pairs(row: Ints, column: Ints, chance: Floats, rows: int) -> NDArray[np.int64]:
    """For each row the pair (an index into `row`) of the pairing with the largest sum of chances, -1 for none, (rows,).

    Solved by shortest augmenting paths on the sparse graph (Jonker & Volgenant 1987, Computing 38); each row may
    also stay alone. Pairs without a chance are left out.
    """
    best = np.full(rows, -1, dtype=np.int64)
    kept = np.flatnonzero(np.round(chance, _DECIMALS) > 0)
    if not len(kept):
        return best
    columns = int(column.max()) + 1
    cost = 2 - np.round(chance[kept], _DECIMALS)
    source = np.concatenate((row[kept], np.arange(rows)))
    target = np.concatenate((column[kept], columns + np.arange(rows)))
    costs = csr_array(coo_array((np.concatenate((cost, np.full(rows, 2.0))), (source, target))))
    first, second = min_weight_full_bipartite_matching(costs)
    order = kept[np.lexsort((column[kept], row[kept]))]
    keys = row[order].astype(np.int64) * columns + column[order]
    real = second < columns
    best[first[real]] = order[np.searchsorted(keys, first[real].astype(np.int64) * columns + second[real])]
    return best
