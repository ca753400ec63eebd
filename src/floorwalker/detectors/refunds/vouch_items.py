"""Whether a refund was for the thing that a vouch names, against how many refunds were for such a thing."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from floorwalker.detectors.refunds.vouch_amount_law import Longs
from floorwalker.detectors.refunds.vouch_phrases import plain
from floorwalker.graph.slots import Floats

NAMES_IT = 0.7
"""A word that names goods names those of the refund so often; else a title says it otherwise."""
TASTE = 3.0
"""Vouches name a thing up to so many times as often as its share of refunds, or once; a word said more is chat."""
_WORD = re.compile(r"[^\W\d_][^\W_]{2,}")


class Items:
    """What refunds were for, and the words that vouches use.

    item: (n,) code of what each refund was for; titles: what those are, in words, by code.
    said: the words of each vouch.
    """

    def __init__(self, item: Longs, titles: Sequence[str], said: Sequence[Iterable[str]]) -> None:
        """Reads each title once."""
        uses = Counter(word for words in said for word in set(words))
        self._item = item
        self._with: dict[str, list[int]] = {}
        for code, title in enumerate(titles):
            for word in set(_WORD.findall(plain(title))) & uses.keys() if uses else ():
                self._with.setdefault(word, []).append(code)
        size = np.bincount(item, minlength=len(titles))
        self._usual, self._trust = {}, {}
        for word, codes in self._with.items():
            usual = (size[codes].sum() + 1) / (len(item) + 1)
            self._usual[word] = usual
            self._trust[word] = NAMES_IT * min(1.0, (1 + TASTE * usual * len(said)) / uses[word])

    def fit(self, refund: Longs, words: Sequence[str], alike: Longs, same: Longs, repeats: float) -> Floats:
        """How much likelier the words are said of each refund than of any, whose mean is 1, (refunds,).

        A word is as common as among all refunds, or among those `alike` (of much the same sum), or among those of the
        `same` sum as far as a refund elsewhere `repeats` such a sum: the most of these counts.
        """
        named = [word for word in words if word in self._usual]
        total = np.zeros(len(refund))
        for word in named:
            has: NDArray[np.bool_] = np.isin(self._item[refund], self._with[word])
            near, here = (np.isin(self._item[rows], self._with[word]) for rows in (alike, same))
            usual = max(
                self._usual[word], (near.sum() + 1) / (len(alike) + 1), repeats * here.sum() / max(len(same), 1)
            )
            usual = min(usual, 1.0)
            total += self._trust[word] * has / usual + 1 - self._trust[word]
        return total / len(named) if named else np.ones(len(refund))
