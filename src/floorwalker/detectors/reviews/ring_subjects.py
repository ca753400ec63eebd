"""How strongly each account, product and seller is tied to the rings."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.reviews.reviewing import Reviewing, named
from floorwalker.detectors.reviews.ring_search import NO_EVIDENCE, WORTH_TELLING, Ring
from floorwalker.graph.rings import COMPANY, SMALLEST
from floorwalker.graph.slots import Floats, Longs
from floorwalker.stats.combine import p_to_e

WEAKEST = math.log(20)
"""A ring with a smaller e-value can list nobody at any usual level, and has no share of the tries."""


@dataclass(frozen=True, slots=True)
class Ties:
    """For the subjects of one role, by code: the tie that the honest reasons leave strongest; ring is -1 where none.

    log_p, log_e: before those reasons. weight: the natural log of what they cost.
    """

    log_p: Floats
    log_e: Floats
    weight: Floats
    effect: Floats
    ring: Longs

    @classmethod
    def none(cls, size: int) -> "Ties":
        """No ties yet."""
        evidence = np.zeros(size), np.full(size, NO_EVIDENCE), np.zeros(size), np.zeros(size)
        return cls(*evidence, np.full(size, -1, dtype=np.int64))

    def offer(self, who: int, number: int, log_p: float, log_e: float, weight: float, effect: float) -> None:
        """Keep this tie where it is stronger than what is known."""
        if self.ring[who] < 0 or round(log_e + weight, 6) > round(self.left[who], 6):
            self.log_p[who], self.log_e[who], self.weight[who] = log_p, log_e, weight
            self.effect[who], self.ring[who] = effect, number

    @property
    def left(self) -> Floats:
        """The log e-values that the honest reasons leave."""
        return self.log_e + self.weight

    @property
    def told(self) -> NDArray[np.bool_]:
        """Who deserves words."""
        return self.log_p - self.weight < WORTH_TELLING


@dataclass(frozen=True, slots=True)
class Subjects:
    """reviewers, products, sellers: ties by code.

    rows: for each ring, what its reviewers wrote in company, as rows of `praise`.
    """

    reviewers: Ties
    products: Ties
    sellers: Ties
    rows: list[Longs]


def tie_subjects(world: Reviewing, rings: list[Ring]) -> Subjects:
    """Tie everybody to the rings. A tie is as weak as the weaker of the ring and the part in it."""
    reviewers = _reviewers(world, rings)
    owner = np.where(reviewers.told, reviewers.ring, -1)[world.praise.account]
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(len(rings) + 1))
    rows = [_acts(world, ring, order[ends[number] : ends[number + 1]]) for number, ring in enumerate(rings)]
    words = _words(world, reviewers, rows)
    products = _products(world, rings, words, rows)
    return Subjects(reviewers, products, _sellers(world, rings, words, rows, products), rows)


def _acts(world: Reviewing, ring: Ring, rows: Longs) -> Longs:
    """Those of the rows of praise that are in the ring's company, or on an item that its members crowd."""
    crowded = [item for item, log_p in ring.items.items() if log_p < WORTH_TELLING]
    return rows[np.isin(rows, ring.acts) | np.isin(world.praise.item[rows], crowded)]


def _reviewers(world: Reviewing, rings: list[Ring]) -> Ties:
    """An account is given a try at every ring within its reach, at the larger ones more.

    By weighted Bonferroni, and a weighted mean; what is within reach depends on times and categories, which are given.
    """
    ties = Ties.none(world.praise.accounts)
    sizes = [len(ring.group.members) if ring.log_e > WEAKEST else 0 for ring in rings]
    reached = np.zeros(world.praise.accounts)
    for ring, size in zip(rings, sizes, strict=True):
        reached[np.unpackbits(ring.membership.reach, count=len(reached)) == 1] += size
    for number, ring in enumerate(rings):
        if ring.explained:
            continue
        part = ring.membership
        for k in np.flatnonzero(part.log_e > 0):
            account = int(part.account[k])
            tries = math.log(max(reached[account], 1.0) / max(sizes[number], 1))
            log_p = min(max(ring.log_p, float(part.log_p[k]) + tries), 0.0)
            log_e = min(ring.log_e, float(part.log_e[k]) - tries)
            weight = ring.reasons.weight_alone(account)
            ties.offer(account, number, log_p, log_e, weight, float(part.hits[k] / part.expected[k]))
    return ties


def _words(world: Reviewing, reviewers: Ties, rows: list[Longs]) -> list[float]:
    """How sure it is that SMALLEST accounts take part in each ring: nothing is pushed or sold on a weaker word."""
    found = []
    for mine in rows:
        word = np.sort(reviewers.log_e[np.unique(world.praise.account[mine])])
        found.append(float(word[-SMALLEST]) if len(word) >= SMALLEST else NO_EVIDENCE)
    return found


def _products(world: Reviewing, rings: list[Ring], words: list[float], rows: list[Longs]) -> Ties:
    ties = Ties.none(len(world.product_ids))
    for number, ring in enumerate(rings):
        product = world.product[world.praised[rows[number]]]
        for code in np.unique(product):
            mine = rows[number][product == code]
            if len(mine) < COMPANY:
                continue
            log_p = ring.items.get(int(world.praise.item[mine[0]]), 0.0)
            who = world.praise.account[mine]
            log_e = min(ring.log_e, p_to_e(log_p).item(), words[number])
            ties.offer(int(code), number, log_p, log_e, ring.reasons.weight(who), float(len(mine)))
    return ties


def _sellers(world: Reviewing, rings: list[Ring], words: list[float], rows: list[Longs], products: Ties) -> Ties:
    """By the strongest of their products; or by all their shelf, where the ring was found on sellers."""
    ties = Ties.none(len(world.seller_ids))
    tied = np.flatnonzero(products.ring >= 0)
    known = named(world.seller_ids)
    for seller in np.unique(world.seller_of[tied]):
        own = tied[world.seller_of[tied] == seller]
        best = own[np.argmax(products.left[own])]
        number = int(products.ring[best])
        log_p = min(float(products.log_p[best]) + math.log(len(own)), 0.0)
        log_e = min(float(products.log_e[best]), p_to_e(log_p).item())
        if known[seller]:
            ties.offer(int(seller), number, log_p, log_e, float(products.weight[best]), float(products.told[own].sum()))
    for number, ring in enumerate(rings):
        seller = world.seller_of[world.product[world.praised[rows[number]]]]
        for code, log_p in ring.sellers.items():
            mine = rows[number][seller == code]
            who = world.praise.account[mine]
            if len(np.unique(who)) >= SMALLEST:
                log_e = min(ring.log_e, p_to_e(log_p).item(), words[number])
                weight = ring.reasons.weight(who)
                ties.offer(code, number, log_p, log_e, weight, float(len(np.unique(world.praise.item[mine]))))
    return ties
