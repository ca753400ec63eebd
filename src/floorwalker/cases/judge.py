"""From what detectors measured to who is listed: combine, let the counter-evidence speak, keep the promise.

Each hypothesis is "this subject takes part in this scheme". Its e-value is the mean over the detectors that
assessed it, weighted by their voices (valid under any dependence), each lowered by what that detector found to speak
against. What is listed passes e-BH over everything that was assessed, a hypothesis weighing by the voices that were
heard on it, and by how few are asked its question (Wang & Ramdas 2022, JRSS B 84, sec. 5.2 on boosting by weights of
mean 1, which are fixed before any e-value is seen).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.measured import ASSESSED
from floorwalker.detectors.record import Detector
from floorwalker.stats.combine import average_e
from floorwalker.stats.discovery import e_benjamini_hochberg

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

PRIOR = 0.01
SUREST = 0.99
"""One subject in a hundred is taken to be abusive before the tables are read; no doubt is ever below 1 %."""
TOGETHER = {"refund_abuse": ("refund_gang", "insider_refunds")}
"""Schemes of one person alone, and those in which the same acts are done with others."""
EQUAL, MOST_WEIGHT = 0.2, 10.0
"""This share of all weight is dealt out evenly to the questions (a kind of subject in a scheme), the rest to the
hypotheses, so that few staff are not drowned among many buyers; but none weighs more than so many (decision 21)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Every assessed row with its verdict.

    rows: ASSESSED with `detector`, `scheme`, `family`, `detector_ring` (a ring's name in the whole run), `weight`.
    hypothesis: (n,) code of each row's (subject, scheme). By code: first (a row of it), log_q, probability.
    """

    rows: pa.Table
    hypothesis: Longs
    first: Longs
    log_q: Floats
    probability: Floats

    def listed(self, fdr: float) -> NDArray[np.bool_]:
        """Which hypotheses survive the false-discovery level; who is listed with others is not listed alone too."""
        found = np.flatnonzero(self.log_q <= np.log(fdr))
        rows = self.rows.take(self.first[found])
        names = [*zip(*(rows[name].to_pylist() for name in ("subject_kind", "subject_id", "scheme")), strict=True)]
        known = set(names)
        kept = [
            not any((kind, who, other) in known for other in TOGETHER.get(scheme, ())) for kind, who, scheme in names
        ]
        listed = np.zeros(len(self.first), dtype=bool)
        listed[found[np.array(kept, dtype=bool)]] = True
        return listed

    def listed_subjects(self, fdr: float) -> pa.Table:
        """The listed subjects by subject_kind, subject_id and scheme."""
        return self.rows.take(self.first[self.listed(fdr)]).select(["subject_kind", "subject_id", "scheme"])


def judge(measured: Sequence[tuple[Detector, pa.Table]]) -> Judged:
    """Combine the ASSESSED tables of all detectors."""
    rows = _together(measured)
    order = pc.sort_indices(
        rows, [(name, "ascending") for name in ("subject_kind", "subject_id", "scheme", "detector", "role")]
    )
    rows = rows.take(order).combine_chunks()
    log_e = rows["log_e"].to_numpy()
    hypothesis, first = _hypotheses(rows)
    weight = rows["weight"].to_numpy()
    mean = _mean_by(hypothesis, log_e, weight, len(first))
    heard = np.bincount(hypothesis, weights=weight, minlength=len(first))
    strongest = _strongest(hypothesis, log_e)
    weight = heard * _shares(rows.take(first))
    boosted = mean + np.log(weight / np.mean(weight)) if len(first) else mean
    return Judged(rows, hypothesis, strongest, e_benjamini_hochberg(boosted), _probability(mean))


def _together(measured: Sequence[tuple[Detector, pa.Table]]) -> pa.Table:
    tables = []
    for detector, assessed in measured:
        ring = pc.cast(assessed["ring"], pa.string())
        added = {
            "detector": pa.repeat(detector.name, assessed.num_rows),
            "scheme": pa.repeat(detector.scheme, assessed.num_rows),
            "family": pa.repeat(detector.family, assessed.num_rows),
            "detector_ring": pc.binary_join_element_wise(detector.name, ring, " "),
            "weight": pa.repeat(detector.weight, assessed.num_rows),
        }
        tables.append(pa.table([*assessed.columns, *added.values()], names=[*assessed.column_names, *added]))
    if tables:
        return pa.concat_tables(tables)
    names = ("detector", "scheme", "family", "detector_ring")
    return pa.schema([*ASSESSED, *((name, pa.string()) for name in names), ("weight", pa.float64())]).empty_table()


def _hypotheses(rows: pa.Table) -> tuple[Longs, Longs]:
    new = np.zeros(rows.num_rows, dtype=bool)
    new[:1] = True
    for name in ("subject_kind", "subject_id", "scheme"):
        column = rows[name].combine_chunks()
        if len(column) > 1:
            new[1:] |= pc.not_equal(column.slice(1), column.slice(0, len(column) - 1)).to_numpy(zero_copy_only=False)
    return np.cumsum(new) - 1, np.flatnonzero(new)


def _shares(rows: pa.Table) -> Floats:
    """The weight of each hypothesis by how many are asked the same question; rows: one for each."""
    question = pc.binary_join_element_wise(rows["subject_kind"], rows["scheme"], " ")
    names = question.unique()
    place = pc.index_in(question, value_set=names).to_numpy()
    asked = np.bincount(place, minlength=len(names))[place]
    share = 1 - EQUAL + EQUAL * len(place) / np.maximum(len(names) * asked, 1)
    return np.asarray(np.minimum(share, MOST_WEIGHT), dtype=np.float64)


def _mean_by(hypothesis: Longs, log_e: Floats, weight: Floats, size: int) -> Floats:
    place = np.arange(len(hypothesis)) - np.searchsorted(hypothesis, hypothesis)
    shape = size, int(place.max(initial=0)) + 1
    wide, voices = np.full(shape, np.nan), np.zeros(shape)
    wide[hypothesis, place], voices[hypothesis, place] = log_e, weight
    return average_e(wide, voices)


def _strongest(hypothesis: Longs, log_e: Floats) -> Longs:
    order = np.lexsort((np.arange(len(log_e)), -np.round(log_e, 9), hypothesis))
    _, first = np.unique(hypothesis[order], return_index=True)
    return order[first].astype(np.int64)


def _probability(log_e: Floats) -> Floats:
    odds = np.log(PRIOR / (1 - PRIOR)) + log_e
    return np.asarray(np.round(np.minimum(1 / (1 + np.exp(-np.clip(odds, -50, 50))), SUREST), 4))
