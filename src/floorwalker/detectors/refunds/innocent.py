"""How often honest claims show a sign: measured on other people's claims, most of all on those in like circumstances.

Where a courier loses parcels, a batch is bad, or an address is unlucky, many unrelated claims show the same sign, and
the chance that an honest one does is high: the highest that any circumstance of the claim gives. So circumstances
only ever lower blame.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from floorwalker.graph.slots import Bools, Floats, Ints, Longs

PRIOR_CLAIMS = 20.0
"""A circumstance is believed as if twenty claims at the overall rate had been seen there before."""
ONE_OTHER = 1.0
"""One mishap of somebody else makes no pattern: the first in each circumstance is not counted."""
LUCK = 0.01
"""Bad luck follows people: correlation of the mishaps of one honest buyer. It is stated, not measured, since among all
buyers those who abuse refunds are most of those who have a mishap twice.
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What claims have in common.

    buyer: (n,) codes, in order. cells: for each kind of circumstance, two codes of each claim: of the circumstance, and
    of the circumstance and the buyer.
    """

    buyer: Ints
    cells: tuple[tuple[Longs, Longs], ...]

    def joined(self, *more: Longs) -> "Circumstances":
        """With further circumstances, (n,) codes each."""
        return Circumstances(self.buyer, (*self.cells, *_cells(self.buyer, more)))


def circumstances(buyer: Ints, kinds: Sequence[Longs]) -> Circumstances:
    """From (n,) codes, -1 where a circumstance is not known."""
    return Circumstances(buyer, _cells(buyer, kinds))


def _cells(buyer: Ints, kinds: Sequence[Longs]) -> tuple[tuple[Longs, Longs], ...]:
    found = []
    for kind in kinds:
        own = np.unique(kind * (int(buyer.max(initial=0)) + 1) + buyer, return_inverse=True)[1]
        found.append((np.asarray(kind, dtype=np.int64), own.astype(np.int64)))
    return tuple(found)


def innocent_chance(asked: Bools, shown: Bools, around: Circumstances, honest: Floats) -> Floats:
    """The chance that an honest claim shows the sign, (n,), by the claims of all other buyers that were asked.

    honest: (n,) how likely each claim's buyer is honest; so much does the claim count.
    """
    everywhere = np.zeros(len(asked), dtype=np.int64)
    seen, of = _others(asked, shown, everywhere, around.buyer.astype(np.int64), honest)
    chance = (seen + 1.0) / (of + 2.0)
    highest = chance.copy()
    for cell, own in around.cells:
        seen, of = _others(asked, shown, cell, own, honest)
        here = (np.maximum(seen - ONE_OTHER, 0.0) + PRIOR_CLAIMS * chance) / (of + PRIOR_CLAIMS)
        highest = np.where(cell >= 0, np.maximum(highest, here), highest)
    return np.asarray(np.minimum(highest, 1.0), dtype=np.float64)


def _others(asked: Bools, shown: Bools, cell: Longs, own: Longs, honest: Floats) -> tuple[Floats, Floats]:
    """How many claims of others in the cell show the sign, of how many that were asked."""
    place = cell - int(cell.min(initial=0))
    counts = []
    for hit in (asked & shown, asked):
        counted = np.where(hit, honest, 0.0)
        others = np.bincount(place, weights=counted)[place] - np.bincount(own, weights=counted)[own]
        counts.append(np.maximum(np.round(others, 9), 0.0))
    return counts[0], counts[1]


def with_luck(chance: Floats, asked: Bools, shown: Bools, buyer: Ints) -> Floats:
    """The chance of each claim after the buyer's earlier ones, (n,): who had bad luck before has it more likely again.

    A Polya urn (Skellam 1948, JRSS B 10). chance: of a claim by itself. buyer: codes in order.
    """
    before, of = _earlier(asked & shown, buyer), _earlier(asked, buyer)
    stake = (1 - LUCK) / LUCK
    return np.asarray(np.maximum((chance * stake + before) / (stake + of), chance), dtype=np.float64)


def _earlier(hit: Bools, buyer: Ints) -> Floats:
    """How many earlier claims of the same buyer are hit."""
    total: Floats = (np.cumsum(hit) - hit).astype(np.float64)
    first = np.searchsorted(buyer, buyer)
    return np.asarray(total - total[first], dtype=np.float64)
