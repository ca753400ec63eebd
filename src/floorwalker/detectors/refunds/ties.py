"""What ties buyers: one text, one tool, one tracking number, one method; each with the chance that it is nothing."""

from dataclasses import dataclass

import numpy as np

from floorwalker.graph.slots import Ints, Longs

LEAST_EVIDENCE = np.log(0.01)
"""A tie worth keeping, before every place where one was looked for is given a try."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Buyers that share one thing.

    kind: script, device, ip, …, tracking, method. name: the thing, where it has a name. buyers: codes, ascending.
    rows: their claims that show it. others: buyers who have it too, but not then: what it is worth among outsiders.
    log_p: that strangers share it so, every place where one was looked for given a try. begin, end: when it was seen,
    seconds.
    """

    kind: str
    name: str
    buyers: Ints
    rows: Longs
    others: Ints
    log_p: float
    begin: int
    end: int
