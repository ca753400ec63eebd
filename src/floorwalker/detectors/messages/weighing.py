"""Three tests of an account's offers: against its peers' offers and lures, and against messages being misread."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floorwalker.contract.figures import one_in, significant
from floorwalker.detectors.messages.offering import (
    Floats,
    Offers,
    is_bargain,
    is_lure,
    is_solicitation,
    log_e_bound,
    log_p_misread,
    offers,
)
from floorwalker.detectors.messages.writing import Writing
from floorwalker.stats.peers import beta_binomial
from floorwalker.stats.tail import EXACT

HABIT = 0.2
"""Where more than one account in five makes such offers it may be a habit of the marketplace, and only peers tell."""
TRUST, TRUST_LURES = math.log(1e6), math.log(1e4)
"""Of offers the doubt is a trade whose texts are all misread alike (and see log_e_bound), of lures it is marketing."""


@dataclass(frozen=True, slots=True)
class Test:
    """log_p: (senders,). trust: the log of the largest e-value that is believed, for all or (senders,).

    share: its weight among the e-values of the tests. says: the outcome for an account.
    """

    offers: Offers
    log_p: Floats
    trust: float | Floats
    share: float
    says: Callable[[int], str]


def weigh(writing: Writing, seller: NDArray[np.bool_]) -> list[Test]:
    """The three tests; sellers have sellers as peers, all others one another."""
    made, lures, bargains = (
        offers(writing, np.array([meant(text) for text in writing.texts], dtype=np.bool_))
        for meant in (is_solicitation, is_lure, is_bargain)
    )
    return [
        _against_peers(made, seller, np.minimum(log_e_bound(writing, made), TRUST), 0.5),
        _against_peers(lures, seller, TRUST_LURES, 0.1),
        _against_misreading(writing, bargains, seller),
    ]


def _against_peers(made: Offers, seller: NDArray[np.bool_], trust: float | Floats, share: float) -> Test:
    test = beta_binomial(made.offered, made.people, seller, tie=EXACT, bulk=0.9)

    def says(account: int) -> str:
        usual, chance = significant(float(test.expected[account])), one_in(float(test.log_p[account]))
        return f"At the rate of others like it there would be {usual}, a chance of {chance}."

    return Test(made, test.log_p, trust, share, says)


def _against_misreading(writing: Writing, bargains: Offers, seller: NDArray[np.bool_]) -> Test:
    log_p = log_p_misread(writing, bargains)
    for kind in (seller, ~seller):
        if np.sum(bargains.offered[kind] > 0) > HABIT * np.sum(kind):
            log_p[kind] = 0.0

    def says(account: int) -> str:
        return f"That its different texts were all misread has a chance of at most {one_in(float(log_p[account]))}."

    return Test(bargains, log_p, TRUST, 0.4, says)
