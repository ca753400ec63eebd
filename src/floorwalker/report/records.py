"""What the page shows, as records."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from floorwalker.report.manifest import Manifest


class Subject(NamedTuple):
    """Someone or something that a case is about."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a case; one that is not listed as a subject is in the story, not under suspicion.

    raised: by how many times each detector raises the odds that it takes part, where that was learnt.
    """

    subject: Subject
    role: str
    probability: float | None
    q_value: float | None
    raised: tuple[tuple[str, float], ...] = ()

    @property
    def listed(self) -> bool:
        """On the list of subjects, which alone carries the promise."""
        return self.q_value is not None


@dataclass(frozen=True, slots=True)
class Finding:
    """A measured surprise about one member."""

    subject: Subject
    detector: str
    p_value: float | None
    q_value: float | None
    effect: float | None
    explanation: str
    counter_evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An evidence row: who did what to what, and when."""

    table: str
    id: str
    at: datetime | None
    actor: Subject
    object: Subject
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Link:
    """A tie between two subjects of a case."""

    source: Subject
    target: Subject
    link: str
    weight: float


@dataclass(frozen=True, slots=True)
class Removal:
    """A product's reviews and their mean stars, with the suspect ones and without."""

    product_id: str
    reviews: int
    suspect: int
    stars_with: float | None
    stars_without: float | None
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Naming:
    """When scans of earlier days would have listed the first of a case's subjects, and half of them; None if never."""

    first_named_at: datetime | None
    half_named_at: datetime | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its evidence; `events`, `links` and `removals` are empty for one that has no section of its own."""

    rank: int
    case_id: str
    scheme: str
    title: str
    summary: str
    probability: float | None
    exposure: Decimal | None
    currency: str | None
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    members: tuple[Member, ...]
    findings: tuple[Finding, ...]
    events: tuple[Event, ...]
    links: tuple[Link, ...]
    removals: tuple[Removal, ...] = ()
    naming: Naming | None = None

    @property
    def expected(self) -> Decimal | None:
        """Probability × exposure, what the cases are ranked by."""
        if not self.exposure or self.probability is None:
            return None
        return self.exposure * Decimal(str(self.probability))

    @property
    def suspect(self) -> int:
        """Suspect reviews that are not removed."""
        return sum(removal.suspect for removal in self.removals)

    @property
    def roles(self) -> dict[str, tuple[Member, ...]]:
        """The members by role, in the contract's order."""
        groups: dict[str, list[Member]] = defaultdict(list)
        for member in self.members:
            groups[member.role].append(member)
        return {role: tuple(group) for role, group in groups.items()}

    @property
    def counter_evidence(self) -> dict[str, int]:
        """What speaks against, each sentence once, with the number of findings that say it."""
        said: dict[str, int] = defaultdict(int)
        for finding in self.findings:
            for text in dict.fromkeys(finding.counter_evidence):
                said[text] += 1
        return dict(sorted(said.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Run:
    """All that the page shows."""

    manifest: Manifest
    cases: tuple[Case, ...]
    subjects: int
    scored: dict[str, int]

    @property
    def exposure(self) -> dict[str, Decimal]:
        """Money exposed by currency, in order of the code."""
        total: dict[str, Decimal] = defaultdict(Decimal)
        for case in self.cases:
            if case.exposure:
                total[case.currency or ""] += case.exposure
        return dict(sorted(total.items()))
