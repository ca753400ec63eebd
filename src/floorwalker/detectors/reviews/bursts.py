"""Bursts of a product: windows in which reviews crowd, come from new people, or carry other stars than usual.

Each window begins at a review. Three questions, each with a null of its own, and each asked twice, the larger p-value
counting: against the product's own record outside the window, and against its category at the same time. *Crowd*:
given how many reviews (of a kind) the product has, each falls into the window with the window's share of the
product's orders (by when orders are usually reviewed) or of its category's reviews since the product's first one.
*New*: given those reviews, it is exchangeable which of them are by first-timers. *Mix*: given when reviews were
written and by whom, their stars are exchangeable.
Source: bursts and singleton reviewers, Xie et al., "Review spam detection via temporal pattern discovery", KDD 2012.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.reviews.paces import Ordered, ordered_share
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.detectors.reviews.timeline import Timeline
from floorwalker.graph.slots import DAY, Floats, Ints, Longs
from floorwalker.stats.hypergeometric import log_tail_hypergeometric
from floorwalker.stats.tail import EXACT, log_tail_binomial

Mask = NDArray[np.bool_]

WIDTHS = (7, 21, 45)
LEAST = 3
SEASON = 45 * DAY
YOUNG = 60 * DAY
PRIOR = 20.0
"""Days of a window: a week, three, a month and a half; two reviews are no crowd. The category's habits are read within
SEASON of a review, apart for products in their first YOUNG seconds; the whole market counts as PRIOR reviews of the
category."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of products, each beginning at a review; all (w,) but `line` and `first`.

    line: the reviews by product and time. first: when each product was first reviewed, by code (seconds). start, end:
    seconds. low, high: places in `line.order`. tries: windows of the same product.
    """

    line: Timeline
    first: Longs
    product: Longs
    start: Longs
    end: Longs
    low: Longs
    high: Longs
    tries: Longs

    def rows(self, window: int) -> Longs:
        """Rows of `world.all` in a window, by time."""
        return self.line.order[self.low[window] : self.high[window]]

    def only(self, chosen: Longs) -> "Windows":
        """Some of the windows."""
        columns = self.product, self.start, self.end, self.low, self.high, self.tries
        return Windows(self.line, self.first, *(column[chosen] for column in columns))

    def others(self, window: int) -> tuple[Longs, Longs]:
        """Rows of the product before, and after, a window."""
        begin, end = np.searchsorted(self.line.key, self.line.span * (self.product[window] + np.arange(2)))
        return self.line.order[begin : self.low[window]], self.line.order[self.high[window] : end]

    def count(self, mask: Mask) -> tuple[Longs, Longs]:
        """Rows of a mask over `world.all` in each window, and on its product. (w,) each."""
        everything = self.line.between(
            self.product, np.full_like(self.start, self.line.start), self.end + self.line.span
        )
        return self.line.counts((self.low, self.high), mask), self.line.counts(everything, mask)


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks over `world.all`. crowding: the reviews whose crowd and newness is asked.

    new: written by a first-timer. mark: of the stars in question.
    """

    crowding: Mask
    new: Mask
    mark: Mask


@dataclass(frozen=True, slots=True)
class Burst:
    """Natural logs of the three p-values of each window (w,), and what was expected in it (counts)."""

    log_crowd: Floats
    log_new: Floats
    log_mix: Floats
    crowd: Floats
    new: Floats
    mix: Floats


