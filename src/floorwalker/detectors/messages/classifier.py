"""Whether a message offers something for a review: meanings and letter n-grams, weighed by logistic regression.

Learnt when first asked, from training.tsv beside this file, in about a second; on one thread, and scores rounded, so
that every machine says the same.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from floorwalker.detectors.messages.normalise import normalise
from floorwalker.detectors.messages.phrases import REWARDS, all_meanings, meanings, speaks_of

SOLICITATION = "solicitation"
ABOUT_REVIEWS = frozenset(("review", "star", "good", "change", "proof"))
LEADS_AWAY = frozenset(("channel", "elsewhere", "secrecy", "tester"))
PART = 250
"""Characters; what is said further apart belongs to different matters, as in a long confirmation of an order."""
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")
WEIGHT = 2.5
"""Length of the meanings beside the n-grams, whose length is 1."""
_DIGITS = 3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Read:
    """What a message speaks of where it is most like a solicitation, and the log odds that it is one."""

    meanings: frozenset[str]
    log_odds: float


NOTHING = Read(frozenset(), -math.inf)


def read(texts: Sequence[str], by: "Classifier | None" = None) -> list[Read]:
    """Each message as a whole, or the strongest part of a long one; by default by what training.tsv teaches.

    NOTHING for those that cannot be a solicitation, which is nearly all and quick to see.
    """
    cut = [parts(text) for text in texts]
    owner = np.repeat(np.arange(len(texts)), [len(pieces) for pieces in cut])
    normal = [normalise(piece) for pieces in cut for piece in pieces]
    halves = speaks_of(normal, ABOUT_REVIEWS | LEADS_AWAY) & speaks_of(normal, frozenset(REWARDS) | LEADS_AWAY)
    met = {place: meanings(normal[place]) for place in np.flatnonzero(halves).tolist()}
    likely = [place for place, found in met.items() if could_be(found)]
    answers = [NOTHING] * len(texts)
    if likely:
        log_odds = (by or _taught()).log_odds([normal[place] for place in likely], [met[place] for place in likely])
        for place, value in zip(likely, log_odds.tolist(), strict=True):
            if value > answers[owner[place]].log_odds:
                answers[owner[place]] = Read(met[place], value)
    return answers


def parts(text: str) -> list[str]:
    """The text, or of one longer than PART characters every sentence with the next."""
    if len(text) <= PART:
        return [text]
    sentences = _SENTENCE_END.split(text)
    return [" ".join(pair) for pair in pairwise([*sentences, ""])]


def could_be(found: frozenset[str]) -> bool:
    """Whether the meanings have the two halves of a solicitation: a review, and a gain or a way out."""
    gains = not found.isdisjoint(REWARDS)
    leads_away = not found.isdisjoint(LEADS_AWAY)
    return (gains or leads_away) and (not found.isdisjoint(ABOUT_REVIEWS) or (gains and leads_away))


@dataclass(frozen=True, slots=True)
class Classifier:
    """Letter n-grams of normalised text, and meanings with their pairs, under one logistic regression."""

    ngrams: TfidfVectorizer
    weights: LogisticRegression

    def log_odds(self, normal: Sequence[str], met: Sequence[frozenset[str]]) -> Floats:
        """Log odds (n,), rounded, of normalised texts with their meanings."""
        with threadpool_limits(1):
            found = self.weights.decision_function(_columns(self.ngrams.transform(normal), met))
        return np.asarray(np.round(found, _DIGITS), dtype=np.float64)


def teach(labels: Sequence[bool], texts: Sequence[str]) -> Classifier:
    """Learn from messages with their labels (True: solicitation)."""
    cut = [parts(text) for text in texts]
    normal = [normalise(piece) for pieces in cut for piece in pieces]
    known = np.repeat(np.asarray(labels, dtype=np.bool_), [len(pieces) for pieces in cut])
    ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True, lowercase=False)
    with threadpool_limits(1):
        columns = _columns(ngrams.fit_transform(normal), [meanings(text) for text in normal])
        weights = LogisticRegression(C=1.0, max_iter=1000).fit(columns, known)
    return Classifier(ngrams, weights)


def training() -> list[tuple[bool, str, str]]:
    """(whether a solicitation, language, text) of every message to learn from."""
    lines = (files(__package__) / "training.tsv").read_text(encoding="utf-8").splitlines()
    split = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(label == SOLICITATION, language, text) for label, language, text in split]


@cache
def _taught() -> Classifier:
    known = training()
    return teach([label for label, _, _ in known], [text for _, _, text in known])


def _columns(ngrams: sparse.csr_matrix, met: Sequence[frozenset[str]]) -> sparse.csr_matrix:
    place = _places()
    indices, pointers = [], [0]
    for found in met:
        indices += sorted(place[pair] for pair in combinations(("", *sorted(found)), 2))
        pointers.append(len(indices))
    lengths = np.diff(pointers)
    told = sparse.csr_matrix(
        (np.repeat(WEIGHT / np.sqrt(np.maximum(lengths, 1)), lengths), indices, pointers), shape=(len(met), len(place))
    )
    columns: sparse.csr_matrix = sparse.hstack([ngrams, told], format="csr")
    return columns


@cache
def _places() -> dict[tuple[str, str], int]:
    """The column of each meaning, paired with nothing or with another one."""
    return {pair: place for place, pair in enumerate(combinations(("", *all_meanings()), 2))}
