"""Which subjects make one case: those listed whom a ring, or one another's rings, connect.

Others of the same rings who more likely than not take part, but cannot be listed at the promised level, are part of
the story and of the case, and not of the list.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floorwalker.cases.judge import Judged, Longs
from floorwalker.graph.truss import components

LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Member:
    """A subject in a case, listed or not; row is the strongest of its rows in `Judged.rows`."""

    row: int
    kind: str
    subject_id: str
    scheme: str
    role: str
    probability: float
    log_q: float
    listed: bool


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

    @property
    def listed(self) -> tuple[Member, ...]:
        """The members that survive the false-discovery level."""
        return tuple(m for m in self.members if m.listed)

    def ids(self, role: str) -> list[str]:
        """The listed members that play `role`."""
        return [m.subject_id for m in self.listed if m.role == role]


def group(judged: Judged, fdr: float) -> list[Case]:
    """Cases of the subjects listed at level `fdr`, ordered by case id."""
    listed = judged.listed(fdr)
    likely = np.flatnonzero(listed | (judged.probability >= LIKELY))
    members = _members(judged, likely, listed)
    parts = _parts([(m, ring) for m, ring in members if m.listed])
    case_of_ring: dict[str, int] = {}
    inside: dict[int, list[Member]] = {}
    for member, ring in members:
        if member.listed:
            part = parts[member.kind, member.subject_id]
            inside.setdefault(part, []).append(member)
            case_of_ring |= {ring: part} if ring else {}
    for member, ring in members:
        if not member.listed and ring in case_of_ring:
            inside[case_of_ring[ring]].append(member)
    rings = {part: frozenset(r for r, p in case_of_ring.items() if p == part) for part in inside}
    return sorted((_case(found, rings[part]) for part, found in inside.items()), key=lambda case: case.case_id)


def _members(judged: Judged, codes: Longs, listed: NDArray[np.bool_]) -> list[tuple[Member, str]]:
    """The hypotheses `codes` as members, each with the name of its ring ("" where it has none)."""
    strongest = judged.first[codes]
    rows = judged.rows.take(strongest)
    names = zip(*(rows[name].to_pylist() for name in ("subject_kind", "subject_id", "scheme", "role")), strict=True)
    found = []
    for code, row, name, ring in zip(codes, strongest, names, rows["detector_ring"].to_pylist(), strict=True):
        kind, subject_id, scheme, role = name
        probability, log_q = float(judged.probability[code]), float(judged.log_q[code])
        member = Member(int(row), kind, subject_id, scheme, role, probability, log_q, bool(listed[code]))
        found.append((member, ring or ""))
    return found


def _parts(members: list[tuple[Member, str]]) -> dict[tuple[str, str], int]:
    """The part of each listed subject: subjects meet in a ring, or in having several."""
    names: dict[tuple[str, ...], int] = {}
    first, second = [], []
    for member, ring in members:
        subject = names.setdefault((member.kind, member.subject_id), len(names))
        if ring:
            first.append(subject)
            second.append(names.setdefault((ring,), len(names)))
    part = components(np.array(first, dtype=np.int32), np.array(second, dtype=np.int32), len(names))
    return {(m.kind, m.subject_id): int(part[names[m.kind, m.subject_id]]) for m, _ in members}


def _case(members: list[Member], rings: frozenset[str]) -> Case:
    members = sorted(members, key=lambda m: (m.kind, m.subject_id, m.scheme))
    listed = [m for m in members if m.listed]
    schemes = sorted({m.scheme for m in listed}, key=lambda s: (-sum(m.scheme == s for m in listed), s))
    name = digest(part for m in listed for part in (m.scheme, m.kind, m.subject_id))
    return Case(f"C-{name}", schemes[0], tuple(members), rings)


def digest(parts: Iterable[str]) -> str:
    """Twelve hex digits of the parts' SHA-256; no two lists of parts read as the same bytes."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(f"{len(part)}:{part}".encode())
    return whole.hexdigest()[:12]