def find_windows(world: Reviewing, crowding: Mask) -> Windows:
    """All windows of WIDTHS with LEAST reviews of `crowding`, a mask over `world.all`, or more."""
    product, second = world.product, world.all.second
    line = Timeline.of(product, second)
    starts = np.tile(np.unique(line.key), len(WIDTHS))
    days = np.repeat(np.array(WIDTHS, dtype=np.int64), len(starts) // len(WIDTHS))
    owner, start = starts // line.span, starts % line.span + line.start
    low, high = line.between(owner, start, start + days * DAY)
    tries = np.bincount(owner, minlength=len(world.product_ids))[owner]
    first = np.full(len(world.product_ids), np.iinfo(np.int64).max)
    np.minimum.at(first, product, second)
    keep = line.counts((low, high), crowding) >= LEAST
    end = start + days * DAY
    return Windows(line, first, *(column[keep] for column in (owner, start, end, low, high, tries)))


def assess_windows(world: Reviewing, windows: Windows, masks: Masks, ordered: Ordered) -> Burst:
    """The three questions of every window; the review at which it begins is no evidence for a crowd."""
    everyone = np.ones(len(masks.mark), dtype=np.bool_)
    crowd, all_crowd = windows.count(masks.crowding)
    share = _share(world, windows, ordered)
    log_new, new = more_often(world, windows, masks.new, masks.crowding, masks.crowding)
    log_mix, mix = more_often(world, windows, masks.mark, everyone, everyone)
    log_crowd = log_tail_binomial(crowd - 1, all_crowd - 1, share, EXACT)
    return Burst(log_crowd, log_new, log_mix, 1.0 + share * (all_crowd - 1), new, mix)


def windows_around(world: Reviewing, days: int) -> Windows:
    """One window around each review, `days` either way, in the order of its `line`."""
    line = Timeline.of(world.product, world.all.second)
    product, second = world.product[line.order].astype(np.int64), world.all.second[line.order]
    first = np.full(len(world.product_ids), np.iinfo(np.int64).max)
    np.minimum.at(first, product, second)
    start, end = second - days * DAY, second + days * DAY
    low, high = line.between(product, start, end)
    return Windows(line, first, product, start, end, low, high, np.ones(len(product), dtype=np.int64))


def log_crowd(world: Reviewing, windows: Windows, ordered: Ordered) -> Floats:
    """Of `windows_around`: whether more others were written around a review than its product's paces explain. (w,)."""
    crowd, everything = windows.count(np.ones(len(world.stars), dtype=np.bool_))
    return log_tail_binomial(crowd - 1, everything - 1, _share(world, windows, ordered), EXACT)


def more_often(
    world: Reviewing, windows: Windows, flag: Mask, some: Mask, among: Mask, *, without_others: bool = False
) -> tuple[Floats, Floats]:
    """Whether a window's reviews of `some` bear a flag more often than chance: log p, and the count expected. (w,).

    The larger of two tails: flags drawn blindly among the product's reviews of `among`, of which `some` are a part
    (hypergeometric); and at the share of `some` in the category then (binomial). All are masks over `world.all`.
    without_others: where the product has fewer than LEAST others to draw among, the category speaks alone.
    """
    hits, _ = windows.count(flag & some)
    inside, _ = windows.count(some)
    (_, flagged), (_, everything) = windows.count(flag & among), windows.count(among)
    usual = _usual(world, windows, flag, some)
    own = log_tail_hypergeometric(hits, flagged, inside, everything, EXACT)
    if without_others:
        own = np.where(everything - inside < LEAST, -np.inf, own)
    return np.maximum(own, log_tail_binomial(hits, inside, usual, EXACT)), usual * inside


def best_of_each(owner: Longs, log_p: Floats, windows: Windows) -> Longs:
    """The window of each owner with the least p-value; of equals the earliest, then the shortest. (owners,)."""
    order = np.lexsort((windows.end, windows.start, np.round(log_p, 9), owner))
    _, first = np.unique(owner[order], return_index=True)
    return order[first]


def _usual(world: Reviewing, windows: Windows, marked: Mask, among: Mask) -> Floats:
    """The share of `marked` among other products' reviews of `among`, of the window's category, age and time."""
    young = world.all.second < windows.first[world.product] + YOUNG
    window_young = windows.start < windows.first[windows.product] + YOUNG
    season = windows.start - SEASON, windows.end + SEASON
    hits, all_ = np.zeros(len(windows.start)), np.zeros(len(windows.start))
    for sign, code in ((1, world.all.stratum), (-1, world.product)):
        line = Timeline.of(2 * code.astype(np.int64) + young, world.all.second)
        group = _by_product(world.product, code, len(windows.first))[windows.product]
        places = line.between(2 * group + window_young, *season)
        hits += sign * line.counts(places, marked & among)
        all_ += sign * line.counts(places, among)
    overall = ((marked & among).sum() + 0.5) / (among.sum() + 1)
    return np.asarray((hits + PRIOR * overall) / (all_ + PRIOR))


def _share(world: Reviewing, windows: Windows, ordered: Ordered) -> Floats:
    by_orders = ordered_share(ordered, windows.product, windows.start, windows.end)
    return np.minimum(np.maximum(_category_share(world, windows), by_orders), 1.0)


def _category_share(world: Reviewing, windows: Windows) -> Floats:
    """The window's share of its category's reviews since the product's first one, the product's own left out."""
    everything = np.ones(len(world.stars), dtype=np.bool_)
    own_inside, own = windows.count(everything)
    begin, last = windows.first[windows.product], windows.end + windows.line.span
    found = []
    for code in (world.all.stratum, np.zeros_like(world.all.stratum)):
        line = Timeline.of(code, world.all.second)
        group = _by_product(world.product, code, len(windows.first))[windows.product]
        inside = line.counts(line.between(group, windows.start, windows.end), everything) - own_inside
        found.append((inside, line.counts(line.between(group, begin, last), everything) - own))
    (inside, life), (all_inside, all_life) = found
    return np.asarray((inside + PRIOR * (all_inside + 1) / (all_life + 1)) / (life + PRIOR))


def _by_product(product: Ints, code: Ints, products: int) -> Longs:
    found = np.zeros(products, dtype=np.int64)
    found[product] = code
    return found
