"""Texts that are nearly equal: MinHash for the candidates, then the exact likeness of their word sets.

Each text is a set of shingles (runs of three words); the likeness of two is Jaccard's, common over all shingles
(Broder, "On the resemblance and containment of documents", 1997). Candidates share a band of their MinHash
signature (Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", ch. 3): at a likeness of 0.7 a pair is missed
about once in 250 times. Time is linear in the number of texts: equal texts are one, and in a bucket each text is
compared with the REACH next ones only, so that boilerplate that thousands vary costs no square.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from floorwalker.graph.slots import Floats, Longs

Hashes = NDArray[np.uint64]

SHINGLE = 3
BANDS, ROWS = 20, 4
REACH = 20
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of unlike length laid end to end: row i is value[ptr[i]:ptr[i + 1]]. ptr: (rows + 1,)."""

    value: Hashes
    ptr: Longs


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of distinct texts, ordered by (first, second), first < second. likeness: (m,) of 0–1."""

    first: Longs
    second: Longs
    likeness: Floats


def words_of(letters: NDArray[np.uint8], ptr: Longs) -> Ragged:
    """Each text's words, hashed; texts as UTF-8 bytes laid end to end, case folded before.

    A word is a run of letters and digits; a character that UTF-8 writes in three bytes or more (Chinese, Thai, an
    emoji) is a word by itself, punctuation apart. ptr: (texts + 1,).
    """
    value, cuts = _words(letters, ptr)
    return Ragged(value, cuts)


def distinct(words: Ragged) -> tuple[Longs, Longs]:
    """The code of each text, equal where the words are, and by code the first text that has it.

    Codes are in the order of a hash of the words: neither the order of texts nor any name decides.
    """
    key = _digest(words.value, words.ptr)
    _, first, code = np.unique(key, return_index=True, return_inverse=True)
    return code.astype(np.int64), first.astype(np.int64)


def take(rows: Ragged, which: Longs) -> Ragged:
    """The rows named, in that order."""
    sizes = np.diff(rows.ptr)[which]
    ptr = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    place = np.repeat(rows.ptr[which] - ptr[:-1], sizes) + np.arange(ptr[-1])
    return Ragged(rows.value[place], ptr)


def near_pairs(words: Ragged, *, least: float, seed: int = 0) -> Near:
    """Pairs of texts, no two alike, with a likeness of `least` or more. Texts in the order of `distinct`."""
    value, ptr = _shingles(words.value, words.ptr)
    size = len(ptr) - 1
    found, likeness = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for band in range(BANDS):
        key = _band(value, ptr, seed * BANDS + band)
        order = np.lexsort((np.arange(size), key))
        pair, alike = _alike(key[order], order, value, ptr, least, size)
        found.append(pair)
        likeness.append(alike)
    pairs, at = np.unique(np.concatenate(found), return_index=True)
    return Near(pairs // max(size, 1), pairs % max(size, 1), np.concatenate(likeness)[at])


@njit(cache=True)  # type: ignore[untyped-decorator]
def mixed(value: np.uint64) -> np.uint64:
    """A hash of 64 bits (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014)."""
    z = value + _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _kind(letters: NDArray[np.uint8], k: int) -> int:
    """What a byte is: 0 between words, 1 in a word, 2 the first byte of a character that is a word by itself."""
    letter = letters[k]
    if letter >= 0xE0:
        general = letter == 0xE2 and k + 1 < len(letters) and letters[k + 1] == 0x80
        ideographic = letter == 0xE3 and k + 1 < len(letters) and letters[k + 1] == 0x80
        return 0 if general or ideographic else 2
    if letter >= 0x80:
        return 0 if letter == 0xC2 else 1
    return 1 if 48 <= letter <= 57 or 65 <= letter <= 90 or 97 <= letter <= 122 else 0


@njit(cache=True)  # type: ignore[untyped-decorator]
def _words(letters: NDArray[np.uint8], ptr: Longs) -> tuple[Hashes, Longs]:
    out = np.empty(len(letters) + 1, dtype=np.uint64)
    cuts = np.zeros(len(ptr), dtype=np.int64)
    size = 0
    for text in range(len(ptr) - 1):
        word, k = np.uint64(0), ptr[text]
        while k < ptr[text + 1]:
            kind = _kind(letters, k)
            if kind != 1 and word != 0:
                out[size] = word
                size, word = size + 1, np.uint64(0)
            if kind > 0:
                word = mixed(word ^ np.uint64(letters[k]))
            k += 1
            while k < ptr[text + 1] and kind != 1 and letters[k] & 0xC0 == 0x80:
                word = mixed(word ^ np.uint64(letters[k])) if kind > 0 else word
                k += 1
            if kind == 2:
                out[size] = word
                size, word = size + 1, np.uint64(0)
        if word != 0:
            out[size] = word
            size += 1
        cuts[text + 1] = size
    return out[:size].copy(), cuts


@njit(cache=True)  # type: ignore[untyped-decorator]
def _digest(value: Hashes, ptr: Longs) -> Hashes:
    out = np.empty(len(ptr) - 1, dtype=np.uint64)
    for text in range(len(out)):
        key = np.uint64(0)
        for k in range(ptr[text], ptr[text + 1]):
            key = mixed(key ^ value[k])
        out[text] = key
    return out


@njit(cache=True)  # type: ignore[untyped-decorator]
def _shingles(value: Hashes, ptr: Longs) -> tuple[Hashes, Longs]:
    """Each text's shingles, sorted, each once; a shorter text is one shingle."""
    out = np.empty(len(value) + len(ptr), dtype=np.uint64)
    cuts = np.zeros(len(ptr), dtype=np.int64)
    size = 0
    for text in range(len(ptr) - 1):
        begin, end = ptr[text], ptr[text + 1]
        runs = np.empty(max(end - begin - SHINGLE + 1, 1), dtype=np.uint64)
        for k in range(len(runs)):
            key = np.uint64(0)
            for j in range(begin + k, min(begin + k + SHINGLE, end)):
                key = mixed(key ^ value[j])
            runs[k] = key
        runs = np.unique(runs)
        out[size : size + len(runs)] = runs
        size += len(runs)
        cuts[text + 1] = size
    return out[:size].copy(), cuts


