"""Dense blocks against peeling said plainly, and against the densest there is."""

from itertools import chain, combinations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorwalker.graph.blocks import UNIT, Block, block_groups, dense_blocks, weights
from floorwalker.graph.slots import order_slots

ACCOUNTS, ITEMS = 7, 5

Edges = list[tuple[int, int]]
Node = tuple[int, int]

cells = st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, ITEMS - 1))
graphs = st.lists(cells, unique=True, min_size=1, max_size=ACCOUNTS * ITEMS)
multigraphs = st.lists(cells, min_size=1, max_size=40)


def found(edges: Edges, most: int, accounts: int = ACCOUNTS, items: int = ITEMS) -> list[Block]:
    account, item = np.array(edges, dtype=np.int32).T.copy()
    return dense_blocks(account, item, accounts, items, most=most)


def weight_of(edges: Edges) -> dict[int, int]:
    items = max(i for _, i in edges) + 1
    return dict(enumerate(weights(np.array([i for _, i in edges], dtype=np.int32), items).tolist()))


def nodes_of(edges: Edges) -> set[Node]:
    return {(0, a) for a, _ in edges} | {(1, i) for _, i in edges}


def inside(edges: Edges, nodes: set[Node]) -> Edges:
    return [(a, i) for a, i in edges if (0, a) in nodes and (1, i) in nodes]


def density(edges: Edges, nodes: set[Node], weight: dict[int, int]) -> float:
    return sum(weight[i] for _, i in inside(edges, nodes)) / len(nodes)


def plainly_peeled(edges: Edges, weight: dict[int, int]) -> set[Node]:
    nodes, left = nodes_of(edges), edges
    best, densest = set(nodes), density(left, nodes, weight)
    while len(nodes) > 1:
        degree = dict.fromkeys(sorted(nodes), 0)
        for a, i in left:
            degree[0, a] += weight[i]
            degree[1, i] += weight[i]
        nodes.remove(min(degree, key=degree.__getitem__))
        left = inside(left, nodes)
        if density(left, nodes, weight) > densest:
            best, densest = set(nodes), density(left, nodes, weight)
    return best


def check_against_plain_peeling(edges: Edges, blocks: list[Block]) -> None:
    weight, left = weight_of(edges), edges
    for block in blocks:
        nodes = plainly_peeled(left, weight)
        assert {(0, a) for a in block.accounts.tolist()} | {(1, i) for i in block.items.tolist()} == nodes
        assert block.edges == len(inside(left, nodes))
        assert block.density == pytest.approx(density(left, nodes, weight) / UNIT)
        taken = set(inside(left, nodes))
        left = [edge for edge in left if edge not in taken]


@settings(max_examples=400)
@given(multigraphs)
def test_blocks_are_those_of_peeling_said_plainly_again_and_again(edges: Edges) -> None:
    check_against_plain_peeling(edges, found(edges, most=4))


@pytest.mark.parametrize("seed", range(4))
def test_so_they_are_in_a_crowd_of_which_most_is_swept_away_first(seed: int) -> None:
    chance = np.random.default_rng(seed)
    account, item = 300 * chance.random(900) ** 3, 60 * chance.random(900) ** 2
    edges = sorted({(int(a), int(i)) for a, i in zip(account, item, strict=True)})
    check_against_plain_peeling(edges, found(edges, most=3, accounts=300, items=60))


@settings(max_examples=60)
@given(graphs)
def test_a_block_is_as_dense_as_the_whole_and_half_as_dense_as_the_densest(edges: Edges) -> None:
    weight, nodes = weight_of(edges), nodes_of(edges)
    parts = chain.from_iterable(combinations(sorted(nodes), size) for size in range(1, len(nodes) + 1))
    most_dense = max(density(edges, set(part), weight) for part in parts) / UNIT
    block = found(edges, most=1)[0]
    assert block.density >= density(edges, nodes, weight) / UNIT * (1 - 1e-12)
    assert block.density >= most_dense / 2


@given(graphs, st.randoms(use_true_random=False))
def test_the_order_of_edges_is_no_matter(edges: Edges, chance: Random) -> None:
    shuffled = list(edges)
    chance.shuffle(shuffled)
    for one, other in zip(found(edges, most=3), found(shuffled, most=3), strict=True):
        assert one.accounts.tolist() == other.accounts.tolist()
        assert one.items.tolist() == other.items.tolist()
        assert (one.density, one.edges) == (other.density, other.edges)


@given(multigraphs)
def test_blocks_share_no_edge_and_in_the_end_hold_all(edges: Edges) -> None:
    assert sum(block.edges for block in found(edges, most=len(edges))) == len(edges)


@pytest.mark.parametrize("seed", range(3))
def test_two_planted_blocks_in_a_crowd_are_found_whole(seed: int) -> None:
    chance = np.random.default_rng(seed)
    accounts, items = 20_000, 2_000
    crowd = np.stack((chance.integers(0, accounts, 60_000), (items * chance.random(60_000) ** 2).astype(int)), 1)
    planted = [(range(1_000, 1_080), range(900, 940)), (range(300, 350), range(300, 325))]
    full = [np.array(list(product(*block))) for block in planted]
    edges = np.unique(np.concatenate([crowd, *full]), axis=0).astype(np.int32)
    order = chance.permutation(len(edges))
    blocks = dense_blocks(edges[order, 0].copy(), edges[order, 1].copy(), accounts, items, most=2)
    assert [(b.accounts.tolist(), b.items.tolist()) for b in blocks] == [(list(a), list(i)) for a, i in planted]


def test_without_edges_there_is_no_block() -> None:
    none = np.empty(0, dtype=np.int32)
    assert dense_blocks(none, none, 3, 2, most=3) == []
    assert dense_blocks(none, none, 0, 0, most=3) == []
    assert len(found([(0, 0)], most=3)) == 1


def test_an_edge_on_a_popular_item_weighs_less() -> None:
    weight = weights(np.array([0, 1, 1, 1], dtype=np.int32), 3)
    assert weight.tolist() == [round(UNIT / np.log(d + 5)) for d in (1, 3, 0)]


def test_a_candidate_acted_on_two_items_of_its_block() -> None:
    edges = [*product(range(4), range(3)), (4, 0), (5, 3)]
    account, item = np.array(edges, dtype=np.int32).T.copy()
    none = np.zeros(len(edges), dtype=np.int32)
    slots = order_slots(account, item, none, none.astype(np.int64), 6, 4)
    assert [group.tolist() for group in block_groups(slots, most=9)] == [[0, 1, 2, 3]]
