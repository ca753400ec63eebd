"""How much likelier a buyer's claims are from one who abuses refunds than from honest people."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.refunds.contradicted import Sign
from floorwalker.detectors.refunds.innocent import innocent_chance, with_luck
from floorwalker.graph.slots import Ints

Floats = NDArray[np.float64]

SHARES = (0.3, 0.6, 0.95)
"""Shares of an abuser's claims that are false, each as likely; the others are as honest people's."""
ABUSERS = 0.01
"""One buyer in a hundred is taken to abuse refunds before anything is known."""
ROUNDS = 3


def weigh(signs: Sequence[Sign], buyer: Ints, given: Floats) -> tuple[Floats, list[Floats]]:
    """The log e-value of each buyer, and the innocent chance of each sign on each claim, (n,).

    buyer: (n,) codes in order. given: (buyers,) log e-values from elsewhere, conditional on which the claims' content
    is judged. Innocent chances are those of a mixture of honest people and abusers, by maximum likelihood: claims of
    buyers who are suspected already count less in them (McLachlan & Peel 2000, ch. 2). So a few abusers do not make
    their signs look innocent.
    """
    honest = np.ones(len(given))
    log_e, chances = given, []
    for _ in range(ROUNDS):
        chances = [innocent_chance(s.asked, s.shown, s.around, honest[buyer]) for s in signs]
        log_e = np.round(given + _log_e_of_content(signs, chances, buyer, len(given)), 9)
        honest = (1 - ABUSERS) / (1 - ABUSERS + ABUSERS * np.exp(np.clip(log_e, -50, 50)))
    return log_e, chances


def _log_e_of_content(signs: Sequence[Sign], chances: list[Floats], buyer: Ints, buyers: int) -> Floats:
    """A mixture, over what share is false and how false claims look, of products over claims.

    What a claim shows is asked in turn, so that its ratio is the product over its signs. Valid where the true chance
    of a sign is at most the one measured: a stated rate below it counts as equal to it, which says nothing.
    """
    steps = []
    for sign, chance in zip(signs, chances, strict=True):
        unlucky = with_luck(chance, sign.asked, sign.shown, buyer)
        steps.append([_log_ratio(sign, unlucky, rate) for rate in sign.rates])
    mixed, ways = np.full(buyers, -np.inf), 0
    for chosen in itertools.product(*steps):
        false = np.exp(np.clip(np.sum(chosen, axis=0), -50.0, 50.0)) if chosen else np.ones(len(buyer))
        for share in SHARES:
            total = np.bincount(buyer, weights=np.log(share * false + 1 - share), minlength=buyers)
            mixed, ways = np.logaddexp(mixed, total), ways + 1
    return np.asarray(mixed - np.log(ways), dtype=np.float64)


def _log_ratio(sign: Sign, chance: Floats, rate: float) -> Floats:
    """Log of how much likelier each claim's answer is when it is false, (n,); 0 where it was not asked."""
    stated = np.clip(np.maximum(rate, chance), 1e-12, 1 - 1e-12)
    chance = np.clip(chance, 1e-12, 1 - 1e-12)
    ratio = np.where(sign.shown, np.log(stated / chance), np.log((1 - stated) / (1 - chance)))
    return np.where(sign.asked, ratio, 0.0)
