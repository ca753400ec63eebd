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
2 in 100 reach the first and none the second; of messages that are no look-alikes hardly any do."""
MISREAD = 0.01
"""Bound on the share of honest texts that reach SURE: none of 480 is less than 1 in 100 at 99 % confidence."""
MISREAD_LIKELY, TAIL = math.log(1 / 50), 2.0
"""Log of the share of look-alikes that reach LIKELY, and how fast it falls with the log odds from there: those beyond
exceed it by 0.3 on average, which would be a fall by 3 (Pickands 1975, Ann. Statist. 3, with an exponential tail)."""
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
    """Log p (senders,) that so many of an account's different texts would be misread, each at a rate of MISREAD.

    Texts that speak of the same things count as one among the bargains, and as many among all texts: conservative.
    """
    size = writing.senders.num_rows
    known = writing.account >= 0
    different = _distinct(writing.account[known], writing.text[known], size)
    kinds = _distinct(bargains.account, _kind(writing)[writing.text[bargains.letters]], size)
    log_p: Floats = np.where(kinds > 0, log_tail_binomial(kinds, different, MISREAD, EXACT), 0.0)
    return log_p


def log_e_bound(writing: Writing, made: Offers) -> Floats:
    """What the reading itself bears (senders,): the log of 1 / the chance that an account's offers are all misread.

    The strongest text of each kind counts, kinds being misread independently.
    """
    text = writing.text[made.letters]
    kind, log_odds = _kind(writing)[text], np.array([one.log_odds for one in writing.texts])[text]
    order = np.lexsort((-log_odds, kind, made.account))
    pairs = np.column_stack([made.account, kind])[order]
    _, first = np.unique(pairs, axis=0, return_index=True)
    bound = np.zeros(writing.senders.num_rows)
    np.add.at(bound, pairs[first, 0], -MISREAD_LIKELY + TAIL * (log_odds[order[first]] - LIKELY))
    return np.round(bound, 6)


def _kind(writing: Writing) -> Longs:
    """By text: a number for what it speaks of."""
    names: dict[frozenset[str], int] = {}
    return np.array([names.setdefault(text.meanings, len(names)) for text in writing.texts], dtype=np.int64)


def _distinct(account: Longs, value: Longs, size: int) -> Longs:
    """How many different values each account (0 to size - 1) has."""
    pairs = np.unique(np.column_stack([account, value]), axis=0)
    return np.bincount(pairs[:, 0], minlength=size).astype(np.int64)
