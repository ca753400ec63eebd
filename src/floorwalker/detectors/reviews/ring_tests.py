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

from floorwalker.graph.rings import COMPANY, Group, company, in_step, lags
from floorwalker.graph.slots import DAY, Floats, Ints, Longs, Pace, Slots, marked_share
from floorwalker.stats.poisson_binomial import log_tail_poisson_binomial
from floorwalker.stats.tail import EXACT, log_tail_binomial, log_tail_gamma_poisson, log_tail_poisson

COMPANIES = (COMPANY, 8, 21)
WIDEST = 45 * DAY
RAREST = 2e-4
"""COMPANIES: how many members around an act make company, each tried within WIDEST seconds, beside COMPANY within the
group's own window. RAREST: no chance of one act to meet a group is taken to be smaller, however few outsiders did."""
ALTERNATIVES = np.array([0.25, 0.6, 0.9])


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
    shifts = lags(slots, pace.window_days)
    meeting, *shifted = in_step(slots, pace, group, [0.0, *shifts] if log_who < 0 else [0.0])
    if not shifted:
        return GroupTest(min(log_who, 0.0), 0.0, meeting, 0.0)
    shape = sum(shifted) + 1
    log_when = log_tail_gamma_poisson(meeting, shape / len(shifted), shape, EXACT).item() + np.log(tries)
    return GroupTest(min(log_who, 0.0), min(log_when, 0.0), meeting, sum(shifted) / len(shifted))


@dataclass(frozen=True, slots=True)
class Membership:
    """Accounts that acted in a group's company, tested each against its own times and strata.

    account: (m,) codes. hits, visits: days with an act in company, days with an act. expected: hits by chance.
    log_p, log_e: (m,). hit: slots that are acts in company, ascending. tools, words: (m,) members of the group with
    whom the account shares a tool, or words. reach: a mask over all accounts, of those who acted where and when the
    group had company, and so had a chance to meet it; packed, eight to a byte.
    """

    account: Ints
    hits: Longs
    visits: Longs
    expected: Floats
    log_p: Floats
    log_e: Floats
    hit: Longs
    tools: Longs
    words: Longs
    reach: NDArray[np.uint8]


def assess_members(slots: Slots, window: int, group: Group) -> Membership:
    """Test every account with an act in the group's company, in the group or not; window in seconds.

    The null: each act falls into the group's company with the chance that the acts of outsiders, of its time and
    stratum, have of it; the acts of one day count once (Poisson-binomial). One day in company is no evidence.
    """
    narrow = company(slots, window, group.members) >= COMPANY
    wide = company(slots, WIDEST, group.members)
    hit = wide >= COMPANY
    account = np.unique(slots.account[hit])
    rows = np.flatnonzero(np.isin(slots.account, account))
    visit, owner = _visits(slots, rows)
    which = np.searchsorted(account, owner)
    visits = np.bincount(which, minlength=len(account)).astype(np.int64)
    hits = np.bincount(which, weights=np.bincount(visit, weights=hit[rows]) > 0, minlength=len(account))
    outside = ~np.isin(slots.account, np.concatenate((group.members, account[_often(hits, visits)])))
    kinds = [*((WIDEST, wide >= least) for least in COMPANIES if least <= wide.max(initial=COMPANY)), (window, narrow)]
    tests = [_tested(slots, span, kind, outside, rows, visit, which) for span, kind in kinds]
    log_p = np.min([t[1] for t in tests], axis=0) + np.log(len(tests))
    log_e = logsumexp([t[2] for t in tests], axis=0) - np.log(len(tests))
    none = np.zeros_like(visits)
    lone = hits < 2
    log_p, log_e = np.where(lone, 0.0, np.minimum(log_p, 0.0)), np.where(lone, np.minimum(log_e, 0.0), log_e)
    reach = np.packbits(_within_reach(slots, hit))
    acts = np.flatnonzero(hit)
    return Membership(account, hits.astype(np.int64), visits, tests[0][0], log_p, log_e, acts, none, none, reach)


