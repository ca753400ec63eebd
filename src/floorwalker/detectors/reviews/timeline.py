"""Events of many groups on one line of time, so that counting them between two times is a search."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floorwalker.graph.slots import Ints, Longs


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events ordered by (group, second).

    order: (n,) the events' rows. key: (n,) group * span + second - start, ascending. Times before `start` or after the
    last event count as these.
    """

    order: Longs
    key: Longs
    start: int
    span: int

    @classmethod
    def of(cls, group: Ints | Longs, second: Longs) -> "Timeline":
        """From (n,) codes and seconds in any order."""
        start, end = int(second.min(initial=0)), int(second.max(initial=0))
        if len(second):
            start = int(second.min())
        span = max(end - start, 0) + 1
        key = group.astype(np.int64) * span + second - start
        order = np.argsort(key, kind="stable")
        return cls(order, key[order], start, span)

    def between(self, group: Longs, low: Longs, high: Longs) -> tuple[Longs, Longs]:
        """Places in `order` from `low` to before-or-at `high` (seconds), of (w,) groups: [first, behind the last)."""
        begin = group * self.span + np.clip(low - self.start, 0, self.span)
        end = group * self.span + np.clip(high - self.start, -1, self.span - 1)
        first = np.searchsorted(self.key, begin)
        return first, np.maximum(np.searchsorted(self.key, end, side="right"), first)

    def counts(self, places: tuple[Longs, Longs], weight: NDArray[np.bool_] | Longs) -> Longs:
        """Sum of an (n,) mask, or of whole numbers, by row, over places as `between` gives them."""
        total = np.concatenate(([0], np.cumsum(weight[self.order].astype(np.int64))))
        return np.asarray(total[places[1]] - total[places[0]])
