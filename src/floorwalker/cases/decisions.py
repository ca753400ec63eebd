"""Past decisions about subjects, as the table `labels` keeps them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.cases.judge import Longs
from floorwalker.cases.signals import SUBJECT
from floorwalker.engine.step import Step

LABELS = Step(
    "decisions",
    """
    select subject_kind, subject_id, label, scheme, cast(epoch(date_trunc('second', at)) as bigint) as second
    from labels
    """,
)
ORDER = ("second", "label", *SUBJECT, "scheme")
"""In time; of one second, what clears somebody comes last and stands."""

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Decisions:
    """The last decision that bears on a family about each of n of its subjects, in time.

    subject: its place in the family. guilty: found abusive. second: when, in Unix seconds. group: the same for those
    who are tied to each other. fold: 0 to FOLDS - 1, one for each group, whatever was decided.
    """

    subject: Longs
    guilty: NDArray[np.bool_]
    second: Longs
    group: Longs
    fold: Longs

    def __len__(self) -> int:
        return len(self.subject)

    def only(self, rows: NDArray[np.bool_]) -> "Decisions":
        """Those rows."""
        return Decisions(self.subject[rows], self.guilty[rows], self.second[rows], self.group[rows], self.fold[rows])


def decisions(
    labels: pa.Table, subjects: pa.Table, schemes: Collection[str], tied: Mapping[tuple[str, ...], int], seed: int
) -> Decisions:
    """What was decided about the subjects of a family, as far as it bears on its `schemes` or names none.

    labels: rows of LABELS in ORDER. tied: a number for subjects that are tied to others. seed: for the
    folds.
    """
    whom = _places(subjects, labels)
    last: dict[tuple[str, ...], tuple[int, bool]] = {}
    for row in labels.to_pylist():
        subject = (row["subject_kind"], row["subject_id"])
        if subject in whom and (row["scheme"] in schemes or not row["scheme"]):
            last[subject] = (row["second"], row["label"] == "abusive")
    known = sorted(last, key=lambda subject: (last[subject][0], whom[subject]))
    alone = len(tied)
    group = np.array([tied.get(subject, alone + whom[subject]) for subject in known], dtype=np.int64)
    return Decisions(
        np.array([whom[subject] for subject in known], dtype=np.int64),
        np.array([last[subject][1] for subject in known], dtype=bool),
        np.array([last[subject][0] for subject in known], dtype=np.int64),
        group,
        _folds(group, seed),
    )


def _places(subjects: pa.Table, labels: pa.Table) -> dict[tuple[str, ...], int]:
    """Where those stand whom a label may be about."""
    where = np.flatnonzero(pc.is_in(subjects["subject_id"], value_set=labels["subject_id"].combine_chunks()))
    found = subjects.take(where)
    return dict(zip(zip(*(found[name].to_pylist() for name in SUBJECT), strict=True), where.tolist(), strict=True))


def _folds(group: Longs, seed: int) -> Longs:
    """Drawn for groups in the order of their first decision, and of one size: what was decided has no part in it."""
    _, first, member = np.unique(group, return_index=True, return_inverse=True)
    turn = np.empty(len(first), dtype=np.int64)
    turn[np.argsort(first)] = np.random.default_rng(seed).permutation(len(first)) % FOLDS
    return turn[member]
