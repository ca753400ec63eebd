"""Trusses and components against their definitions."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from floorwalker.graph.truss import components, truss

NODES = 9
graphs = st.sets(st.sampled_from(list(combinations(range(NODES), 2))), max_size=30).map(sorted)


def ends(edges: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    array = np.array(edges, dtype=np.int32).reshape(-1, 2)
    return array[:, 0].copy(), array[:, 1].copy()


def plain_truss(edges: list[tuple[int, int]], k: int) -> set[tuple[int, int]]:
    left = set(edges)
    while True:
        near = {n: {a + b - n for a, b in left if n in (a, b)} for n in range(NODES)}
        weak = {(a, b) for a, b in left if len(near[a] & near[b]) < k - 2}
        if not weak:
            return left
        left -= weak


@settings(max_examples=150, deadline=None)
@given(graphs, st.integers(3, 5))
def test_each_edge_of_a_k_truss_lies_in_k_minus_2_triangles_of_it(edges: list[tuple[int, int]], k: int) -> None:
    first, second = ends(edges)
    mask = truss(first, second, NODES, k)
    assert {e for e, kept in zip(edges, mask, strict=True) if kept} == plain_truss(edges, k)


@settings(max_examples=150, deadline=None)
@given(graphs)
def test_two_nodes_share_a_part_if_and_only_if_a_path_joins_them(edges: list[tuple[int, int]]) -> None:
    reach = {n: {n} for n in range(NODES)}
    for a, b in edges:
        joined = reach[a] | reach[b]
        for n in joined:
            reach[n] = joined
    part = components(*ends(edges), NODES)
    for a, b in combinations(range(NODES), 2):
        assert (part[a] == part[b]) == (b in reach[a])
    firsts = [int(np.flatnonzero(part == p)[0]) for p in range(part.max() + 1)]
    assert firsts == sorted(firsts)
