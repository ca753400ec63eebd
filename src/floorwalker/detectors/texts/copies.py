"""How surprising it is that texts recur under other names, and for whom.

The law of copies is Yule's (Phil. Trans. R. Soc. B 213, 1925): where any copy can be copied again, the number of
names a text has beside the first is geometric. The chance of a second name is measured on the texts that are as
probable by chance, the text itself and those near it left out; that of each further one is the same, and not below
THIRD.
"""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.texts.wording import Wording, company
from floorwalker.graph.slots import Bools, Floats, Ints, Longs
from floorwalker.stats.combine import average_e, p_to_e
from floorwalker.stats.peers import beta_binomial
from floorwalker.stats.tail import EXACT

THIRD = 0.2
"""Of honest texts that have a second name, at most one in five gets a third: short phrases, sayings, templates."""
EXPRESSION = np.log(1000)
"""A fixed expression that is a whole review may be a thousand times as common as its words make it."""
TELLING = 0.05
STEP = 2.0
RAREST = -20.0
"""Texts are peers within two nats of how many there are by chance; all below e^-20 are peers."""


@dataclass(frozen=True, slots=True)
class Copies:
    """What was found of each row of a Wording; all (n,).

    names: how many other homes have its text, or one near it where `near`. log_p: how surprising that is. later:
    whether one of them published it no later.
    """

    names: Longs
    log_p: Floats
    later: Bools
    near: Bools

    @property
    def telling(self) -> Bools:
        """Texts that would have so many names one time in twenty at most."""
        return np.asarray(self.log_p <= np.log(TELLING))


@dataclass(frozen=True, slots=True)
class CopyTest:
    """By code of author or place: copies among texts; log_p, log_e; best, its most telling row.

    expected: copies that peers with as many texts have.
    """

    copies: Longs
    texts: Longs
    expected: Floats
    log_p: Floats
    log_e: Floats
    best: Longs


def copies(world: Wording, *, apart: bool = False, allowance: float = EXPRESSION) -> Copies:
    """Judge each row by the names its text has; with `apart`, by those that it has at the same place.

    allowance: nats by which a text may be more common than its words make it.
    """
    found: list[tuple[Longs, Floats, Bools]] = []
    for near, log_odds in ((False, world.log_same), (True, world.log_alike)):
        names, later = company(world, near=near, apart=apart)
        everywhere = names if not apart else company(world, near=near)[0]
        second = _second_name(world, everywhere, log_odds, allowance)
        log_p = np.where(names > 0, np.log(second) + (names - 1) * np.log(np.maximum(second, THIRD)), 0.0)
        found.append((names, np.minimum(log_p, 0.0), later))
    (same, log_same, same_later), (alike, log_alike, alike_later) = found
    by_near = log_alike < log_same
    return Copies(
        np.where(by_near, alike, same),
        np.minimum(np.minimum(log_same, log_alike) + np.log(2), 0.0),
        np.where(by_near, alike_later, same_later),
        by_near,
    )


def _second_name(world: Wording, names: Longs, log_odds: Floats, allowance: float) -> Floats:
    """For each row, the share of its text's peers that have another name, its own neighbourhood left out.

    Not below what the model of words says, given its allowance.
    """
    has = np.zeros(world.texts)
    np.maximum.at(has, world.text, (names > 0).astype(float))
    level = np.floor(np.maximum(log_odds, RAREST) / STEP)
    _, level = np.unique(level, return_inverse=True)
    texts, named = np.bincount(level), np.bincount(level, has)
    around = np.diff(world.other_ptr)
    text = np.repeat(np.arange(world.texts), around)
    same = level[text] == level[world.other]
    own = has + np.bincount(text[same], has[world.other[same]], world.texts)
    out = 1 + np.bincount(text[same], minlength=world.texts)
    share = (named[level] - own + 1) / (texts[level] - out + 2)
    modelled = -np.expm1(-np.exp(np.minimum(log_odds + allowance, 10.0)))
    return np.asarray(np.maximum(share, modelled)[world.text], dtype=np.float64)


def judge_copies(found: Copies, log_best: Floats, copied: Bools, subject: Ints, rows: Longs, size: int) -> CopyTest:
    """Test subjects by the `rows` that are theirs.

    subject: (n,) code of each row. log_best, copied: (n,), what each row's text says by itself, and whether it counts
    as a copy. Two tests, each given half the weight: the most telling text, with every text given a try; and how many
    texts are copies, against what peers have (beta-binomial, each left out of its own baseline).
    """
    mine = subject[rows]
    texts = np.bincount(mine, minlength=size)
    order = rows[np.lexsort((rows, np.round(found.log_p[rows], 9), np.round(log_best[rows], 9), mine))]
    owner, first = np.unique(subject[order], return_index=True)
    best = np.full(size, -1)
    best[owner] = order[first]
    most = np.zeros(size)
    most[owner] = np.minimum(log_best[order[first]] + np.log(texts[owner]), 0.0)
    many = np.bincount(mine, copied[rows], size).astype(np.int64)
    peers = beta_binomial(many, texts, tie=EXACT)
    both = np.stack((most, peers.log_p))
    log_p = np.minimum(both.min(axis=0) + np.log(2), 0.0)
    log_e = average_e(p_to_e(both), axis=0)
    return CopyTest(many, texts, peers.expected, log_p, log_e, best)
