"""The words of vouches as patterns; the words are in vouch_phrases.tsv."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

SIGNS = frozenset("$€£₽¥円₺₹₴%")
_HIDDEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\ufe0f]")


def plain(text: str) -> str:
    """Lower-case text with one form of each letter, one kind of blank, and nothing invisible."""
    folded = unicodedata.normalize("NFKC", _HIDDEN.sub("", text)).casefold()
    return re.sub(r"[\s\u202f\u00a0]+", " ", folded.replace("’", "'").replace("ё", "е")).strip()


@cache
def words_of(meaning: str) -> tuple[str, ...]:
    """The words that have a meaning, longest first so that a pattern meets the longest."""
    found = {plain(word) for name, word in _listed() if name == meaning}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


@cache
def pattern(meaning: str) -> re.Pattern[str]:
    """Finds a meaning as whole words."""
    return re.compile(alternatives(words_of(meaning)))


def alternatives(words: tuple[str, ...]) -> str:
    """A pattern for any of some words: whole words, beginnings where a word ends in *, and signs anywhere."""
    parts = []
    for word in words:
        if word[-1] in SIGNS or word[0] in SIGNS:
            parts.append((r"(?<![a-z])" if word[0].isalpha() else "") + re.escape(word))
        elif word.endswith("*"):
            parts.append(rf"(?<!\w){re.escape(word[:-1])}\w*")
        else:
            parts.append(rf"(?<!\w){re.escape(word)}(?!\w)")
    return f"(?:{'|'.join(parts)})"


@cache
def currency_words() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(word, the currencies it may stand for), longest word first."""
    found = {plain(word): tuple(name.split()) for name, word in _listed() if name.isupper()}
    return tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def number_words() -> dict[str, int]:
    """What number words say."""
    return {plain(word): int(name) for name, word in _listed() if name.isdigit()}


@cache
def _listed() -> tuple[tuple[str, str], ...]:
    lines = (files(__package__) / "vouch_phrases.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple((meaning, word) for meaning, _, words in rows for word in words.split(", "))
