"""How many people each account offered something, by kind of offer."""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.messages.classifier import Read
from floorwalker.detectors.messages.phrases import REWARDS
from floorwalker.detectors.messages.writing import Flags, Longs, Writing

LIKELY = 0.6
"""Score of a solicitation; of honest look-alikes in a language not learnt, fewer than 1 in 100 reach it."""
_AWAY = frozenset(("channel", "elsewhere"))
_BAIT = frozenset(("gift", "free"))
_DEALINGS = frozenset(("defect", "late", "honest", "report", "buyer"))
_BARGAIN = frozenset(("good", "change", "secrecy", "elsewhere", "channel", "proof", "tester"))


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
    return text.score >= LIKELY


def is_lure(text: Read) -> bool:
    """Whether the text offers something to those who write elsewhere, for no reason that an order gives."""
    met = text.meanings
    return not met.isdisjoint(_BAIT) and not met.isdisjoint(_AWAY) and met.isdisjoint(_DEALINGS)


def is_plain(text: Read) -> bool:
    """Whether nothing is asked beyond a review: no stars, no change, no silence, no other place to talk."""
    return text.meanings.isdisjoint(_BARGAIN)


def offers(writing: Writing, texts: Flags) -> Offers:
    """Count the people to whom each account sent one of `texts` (by text), but for those who had asked for money."""
    letters = np.flatnonzero(texts[writing.text] & ~writing.answered & (writing.account >= 0))
    account = writing.account[letters]
    order = np.lexsort((letters, account))
    letters, account = letters[order], account[order]
    pairs = np.unique(np.column_stack([account, writing.recipient[letters]]), axis=0)
    offered = np.bincount(pairs[:, 0], minlength=writing.senders.num_rows).astype(np.int64)
    people = writing.senders["recipients"].to_numpy().astype(np.int64)
    return Offers(people, offered, letters, account)
