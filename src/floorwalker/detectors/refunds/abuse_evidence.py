"""How much likelier a buyer's claims are from one who abuses refunds than from honest people."""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from floorwalker.detectors.refunds.contradicted import Sign
from floorwalker.detectors.refunds.innocent import innocent_chance, with_luck
from floorwalker.graph.slots import Bools, Floats, Ints

SHARES = (0.5, 0.9)
"""Shares of an abuser's claims that are false, each as likely; the others are as honest people's."""
ABUSERS = 0.01
"""One buyer in a hundred is taken to abuse refunds before anything is known."""
SINGLE, ONE_METHOD = 0.1, 0.8
"""One abuser in ten has one method, which four in five of his false claims show."""
ROUNDS = 3
MOST_OF_HABITS = math.log(30.0)
"""Honest people differ in how often, how soon and with what words they claim: all that is believed to one in thirty."""


def weigh(signs: Sequence[Sign], buyer: Ints, given: Floats, judged: Bools) -> tuple[Floats, list[Floats]]:
    """The log e-value of each buyer, and the innocent chance of each sign on each claim, (n,).

    buyer: (n,) codes in order. given: (buyers,) log e-values of habits, conditional on which the claims' content is
    judged. judged: (buyers,) whom to judge; the claims of the others only tell what is usual. Innocent chances are
    those of a mixture of honest people and abusers, by maximum likelihood: claims of buyers who are suspected already
    count less in them (McLachlan & Peel 2000, ch. 2), so that a few abusers do not make their signs look innocent.
    """
    honest = np.ones(len(given))
    log_e, chances = given, []
    for _ in range(ROUNDS):
        chances = [innocent_chance(s.asked, s.shown, s.around, honest[buyer]) for s in signs]
        told = list(zip(signs, chances, strict=True))
        habits = given + _log_e_of_content([t for t in told if t[0].habit], buyer, judged)
        content = _log_e_of_content([t for t in told if not t[0].habit], buyer, judged)
        log_e = np.round(np.minimum(habits, MOST_OF_HABITS) + content, 9)
        log_e = np.where(judged, log_e, 0.0)
        honest = (1 - ABUSERS) / (1 - ABUSERS + ABUSERS * np.exp(np.clip(log_e, -50, 50)))
    return log_e, chances


def _log_e_of_content(told: Sequence[tuple[Sign, Floats]], buyer: Ints, judged: Bools) -> Floats:
    """A mixture, over what share is false and what false claims look like, of products over claims.

    What a claim shows is asked in turn, so that its ratio is the product over its signs. Valid where the true chance
    of a sign is at most the one measured: a stated rate below it counts as equal to it, which says nothing.
    """
    rows = np.flatnonzero(judged[buyer])
    unlucky = [with_luck(c, s.asked, s.shown, buyer)[rows] for s, c in told]
    answers = [(s.asked[rows], s.shown[rows]) for s, _ in told]
    whose, buyers = buyer[rows], len(judged)
    mixed = np.full(buyers, -np.inf)
    for weight, rates in _styles([s for s, _ in told]):
        ratio = np.zeros(len(rows))
        for (asked, shown), chance, rate in zip(answers, unlucky, rates, strict=True):
            if rate > 0:
                ratio += _log_ratio(asked, shown, chance, rate)
        false = np.exp(np.clip(ratio, -50.0, 50.0))
        for share in SHARES:
            total = np.bincount(whose, weights=np.log(share * false + 1 - share), minlength=buyers)
            mixed = np.logaddexp(mixed, total + np.log(weight / len(SHARES)))
    return np.asarray(mixed, dtype=np.float64)


def _styles(signs: Sequence[Sign]) -> list[tuple[float, tuple[float, ...]]]:
    """What an abuser's false claims may look like: weights, and a rate for each sign; 0 says that it is as usual."""
    varied = list(itertools.product(*(sign.rates for sign in signs)))
    one = [tuple(ONE_METHOD if k == j else 0.0 for k in range(len(signs))) for j in range(len(signs))]
    return [
        *(((1 - SINGLE) / len(varied), rates) for rates in varied),
        *((SINGLE / len(one), rates) for rates in one),
    ]


def _log_ratio(asked: Bools, shown: Bools, chance: Floats, rate: float) -> Floats:
    """Log of how much likelier each claim's answer is when it is false, (n,); 0 where it was not asked."""
    stated = np.clip(np.maximum(rate, chance), 1e-12, 1 - 1e-12)
    chance = np.clip(chance, 1e-12, 1 - 1e-12)
    ratio = np.where(shown, np.log(stated / chance), np.log((1 - stated) / (1 - chance)))
    return np.where(asked, ratio, 0.0)
