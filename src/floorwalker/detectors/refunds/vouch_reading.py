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
from floorwalker.detectors.refunds.vouch_phrases import Said, alternatives, currency_words, plain, words_of

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
    said = Said(text)
    praised, back, landed = (said.has(meaning) for meaning in ("praise", "back", "landed"))
    if not (praised or back or landed) or _questions(text, said):
        return NOTHING
    if said.has("offer") or said.count("hint") > 1:
        return Reading((), None, (), advert=back, praise=False)
    if said.has("failed"):
        return NOTHING
    sums = amounts(text)
    told = praised or landed or (back and said.has("done"))
    if not told or not 0 < len(sums) <= MOST_AMOUNTS:
        return Reading((), None, (), advert=False, praise=praised and back)
    return Reading(tuple(sums), span(text), _words(text), advert=False, praise=praised)


def scheme_posts(channel: NDArray[np.int64], readings: Sequence[Reading]) -> NDArray[np.bool_]:
    """Which posts stand in a channel of a scheme; channel: (n,) codes from 0."""
    speaks = np.array([r.advert or r.praise for r in readings], dtype=np.float64)
    size = np.bincount(channel)
    found = np.bincount(channel, weights=speaks)
    return np.asarray(((found >= LEAST_POSTS) & (found >= LEAST_SHARE * size))[channel], dtype=np.bool_)


def _questions(text: str, said: Said) -> bool:
    return "?" in text or (Said(" ".join(said.words[:2])).has("question") and _asking().match(text) is not None)


@cache
def _asking() -> re.Pattern[str]:
    return re.compile(r"\W*" + alternatives(words_of("question")))


def _words(text: str) -> tuple[str, ...]:
    chat, begun = _chat()
    kept = (word for word in _WORD.findall(text) if word not in chat and not word.startswith(begun))
    return tuple(dict.fromkeys(kept))


@cache
def _chat() -> tuple[frozenset[str], tuple[str, ...]]:
    """The words of chats and vouches, which name no goods, and the beginnings of such."""
    meanings = ("chat", "hour", "day", "week", "month", "sameday", "thousand", "done", "landed", "about", "question")
    phrases = [word for meaning in (*meanings, "back", "praise", "fee") for word in words_of(meaning)]
    whole = (word for phrase in (*phrases, *currency_words()) for word in phrase.split() if not word.endswith("*"))
    return frozenset(whole), tuple(phrase[:-1] for phrase in phrases if phrase.endswith("*") and " " not in phrase)
