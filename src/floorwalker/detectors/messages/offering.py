"""How many people each account offered something, by kind of offer."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.messages.classifier import Read
from floorwalker.detectors.messages.writing import Flags, Longs, Writing
from floorwalker.stats.tail import EXACT, log_tail_binomial

LIKELY, SURE = 1.0, 2.0
"""Log odds of a solicitation. Of 480 honest look-alikes, each judged by a classifier that never learnt its language,
2 in 100 reach the first and none the second; of other honest messages hardly any (docs/solicitation.md)."""
LOOK_ALIKES = 0.2
"""How many of an honest account's different texts are taken to be look-alikes; of real messages 1 or 2 in 100 are."""
MISREAD_SURELY, MISREAD_LIKELY = LOOK_ALIKES * 0.01, LOOK_ALIKES * 0.02
"""Bounds on the share of honest texts that reach SURE (none of 480 is below 1 in 100 at 99 % confidence) and LIKELY."""
TAIL = 1.5
"""How fast the log of that share falls with the log odds beyond LIKELY: look-alikes beyond it exceed it by 0.3 on
average, which would be a fall by 3 (Pickands 1975, Ann. Statist. 3, with an exponential tail)."""
_AWAY = frozenset(("channel", "elsewhere"))
_BAIT = frozenset(("gift", "free"))
_DEALINGS = frozenset(("defect", "late", "honest", "report", "buyer"))
_BARGAIN = frozenset(("good", "change", "secrecy", "elsewhere", "channel", "proof", "tester"))

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Offers:
    """By account (senders,): people written to and people offered something, each person once.

    letters: rows of `Writing` that are such an offer, ordered by account; account: the account of each.
    """

    people: Longs
    offered: Longs
    letters: Longs
    account: Longs


def is_solicitation(text: Read) -> bool:
    """Whether the text offers something for a review."""
    return text.log_odds >= LIKELY


def is_lure(text: Read) -> bool:
    """Whether the text offers something to those who write elsewhere, for no reason that an order gives."""
    met = text.meanings
    return not met.isdisjoint(_BAIT) and not met.isdisjoint(_AWAY) and met.isdisjoint(_DEALINGS)


def is_bargain(text: Read) -> bool:
    """Whether it surely offers something and asks for more than any review: stars, a change, silence, another place."""
    return text.log_odds >= SURE and not is_plain(text)


def is_plain(text: Read) -> bool:
    """Whether nothing is asked beyond a review: no stars, no change, no silence, no other place to talk."""
    return text.meanings.isdisjoint(_BARGAIN)


def offers(writing: Writing, texts: Flags) -> Offers:
    """Count the people to whom each account sent one of `texts` (by text), but for those who had asked for money."""
    letters = np.flatnonzero(texts[writing.text] & ~writing.answered & (writing.account >= 0))
    account = writing.account[letters]
    order = np.lexsort((letters, account))
    letters, account = letters[order], account[order]
    offered = _distinct(account, writing.recipient[letters], writing.senders.num_rows)
    people = writing.senders["recipients"].to_numpy().astype(np.int64)
    return Offers(people, offered, letters, account)


def log_p_misread(writing: Writing, bargains: Offers) -> Floats:
    """Log p (senders,) that so many of an account's different texts would be misread, each at a rate of MISREAD_SURELY.

    Texts that speak of much the same count as one among the bargains, and as many among all texts: conservative.
    """
    size = writing.senders.num_rows
    known = writing.account >= 0
    different = _distinct(writing.account[known], writing.text[known], size)
    kinds = np.zeros(size, dtype=np.int64)
    for account, log_odds in kinds_of(writing, bargains).items():
        kinds[account] = len(log_odds)
    return np.asarray(
        np.where(kinds > 0, log_tail_binomial(kinds, different, MISREAD_SURELY, EXACT), 0.0), dtype=np.float64
    )


def log_e_bound(writing: Writing, made: Offers) -> Floats:
    """What the reading itself bears (senders,): the log of 1 / the chance that an account's offers are all misread."""
    bound = np.zeros(writing.senders.num_rows)
    for account, log_odds in kinds_of(writing, made).items():
        bound[account] = sum(TAIL * (found - LIKELY) - math.log(MISREAD_LIKELY) for found in log_odds)
    return np.asarray(np.round(bound, 6), dtype=np.float64)


def kinds_of(writing: Writing, made: Offers) -> dict[int, list[float]]:
    """By account with offers: the log odds of its kinds of text, the strongest of each.

    Texts are of one kind where half or more of what they speak of is the same, as when only a name or a product
    differs.
    """
    pairs = np.unique(np.column_stack([made.account, writing.text[made.letters]]), axis=0)
    kept: dict[int, list[Read]] = {}
    for account, text in sorted(pairs.tolist(), key=lambda pair: (pair[0], -writing.texts[pair[1]].log_odds, pair[1])):
        read, others = writing.texts[text], kept.setdefault(account, [])
        if not any(_alike(read.meanings, other.meanings) for other in others):
            others.append(read)
    return {account: [read.log_odds for read in reads] for account, reads in kept.items()}


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return 2 * len(one & other) >= len(one | other)


def _distinct(account: Longs, value: Longs, size: int) -> Longs:
    """How many different values each account (0 to size - 1) has."""
    pairs = np.unique(np.column_stack([account, value]), axis=0)
    return np.bincount(pairs[:, 0], minlength=size).astype(np.int64)
