"""Whether an account was in strange hands: what its strange places say together.

Innocent: an account meets strange places as a Poisson process, kind by kind and life by life, at a rate of its own
drawn from a gamma distribution fitted to the other accounts; what is done there is as `hands_content` says; and each
sign is met as often as at the places of others. Guilty: one place more, with a stranger in it. The likelihood ratio of
one point more in a Poisson process is the sum over its points of (density of the point more) / (intensity there).
"""

import math
from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.insiders.hands_content import errands, weigh_content, with_errands
from floorwalker.detectors.insiders.hands_places import AFTER, BESIDE, BOTH, KINDS, LIVES, Places
from floorwalker.detectors.insiders.hands_sittings import Sittings, at_once, odd_hours
from floorwalker.graph.slots import Bools, Floats, Longs
from floorwalker.stats.peers import gamma_poisson
from floorwalker.stats.tail import EXACT

LIKELY = {"device": (0.06, 0.02, 0.01), "network": (0.10, 0.03, 0.01), "both": (0.6, 0.12, 0.02)}
"""Where a stranger is expected, by kind and life of the place; the rest is staked on nothing to be seen."""
SEEN = 0.2
"""A stranger's place shows a sign that often."""
ALONE = math.log(50.0)
"""What one strange thing says of an account: a device or a network, or what is done there. Insiders travel too."""
LASTING = math.log(500.0)
"""Nor does a place that is used for long beside the others say more: it may be the owner's telephone."""
UNLIKE = math.log(10.0)
"""What is done says less than this of who does it: then the place says no more than ALONE."""
UNKNOWN = 0.05
"""Strange places a week, where there are too few accounts to count them."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """By group: content, the log likelihood ratio of what is done there; rare, of being there, signs and all.

    expected: how many such places; errand: the rate of honest ones used otherwise; once, odd: the signs; term: the log
    likelihood ratio. By account: asked, whether it was used for long enough that a place could be strange; log_e.
    """

    content: Floats
    expected: Floats
    errand: Floats
    once: Bools
    odd: Bools
    term: Floats
    asked: Bools
    log_e: Floats


def weigh(sittings: Sittings, places: Places, duty: Longs, weeks: Longs) -> Verdicts:
    """Judge every place and account. duty: by account, a code; weeks: in how many it was used."""
    ratio = weigh_content(sittings, places, duty).ratio
    beyond = ~places.home
    reference = beyond & (places.kind != BOTH)
    errand = errands(ratio, reference, places.staff)
    content = with_errands(ratio, errand)
    once, odd = at_once(sittings, places), odd_hours(sittings, places, len(duty))
    signs = sum(_sign(seen, beyond, places.staff) for seen in (once, odd))
    expected = _expected(places, weeks)
    likely = np.array([LIKELY[kind] for kind in KINDS])
    staked = likely[places.kind, places.life]
    term = _bounded(np.log(staked / expected) + content + signs, content, places, sittings)
    log_e = _summed(places, term, math.log(1 - likely.sum()), len(duty))
    return Verdicts(content, expected, errand, once, odd, term, places.settled, log_e)


def _sign(seen: Bools, beyond: Bools, staff: Longs) -> Floats:
    """By group: the log likelihood ratio of a sign, by how often the places of other accounts show it."""
    size = int(staff.max(initial=-1)) + 1
    have, all_ = (np.bincount(staff, weights=w, minlength=size) for w in (seen & beyond, beyond))
    rate = (have.sum() - have[staff] + 0.5) / (all_.sum() - all_[staff] + 1)
    return np.asarray(np.where(seen, np.log(SEEN / rate), np.log((1 - SEEN) / (1 - rate))), dtype=np.float64)


def _expected(places: Places, weeks: Longs) -> Floats:
    """By group: how many places of its kind and life the account was to meet, by the others and its other ones."""
    expected = np.ones(len(places.staff))
    for kind in range(len(KINDS)):
        for life in range(len(LIVES)):
            chosen = np.flatnonzero(places.strange & (places.kind == kind) & (places.life == life))
            met = np.bincount(places.staff[chosen], minlength=len(weeks)).astype(np.float64)
            test = gamma_poisson(met, np.where(met > 0, np.maximum(weeks, 1), weeks), tie=EXACT)
            mean = np.where(np.isfinite(test.mean), np.maximum(test.mean, 1e-9), UNKNOWN)
            shape = np.minimum(1 / np.maximum(np.nan_to_num(test.spread, nan=1.0), 1e-6), 1.0)
            rate = (shape + np.maximum(met - 1, 0)) / (shape / mean + weeks)
            expected[chosen] = (rate * np.maximum(weeks, 1))[places.staff[chosen]]
    return np.maximum(expected, 1e-9)


def _bounded(term: Floats, content: Floats, places: Places, sittings: Sittings) -> Floats:
    """No more than ALONE unless all is strange: place, device and network, and most of what is done there.

    Where the work is explained nothing is said; where it is hardly unlike the account's own, as where the account went
    over to the place for good, its owner may have done it.
    """
    size = len(places.staff)
    acts, odd = (np.bincount(sittings.group, weights=w, minlength=size) for w in (sittings.acts, sittings.unexplained))
    whole = (places.kind == BOTH) & (places.life < AFTER) & (2 * odd > acts) & (content > UNLIKE)
    most = np.where(whole, np.where(places.life == BESIDE, LASTING, np.inf), ALONE)
    term = np.minimum(term, most)
    return np.asarray(np.where(content > 0, term, np.minimum(term, content)), dtype=np.float64)


def _summed(places: Places, term: Floats, nothing: float, accounts: int) -> Floats:
    """By account: the log of what is staked on nothing, and of the terms of its strange places, together."""
    total = np.full(accounts, nothing)
    for group in np.flatnonzero(places.strange):
        total[places.staff[group]] = np.logaddexp(total[places.staff[group]], term[group])
    return total
