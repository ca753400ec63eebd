"""What was learnt from past decisions, and what it says of subjects and cases."""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from floorwalker.cases.forward import Later
from floorwalker.cases.grouping import LIKELY, Case, Member
from floorwalker.cases.judge import SUREST, Floats, Longs
from floorwalker.cases.signals import Ranking, Signals
from floorwalker.contract.figures import counted
from floorwalker.stats.drawn_weights import Weighing
from floorwalker.stats.ranking import Interval


@dataclass(frozen=True, slots=True)
class Model:
    """A family's weighings: one for each fold of those decided, fitted without it, and the last by all decisions.

    scored_by: (subjects,) which of them scores each subject of the family.
    """

    signals: Signals
    weighings: tuple[Weighing, ...]
    scored_by: Longs

    def nats(self) -> Floats:
        """By how much the measurements raise each subject's log-odds above those of nothing measured, (subjects,)."""
        weights = np.array([weighing.weights for weighing in self.weighings])
        cells = self.signals.values.tocoo()
        subject, column = cells.coords
        added = cells.data * weights[self.scored_by[subject], column]
        return np.bincount(subject, added, minlength=len(self.scored_by)).astype(np.float64)

    def parts(self, subject: int, scheme: str) -> dict[str, float]:
        """What each detector that asks about a scheme adds to a subject's log-odds."""
        values = self.weighings[self.scored_by[subject]].parts(self.signals.of(np.array([subject]))[0])
        added: dict[str, float] = defaultdict(float)
        for (detector, _, about, _), value in zip(self.signals.columns, values.tolist(), strict=True):
            if about == scheme:
                added[detector] += value
        return dict(added)

    def base(self, subject: int) -> float:
        """A subject's log-odds before anything was measured."""
        return self.weighings[int(self.scored_by[subject])].base

    def probability(self, subject: int, scheme: str) -> float:
        """That a subject takes part in a scheme; at most the share that was not cleared, whatever spoke against."""
        log_odds = self.base(subject) + sum(self.parts(subject, scheme).values())
        most = min(1 - self.weighings[int(self.scored_by[subject])].cleared, SUREST)
        return float(np.round(most / (1 + np.exp(-log_odds)), 4))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one family. lacks: what was missing to learn from. later: None where something was missing."""

    family: str
    abusive: int
    legitimate: int
    lacks: str = ""
    later: Later | None = None
    model: Model | None = None

    @property
    def words(self) -> str:
        """Whether the family is learned, and why."""
        if self.later is None:
            return f"{self.family}: not learned from past decisions, since {self.lacks}."
        one, other = self.later.compared.average_precision
        decided = f"{counted(self.abusive + self.legitimate, 'past decision')} ({self.abusive:,} abusive)"
        told = f"On the later half, about other people, AUPRC is {_figure(one)}; unlearned {_figure(other)}."
        if self.model is None:
            return f"{self.family}: not learned from {decided}, since it would rank worse. {told}"
        return f"{self.family}: ranked by what {decided} teach. {told}"


@dataclass(frozen=True, slots=True)
class Learning:
    """What was learnt. ranked: None where there are no decisions at all."""

    ranked: Ranking | None = None
    outcomes: tuple[Outcome, ...] = ()

    @property
    def words(self) -> list[str]:
        """Which families are learned, and why."""
        if not self.outcomes:
            lack = "nobody was assessed" if self.ranked else "there are no past decisions (labels)"
            return [f"Ranked by the detectors' nulls alone: {lack}."]
        return [outcome.words for outcome in self.outcomes]

    def models(self) -> dict[str, Model]:
        """The families that are scored by what was learnt."""
        return {one.family: one.model for one in self.outcomes if one.model}

    def nats(self) -> Floats | None:
        """The score of everybody in the ranking, in nats; None where nothing was learnt."""
        if self.ranked is None or not self.models():
            return None
        nats = self.ranked.nats.copy()
        for model in self.models().values():
            nats[model.signals.places] = model.nats()
        return nats

    def told(self, cases: list[Case]) -> list[Case]:
        """The cases with learned probabilities. Who is not listed and then no longer likely leaves the case."""
        if not self.models():
            return cases
        found = []
        for case in cases:
            members = [replace(m, probability=self.probability(m)) for m in case.members]
            kept = tuple(m for m in members if m.listed or m.probability >= LIKELY)
            found.append(replace(case, members=kept))
        return found

    def probability(self, member: Member) -> float:
        """That a member takes part in its scheme; as it was where its family is not learned."""
        found = self._place(member)
        if found is None:
            return member.probability
        return found[0].probability(found[1], member.scheme)

    def reasons(self, member: Member) -> dict[str, float]:
        """By how many nats each detector raises the odds that a member takes part, the greatest first."""
        found = self._place(member)
        parts = found[0].parts(found[1], member.scheme) if found else {}
        return dict(sorted(parts.items(), key=lambda part: (-round(part[1], 6), part[0])))

    def _place(self, member: Member) -> tuple[Model, int] | None:
        """The model that scores a member, and the member's place in it."""
        if self.ranked is None:
            return None
        place = int(self.ranked.of_row[member.row])
        for model in self.models().values():
            if model.signals.places.start <= place < model.signals.places.stop:
                return model, place - model.signals.places.start
        return None


def _figure(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"
