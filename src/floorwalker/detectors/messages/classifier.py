"""Whether a message offers something for a review: meanings and letter n-grams, weighed by logistic regression.

Learnt when first asked, from training.tsv beside this file, in about a second; on one thread, and scores rounded, so
that every machine says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations

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
_DIGITS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Read:
    """What a message was found to speak of, and how likely it is a solicitation (0 to 1)."""

    meanings: frozenset[str]
    score: float


NOTHING = Read(frozenset(), 0.0)


def read(texts: Sequence[str]) -> list[Read]:
    """Each message's meanings and score; NOTHING for those that cannot be one, which is nearly all and quick to see."""
    normal = [normalise(text) for text in texts]
    answers = [NOTHING] * len(texts)
    halves = speaks_of(normal, ABOUT_REVIEWS | LEADS_AWAY) & speaks_of(normal, frozenset(REWARDS) | LEADS_AWAY)
    places = np.flatnonzero(halves).tolist()
    met = {place: meanings(normal[place]) for place in places}
    likely = [place for place in places if could_be(met[place])]
    if likely:
        scores = _taught().scores([normal[place] for place in likely], [met[place] for place in likely])
        for place, score in zip(likely, scores.tolist(), strict=True):
            answers[place] = Read(met[place], score)
    return answers


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

    def scores(self, normal: Sequence[str], met: Sequence[frozenset[str]]) -> Floats:
        """Probabilities (n,), rounded, of normalised texts with their meanings."""
        with threadpool_limits(1):
            columns = _columns(self.ngrams.transform(normal), met)
            found = self.weights.predict_proba(columns)[:, list(self.weights.classes_).index(True)]
        return np.asarray(np.round(found, _DIGITS), dtype=np.float64)


def teach(labels: Sequence[bool], texts: Sequence[str]) -> Classifier:
    """Learn from messages with their labels (True: solicitation)."""
    normal = [normalise(text) for text in texts]
    ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True, lowercase=False)
    with threadpool_limits(1):
        columns = _columns(ngrams.fit_transform(normal), [meanings(text) for text in normal])
        weights = LogisticRegression(C=1.0, max_iter=1000).fit(columns, np.asarray(labels, dtype=np.bool_))
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
    told = sparse.csr_matrix((np.full(len(indices), 0.5), indices, pointers), shape=(len(met), len(place)))
    return sparse.hstack([ngrams, told], format="csr")


@cache
def _places() -> dict[tuple[str, str], int]:
    """The column of each meaning, paired with nothing or with another one."""
    return {pair: place for place, pair in enumerate(combinations(("", *all_meanings()), 2))}