def _within_reach(slots: Slots, hit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Accounts with an act in a stratum of `hit`, from the first hit there to the last, give or take WIDEST."""
    strata = int(slots.stratum.max(initial=-1)) + 1
    first, last = np.full(strata, np.iinfo(np.int64).max // 2), np.full(strata, np.iinfo(np.int64).min // 2)
    np.minimum.at(first, slots.stratum[hit], slots.second[hit])
    np.maximum.at(last, slots.stratum[hit], slots.second[hit])
    near = (slots.second >= first[slots.stratum] - WIDEST) & (slots.second <= last[slots.stratum] + WIDEST)
    reached: NDArray[np.bool_] = np.zeros(slots.accounts, dtype=bool)
    reached[slots.account[near]] = True
    return reached


def _tested(
    slots: Slots,
    window: int,
    hit: NDArray[np.bool_],
    outside: NDArray[np.bool_],
    rows: Longs,
    visit: Longs,
    which: Longs,
) -> tuple[Floats, Floats, Floats]:
    """Expected hits, log p and log e of each account, where `hit` is what counts as company."""
    size = int(which.max(initial=-1)) + 1
    hit_by_visit = np.bincount(visit, weights=hit[rows]) > 0
    hits = np.bincount(which, weights=hit_by_visit, minlength=size).astype(np.int64)
    chance = np.maximum(marked_share(slots, window, hit, outside, rows), RAREST)
    probability = -np.expm1(np.bincount(visit, weights=np.log1p(-chance)))
    ends = np.concatenate(([0], np.cumsum(np.bincount(which, minlength=size))))
    log_p = log_tail_poisson_binomial(hits, probability, ends, EXACT)
    return (
        np.bincount(which, weights=probability, minlength=size).astype(np.float64),
        log_p,
        _log_mixture(probability, hit_by_visit, which, size),
    )


def _often(hits: Longs, visits: Longs) -> NDArray[np.bool_]:
    """Who may belong to the group, and is no measure of what outsiders do."""
    return np.asarray((hits >= 2) & (hits >= 0.25 * visits))


def assess_items(slots: Slots, window: int, members: Ints, hit: Longs) -> dict[int, float]:
    """Items on which acts of `members` crowd: item -> log p-value. hit: slots in the group's company.

    Each act is a member's with the share that members have, outside the group's company, of the stratum at that time
    (binomial): in the window around the item's densest act, every act being given a try as the window's middle, or
    over the item's whole life; the smaller of the two, doubled.
    """
    inside = np.zeros(slots.accounts, dtype=bool)
    inside[members] = True
    mine = inside[slots.account]
    others = np.ones(len(mine), dtype=bool)
    others[hit[mine[hit]]] = False
    items = np.flatnonzero(np.bincount(slots.item[mine], minlength=slots.items) >= 2)
    if len(items) == 0:
        return {}
    rows, low, high, begin = _around_on_items(slots, items, window)
    rate = np.maximum(marked_share(slots, window, mine, others, rows), RAREST)
    total = np.concatenate(([0], np.cumsum(mine[rows])))
    tails = log_tail_binomial(total[high] - total[low], high - low, rate, EXACT)
    size, all_ours = np.diff(begin), np.diff(total[begin])
    ever = log_tail_binomial(all_ours, size, np.maximum.reduceat(rate, begin[:-1]), EXACT)
    best = np.minimum(np.minimum.reduceat(tails, begin[:-1]) + np.log(size), ever)
    return dict(zip(items.tolist(), np.minimum(best + np.log(2), 0.0).tolist(), strict=True))


def _around_on_items(slots: Slots, items: Longs, window: int) -> tuple[Longs, Longs, Longs, Longs]:
    """The rows of some items, one item after the other, and where each item begins, (items + 1,).

    Between them: the places, low to high (exclusive), of those within `window` seconds of each on its item.
    """
    rows = np.concatenate([slots.by_item[slots.item_ptr[item] : slots.item_ptr[item + 1]] for item in items])
    size = np.diff(slots.item_ptr)[items]
    times = slots.second[rows] - slots.second[rows].min()
    apart = np.repeat(np.arange(len(items)), size) * (times.max() + 2 * window + 1) + times
    low, high = np.searchsorted(apart, apart - window), np.searchsorted(apart, apart + window, side="right")
    return rows, low, high, np.concatenate(([0], np.cumsum(size)))


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
