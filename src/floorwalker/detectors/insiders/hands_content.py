"""What is done from a place, against what the account does elsewhere: how much of it no table explains.

A sitting falls into one of six classes by its unexplained acts. Innocent: the sittings of a place are drawn as those of
one week of the same account at home, a Dirichlet-multinomial about the account's own shares, which are themselves
drawn about those of its duty. Both spreads are fitted to all accounts by maximum likelihood, so that people who do much
without a ticket, and weeks in which they do more, are expected. Now and then an honest place is used for something
else altogether: how often is counted among the places that nobody doubts. Guilty: one of three styles.
References: Mosimann 1962 (Dirichlet-multinomial), Biometrika 49; Robbins 1956 (empirical Bayes).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from floorwalker.detectors.insiders.hands_acts import first_of
from floorwalker.detectors.insiders.hands_places import Places
from floorwalker.detectors.insiders.hands_sittings import Sittings
from floorwalker.graph.slots import Bools, Floats, Longs

CLASSES = 6
MOSTLY = 2
FEW = (3, 10, 30)
"""A sitting that is mostly unexplained is told from others by up to so many unexplained acts."""
STYLES = np.array(
    [
        (0.04, 0.06, 0.15, 0.25, 0.25, 0.25),
        (0.05, 0.10, 0.50, 0.25, 0.07, 0.03),
        (0.30, 0.30, 0.20, 0.10, 0.06, 0.04),
    ]
)
"""Shares of the classes under a stranger: bursts, a few looks at a time, and hidden among explained work."""
FIRM = 6.0
SPREADS = np.geomspace(0.5, 50.0, 25)
BLUR = 0.1
"""A sitting with much unexplained falls into the class below or above its own that often."""
BORROWED = 20.0
WEEK = 7 * 86400
RAREST = 2e-4
"""However rare, an honest place may be used for something else."""


@dataclass(frozen=True, slots=True)
class Content:
    """By group: counts, (groups, CLASSES), of its sittings; ratio, the log likelihood ratio, what is rare aside."""

    counts: Floats
    ratio: Floats


def classes(acts: Longs, unexplained: Longs) -> Longs:
    """The class of each sitting: less than a quarter unexplained, less than half, or more in rising number."""
    mostly = MOSTLY + sum((unexplained > few).astype(np.int64) for few in FEW)
    return np.where(4 * unexplained < acts, 0, np.where(2 * unexplained < acts, 1, mostly)).astype(np.int64)


def weigh_content(sittings: Sittings, places: Places, duty: Longs) -> Content:
    """Judge the sittings of every group by all others of its account."""
    kind = classes(sittings.acts, sittings.unexplained)
    counts = _table(sittings.group, kind, len(places.staff))
    total = _table(places.staff[sittings.group], kind, len(duty))
    usual = _usual(total, duty)
    firm = _fit_accounts(total, usual)
    spread = _fit_weeks(sittings, places, kind, total, firm, usual)
    share = _shares(firm, usual[places.staff], total[places.staff] - counts)
    innocent = dirichlet_multinomial(counts, spread * share)
    guilty = np.logaddexp.reduce([dirichlet_multinomial(counts, FIRM * s) for s in STYLES], axis=0)
    ratio = guilty - np.log(len(STYLES)) - innocent
    return Content(counts, np.minimum(ratio, _habit(total[places.staff] - counts)))


def dirichlet_multinomial(counts: Floats, weight: Floats) -> Floats:
    """Log chance of sittings (n, CLASSES) in a given order; weight: (n, CLASSES) or (CLASSES,), positive."""
    whole = gammaln(weight.sum(axis=-1)) - gammaln(weight.sum(axis=-1) + counts.sum(axis=-1))
    return np.asarray(whole + (gammaln(weight + counts) - gammaln(weight)).sum(axis=-1), dtype=np.float64)


def _habit(seen: Floats) -> Floats:
    """The most that is believed of an account whose sittings elsewhere (n, CLASSES) are so often mostly unexplained.

    Three such sittings, were each as likely as elsewhere: who often works without tickets may do so anywhere.
    """
    often = (seen[:, MOSTLY:].sum(axis=1) + 0.5) / (seen.sum(axis=1) + 1)
    return np.asarray(-3 * np.log(often), dtype=np.float64)


def _table(row: Longs, kind: Longs, size: int) -> Floats:
    return np.bincount(row * CLASSES + kind, minlength=size * CLASSES).reshape(size, CLASSES).astype(np.float64)


def _usual(total: Floats, duty: Longs) -> Floats:
    """By account, (accounts, CLASSES): the shares of others of the same duty, with some of everybody's."""
    everybody = (total.sum(axis=0) + 0.5) / (total.sum() + CLASSES / 2)
    by_duty = np.zeros((int(duty.max(initial=-1)) + 1, CLASSES))
    np.add.at(by_duty, duty, total)
    others = by_duty[duty] - total + BORROWED * everybody
    return np.asarray(others / others.sum(axis=1, keepdims=True), dtype=np.float64)


