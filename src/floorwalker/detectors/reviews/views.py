"""Two ways to look at praise: as acts on products, and as acts on sellers.

A broker with few accounts and many products leaves one or two paid reviews on each product; but all of them fall on
the few sellers who pay. On sellers, a brand's fans never meet: all their acts are on one item.
"""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.reviews.reviewing import Reviewing, named
from floorwalker.graph.slots import Ints, Longs, Slots, order_slots


@dataclass(frozen=True, slots=True)
class View:
    """Praise, of which each account has one act on an item, and all reviews, on items of one sort.

    praise, of_all: the same acts, by category and in one stratum. row: (n,) their rows in `Reviewing.praise`.
    every: all reviews; every_row: (m,) their rows in `Reviewing.all`.
    """

    sort: str
    praise: Slots
    of_all: Slots
    row: Longs
    every: Slots
    every_row: Longs


def views(world: Reviewing) -> list[View]:
    """By product, and by seller where sellers are known."""
    praise, every = world.praise, world.all
    found = [View("product", praise, world.praise_of_all, _all(praise), every, _all(every))]
    if named(world.seller_ids).any():
        found.append(_by_seller(world))
    return found


def _by_seller(world: Reviewing) -> View:
    """The first praise of each account for each seller; reviews of products without one are left out."""
    known = named(world.seller_ids)
    of_praise = world.seller_of[world.product[world.praised]]
    key = world.praise.account.astype(np.int64) * len(known) + of_praise
    _, first = np.unique(key, return_index=True)
    row = np.sort(first[known[of_praise[first]]])
    of_review = world.seller_of[world.product]
    every = np.flatnonzero(known[of_review])
    praise, row = _on(world.praise, row, of_praise, len(known))
    return View("seller", praise, _in_one_stratum(praise), row, *_on(world.all, every, of_review, len(known)))


def _on(slots: Slots, rows: Longs, item: Ints, items: int) -> tuple[Slots, Longs]:
    """The slots `rows` on other items, and the row of each in the order that they get."""
    account, second = slots.account[rows], slots.second[rows]
    order = np.lexsort((item[rows], second, account))
    return order_slots(account, item[rows], slots.stratum[rows], second, slots.accounts, items), rows[order]


def _in_one_stratum(slots: Slots) -> Slots:
    stratum = np.zeros_like(slots.stratum)
    return order_slots(slots.account, slots.item, stratum, slots.second, slots.accounts, slots.items)


def _all(slots: Slots) -> Longs:
    return np.arange(len(slots.account))
