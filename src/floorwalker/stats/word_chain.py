"""How probable a text is by chance: each word follows the two before it as in other people's texts.

An interpolated trigram model (Jelinek & Mercer 1980; the Dirichlet form of MacKay & Peto 1995, Nat. Lang. Eng. 1),
with every text left out of what it is judged by. Counts live in hashed tables of bounded size: two runs of words
that fall into one cell make both more common than they are, which favours the writer.
"""

import numpy as np
from numpy.typing import NDArray

from floorwalker.stats.arguments import Floats, Ints, require
from floorwalker.stats.compiled import compiled

Hashes = NDArray[np.uint64]

MOST_CELLS = 1 << 26
_SALT = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))
_END = np.uint64(1)


def log_chance(words: Hashes, ptr: Ints, written: Ints, left_out: Ints, spare: Floats) -> Floats:
    """Log of the chance that one text of the market has these words, or all but the rarest `spare` of them.

    words: hashes of all words, laid end to end; text i owns words[ptr[i]:ptr[i + 1]]. written: how many people wrote
    text i. left_out: how many of the market's texts, those like text i and itself among them, are not counted when
    it is judged. spare: how many words may differ or be missing, anywhere; how a text ends counts only where none may.
    All but words (texts,).

    Raises ValueError where lengths differ.
    """
    texts = len(ptr) - 1
    require(all(len(a) == texts for a in (written, left_out, spare)), "one figure a text is needed")
    cells = 1 << max(int(np.ceil(np.log2(2 * (len(words) + texts) + 1))), 10)
    counts = np.zeros((4, min(cells, MOST_CELLS)), dtype=np.int64)
    total = _count(words, ptr, written, counts)
    return _chances(words, ptr, left_out, spare, counts, float(total), float(np.sum(written)))


@compiled
def _cell(key: np.uint64, cells: int) -> int:
    key = (key ^ (key >> np.uint64(32))) * _SALT[1]
    return int((key ^ (key >> np.uint64(29))) & np.uint64(cells - 1))


@compiled
def _keys(words: Hashes, begin: int, end: int, k: int, cells: int) -> tuple[int, int, int, int]:
    """Cells of the word, of it with one and with two words before, and of the two words before alone."""
    word = words[k] if k < end else _END
    last = words[k - 1] if k - 1 >= begin else np.uint64(2)
    before = words[k - 2] if k - 2 >= begin else np.uint64(3)
    pair = last * _SALT[0] ^ before * _SALT[2]
    return (
        _cell(word, cells),
        _cell(word * _SALT[2] ^ last * _SALT[0], cells),
        _cell(word * _SALT[1] + pair, cells),
        _cell(pair, cells),
    )


@compiled
def _count(words: Hashes, ptr: Ints, written: Ints, counts: Ints) -> int:
    total = 0
    for text in range(len(ptr) - 1):
        for k in range(ptr[text], ptr[text + 1] + 1):
            one, two, three, pair = _keys(words, ptr[text], ptr[text + 1], k, counts.shape[1])
            counts[0, one] += written[text]
            counts[1, two] += written[text]
            counts[2, three] += written[text]
            counts[3, pair] += written[text]
            total += written[text]
    return total


@compiled
def _chances(
    words: Hashes, ptr: Ints, left_out: Ints, spare: Floats, counts: Ints, total: float, people: float
) -> Floats:
    out = np.empty(len(ptr) - 1)
    cells = counts.shape[1]
    for text in range(len(out)):
        begin, end = ptr[text], ptr[text + 1]
        log_p = np.empty(end - begin + 1)
        without = float(left_out[text])
        context = people
        for k in range(begin, end + 1):
            one, two, three, pair = _keys(words, begin, end, k, cells)
            chance = (max(counts[0, one] - without, 0.0) + 1.0) / (total + 1.0)
            chance = (max(counts[1, two] - without, 0.0) + chance) / (max(context - without, 0.0) + 1.0)
            chance = (max(counts[2, three] - without, 0.0) + chance) / (max(counts[3, pair] - without, 0.0) + 1.0)
            log_p[k - begin] = np.log(min(chance, 1.0))
            context = float(counts[0, one])
        out[text] = _but_the_rarest(log_p[:-1], spare[text]) if spare[text] > 0 else log_p.sum()
    return out


@compiled
def _but_the_rarest(log_p: Floats, spare: float) -> float:
    """The sum without the `spare` lowest, plus the log of how many ways there are to choose them."""
    ordered = np.sort(log_p)
    left = min(int(spare), len(ordered))
    total = ordered[left:].sum()
    for k in range(left):
        total += np.log((len(ordered) - k) / (k + 1.0))
    return float(min(total, 0.0))