def _shares(firm: float, usual: Floats, seen: Floats) -> Floats:
    """What is expected of an account that was seen so often: its own shares, leaning on the usual ones."""
    weight = firm * usual + seen
    near = np.pad(weight[:, 1:], ((0, 0), (1, 1)), mode="edge")
    weight[:, 1:] = (1 - 2 * BLUR) * weight[:, 1:] + BLUR * (near[:, :-2] + near[:, 2:])
    return np.asarray(weight / weight.sum(axis=1, keepdims=True), dtype=np.float64)


def _fit_accounts(total: Floats, usual: Floats) -> float:
    """How firmly accounts keep to the shares of their duty."""
    return _likeliest(lambda firm: float(dirichlet_multinomial(total, firm * usual).sum()))


def _fit_weeks(sittings: Sittings, places: Places, kind: Longs, total: Floats, firm: float, usual: Floats) -> float:
    """How firmly the weeks of an account at home keep to its own shares in the rest of its time."""
    home = places.home[sittings.group]
    staff = places.staff[sittings.group][home]
    if not len(staff):
        return 1.0
    first, week = first_of(staff, (sittings.began[home] - sittings.began.min()) // WEEK)
    counts, owner = _table(week, kind[home], len(first)), staff[first]
    share = _shares(firm, usual[owner], total[owner] - counts)
    return _likeliest(lambda spread: float(dirichlet_multinomial(counts, spread * share).sum()))


def _likeliest(log_likelihood: Callable[[float], float]) -> float:
    """The spread of SPREADS under which the data is likeliest."""
    return float(SPREADS[int(np.argmax([round(log_likelihood(spread), 6) for spread in SPREADS]))])


def errands(ratio: Floats, asked: Bools, staff: Longs) -> Floats:
    """By group: how often places of other accounts (those `asked`) are honestly used for something else altogether.

    A place counts as much as is likelier than not; half a place more is added to what was seen.
    """
    rate = RAREST
    for _ in range(20):
        odds = np.log(rate / (1 - rate)) + ratio[asked]
        rate = (float(np.sum(1 / (1 + np.exp(-np.clip(odds, -50, 50))))) + 0.5) / (float(np.sum(asked)) + 1)
    likely = np.where(asked, 1 / (1 + np.exp(-np.clip(np.log(rate / (1 - rate)) + ratio, -50, 50))), 0.0)
    size = int(staff.max(initial=-1)) + 1
    mine, own = np.bincount(staff, weights=likely, minlength=size), np.bincount(staff, weights=asked, minlength=size)
    left = (likely.sum() - mine[staff] + 0.5) / (asked.sum() - own[staff] + 1)
    return np.asarray(np.clip(left, RAREST, 0.5), dtype=np.float64)


def with_errands(ratio: Floats, rate: Floats) -> Floats:
    """The log likelihood ratio where an honest place is used for something else at that rate."""
    return np.asarray(ratio - np.logaddexp(np.log1p(-rate), np.log(rate) + ratio), dtype=np.float64)
