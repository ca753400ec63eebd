"""What all detectors of a family measured about each subject, as one table of numbers to learn from.

Two columns for each detector in each role: its evidence in nats, and the logarithm of its surprise, which ranks those
too who are far from the list. No detector is named here: whichever ran are learned from. Effects are left out, since
each has a unit and a direction of its own.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from floorwalker.cases.judge import Floats, Judged, Longs
from floorwalker.detectors.measured import MOST_EVIDENCE
from floorwalker.graph.truss import components
from floorwalker.stats.drawn_weights import Pools

SUBJECT = ("subject_kind", "subject_id")
MEASURES = {"surprise": 0.5, "log_e": 1.0}
"""What is learned from, with the weight that is expected before anything is learnt. A nat of evidence counts as a nat,
as it does unlearned; a surprise e times as large raises the odds by half as much."""
VICTIM = "victim"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every assessed subject in every family that assessed it, ordered by family, kind and id.

    subjects: subject_kind, subject_id, family. of_row: (rows of Judged,) the place of each of its rows here.
    nats: the unlearned score.
    """

    subjects: pa.Table
    of_row: Longs
    nats: Floats


@dataclass(frozen=True, slots=True)
class Signals:
    """One family. places: where its n subjects stand in the ranking. values: (n, columns), nothing where not assessed.

    columns: (detector, role, scheme, measure) of each.
    """

    places: slice
    values: csr_array
    columns: tuple[tuple[str, ...], ...]

    def of(self, subjects: Longs) -> Floats:
        """The values of some subjects, (subjects, columns), 0 where not assessed."""
        return np.asarray(self.values[subjects].toarray())

    @property
    def pools(self) -> Pools:
        """Columns of one measure share a common weight."""
        names = list(MEASURES)
        pool = np.array([names.index(column[-1]) for column in self.columns], dtype=np.int64)
        return Pools(pool, np.array(list(MEASURES.values())))


def ranking(judged: Judged) -> Ranking:
    """Subjects by what all detectors of a family say together, before anything is learned: the weights of MEASURES.

    The greatest evidence, and the logarithms of all surprises; what is measured of a victim speaks against nobody.
    """
    names = ("family", *SUBJECT)
    order = pc.sort_indices(judged.rows, [(name, "ascending") for name in names]).to_numpy()
    rows = judged.rows.select(names).take(order).combine_chunks()
    new = np.zeros(rows.num_rows, dtype=bool)
    new[:1] = True
    for name in names:
        column = rows[name].combine_chunks()
        if len(column) > 1:
            new[1:] |= pc.not_equal(column.slice(1), column.slice(0, len(column) - 1)).to_numpy(zero_copy_only=False)
    of_row = np.empty(rows.num_rows, dtype=np.int64)
    of_row[order] = np.cumsum(new) - 1
    suspect = pc.not_equal(judged.rows["role"], VICTIM).to_numpy(zero_copy_only=False)
    evidence, surprise = (np.where(suspect, _value(m, judged.rows[m].to_numpy()), 0.0) for m in ("log_e", "surprise"))
    nats = np.zeros(int(new.sum()))
    np.maximum.at(nats, of_row, MEASURES["log_e"] * evidence)
    nats += np.bincount(of_row, weights=MEASURES["surprise"] * surprise, minlength=len(nats))
    return Ranking(rows.filter(pa.array(new)), of_row, nats)


def families(ranked: Ranking) -> dict[str, slice]:
    """Where each family stands in the ranking."""
    names = ranked.subjects["family"].value_counts().to_pylist()
    ends = np.cumsum([row["counts"] for row in names], dtype=np.int64).tolist()
    return {row["values"]: slice(end - row["counts"], end) for row, end in zip(names, ends, strict=True)}


def signals(judged: Judged, ranked: Ranking, places: slice) -> Signals:
    """What was measured about the subjects at `places`."""
    inside = np.flatnonzero((ranked.of_row >= places.start) & (ranked.of_row < places.stop))
    rows = judged.rows.select(["detector", "role", "scheme", *MEASURES]).take(inside)
    asked = pc.binary_join_element_wise(rows["detector"], rows["role"], rows["scheme"], "\n")
    columns = sorted(asked.unique().to_pylist())
    column = pc.index_in(asked, value_set=pa.array(columns, pa.string())).to_numpy()
    width, where = len(MEASURES) * len(columns), ranked.of_row[inside] - places.start
    cell = np.concatenate([where * width + len(MEASURES) * column + k for k in range(len(MEASURES))])
    value = np.concatenate([_value(measure, rows[measure].to_numpy()) for measure in MEASURES])
    values = _greatest(cell[value > 0], value[value > 0], (places.stop - places.start, width))
    named = tuple((*name.split("\n"), measure) for name in columns for measure in MEASURES)
    return Signals(places, values, named)


def _greatest(cell: Longs, value: Floats, shape: tuple[int, int]) -> csr_array:
    """A matrix of the greatest value of each cell; cells are counted row by row."""
    order = np.lexsort((value, cell))
    cell, value = cell[order], value[order]
    last = np.flatnonzero(np.diff(cell, append=-1))
    return csr_array((value[last], np.divmod(cell[last], shape[1])), shape=shape)


def _value(measure: str, nats: Floats) -> Floats:
    nats = np.maximum(nats, 0.0)
    return np.asarray(np.log1p(nats) if measure == "surprise" else np.minimum(nats, MOST_EVIDENCE))


def ties(judged: Judged, links: pa.Table) -> dict[tuple[str, ...], int]:
    """A number for each subject, as (kind, id), that a ring or a link ties to others; the same for all so connected.

    links: LINKS, of which only the ends are looked at.
    """
    ringed = judged.rows.filter(judged.rows["detector_ring"].is_valid())
    sources, targets = _named(links, "source_kind", "source_id"), _named(links, "target_kind", "target_id")
    pairs = [*zip(_named(ringed, *SUBJECT), _named(ringed, "detector_ring"), strict=True)]
    pairs += zip(sources, targets, strict=True)
    names = {name: k for k, name in enumerate(dict.fromkeys(name for pair in pairs for name in pair))}
    first, second = (np.array([names[pair[end]] for pair in pairs], dtype=np.int32) for end in (0, 1))
    part = components(first, second, len(names)).tolist()
    return {name: part[k] for name, k in names.items() if len(name) == len(SUBJECT)}


def _named(rows: pa.Table, *columns: str) -> list[tuple[str, ...]]:
    return list(zip(*(rows[name].to_pylist() for name in columns), strict=True))
