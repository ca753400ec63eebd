"""Whether a group is in lockstep by chance, and who and what was part of it.

A group must be surprising twice. *In whom it shares with*: more of its pairs met repeatedly than the null
with kept activity and popularity allows, even when every possible group of its size is given a try. *In
when*: more of its accounts are in lockstep than when their acts are compared at lags that no lockstep
survives; people of one taste pass the first test and fail this one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from floorwalker.graph.rings import COMPANY, Group, backed, in_lockstep, lags
from floorwalker.graph.slots import DAY, Floats, Ints, Longs, Pace, Slots, marked_share
from floorwalker.stats.poisson_binomial import log_tail_poisson_binomial
from floorwalker.stats.tail import EXACT, log_tail_binomial, log_tail_gamma_poisson, log_tail_poisson

ALTERNATIVES = np.array([0.1, 0.25, 0.5, 0.8, 0.95])


@dataclass(frozen=True, slots=True)
class GroupTest:
    """log_who, log_when: natural logs of the two p-values.

    meeting: accounts in lockstep. lagged: the same when acts are compared weeks apart, the mean over lags.
    """

    log_who: float
    log_when: float
    meeting: int
    lagged: float

    @property
    def log_p(self) -> float:
        """The larger of the two: the group must be surprising twice."""
        return max(self.log_who, self.log_when)


def assess_group(slots: Slots, pace: Pace, group: Group, tries: int) -> GroupTest:
    """Test one of `tries` groups found in the same search."""
    ways = _log_choose(int(np.sum(np.diff(slots.account_ptr) >= 2)), len(group.members))
    log_who = log_tail_poisson(group.pairs, group.expected_pairs, EXACT).item() + ways
    meeting = in_lockstep(slots, pace, group, 0.0)
    shifted = [in_lockstep(slots, pace, group, lag) for lag in lags(slots, pace.window_days)]
    if not shifted:
        return GroupTest(min(log_who, 0.0), 0.0, meeting, 0.0)
    shape = sum(shifted) + 1
    log_when = log_tail_gamma_poisson(meeting, shape / len(shifted), shape, EXACT).item() + np.log(tries)
    return GroupTest(min(log_who, 0.0), min(log_when, 0.0), meeting, sum(shifted) / len(shifted))


@dataclass(frozen=True, slots=True)
class Membership:
    """Accounts that acted in a group's company, tested each against its own times and strata.

    account: (m,) codes. hits, visits: days with an act in company, days with an act. expected: hits by chance.
    log_p, log_e: (m,). hit: (n,) mask over all slots, acts in company.
    """

    account: Ints
    hits: Longs
    visits: Longs
    expected: Floats
    log_p: Floats
    log_e: Floats
    hit: NDArray[np.bool_]


def assess_members(slots: Slots, window: int, group: Group) -> Membership:
    """Test every account with an act in the group's company, in the group or not; window in seconds.

    The null: each act falls into the group's company with the chance that the acts of outsiders, of its time and
    stratum, have of it; the acts of one day count once (Poisson-binomial).
    """
    hit = backed(slots, window, group.members, least=COMPANY)
    account = np.unique(slots.account[hit])
    rows = np.flatnonzero(np.isin(slots.account, account))
    visit, owner = _visits(slots, rows)
    which = np.searchsorted(account, owner)
    visits = np.bincount(which, minlength=len(account)).astype(np.int64)
    hit_by_visit = np.bincount(visit, weights=hit[rows]) > 0
    hits = np.bincount(which, weights=hit_by_visit, minlength=len(account)).astype(np.int64)
    outside = ~np.isin(slots.account, np.concatenate((group.members, account[_often(hits, visits)])))
    chance = marked_share(slots, window, hit, outside, rows)
    probability = -np.expm1(np.bincount(visit, weights=np.log1p(-chance)))
    return Membership(
        account,
        hits,
        visits,
        np.bincount(which, weights=probability, minlength=len(account)).astype(np.float64),
        log_tail_poisson_binomial(hits, probability, np.concatenate(([0], np.cumsum(visits))), EXACT),
        _log_mixture(probability, hit_by_visit, which, len(account)),
        hit,
    )


def _often(hits: Longs, visits: Longs) -> NDArray[np.bool_]:
    """Who may belong to the group, and is no measure of what outsiders do."""
    return np.asarray((hits >= 2) & (hits >= 0.25 * visits))


def assess_items(slots: Slots, window: int, members: NDArray[np.bool_], hit: NDArray[np.bool_]) -> dict[int, float]:
    """Items on which acts of `members`, a mask over accounts, crowd in time: item -> log p-value.

    In the window around the item's densest act, each act is a member's with the share that members have, outside
    the group's company, of the stratum at that time (binomial); every act of the item is given a try as the
    window's middle.
    """
    ours = members[slots.account] & hit
    items = np.unique(slots.item[ours])
    rows = np.concatenate([_rows_of(slots, item) for item in items] or [np.empty(0, dtype=np.int64)])
    rate = marked_share(slots, window, members[slots.account], ~ours, rows)
    found: dict[int, float] = {}
    begin = 0
    for item in items:
        here = _rows_of(slots, item)
        times = slots.second[here]
        low = np.searchsorted(times, times - window)
        high = np.searchsorted(times, times + window, side="right")
        total = np.concatenate(([0], np.cumsum(members[slots.account[here]])))
        tails = log_tail_binomial(total[high] - total[low], high - low, rate[begin : begin + len(here)], EXACT)
        found[int(item)] = min(float(np.min(tails)) + np.log(len(here)), 0.0)
        begin += len(here)
    return found


def _rows_of(slots: Slots, item: int) -> Longs:
    return slots.by_item[slots.item_ptr[item] : slots.item_ptr[item + 1]]


def _visits(slots: Slots, rows: Longs) -> tuple[Longs, Ints]:
    day = slots.second[rows] // DAY
    account = slots.account[rows]
    starts = np.concatenate(([True], (account[1:] != account[:-1]) | (day[1:] != day[:-1])))
    return np.cumsum(starts) - 1, account[starts]


def _log_mixture(probability: Floats, hit: NDArray[np.bool_], which: Longs, size: int) -> Floats:
    """The likelihood ratio of hits at a steady rate against chance, averaged over ALTERNATIVES: an e-value."""
    ratios = []
    for rate in ALTERNATIVES:
        steady = np.maximum(rate, probability)
        gain = np.where(hit, np.log(steady / probability), np.log((1 - steady) / (1 - probability)))
        ratios.append(np.bincount(which, weights=gain, minlength=size))
    mixed: Floats = logsumexp(np.array(ratios), axis=0) - np.log(len(ALTERNATIVES))
    return mixed


def _log_choose(n: int, k: int) -> float:
    return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)) if k <= n else 0.0
