"""Texts in code: who published what first, whose words were near it, and how likely that is by chance."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from floorwalker.detectors.codes import coded
from floorwalker.graph.near_texts import distinct, near_pairs, take, words_of
from floorwalker.graph.slots import Floats, Ints, Longs
from floorwalker.graph.truss import components
from floorwalker.stats.word_chain import log_chance

LEAST_WORDS = 5
COMMON = 50
"""Texts under more names than this are common language, and make themselves probable."""
LIKENESS = 0.7


@dataclass(frozen=True, slots=True)
class Wording:
    """Texts of five words and more, in code: one row for each author, text and place, its first publication.

    account, text, place, second: (n,). row: (n,) the place of its id in `ids`. own: (n,) whether it is the account's
    first row with that text. home: (accounts,) code, the same for accounts of one home. other, other_ptr: the texts
    near text t, itself apart, are other[other_ptr[t]:other_ptr[t + 1]]; rows, rows_ptr: the same for its rows.
    log_same, log_alike: (texts,) log of how many texts of the market are equal to it, and near it, by chance. words:
    (texts,) how many it has.
    """

    account: Ints
    text: Longs
    second: Longs
    row: Longs
    place: Ints
    own: NDArray[np.bool_]
    home: Ints
    other: Longs
    other_ptr: Longs
    rows: Longs
    rows_ptr: Longs
    log_same: Floats
    log_alike: Floats
    words: Longs
    ids: pa.Array
    author_ids: pa.Array
    place_ids: pa.Array

    @property
    def texts(self) -> int:
        """How many distinct texts there are."""
        return len(self.rows_ptr) - 1


def read_wording(table: pa.Table, homes: pa.Table) -> Wording:
    """Texts in code. table: id, author, place, second and body, ordered by id.

    homes: account_id and home of those who share one; authors of one home are one.
    """
    letters, ptr = _letters(table["body"])
    words = words_of(letters, ptr)
    kept = np.flatnonzero(np.diff(words.ptr) >= LEAST_WORDS)
    words, table = take(words, kept), table.take(pa.array(kept))
    code, sample = distinct(words)
    words = take(words, sample)
    account, author_ids = coded(table["author"])
    place, place_ids = coded(table["place"])
    second = table["second"].to_numpy().astype(np.int64)
    first = _first_of_each(second, account, code, place)
    own = np.isin(first, _first_of_each(second, account, code))
    near = near_pairs(words, least=LIKENESS)
    written = np.bincount(code[first][own], minlength=len(sample)).astype(np.int64)
    other, other_ptr = _both_ways(near.first, near.second, len(sample))
    by_text = np.argsort(code[first], kind="stable")
    sizes = np.diff(words.ptr)
    crowd = written + np.bincount(near.first, written[near.second], len(sample)).astype(np.int64)
    crowd += np.bincount(near.second, written[near.first], len(sample)).astype(np.int64)
    spare = np.ceil((1 - LIKENESS) * sizes)
    market = np.log(max(int(own.sum()), 1))
    same, alike = (
        market + log_chance(words.value, words.ptr, written, left_out, words_apart)
        for left_out, words_apart in (
            (np.minimum(written, COMMON), np.zeros(len(sample))),
            (np.minimum(crowd, COMMON), spare),
        )
    )
    return Wording(
        account[first],
        code[first],
        second[first],
        first,
        place[first],
        own,
        _homes(homes, author_ids),
        other,
        other_ptr,
        by_text,
        np.concatenate(([0], np.cumsum(np.bincount(code[first], minlength=len(sample))))),
        same,
        alike,
        sizes,
        table["id"].combine_chunks(),
        author_ids,
        place_ids,
    )


def _letters(column: pa.ChunkedArray) -> tuple[NDArray[np.uint8], Longs]:
    """Texts in lower case as UTF-8 laid end to end, and where each begins."""
    texts = pc.utf8_lower(column.cast(pa.large_string())).combine_chunks()
    _, offsets, data = texts.buffers()
    ptr = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, dtype=np.uint8) if data else np.empty(0, dtype=np.uint8)
    return letters, ptr if len(texts) else np.zeros(1, dtype=np.int64)


def _first_of_each(second: Longs, *keys: Longs | Ints) -> Longs:
    order = np.lexsort((np.arange(len(second)), second, *keys))
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    kept: Longs = order[new]
    return kept


def _both_ways(first: Longs, second: Longs, size: int) -> tuple[Longs, Longs]:
    ends, others = np.concatenate((first, second)), np.concatenate((second, first))
    order = np.lexsort((others, ends))
    return others[order], np.concatenate(([0], np.cumsum(np.bincount(ends, minlength=size)))).astype(np.int64)


def _homes(homes: pa.Table, author_ids: pa.Array) -> Ints:
    known = homes.filter(pc.is_in(homes["account_id"], author_ids))
    account = pc.index_in(known["account_id"], author_ids).to_numpy().astype(np.int32)
    home, names = coded(known["home"])
    size = len(author_ids)
    return components(account, home + np.int32(size), size + len(names))[:size]


def company(world: Wording, *, near: bool = True, apart: bool = False) -> tuple[Longs, NDArray[np.bool_]]:
    """Of each row: how many other homes published its text, and whether one did so no later. Both (n,).

    near: count texts near it too. apart: count only those at the same place.
    """
    homes = world.home[world.account].astype(np.int64)
    place = world.place.astype(np.int64) if apart else np.zeros(len(homes), dtype=np.int64)
    other_ptr = world.other_ptr if near else np.zeros_like(world.other_ptr)
    found: tuple[Longs, NDArray[np.bool_]] = _company(
        homes, world.second, world.other, other_ptr, world.rows, world.rows_ptr, place
    )
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _company(
    home: Longs, second: Longs, other: Longs, other_ptr: Longs, rows: Longs, rows_ptr: Longs, place: Longs
) -> tuple[Longs, NDArray[np.bool_]]:
    """Rows count for each other where `place` is the same."""
    homes, before = np.zeros(len(home), dtype=np.int64), np.zeros(len(home), dtype=np.bool_)
    for text in range(len(rows_ptr) - 1):
        size = rows_ptr[text + 1] - rows_ptr[text]
        for j in range(other_ptr[text], other_ptr[text + 1]):
            size += rows_ptr[other[j] + 1] - rows_ptr[other[j]]
        near = np.empty(size, dtype=np.int64)
        size = 0
        for j in range(other_ptr[text] - 1, other_ptr[text + 1]):
            one = other[j] if j >= other_ptr[text] else text
            for k in range(rows_ptr[one], rows_ptr[one + 1]):
                near[size] = rows[k]
                size += 1
        _count_homes(home, second, place, near, rows[rows_ptr[text] : rows_ptr[text + 1]], homes, before)
    return homes, before


@njit(cache=True)  # type: ignore[untyped-decorator]
def _count_homes(
    home: Longs, second: Longs, place: Longs, near: Longs, mine: Longs, homes: Longs, before: NDArray[np.bool_]
) -> None:
    """Over the rows near a text, ordered by (place, home): for each own row, the other homes of its place."""
    order = near[np.argsort(home[near], kind="mergesort")]
    order = order[np.argsort(place[order], kind="mergesort")]
    begin = 0
    while begin < len(order):
        end = begin
        found, earliest, whose, runner_up = 0, np.int64(2**62), np.int64(-1), np.int64(2**62)
        while end < len(order) and place[order[end]] == place[order[begin]]:
            row = order[end]
            found += end == begin or home[row] != home[order[end - 1]]
            if home[row] == whose:
                earliest = min(earliest, second[row])
            elif second[row] < earliest:
                earliest, whose, runner_up = second[row], home[row], earliest
            else:
                runner_up = min(runner_up, second[row])
            end += 1
        for row in mine:
            if place[row] == place[order[begin]]:
                homes[row] = found - 1
                before[row] = second[row] >= (runner_up if home[row] == whose else earliest)
        begin = end
