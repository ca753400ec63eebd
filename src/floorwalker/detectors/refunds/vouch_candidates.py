"""The refunds that a vouch may speak of, and how well each fits, before anything is known of channel or delay."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.refunds.vouch_amount_law import LESS_FEE, Cell, Longs, Sums, cells, stated
from floorwalker.detectors.refunds.vouch_amounts import Amount, Span
from floorwalker.detectors.refunds.vouch_items import Items
from floorwalker.graph.slots import DAY, Floats, Ints

LAG_DAYS = np.array([-1, 0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45], dtype=np.float64)
"""A vouch is written at most 45 days after the decision; clocks, zones and nightly books differ by up to a day."""
MOST_KEPT = 100
"""The best candidates of a vouch are kept apart; all others count together."""
DAYS_HOLD = np.array([0.4, 0.35, 0.25])
"""At first: how often days stated say nothing, run from the request to the decision, and run to the post."""
RARE = 1e-3
ALIKE, MOST_ALIKE = 1.5, 2_000
"""How common a thing is, is counted among refunds of up to half as much more or less: dear sums are for dear things."""
UNKNOWN = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Vouch:
    """One sum of one post. posted: seconds; channel: code; words: what may name the thing."""

    amount: Amount
    posted: int
    channel: int
    span: Span | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refunds:
    """Refunds that were approved.

    cents, decided, requested (UNKNOWN where not known): (n,); currency: (n,) codes of `currencies`, of which "" is not
    known; items: what each was for.
    """

    cents: Longs
    currency: Ints
    currencies: tuple[str, ...]
    decided: Longs
    requested: Longs
    items: Items

    def in_any_of(self, currencies: tuple[str, ...]) -> NDArray[np.bool_]:
        """Which refunds may be in one of some currencies; all where none is named."""
        wanted = [code for code, name in enumerate(self.currencies) if not currencies or name in (*currencies, "")]
        return np.isin(self.currency, wanted)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of a vouch and a refund, ordered by vouch and refund.

    vouch, refund: (pairs,) codes; lag: (pairs,) bin of the delay; fit: (pairs,) how much likelier sum and thing are
    said of it than of a refund elsewhere; days: (pairs, 3) the same of the days, if they say nothing, run to the
    decision, or run to the post; kind: (pairs,). rest: (vouches, bins) the sum of fits of candidates not kept, days
    weighed as at first. known: (vouches, bins) refunds decided then, of any sum, in the vouch's currencies.
    """

    vouch: Longs
    refund: Longs
    lag: NDArray[np.int64]
    fit: Floats
    days: Floats
    kind: NDArray[np.int8]
    rest: Floats
    known: Floats


def candidates(vouches: Sequence[Vouch], refunds: Refunds) -> Candidates:
    """Every vouch with the refunds that it may speak of."""
    bins = len(LAG_DAYS) - 1
    rest, known = np.zeros((len(vouches), bins)), np.zeros((len(vouches), bins))
    markets: dict[tuple[str, ...], Market] = {}
    found = []
    for k, vouch in enumerate(vouches):
        named = vouch.amount.currencies
        if named not in markets:
            markets[named] = Market(refunds, named)
        market = markets[named]
        known[k] = market.decided_before(vouch.posted)
        refund, lag, fit, days, kind = market.fitting(vouch)
        kept = np.arange(len(refund))
        if len(refund) > MOST_KEPT:
            told = fit * (days @ DAYS_HOLD)
            density = told / np.diff(LAG_DAYS)[lag] / (2 + np.maximum(LAG_DAYS[lag], 0))
            kept, others = np.split(np.lexsort((refund, -np.round(density, 12))), [MOST_KEPT])
            rest[k] = np.bincount(lag[others], told[others], bins)
        kept = kept[np.argsort(refund[kept])]
        found.append((np.full(len(kept), k), refund[kept], lag[kept], fit[kept], days[kept], kind[kept]))
    if not found:
        nothing = np.empty(0, dtype=np.int64)
        return Candidates(nothing, nothing, nothing, np.empty(0), np.empty((0, 3)), np.empty(0, np.int8), rest, known)
    of, refund, lag, fit, days, kind = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Candidates(of, refund, lag, fit, days, kind, rest, known)


