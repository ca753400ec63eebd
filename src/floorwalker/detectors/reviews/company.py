"""Whether those who praised a product together also praised other brands together, more than their habits explain."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from floorwalker.detectors.reviews.reviewing import Reviewing, named
from floorwalker.graph.lockstep import expect
from floorwalker.graph.slots import Floats, Ints, Longs, Slots, order_slots, pace
from floorwalker.graph.visits import count_visits
from floorwalker.stats.peers import gamma_poisson
from floorwalker.stats.tail import EXACT

WINDOW_DAYS = 21.0
AT_ONCE = 1_000_000
BULK = 0.9
RUSH = 50
"""Acts amid more than RUSH others, as in a giveaway or a viral hour, are no company: such crowds come again."""


def log_met_elsewhere(world: Reviewing) -> Floats:
    """Natural logs of one p-value for each product code: pairs that praised it together met on another brand too.

    Together: within WINDOW_DAYS. A brand counts as one item, so that the fans of one brand meet once. Expected of each
    pair: that it meets elsewhere as `graph.lockstep` has it (kept times, popularity and share of every category).
    People of one taste meet more often: by how much, and how unlike products are in it, is read from the other
    products (gamma-Poisson, leave-one-out). Accounts that praised one brand only are left out.
    """
    slots, item = _brand_slots(world)
    around = pace(slots, WINDOW_DAYS)
    size = len(world.product_ids)
    met, expected = np.zeros(size), np.zeros(size)
    for one, two in _pairs(slots, item, around.window):
        first, second = slots.account[one], slots.account[two]
        visits = count_visits(slots, first, second, around, 0.0, rush=RUSH)
        here = 0.5 * (around.share[one] + around.share[two])
        elsewhere = np.maximum(expect(slots, around, first, second) - here, 0.0)
        met += np.bincount(item[one], (visits >= 2) & (elsewhere > 0), size)
        expected += np.bincount(item[one], -np.expm1(-elsewhere), size)
    tested = gamma_poisson(met, expected, tie=EXACT, bulk=BULK)
    item_of = np.zeros(size, dtype=np.int64)
    item_of[world.product] = world.all.item
    return np.asarray(tested.log_p[item_of])


def _brand_slots(world: Reviewing) -> tuple[Slots, Ints]:
    """The first praise of each brand by accounts that praised several, and of which listing it was.

    A product without a brand or a seller is a brand of its own.
    """
    slots = world.praise
    brand = world.brand_of[world.product[world.praised]].astype(np.int64)
    known = named(world.brands)
    brand = np.where(known[brand], brand, len(known) + slots.item)
    items = len(known) + slots.items
    order = np.lexsort((slots.item, slots.second, brand, slots.account))
    new = (np.diff(slots.account[order], prepend=-1) != 0) | (np.diff(brand[order], prepend=-1) != 0)
    first = order[new]
    brands = np.bincount(slots.account[first], minlength=slots.accounts)
    first = first[brands[slots.account[first]] >= 2]
    first = first[np.lexsort((brand[first], slots.second[first], slots.account[first]))]
    account, stratum, second = slots.account[first], slots.stratum[first], slots.second[first]
    return order_slots(account, brand[first].astype(np.int32), stratum, second, slots.accounts, items), slots.item[
        first
    ]


def _pairs(slots: Slots, item: Ints, window: int) -> Iterator[tuple[Longs, Longs]]:
    """Pairs of rows of one listing within `window` s, about AT_ONCE at a time; the lower account first.

    An act followed by more than RUSH others is passed over: it says next to nothing.
    """
    order = np.lexsort((slots.account, slots.second, item))
    start = int(slots.second.min(initial=0))
    span = int(slots.second.max(initial=0)) - start + window + 1
    key = item[order].astype(np.int64) * span + slots.second[order] - start
    partners = np.searchsorted(key, key + window, side="right") - np.arange(len(key)) - 1
    partners[partners > RUSH] = 0
    cuts = np.searchsorted(np.cumsum(partners), np.arange(AT_ONCE, int(partners.sum()) + AT_ONCE, AT_ONCE))
    for begin, end in pairwise(np.unique(np.concatenate(([0], cuts, [len(order)]))).tolist()):
        many = partners[begin:end]
        here = np.repeat(np.arange(begin, end), many)
        step = np.arange(len(here)) - np.repeat(np.cumsum(many) - many, many)
        one, two = order[here], order[here + 1 + step]
        swap = slots.account[one] > slots.account[two]
        yield np.where(swap, two, one), np.where(swap, one, two)
