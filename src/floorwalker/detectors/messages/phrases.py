"""What a message speaks of, by meaning, in a dozen languages; the words are in phrases.tsv."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.messages.normalise import normalise, skeleton, spoken

LONG = 6
REWARDS = {
    "moneyback": "money back",
    "gift": "a gift or voucher",
    "free": "a free product",
    "cash": "a payment",
}
"""Meanings that are something to gain, and how a finding names them, in the order in which it looks for them."""


def meanings(normal: str) -> frozenset[str]:
    """The meanings met in a normalised text."""
    bones, words = skeleton(normal), f" {spoken(normal)}"
    long, short = _stems()
    found = {meaning for meaning, stems in long if any(stem in bones for stem in stems)}
    found.update(meaning for meaning, stems in short if any(stem in f"{words} " for stem in stems))
    if "★★★" in bones:
        found.update(("star", "good"))
    return frozenset(found)


def speaks_of(normal: Sequence[str], wanted: frozenset[str]) -> NDArray[np.bool_]:
    """Which normalised texts (n,) have any of the meanings wanted; much faster than to look for each meaning."""
    long, short = _patterns(wanted)
    bones = pa.array([skeleton(text) for text in normal], pa.string())
    words = pa.array([f" {spoken(text)} " for text in normal], pa.string())
    met = pc.or_(pc.match_substring_regex(bones, long), pc.match_substring_regex(words, short))
    return np.asarray(met.to_numpy(zero_copy_only=False), dtype=np.bool_)


@cache
def _patterns(wanted: frozenset[str]) -> tuple[str, str]:
    long, short = (
        "|".join(re.escape(stem) for meaning, stems in kind for stem in stems if meaning in wanted) for kind in _stems()
    )
    return f"{long}|★★★", short


@cache
def all_meanings() -> tuple[str, ...]:
    """Every meaning that there is, ordered by name."""
    return tuple(sorted({meaning for meaning, _ in _listed()}))


def _listed() -> Iterable[tuple[str, str]]:
    for line in (files(__package__) / "phrases.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            meaning, _, words = line.split("\t")
            yield from ((meaning, word) for word in words.split(", "))


@cache
def _stems() -> tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]:
    """(meaning, stems): those sought anywhere in a skeleton, and those sought as words or their beginnings."""
    long: dict[str, dict[str, None]] = {}
    short: dict[str, dict[str, None]] = {}
    for meaning, word in _listed():
        normal = normalise(word)
        bones = skeleton(normal)
        if word.endswith("*") or (len(word.replace(" ", "")) < LONG and bones.isascii()):
            short.setdefault(meaning, {})[f" {spoken(normal)}" + ("" if word.endswith("*") else " ")] = None
        else:
            long.setdefault(meaning, {})[bones] = None
    return tuple(tuple((meaning, tuple(stems)) for meaning, stems in kind.items()) for kind in (long, short))
