"""Which listed subjects make one case: those whom a ring, or one another's rings, connect."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from floorwalker.cases.judge import Judged
from floorwalker.graph.truss import components


@dataclass(frozen=True, slots=True)
class Member:
    """A listed subject in a case; row is the strongest of its rows in `Judged.rows`."""

    row: int
    kind: str
    subject_id: str
    scheme: str
    role: str
    probability: float
    log_q: float


@dataclass(frozen=True, slots=True)
class Case:
    """members are ordered by kind and id; rings are the names of the rings that hold them together."""

    case_id: str
    scheme: str
    members: tuple[Member, ...]
    rings: frozenset[str]

    @property
    def probability(self) -> float:
        """That of its surest member."""
        return max(m.probability for m in self.members)

    def ids(self, role: str) -> list[str]:
        """The subjects that play `role`."""
        return [m.subject_id for m in self.members if m.role == role]


def group(judged: Judged, fdr: float) -> list[Case]:
    """Cases of the subjects listed at level `fdr`, ordered by case id."""
    codes = np.flatnonzero(judged.listed(fdr))
    columns = ("subject_kind", "subject_id", "scheme", "role", "detector_ring")
    strongest = judged.first[codes]
    taken = judged.rows.select(columns).take(strongest).to_pylist()
    parts: dict[int, list[Member]] = {}
    rings: dict[int, set[str]] = {}
    for place, part in enumerate(_parts(taken)):
        row, code = taken[place], codes[place]
        parts.setdefault(part, []).append(
            Member(
                int(strongest[place]),
                row["subject_kind"],
                row["subject_id"],
                row["scheme"],
                row["role"],
                float(judged.probability[code]),
                float(judged.log_q[code]),
            )
        )
        rings.setdefault(part, set()).update({row["detector_ring"]} - {None})
    cases = [_case(members, frozenset(rings[part])) for part, members in parts.items()]
    return sorted(cases, key=lambda case: case.case_id)


def _parts(taken: list[Mapping[str, str]]) -> list[int]:
    """The part of each listed row: rows meet in a ring, or in a subject."""
    names: dict[tuple[str, ...], int] = {}
    first, second = [], []
    for row in taken:
        subject = names.setdefault(("subject", row["subject_kind"], row["subject_id"]), len(names))
        if row["detector_ring"] is not None:
            first.append(subject)
            second.append(names.setdefault(("ring", row["detector_ring"]), len(names)))
    part = components(np.array(first, dtype=np.int32), np.array(second, dtype=np.int32), len(names))
    return [int(part[names["subject", row["subject_kind"], row["subject_id"]]]) for row in taken]


def _case(members: list[Member], rings: frozenset[str]) -> Case:
    members = sorted(members, key=lambda m: (m.kind, m.subject_id, m.scheme))
    schemes = sorted({m.scheme for m in members}, key=lambda s: (-sum(m.scheme == s for m in members), s))
    digest = hashlib.sha256()
    for member in members:
        for part in (member.scheme, member.kind, member.subject_id):
            digest.update(f"{len(part)}:{part}".encode())
    return Case(f"C-{digest.hexdigest()[:12]}", schemes[0], tuple(members), rings)
