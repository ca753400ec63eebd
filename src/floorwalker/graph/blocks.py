"""Dense blocks: groups of accounts and items with far more edges between them than the graph around them has.

Density is FRAUDAR's (Hooi et al., "FRAUDAR: bounding graph fraud in the face of camouflage", KDD 2016): the weight of
the edges inside for each node inside, where an edge on an item of degree d weighs 1/log(d + 5), so that a group
gains nothing by acting on what is popular anyway. Greedy peeling finds a block at least half as dense as the densest.
"""

from dataclasses import dataclass

import numpy as np

from floorwalker.graph.narrowing import Layer, counts, floor_of, innermost, whole, without
from floorwalker.graph.peeling import densest, neighbours
from floorwalker.graph.slots import Ints, Longs, Slots

UNIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """A dense block. accounts, items: codes, ascending. density: weight of its edges for each node. edges: how many."""

    accounts: Ints
    items: Ints
    density: float
    edges: int


def weights(item: Ints, items: int) -> Longs:
    """What an edge on each item weighs, 1/log(degree + 5), in whole UNITs: sums of them are exact in any order."""
    return np.rint(UNIT / np.log(counts(item, items) + 5)).astype(np.int64)


def dense_blocks(account: Ints, item: Ints, accounts: int, items: int, *, most: int) -> list[Block]:
    """Up to `most` dense blocks, each peeled from what the ones before left; fewer where no edge is left.

    account, item: (e,) int32 codes from 0 to `accounts` and `items` (exclusive), one edge each; an edge given twice
    weighs twice. After each block its edges are taken out; its nodes stay, and items keep their first weight. Equal
    degrees are peeled in the order of codes, accounts first. About 20 bytes an edge beside the input at worst.
    """
    layers = [whole(account, item, weights(item, items), accounts)]
    blocks: list[Block] = []
    while len(blocks) < most:
        degree = _enter(layers, blocks, accounts, items)
        if not degree.any():
            break
        blocks.append(_block(*innermost(layers, degree)))
    return blocks


def block_groups(slots: Slots, *, most: int) -> list[Ints]:
    """Candidate groups: of each of up to `most` dense blocks the accounts that acted on two of its items, ascending."""
    blocks = dense_blocks(slots.account, slots.item, slots.accounts, slots.items, most=most)
    groups = [_acting_twice(slots, block) for block in blocks]
    return [group for group in groups if len(group) > 0]


def _acting_twice(slots: Slots, block: Block) -> Ints:
    inside = _mask(block.items, slots.items)[slots.item]
    acts = np.bincount(slots.account[inside], minlength=slots.accounts)
    return block.accounts[acts[block.accounts] >= 2]


def _enter(layers: list[Layer], blocks: list[Block], accounts: int, items: int) -> Longs:
    """Leave the layers that may lack a part of the next block; the degrees of the last one, without `blocks`."""
    while True:
        for block in blocks[layers[-1].taken :]:
            layers[-1] = without(layers[-1], _mask(block.accounts, accounts), _mask(block.items, items))
        degree = layers[-1].degrees()
        if len(layers) == 1 or floor_of(degree, len(layers[-1].account_code)) >= layers[-1].floor:
            return degree
        layers.pop()


def _block(layer: Layer, degree: Longs) -> Block:
    accounts = len(layer.account_code)
    near = neighbours(layer.account, layer.item, accounts, len(layer.item_code))
    inside = densest(near, layer.weight, degree)
    account_in, item_in = inside[:accounts], inside[accounts:]
    edges = account_in[layer.account] & item_in[layer.item]
    weight = int(layer.weight[layer.item[edges]].sum())
    return Block(
        layer.account_code[account_in],
        layer.item_code[item_in],
        weight / UNIT / int(inside.sum()),
        int(edges.sum()),
    )


def _mask(codes: Ints, size: int) -> np.ndarray:
    found = np.zeros(size, dtype=bool)
    found[codes] = True
    return found
