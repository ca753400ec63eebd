"""Where the nodes of a network drawing stand: who acts at the left, on what in the middle, for whom at the right.

Across in percent, down in pixels, as in the timeline.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from floorwalker.contract.figures import plural
from floorwalker.report.records import Case, Link, Subject
from floorwalker.report.words import label

MOST = (20, 14, 8)
"""Nodes in each of the three columns."""
EDGES = 400
_ACROSS = {1: (50.0,), 2: (31.0, 71.0), 3: (31.0, 51.0, 71.0)}
_BESIDE, _BELOW = 26, 36  # pixels down that a node takes, with its label beside it or below it
_TOP = 24
_SWEEPS = 4
_ACTORS = ("account", "staff")
_FOR_WHOM = ("seller", "beneficiary", "client", "victim")


@dataclass(frozen=True, slots=True)
class Node:
    """A subject in the drawing; its label stands at its `left`, at its `right` or `below` it."""

    subject: Subject
    column: int
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A link in the drawing, 1 to 3 pixels wide; an arc when both ends stand in one column."""

    source: Node
    target: Node
    words: str
    width: float

    @property
    def bend(self) -> float:
        """How far an arc swings out to the side where its nodes have no label, in pixels; 0 for a straight line."""
        if self.source.column != self.target.column:
            return 0.0
        side = -1 if self.source.label == "right" else 1
        return round(side * (12 + abs(self.target.y - self.source.y) / 4), 1)


@dataclass(frozen=True, slots=True)
class Network:
    """The drawing, and what is not in it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    height: float
    headings: tuple[tuple[Node, str], ...]
    nodes_left_out: int
    edges_left_out: int


def draw_network(case: Case) -> Network | None:
    """The members and their links; None when the case has no links."""
    if not case.links:
        return None
    roles = {member.subject: member.role for member in case.members}
    ends = [end for link in case.links for end in (link.source, link.target)]
    subjects = list(dict.fromkeys([*roles, *ends]))
    columns: list[list[Subject]] = [[], [], []]
    for subject in subjects:
        columns[_column(subject, roles.get(subject, ""))].append(subject)
    kept = [column[:most] for column, most in zip(columns, MOST, strict=True)]
    names = {subject for column in kept for subject in column}
    links = [link for link in case.links if link.source in names and link.target in names][:EDGES]
    kept = _untangled(kept, links)
    nodes = _nodes(kept)
    return Network(
        nodes=tuple(nodes.values()),
        edges=_edges(links, nodes),
        height=_TOP + _tallest(kept),
        headings=tuple((nodes[column[0]], _heading(column, roles)) for column in kept if column),
        nodes_left_out=len(subjects) - len(names),
        edges_left_out=len(case.links) - len(links),
    )


def _column(subject: Subject, role: str) -> int:
    if role in _FOR_WHOM:
        return 2
    return 0 if subject.kind in _ACTORS else 1


def _untangled(columns: list[list[Subject]], links: Sequence[Link]) -> list[list[Subject]]:
    """Each column in the order of its neighbours' mean place (barycentre, Sugiyama et al. 1981), ties by name."""
    near: dict[Subject, list[Subject]] = defaultdict(list)
    for link in links:
        near[link.source].append(link.target)
        near[link.target].append(link.source)
    for _ in range(_SWEEPS):
        for number, column in enumerate(columns):
            place = {s: (i + 0.5) / len(c) for j, c in enumerate(columns) if j != number for i, s in enumerate(c)}
            own = {s: (i + 0.5) / len(column) for i, s in enumerate(column)}
            centre = {s: _mean([place[n] for n in near[s] if n in place], own[s]) for s in column}
            columns[number] = sorted(column, key=lambda s: (centre[s], s))
    return columns


def _mean(values: list[float], otherwise: float) -> float:
    return round(sum(values) / len(values), 6) if values else otherwise


def _tallest(columns: list[list[Subject]]) -> int:
    return max(len(column) * (_BELOW if number == 1 else _BESIDE) for number, column in enumerate(columns))


def _nodes(columns: list[list[Subject]]) -> dict[Subject, Node]:
    used = [number for number, column in enumerate(columns) if column]
    height, nodes = _tallest(columns), {}
    for number, x in zip(used, _ACROSS[len(used)], strict=True):
        label = "left" if number == used[0] else "right" if number == used[-1] else "below"
        for row, subject in enumerate(columns[number]):
            y = _TOP + height * (row + 0.5) / len(columns[number]) - (6 if label == "below" else 0)
            nodes[subject] = Node(subject, number, x, round(y, 1), label)
    return nodes


def _edges(links: Sequence[Link], nodes: dict[Subject, Node]) -> tuple[Edge, ...]:
    most = max((link.weight for link in links), default=0.0)
    edges = []
    for link in links:
        source, target = sorted((nodes[link.source], nodes[link.target]), key=lambda n: (n.column, n.y))
        width = round(1 + 2 * max(link.weight, 0.0) / most, 2) if most > 0 else 1.0
        edges.append(Edge(source, target, f"{link.source.id} – {link.target.id}: {link.link}", width))
    return tuple(edges)


def _heading(column: Sequence[Subject], roles: dict[Subject, str]) -> str:
    words = sorted({roles.get(subject) or subject.kind for subject in column})
    return ", ".join(plural(label(word)) for word in words).capitalize()
