"""One script: claims in the same words by unlike buyers in few weeks.

A text's names are judged by the law of copies (`texts.copies`), and their times against the market's: ready-made
phrases have many names at all times, a script has them together. Numbers are the same word, so that the report number
in a script hides nothing. Many claims on one product that explains them count once.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.ties import LEAST_EVIDENCE, Tie
from floorwalker.detectors.texts.copies import copies
from floorwalker.detectors.texts.wording import Wording, read_wording
from floorwalker.graph.slots import DAY, Bools, Ints, Longs

LONGEST = 120 * DAY
EPISODES = 8
LENGTHS = (10, 20, 40)
"""Short texts, of which there are many, and long ones share the tries evenly by these numbers of words."""
LANGUAGE = 400
"""Texts with more claims than this in their neighbourhood are common language, not scripts."""


def find_scripts(claims: Claims, home: Ints, explained: Bools, homes: pa.Table) -> list[Tie]:
    """Episodes of one text, the most telling first, no claim in two. home, explained: (n,) by row of `claims`."""
    world = read_wording(_texts(claims), homes)
    if world.texts == 0:
        return []
    at = pc.index_in(world.ids, claims.rows["refund_id"].combine_chunks()).to_numpy().astype(np.int64)
    row = at[world.row]
    log_names = np.zeros(world.texts)
    np.minimum.at(log_names, world.text, copies(world).log_p)
    crowd = np.bincount(world.text, minlength=world.texts)
    around = np.repeat(np.arange(world.texts), np.diff(world.other_ptr))
    crowd += np.bincount(around, crowd[world.other], world.texts).astype(np.int64)
    length = np.searchsorted(LENGTHS, world.words, side="right")
    tries = np.log((len(LENGTHS) + 1) * np.maximum(np.bincount(length, crowd > 1), 1))[length]
    pace = np.sort(claims.requested[row])
    found = []
    for text in np.flatnonzero((crowd > 2) & (crowd <= LANGUAGE)):
        mine = _neighbourhood(world, int(text))
        left = _one_each(world, row, mine, home, explained)
        for _ in range(EPISODES):
            begin, end, log_time = _episode(world.second[left], pace)
            log_p = min(log_time + log_names[text], 0.0)
            if end - begin < 3 or log_p > LEAST_EVIDENCE:
                break
            log_p = min(log_p + tries[text], 0.0)
            first, last = world.second[left[begin]], world.second[left[end - 1]]
            inside = mine[(world.second[mine] >= first) & (world.second[mine] <= last)]
            found.append((round(log_p, 9), int(text), row[inside], row[mine]))
            left = np.delete(left, np.arange(begin, end))
    return _apart(claims, sorted(found, key=lambda one: one[:2]))


def _texts(claims: Claims) -> pa.Table:
    body = pc.replace_substring_regex(claims.rows["claim_text"].fill_null(""), r"[0-9]+", "0")
    table = pa.table(
        {
            "id": claims.rows["refund_id"],
            "author": claims.rows["buyer_id"],
            "place": claims.rows["product_id"].fill_null(""),
            "second": claims.requested,
            "body": body,
        }
    )
    return table.filter(pc.greater_equal(pc.utf8_length(body), 20)).sort_by("id")


def _neighbourhood(world: Wording, text: int) -> Longs:
    texts = [text, *world.other[world.other_ptr[text] : world.other_ptr[text + 1]].tolist()]
    rows = np.concatenate([world.rows[world.rows_ptr[one] : world.rows_ptr[one + 1]] for one in texts])
    return rows[np.lexsort((rows, world.second[rows]))]


def _one_each(world: Wording, row: Longs, mine: Longs, home: Ints, explained: Bools) -> Longs:
    """The first row of each home, and of what a product explains the first of each product; by time."""
    _, first = np.unique(home[row[mine]], return_index=True)
    kept = mine[np.sort(first)]
    place = np.where(explained[row[kept]], world.place[kept], -1 - np.arange(len(kept)))
    _, first = np.unique(place, return_index=True)
    return kept[np.sort(first)]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _episode(second: Longs, pace: Longs) -> tuple[int, int, float]:
    """The stretch of times in which most of them crowd, and the log of how probable so much is, at any place.

    Chernoff's bound on the binomial tail of the others in a stretch that begins with one of them; every stretch is
    given a try.
    """
    size = len(second)
    best, begin, end = 0.0, 0, 0
    low = np.searchsorted(pace, second) / len(pace)
    high = np.searchsorted(pace, second, side="right") / len(pace)
    tries = np.log(size * (size - 1) / 2) if size > 1 else 0.0
    for i in range(size):
        for j in range(i + 1, size):
            if second[j] - second[i] > LONGEST:
                break
            share, hit = high[j] - low[i], (j - i) / (size - 1)
            if hit <= share:
                continue
            bound = hit * np.log(hit / share)
            if hit < 1:
                bound += (1 - hit) * np.log((1 - hit) / (1 - share))
            log_p = tries - (size - 1) * bound
            if log_p < best:
                best, begin, end = log_p, i, j + 1
    return begin, end, best


def _apart(claims: Claims, found: list[tuple[float, int, Longs, Longs]]) -> list[Tie]:
    """Episodes whose claims are not, for the most part, those of a more telling one."""
    taken = np.zeros(len(claims), dtype=bool)
    ties = []
    for log_p, _, inside, everywhere in found:
        fresh = inside[~taken[inside]]
        if 2 * len(fresh) <= len(inside):
            continue
        taken[fresh] = True
        elsewhere = np.setdiff1d(everywhere, inside)
        buyers, others = np.unique(claims.buyer[fresh]), np.unique(claims.buyer[elsewhere])
        ties.append(Tie("script", "", buyers, fresh, others, log_p, *claims.span(fresh)))
    return ties
