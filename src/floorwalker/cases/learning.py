"""Learning from past decisions how much each detector's word is worth.

A family of detectors is learned where there are decisions enough and where what was learnt ranks later decisions about
other people no worse than the unlearned score. Nobody is scored by the decision about himself, nor by one about
somebody tied to him. Who is listed is not asked here: that the nulls alone decide.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from floorwalker.cases.decisions import FOLDS, Decisions, decisions
from floorwalker.cases.forward import APART, Later, TooFew, on_later
from floorwalker.cases.grouping import LIKELY, Case, Member
from floorwalker.cases.judge import PRIOR, SUREST, Floats, Judged, Longs
from floorwalker.cases.signals import Ranking, Signals, families, ranking, signals, ties
from floorwalker.stats.drawn_weights import Weighing, weigh_and_calibrate


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
        nats = np.zeros(len(self.scored_by))
        for column in range(self.signals.values.shape[1]):
            nats += self.signals.values[:, column] * weights[self.scored_by, column]
        return nats

    def parts(self, subject: int, scheme: str) -> dict[str, float]:
        """What each detector that asks about a scheme adds to a subject's log-odds."""
        values = self.weighings[self.scored_by[subject]].parts(self.signals.values[subject])
        added: dict[str, float] = defaultdict(float)
        for (detector, _, about, _), value in zip(self.signals.columns, values.tolist(), strict=True):
            if about == scheme:
                added[detector] += value
        return dict(added)

    def base(self, subject: int) -> float:
        """A subject's log-odds before anything was measured."""
        return self.weighings[int(self.scored_by[subject])].base


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one family, and why. later: None where there was too little to compare."""

    family: str
    abusive: int
    legitimate: int
    why: str
    later: Later | None = None
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Learning:
    """What was learnt. ranked: None where there are no decisions at all."""

    ranked: Ranking | None = None
    outcomes: tuple[Outcome, ...] = ()

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
        model, subject = found
        log_odds = model.base(subject) + sum(model.parts(subject, member.scheme).values())
        return float(np.round(min(1 / (1 + np.exp(-log_odds)), SUREST), 4))

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


def learn(judged: Judged, links: pa.Table, labels: pa.Table, seed: int) -> Learning:
    """From what was measured and decided. links: LINKS. labels: rows of decisions.LABELS, in its order."""
    if not labels.num_rows:
        return Learning()
    ranked = ranking(judged)
    tied = ties(judged, links)
    outcomes = []
    for family, places in families(ranked).items():
        seen = signals(judged, ranked, places)
        schemes = {scheme for _, _, scheme, _ in seen.columns}
        subjects = ranked.subjects.slice(places.start, places.stop - places.start)
        known = decisions(labels, subjects, schemes, tied)
        outcomes.append(_outcome(family, seen, ranked.nats[places], known, seed))
    return Learning(ranked, tuple(outcomes))


def _outcome(family: str, seen: Signals, unlearned: Floats, known: Decisions, seed: int) -> Outcome:
    abusive = int(known.guilty.sum())
    outcome = Outcome(family, abusive, len(known) - abusive, "")
    try:
        later = on_later(seen.values, unlearned, known, seed)
        if not later.helps:
            return replace(outcome, later=later, why="it ranks later decisions about other people worse")
        model = _model(seen, known)
    except TooFew as few:
        return replace(outcome, why=str(few))
    return replace(outcome, later=later, model=model, why="it ranks later decisions about other people no worse")


def _model(seen: Signals, known: Decisions) -> Model:
    scored_by = np.full(len(seen.values), FOLDS, dtype=np.int64)
    scored_by[known.subject] = known.fold
    without = [known.only(known.fold != fold) for fold in range(FOLDS)]
    return Model(seen, tuple(_weighing(seen, part) for part in (*without, known)), scored_by)


def _weighing(seen: Signals, known: Decisions) -> Weighing:
    """Calibrated, and moved from the share of abusive decisions, which is no rate of abuse, to the stated prior."""
    try:
        weighing = weigh_and_calibrate(seen.values[known.subject], known.guilty, known.fold)
    except ValueError as error:
        raise TooFew(APART) from error
    above = int(known.guilty.sum())
    decided = np.log(above / (len(known) - above))
    return replace(weighing, base=float(weighing.base - decided + np.log(PRIOR / (1 - PRIOR))))
