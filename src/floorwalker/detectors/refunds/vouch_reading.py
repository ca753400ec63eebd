"""Which posts of a channel are vouches: somebody says that money came back, and how much.

A vouch says that money is back and that it worked, that it landed, or praises who did it, and names a sum. Questions,
adverts and complaints are none. A channel is a scheme's where vouches that praise a helper, and adverts for refunds,
make up a good part of what is posted: elsewhere "my 80 € are back, finally" is a customer's relief and says nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.refunds.vouch_amounts import Amount, Span, amounts, span
from floorwalker.detectors.refunds.vouch_phrases import (
    alternatives,
    currency_words,
    pattern,
    plain,
    words_of,
)

LETTERS = 2_000
MOST_AMOUNTS = 3
LEAST_POSTS, LEAST_SHARE = 3, 0.1
"""A scheme's channel has three such posts or more, and they are a tenth of it or more."""
_WORD = re.compile(r"(?<![\w@#])[^\W\d_][^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a post says. amounts: of a vouch, else empty; words: those that may name the thing that was bought.

    advert: it offers refunds. praise: it is a vouch, with or without a sum, that praises who did it.
    """

    amounts: tuple[Amount, ...]
    span: Span | None
    words: tuple[str, ...]
    advert: bool
    praise: bool


NOTHING = Reading((), None, (), advert=False, praise=False)


def read(body: str) -> Reading:
    """What one post says."""
    text = plain(body[:LETTERS])
    praised = bool(pattern("praise").search(text))
    back = bool(pattern("back").search(text))
    landed = bool(pattern("landed").search(text))
    if not (praised or back or landed) or _questions(text):
        return NOTHING
    if _offers(text):
        return Reading((), None, (), advert=back, praise=False)
    if pattern("failed").search(text):
        return NOTHING
    sums = amounts(text)
    told = praised or landed or (back and bool(pattern("done").search(text)))
    if not told or not 0 < len(sums) <= MOST_AMOUNTS:
        return Reading((), None, (), advert=False, praise=praised and back)
    return Reading(tuple(sums), span(text), _words(text), advert=False, praise=praised)


def scheme_posts(channel: NDArray[np.int64], readings: Sequence[Reading]) -> NDArray[np.bool_]:
    """Which posts stand in a channel of a scheme; channel: (n,) codes from 0."""
    speaks = np.array([r.advert or r.praise for r in readings], dtype=np.float64)
    size = np.bincount(channel)
    found = np.bincount(channel, weights=speaks)
    return np.asarray(((found >= LEAST_POSTS) & (found >= LEAST_SHARE * size))[channel], dtype=np.bool_)


def _questions(text: str) -> bool:
    return "?" in text or bool(_asking().match(text))


def _offers(text: str) -> bool:
    return bool(pattern("offer").search(text)) or len(set(pattern("hint").findall(text))) > 1


@cache
def _asking() -> re.Pattern[str]:
    return re.compile(r"\W*" + alternatives(words_of("question")))


def _words(text: str) -> tuple[str, ...]:
    kept = _saying().sub(" ", text)
    return tuple(dict.fromkeys(word for word in _WORD.findall(kept) if word not in _chat()))


@cache
def _saying() -> re.Pattern[str]:
    """What says that it is a vouch, and so names no goods."""
    return re.compile(alternatives(tuple(word for name in ("back", "praise", "fee") for word in words_of(name))))


@cache
def _chat() -> frozenset[str]:
    """The words of chats, which name no goods."""
    meanings = ("chat", "hour", "day", "week", "month", "sameday", "thousand", "done", "about", "question")
    phrases = [word for meaning in meanings for word in words_of(meaning)]
    phrases += [word for word, _ in currency_words()]
    return frozenset(word for phrase in phrases for word in phrase.split())