class Market:
    """The refunds of some currencies (of all where none is named), to be looked up by sum and time."""

    def __init__(self, refunds: Refunds, currencies: tuple[str, ...]) -> None:
        """Refunds of unknown currency belong to every market."""
        rows = np.flatnonzero(refunds.in_any_of(currencies))
        unit = refunds.cents[rows] // 100
        order = np.lexsort((rows, refunds.decided[rows], unit))
        self._refunds, self._rows = refunds, rows[order]
        self._units, self._first = np.unique(unit[order], return_index=True)
        self._first = np.append(self._first, len(rows))
        self._second = refunds.decided[self._rows]

    @cached_property
    def sums(self) -> Sums:
        """How common its sums are."""
        return Sums(self._refunds.cents[self._rows])

    @cached_property
    def _decided(self) -> Longs:
        return np.sort(self._second)

    @cached_property
    def _taken(self) -> Floats:
        """Days from request to decision, ascending."""
        requested = self._refunds.requested[self._rows]
        return np.sort((self._second - requested)[requested != UNKNOWN] / DAY)

    def decided_before(self, posted: int) -> Floats:
        """Refunds by bin of the delay, (bins,)."""
        at = np.searchsorted(self._decided, posted - LAG_DAYS[::-1] * DAY, side="right")
        return np.asarray(np.diff(at)[::-1], dtype=np.float64)

    def fitting(self, vouch: Vouch) -> tuple[Longs, Longs, Floats, Floats, NDArray[np.int8]]:
        """(refund, bin of the delay, fit, days, kind) of those whose sum may be stated so, in the time before."""
        ways = cells(vouch.amount)
        place = self._places(ways, vouch.posted)
        refund = self._rows[place]
        chance, kind = stated(self._refunds.cents[refund], ways)
        lag = np.searchsorted(LAG_DAYS, (vouch.posted - self._second[place]) / DAY, side="right") - 1
        met = (chance > 0) & (lag >= 0) & (lag < len(LAG_DAYS) - 1)
        refund, lag, kind = refund[met], lag[met], kind[met]
        usual, repeats = self.sums.chance(ways)
        fit = chance[met] / max(usual, 1e-12)
        if len(refund):
            fit = fit * self._items(refund, vouch, ways, repeats)
        days = self._days(refund, vouch.span, vouch.posted) if vouch.span else np.ones((len(refund), 3))
        return refund, lag, fit, days, kind

    def _places(self, ways: Sequence[Cell], posted: int) -> Longs:
        """Places of the refunds within the cells' hull of units, decided in the time before."""
        units = [
            np.arange(*np.searchsorted(self._units, [low // 100, (high - 1) // 100 + 1])) for low, high, *_ in ways
        ]
        since, until = posted - LAG_DAYS[-1] * DAY, posted - LAG_DAYS[0] * DAY
        parts = []
        for unit in np.unique(np.concatenate(units)):
            first, last = self._first[unit], self._first[unit + 1]
            low, high = np.searchsorted(self._second[first:last], [since, until], side="right")
            parts.append(np.arange(first + low, first + high))
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def _items(self, refund: Longs, vouch: Vouch, ways: Sequence[Cell], repeats: float) -> Floats:
        """How much likelier the thing is named than of any refund of such a sum; those of one sum are often of one."""
        units = vouch.amount.cents / 100
        whole = [(low, high) for low, high, _, kind in ways if kind != LESS_FEE]
        same = self._between(min(low for low, _ in whole) // 100, (max(high for _, high in whole) - 1) // 100 + 1)
        same = same[stated(self._refunds.cents[same], ways)[0] > 0]
        return self._refunds.items.fit(refund, vouch.words, self._between(units / ALIKE, units * ALIKE), same, repeats)

    def _between(self, low: float, high: float) -> Longs:
        """Refunds of so many units, some thousands of them at most."""
        first, last = self._first[np.searchsorted(self._units, [low, high])]
        return self._rows[first : last : max(int(last - first) // MOST_ALIKE, 1)]

    def _days(self, refund: Longs, span: Span, posted: int) -> Floats:
        """How much likelier the days stated are than of any refund, whose mean is 1, (refunds, 3)."""
        requested = self._refunds.requested[refund]
        known = requested != UNKNOWN
        taken = (self._refunds.decided[refund] - np.where(known, requested, 0)) / DAY
        lag = (posted - self._refunds.decided[refund]) / DAY
        fit = np.ones((len(refund), 3))
        for way, since in ((1, np.zeros(len(refund))), (2, lag)):
            low, high = span.days - span.slack - since, span.days + span.slack - since
            usual = np.searchsorted(self._taken, high, "right") - np.searchsorted(self._taken, low)
            agrees = (taken >= low) & (taken <= high)
            fit[:, way] = np.where(known, agrees / np.maximum(usual / max(len(self._taken), 1), RARE), 1.0)
        return fit
