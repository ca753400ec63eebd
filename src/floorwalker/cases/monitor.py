"""A detector whose p-values do not fit the staff at hand is not believed about them.

Of the staff whom nobody lists, about one in twenty has a p-value below .05 under a null that fits. Where far more have,
the null is wrong for this house, whatever it was elsewhere, and the detector's alerts are suspended. Far fewer is a
detector that is careful, and no reason to silence it (decision 20).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.measured import ASSESSED
from floorwalker.detectors.record import Detector

FAMILY = "insiders"
LEVEL = 0.05
HIGHEST = 0.07
"""The band that a p-value of .05 is held to where there are staff enough to tell."""


@dataclass(frozen=True, slots=True)
class Suspended:
    """A detector that is not believed.

    staff: how many it assessed whom nobody lists. share: of their p-values below LEVEL. highest: what would pass.
    """

    staff: int
    share: float
    highest: float


def suspended(measured: Sequence[tuple[Detector, pa.Table]], listed: pa.Table) -> Mapping[str, Suspended]:
    """The detectors of insiders that are out of band, by name. listed: the subjects that all of them would list."""
    accused = listed.filter(pc.equal(listed["subject_kind"], "staff"))["subject_id"].combine_chunks()
    found = {}
    for detector, assessed in measured:
        if detector.family == FAMILY:
            one = _checked(assessed, accused)
            if one.share > one.highest:
                found[detector.name] = one
    return found


def _checked(assessed: pa.Table, accused: pa.Array) -> Suspended:
    honest = pc.and_(pc.equal(assessed["subject_kind"], "staff"), pc.invert(pc.is_in(assessed["subject_id"], accused)))
    log_p = assessed.filter(honest)["log_p"].to_numpy()
    share = float(np.mean(log_p < math.log(LEVEL))) if len(log_p) else 0.0
    error = math.sqrt(LEVEL * (1 - LEVEL) / max(len(log_p), 1))
    return Suspended(len(log_p), share, max(HIGHEST, LEVEL + 2 * error))


def silenced(assessed: pa.Table) -> pa.Table:
    """The same rows, whose evidence lists nobody."""
    place = ASSESSED.get_field_index("log_e")
    return assessed.set_column(place, ASSESSED.field(place), pc.min_element_wise(assessed["log_e"], 0.0))