@njit(cache=True)  # type: ignore[untyped-decorator]
def _band(value: Hashes, ptr: Longs, band: int) -> Hashes:
    """One band of each text's signature: ROWS least hashes, as one key."""
    out = np.zeros(len(ptr) - 1, dtype=np.uint64)
    for row in range(ROWS):
        salt = mixed(np.uint64(band * ROWS + row + 1))
        for text in range(len(out)):
            least = np.uint64(0xFFFFFFFFFFFFFFFF)
            for k in range(ptr[text], ptr[text + 1]):
                least = min(least, mixed(value[k] ^ salt))
            out[text] = mixed(out[text] ^ least)
    return out


@njit(cache=True)  # type: ignore[untyped-decorator]
def _alike(key: Hashes, order: Longs, value: Hashes, ptr: Longs, least: float, size: int) -> tuple[Longs, Floats]:
    """Pairs, as first * size + second, within REACH of each other in a bucket and alike enough."""
    pairs, alike = [np.int64(0) for _ in range(0)], [0.0 for _ in range(0)]
    for k in range(len(order)):
        for j in range(k + 1, min(k + 1 + REACH, len(order))):
            if key[j] != key[k]:
                break
            likeness = _jaccard(value, ptr, order[k], order[j])
            if likeness >= least:
                pairs.append(order[k] * size + order[j])
                alike.append(likeness)
    return np.array(pairs, dtype=np.int64), np.array(alike)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _jaccard(value: Hashes, ptr: Longs, a: int, b: int) -> float:
    i, j, common = ptr[a], ptr[b], 0
    while i < ptr[a + 1] and j < ptr[b + 1]:
        if value[i] == value[j]:
            i, j, common = i + 1, j + 1, common + 1
        elif value[i] < value[j]:
            i += 1
        else:
            j += 1
    return float(common / (ptr[a + 1] - ptr[a] + ptr[b + 1] - ptr[b] - common))
