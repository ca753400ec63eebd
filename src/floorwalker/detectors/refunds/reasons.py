"""What a reason for a refund says, in the words that shops give their reasons."""

import re

import numpy as np
from numpy.typing import NDArray

from floorwalker.graph.slots import Bools

NOT_RECEIVED = re.compile(
    r"(not|never|non|didn t|did not|no) ?(been )?(receiv|receipt|arriv|deliver|came)|\b(dna|inr)\b|"
    r"\b(lost|missing) ?(parcel|package|order|shipment|in transit)?$"
)
EMPTY = re.compile(r"\bempty\b|nothing in(side)?\b")
REMORSE = re.compile(
    r"mind|(no longer|not) (need|want)|unwanted|mistake|accident|regret|better price|cheaper|too late|"
    r"\b(fit|size|gift|style|colour|color)\b|remorse|(don t|did not|doesn t) (like|want)"
)
OPINION = re.compile(r"damage|broken|not as (described|expected|shown|pictured)|snad|inad|faulty condition|quality")
"""What rests on the buyer's word: a defect can be tried out, and a wrong thing seen."""
WRONG = re.compile(r"wrong|different (item|product|model)|mispick")
RECALL = re.compile(r"recall|safety")


def saying(reason: NDArray[np.object_], meaning: re.Pattern[str]) -> Bools:
    """Which of the reasons (n,), in lower case, say so."""
    kinds, code = np.unique(reason.astype(str), return_inverse=True)
    says = [meaning.search(re.sub(r"[^a-z]+", " ", kind).strip()) is not None for kind in kinds.tolist()]
    return np.array(says, dtype=bool)[code] if len(kinds) else np.zeros(0, dtype=bool)
