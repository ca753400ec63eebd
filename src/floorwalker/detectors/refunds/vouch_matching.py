"""Which refund each vouch of a channel speaks of: chances over the candidates and "none of them", one to one.

A vouch's refund is in the table with a share learnt for each channel, and then is one of those decided before the
post, drawn by a law of delays learnt over all channels; else it is one elsewhere, of a sum as common as it is here.
What is said (sum, days, thing) is weighed by how many refunds could be said so by chance. The share, the law of delays
and what the days run to are learnt by EM (Dempster, Laird & Rubin 1977, JRSS B 39); then chances are made one to one
(`stats.matching`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.refunds.vouch_amount_law import Longs
from floorwalker.detectors.refunds.vouch_candidates import DAYS_HOLD, LAG_DAYS, Candidates, Refunds, Vouch, candidates
from floorwalker.graph.slots import DAY, Floats
from floorwalker.stats.matching import best_pairs, pair_chances

LEAST_SHARE, MOST_SHARE = 0.05, 0.95
"""However a channel looks, one vouch in twenty may be of another shop or made up, and one in twenty may be true."""
HALVES = 2.0
"""Before a channel is read, it counts as having two vouches in the table and two not."""
LAG_PRIOR = HOLD_PRIOR = 20.0
"""The laws stated at first count as so many vouches."""
ROUNDS = 50
_WIDTH = np.diff(LAG_DAYS)


@dataclass(frozen=True, slots=True)
class Matching:
    """What each vouch speaks of.

    found: the candidates; chance: (pairs,) that the pair is right, one to one; none: (vouches,) that the refund is not
    in the table; others: (vouches,) that it is a candidate which was not kept; best: (vouches,) the pair of the best
    pairing, -1 for none. share: (channels,) of vouches whose refund is in the table; lag: (bins,) the law of delays.
    """

    found: Candidates
    chance: Floats
    none: Floats
    others: Floats
    best: Longs
    share: Floats
    lag: Floats


def match(vouches: Sequence[Vouch], refunds: Refunds) -> Matching:
    """Vouches with refunds, one to one; neither need be in any order."""
    found = candidates(vouches, refunds)
    channel = np.array([vouch.channel for vouch in vouches], dtype=np.int64)
    share, lag, hold = _learn(found, channel)
    odds, rest = _odds(found, lag, hold)
    prior = share[channel] / (1 - share[channel])
    alone = 1 + prior * rest
    chance, unpaired = pair_chances(found.vouch, found.refund, prior[found.vouch] * odds, alone)
    best = best_pairs(found.vouch, found.refund, chance, len(vouches))
    return Matching(found, chance, unpaired / alone, unpaired * (1 - 1 / alone), best, share, lag)


def expected_vouches(vouches: Sequence[Vouch], refunds: Refunds, matching: Matching) -> Floats:
    """How many vouches were to speak of each refund if their words said nothing, (refunds,)."""
    total = np.zeros(len(refunds.cents))
    density = matching.lag / _WIDTH
    weight = matching.found.known @ density
    share = matching.share[[vouch.channel for vouch in vouches]] if vouches else np.empty(0)
    each = np.divide(share, weight, out=np.zeros(len(vouches)), where=weight > 0)
    for currencies in sorted({vouch.amount.currencies for vouch in vouches}):
        own = np.array([k for k, vouch in enumerate(vouches) if vouch.amount.currencies == currencies])
        own = own[np.argsort([vouches[k].posted for k in own], kind="stable")]
        posted = np.array([vouches[k].posted for k in own])
        summed = np.concatenate(([0.0], np.cumsum(each[own])))
        rows = np.flatnonzero(refunds.in_any_of(currencies))
        until = summed[np.searchsorted(posted, refunds.decided[rows] + LAG_DAYS[0] * DAY)]
        for days, weight_then in zip(LAG_DAYS[1:], density, strict=True):
            since, until = until, summed[np.searchsorted(posted, refunds.decided[rows] + days * DAY)]
            total[rows] += (until - since) * weight_then
    return total


def _learn(found: Candidates, channel: Longs) -> tuple[Floats, Floats, Floats]:
    """(share by channel, law of delays by bin, what days run to), by EM without the rule of one to one."""
    channels = int(channel.max(initial=-1)) + 1
    stated = 1 / (2 + np.maximum(LAG_DAYS[:-1] + _WIDTH / 2, 0)) * _WIDTH * np.where(LAG_DAYS[:-1] < 0, 0.05, 1)
    stated /= stated.sum()
    share, lag, hold = np.full(channels, 0.5), stated, DAYS_HOLD
    told = (found.days != 1).any(axis=1)
    size = np.bincount(channel, minlength=channels)
    for _ in range(ROUNDS):
        odds, rest = _odds(found, lag, hold)
        prior = share[channel] / (1 - share[channel])
        total = np.bincount(found.vouch, odds, len(channel)) + rest
        here = prior * total / (1 + prior * total)
        belief = np.divide(here, total, out=np.zeros(len(channel)), where=total > 0)
        by_lag = np.bincount(found.lag, odds * belief[found.vouch], len(lag)).astype(float)
        by_lag += (_rest(found, lag) * belief[:, None]).sum(axis=0)
        share = np.clip((HALVES + np.bincount(channel, here, channels)) / (2 * HALVES + size), LEAST_SHARE, MOST_SHARE)
        lag = (LAG_PRIOR * stated + by_lag) / (LAG_PRIOR + by_lag.sum())
        each = found.days[told] * hold
        each *= ((odds * belief[found.vouch])[told] / np.maximum(each.sum(axis=1), 1e-300))[:, None]
        hold = (HOLD_PRIOR * DAYS_HOLD + each.sum(axis=0)) / (HOLD_PRIOR + each.sum())
    return share, lag, hold


def _odds(found: Candidates, lag: Floats, hold: Floats) -> tuple[Floats, Floats]:
    """How much likelier each pair is than a refund elsewhere, given that one is here (pairs,); the rest (vouches,)."""
    density = lag / _WIDTH
    weight = found.known @ density
    odds = found.fit * (found.days @ hold) * density[found.lag] / np.maximum(weight[found.vouch], 1e-300)
    return odds, _rest(found, lag).sum(axis=1)


def _rest(found: Candidates, lag: Floats) -> Floats:
    density = lag / _WIDTH
    weight = np.maximum(found.known @ density, 1e-300)
    return np.asarray(found.rest * density / weight[:, None], dtype=np.float64)
