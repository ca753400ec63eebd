"""Signs in what came back: carriers, scales and inspectors against what was claimed."""

import numpy as np

from floorwalker.detectors.refunds.claims import NEVER, Claims
from floorwalker.detectors.refunds.contradicted import FALSELY, MOSTLY, SELDOM, Sign
from floorwalker.detectors.refunds.innocent import Circumstances
from floorwalker.detectors.refunds.parcel_tests import Parcels
from floorwalker.detectors.refunds.reasons import EMPTY, NOT_RECEIVED, WRONG, saying
from floorwalker.graph.slots import Bools, Longs


def return_signs(claims: Claims, parcels: Parcels, around: Circumstances) -> list[Sign]:
    """What came back."""
    size, at = len(claims), parcels.claim
    wrong = saying(claims.reason, WRONG) | saying(claims.reason, EMPTY)
    scanned, carrier = np.full(size, NEVER), np.full(size, -1, dtype=np.int64)
    scanned[at], carrier[at] = parcels.scanned, parcels.carrier
    carried = around.joined(carrier, np.unique(claims.reason.astype(str), return_inverse=True)[1].astype(np.int64))
    judged = _placed(size, at, parcels.weighed | parcels.inspected) & ~wrong
    false = _placed(size, at, (parcels.weighed & parcels.off) | (parcels.inspected & parcels.other)) & judged
    misled = carried.joined(np.where(judged, false.astype(np.int64), -1))
    due = claims.approved & ~claims.rows["return_waived"].to_numpy().astype(bool) & (claims.reason != "")
    due &= ~saying(claims.reason, NOT_RECEIVED) & ~saying(claims.reason, EMPTY)
    back = scanned != NEVER
    patience = int(np.quantile((scanned - claims.requested)[back], 0.999)) if back.any() else 0
    last = max(int(claims.requested.max(initial=NEVER)), int(scanned.max(initial=NEVER)))
    over = due & back.any() & (claims.requested < last - patience)
    decided = due & back & (claims.decided != NEVER)
    placed = claims.placed[at]
    labelled = (parcels.labelled != NEVER) & (placed != NEVER)
    return [
        Sign(
            "false_return",
            "{shown} of {asked} returns held something else, nothing, or far too much or too little weight, "
            "where {expected} would",
            FALSELY,
            judged,
            false,
            carried,
        ),
        Sign(
            "never_back",
            "{shown} of {asked} returns that were due and paid for never arrived, where {expected} would not",
            SELDOM,
            over,
            over & ~back,
            carried,
        ),
        Sign(
            "paid_first",
            "{shown} of {asked} were paid before the return was scanned, where {expected} would be",
            MOSTLY,
            decided,
            decided & (claims.decided < scanned),
            around,
        ),
        Sign(
            "elsewhere",
            "{shown} of {asked} returns went to another postcode than was agreed, where {expected} would",
            SELDOM,
            _placed(size, at, parcels.addressed),
            _placed(size, at, parcels.elsewhere),
            misled,
        ),
        Sign(
            "label_again",
            "{shown} of {asked} returns had a tracking number that was used before, where {expected} would",
            SELDOM,
            _placed(size, at, parcels.tracked),
            _placed(size, at, parcels.reused),
            misled,
        ),
        Sign(
            "label_early",
            "{shown} of {asked} return labels were made before the order was placed, where {expected} would be",
            SELDOM,
            _placed(size, at, labelled),
            _placed(size, at, labelled & (parcels.labelled < placed)),
            misled,
        ),
    ]


def _placed(size: int, at: Longs, mark: Bools) -> Bools:
    flags = np.zeros(size, dtype=bool)
    flags[at] = mark
    return flags
