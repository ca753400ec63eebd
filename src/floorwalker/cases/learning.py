"""Learning from past decisions how much each detector's word is worth.

A family of detectors is learned where there are decisions enough and where what was learnt ranks later decisions about
other people no worse than the unlearned score. Nobody is scored by the decision about himself, nor by one about
somebody tied to him. Who is listed is not asked here: that the nulls alone decide.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from floorwalker.cases.decisions import FOLDS, Decisions, decisions
from floorwalker.cases.forward import APART, TooFew, on_later
from floorwalker.cases.judge import PRIOR, Floats, Judged
from floorwalker.cases.learned import Learning, Model, Outcome
from floorwalker.cases.signals import Signals, families, ranking, signals, ties
from floorwalker.stats.drawn_weights import Weighing, weigh_and_calibrate

MOST = 0.5
"""The prior is PRIOR, or the share of a family's subjects that the nulls list where that is greater, but no more."""


def learn(judged: Judged, links: pa.Table, labels: pa.Table, fdr: float, seed: int) -> Learning:
    """From what was measured and decided. links: LINKS. labels: rows of decisions.LABELS, in its order.

    fdr: the level at which the nulls list.
    """
    if not labels.num_rows:
        return Learning()
    with threadpool_limits(1):  # so that no sum depends on how many cores there are
        return _learn(judged, links, labels, fdr, seed)


def _learn(judged: Judged, links: pa.Table, labels: pa.Table, fdr: float, seed: int) -> Learning:
    ranked = ranking(judged)
    tied = ties(judged, links)
    listed = np.zeros(len(ranked.nats), dtype=bool)
    listed[ranked.of_row[judged.first[judged.listed(fdr)]]] = True
    outcomes = []
    for family, places in families(ranked).items():
        seen = signals(judged, ranked, places)
        schemes = {scheme for _, _, scheme, _ in seen.columns}
        subjects = ranked.subjects.slice(places.start, places.stop - places.start)
        known = decisions(labels, subjects, schemes, tied, seed)
        prior = min(max(PRIOR, float(listed[places].mean())), MOST)
        outcomes.append(_outcome(family, seen, ranked.nats[places], known, prior, seed))
    return Learning(ranked, tuple(outcomes))


def _outcome(family: str, seen: Signals, unlearned: Floats, known: Decisions, prior: float, seed: int) -> Outcome:
    abusive = int(known.guilty.sum())
    outcome = Outcome(family, abusive, len(known) - abusive)
    try:
        later = on_later(seen, unlearned, known, seed)
        model = _model(seen, known, prior) if later.helps else None
    except TooFew as few:
        return replace(outcome, lacks=str(few))
    return replace(outcome, later=later, model=model)


def _model(seen: Signals, known: Decisions, prior: float) -> Model:
    scored_by = np.full(seen.values.shape[0], FOLDS, dtype=np.int64)
    scored_by[known.subject] = known.fold
    without = [known.only(known.fold != fold) for fold in range(FOLDS)]
    return Model(seen, tuple(_weighing(seen, part, prior) for part in (*without, known)), scored_by)


def _weighing(seen: Signals, known: Decisions, prior: float) -> Weighing:
    """Calibrated, and moved from the share of abusive decisions, which is no rate of abuse, to the prior."""
    try:
        weighing = weigh_and_calibrate(seen.of(known.subject), known.guilty, known.fold, seen.pools)
    except ValueError as error:
        raise TooFew(APART) from error
    above = int(known.guilty.sum())
    decided = np.log(above / (len(known) - above))
    return replace(weighing, base=float(weighing.base - decided + np.log(prior / (1 - prior))))
