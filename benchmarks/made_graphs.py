"""Bipartite graphs with one block planted in them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHAPES = ("heavy", "even")


@dataclass(frozen=True, slots=True)
class Made:
    """account, item: (e,) edges in no order, each once; codes run to `accounts` and `items`, the planted ones last."""

    account: NDArray[np.int32]
    item: NDArray[np.int32]
    accounts: int
    items: int
    planted: int


def made(edges: int, shape: str, *, planted: tuple[int, int, int], seed: int) -> Made:
    """About so many edges. planted: accounts, items, and edges of each account of the block.

    heavy: an account acts 2.3 times on average, by a power law (share of those with d acts or more: d^-1.6), on items
    whose popularity falls with the root of their rank, 120 acts on average. even: any of edges/10 accounts on any
    item; nothing stands out but what was planted, and nothing can be swept away before the peeling.
    """
    chance = np.random.default_rng(seed)
    items = edges // 120
    if shape == "heavy":
        honest = int(edges / 2.2)
        acts = np.minimum(chance.random(honest) ** (-1 / 1.6), items // 4).astype(np.int64)
        account = np.repeat(np.arange(honest), acts)
        code = account * items + (items * chance.random(len(account)) ** 2).astype(np.int64)
    else:
        honest = edges // 10
        code = chance.integers(0, honest * items, edges)
    size, wide, each = planted
    targets = chance.choice(items, wide, replace=False)
    block = [(honest + k) * items + chance.choice(targets, each, replace=False) for k in range(size)]
    code = np.concatenate([code, *block])
    code.sort()  # in place, where np.unique holds copies
    code = code[np.diff(code, prepend=-1) > 0]
    chance.shuffle(code)
    account = (code // items).astype(np.int32)
    code %= items
    return Made(account, code.astype(np.int32), honest + size, items, size)
