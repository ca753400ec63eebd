"""The words of vouches as patterns; the words are in vouch_phrases.tsv."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

SIGNS = frozenset("$€£₽¥円₺₹₴%")
_TOKEN = re.compile(r"[+@]?[\w'/-]+|@")
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


class Said:
    """The words of a plain text, asked for meanings; much faster than patterns where there are many words."""

    def __init__(self, text: str) -> None:
        """Cuts the text into words."""
        self.words = _words(text)
        self._set = frozenset(self.words)
        self._line = f" {' '.join(self.words)} "

    def has(self, meaning: str) -> bool:
        """Whether a word or phrase of the meaning stands in the text."""
        whole, stems, phrases = _sought(meaning)
        if not whole.isdisjoint(self._set) or any(phrase in self._line for phrase in phrases):
            return True
        return bool(stems) and any(word.startswith(stems) for word in self.words)

    def count(self, meaning: str) -> int:
        """How many different words and phrases of the meaning stand in the text."""
        whole, stems, phrases = _sought(meaning)
        begun = sum(any(word.startswith(stem) for word in self.words) for stem in stems)
        return len(whole & self._set) + sum(phrase in self._line for phrase in phrases) + begun


@cache
def _sought(meaning: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """(words, beginnings of words, phrases between blanks) of a meaning."""
    whole, stems, phrases = set(), [], []
    for word in words_of(meaning):
        cut = _words(word.rstrip("*"))
        if len(cut) > 1:
            phrases.append(f" {' '.join(cut)}" + ("" if word.endswith("*") else " "))
        elif word.endswith("*"):
            stems.append(cut[0])
        else:
            whole.add(cut[0])
    return frozenset(whole), tuple(stems), tuple(phrases)


def _words(text: str) -> list[str]:
    return [word.strip("'-/") or word for word in _TOKEN.findall(text)]


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
def currency_words() -> dict[str, tuple[str, ...]]:
    """Which currencies a word or sign may stand for, longest word first."""
    found = {plain(word): tuple(name.split()) for name, word in _listed() if name.isupper()}
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def number_words() -> dict[str, int]:
    """What number words say."""
    return {plain(word): int(name) for name, word in _listed() if name.isdigit()}


@cache
def _listed() -> tuple[tuple[str, str], ...]:
    lines = (files(__package__) / "vouch_phrases.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple((meaning, word) for meaning, _, words in rows for word in words.split(", "))
