"""Whether an agent comes back to a subject more often than the routing that happened explains.

Acts are dealt to agents within strata (a queue, or a kind of act, in one stretch of time): under the null an act falls
to an agent with that agent's share of its stratum, whatever its subject. Several acts of one case count once. What is
asked begins after the first case in which the two met, since that they met is why one looks: so the number of the
subject's later cases in which the agent takes part is Poisson-binomial, exactly so where agents are permuted within
strata and no two acts on a subject share one.

Case ownership is normal: who handled a subject last often handles it again. A null that knows this adds a chance of
coming back, fitted by maximum likelihood to everybody: one for those of the case just before, one for those of earlier
cases. The tail is then that of the chances as they came about; the e-value (a likelihood ratio of odds raised twofold,
fourfold and eightfold) needs no more than that each chance is right given what was before.

Known weakness: all are taken to own their cases alike. Where some own theirs more, as on any real desk, single pairs
look surprising that are none; compare agents with each other by what is expected here (`peers.gamma_poisson`).
References: Hong 2013 (the Poisson-binomial law), Comput. Stat. Data Anal. 59; Ville 1939 (likelihood ratios in time).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from floorwalker.stats.arguments import Floats, require
from floorwalker.stats.permutation import shuffles
from floorwalker.stats.poisson_binomial import log_tail_poisson_binomial
from floorwalker.stats.tail import MID

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

ODDS = (2.0, 4.0, 8.0)
_CERTAIN = 1 - 1e-12
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Concentration:
    """Pairs of an agent and a subject with a case after the first at which they met, by agent, then subject.

    agent, subject: (pairs,) codes. later: cases after the first meeting; again: those in which the agent took part;
    expected: the same under the null. log_p: mid-p of `again`, or more; log_e: natural log of the e-value.
    owner: the fitted chances to come back, of who was in the case just before and of who was in an earlier one; 0
    where ownership was not asked for.
    """

    agent: Longs
    subject: Longs
    later: Longs
    again: Longs
    expected: Floats
    log_p: Floats
    log_e: Floats
    owner: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Chances:
    """agent, subject, later: (pairs,). The rest: one row for each pair and later case, by pair.

    earlier: whether the agent was in an earlier case only, and not in the one just before.
    """

    agent: Longs
    subject: Longs
    later: Longs
    pair: Longs
    hit: Bools
    chance: Floats
    earlier: Bools


def concentration(
    agent: ArrayLike,
    subject: ArrayLike,
    case: ArrayLike,
    stratum: ArrayLike,
    *,
    ownership: bool = True,
    tie: float | None = MID,
) -> Concentration:
    """Test every pair that could have met again.

    agent, subject, case, stratum: (acts,) codes from 0. A case has one subject; a subject's cases are numbered in the
    order of time. `ownership`: whether the null knows that who handled a subject handles it again. `tie` as in
    `tail`; None draws one for each pair (always the same), which makes p uniform under the null: for calibration.

    Raises ValueError for lengths that differ, negative codes, or a case of two subjects.
    """
    acts = [np.ascontiguousarray(a, dtype=np.int64) for a in (agent, subject, case, stratum)]
    require(all(a.ndim == 1 and a.shape == acts[0].shape for a in acts), "all arrays must be equally long")
    require(all(bool(np.all(a >= 0)) for a in acts), "codes must not be negative")
    of_case = np.zeros(int(acts[2].max(initial=-1)) + 1, dtype=np.int64)
    of_case[acts[2]] = acts[1]
    require(bool(np.all(of_case[acts[2]] == acts[1])), "a case must have one subject")
    rows = _chances(acts)
    owner = (_coming_back(rows, False), _coming_back(rows, True)) if ownership else (0.0, 0.0)
    chance = np.minimum(1 - (1 - np.asarray(owner)[rows.earlier.astype(np.int64)]) * (1 - rows.chance), 1.0)
    again, expected = (_by_pair(rows, one) for one in (rows.hit, chance))
    log_p = log_tail_poisson_binomial(again, chance, np.append(0, np.cumsum(rows.later)), _ties(tie, len(again)))
    log_e = _log_ratio(rows, np.minimum(chance, _CERTAIN))
    return Concentration(rows.agent, rows.subject, rows.later, again.astype(np.int64), expected, log_p, log_e, owner)


def permuted(
    agent: ArrayLike,
    subject: ArrayLike,
    case: ArrayLike,
    stratum: ArrayLike,
    *,
    rounds: int,
    seed: int,
    ownership: bool = True,
    tie: float | None = MID,
) -> Iterator[Concentration]:
    """The same test, `rounds` times, of agents shuffled among the acts of each stratum: all that it flags is false."""
    for dealt in shuffles(np.asarray(agent, dtype=np.int64), stratum, rounds, seed):
        yield concentration(dealt, subject, case, stratum, ownership=ownership, tie=tie)


def _chances(acts: list[Longs]) -> _Chances:
    """What each pair that may meet again met with, in every later case of its subject."""
    agent, subject, case, stratum = acts
    cases, at = np.unique(subject * _size(case) + case, return_inverse=True)
    whose = cases // _size(case)
    key, back = np.unique(agent * _size(subject) + subject, return_inverse=True)
    first = np.full(len(key), len(cases), dtype=np.int64)
    np.minimum.at(first, back, at)
    later = np.searchsorted(whose, key % _size(subject), side="right") - first - 1
    key, first, later = key[later > 0], first[later > 0], later[later > 0]
    pair = np.repeat(np.arange(len(later)), later)
    who, place = key[pair] // _size(subject), first[pair] + 1 + _running(later)
    met = np.unique(agent * len(cases) + at)
    hit, before = (_within(met, who * len(cases) + p) for p in (place, place - 1))
    missed = _missed(agent, stratum, at, who, place)
    return _Chances(key // _size(subject), key % _size(subject), later, pair, hit, -np.expm1(missed), ~before)


def _missed(agent: Longs, stratum: Longs, at: Longs, who: Longs, place: Longs) -> Floats:
    """Log of the chance that no act of case `place` falls to `who`; (rows,)."""
    order, cuts = np.argsort(at, kind="stable"), np.append(0, np.cumsum(np.bincount(at)))
    length = np.diff(cuts)[place]
    row = np.repeat(np.arange(len(place)), length)
    block = stratum[order[cuts[place][row] + _running(length)]]
    names, counts = np.unique(agent * _size(stratum) + stratum, return_counts=True)
    asked = who[row] * _size(stratum) + block
    found = np.minimum(np.searchsorted(names, asked), len(names) - 1)
    share = np.where(names[found] == asked, counts[found], 0) / np.bincount(stratum)[block]
    with np.errstate(divide="ignore"):
        return np.asarray(np.bincount(row, weights=np.log1p(-share), minlength=len(place)), dtype=np.float64)


def _size(codes: Longs) -> int:
    return int(codes.max(initial=0)) + 1


def _coming_back(rows: _Chances, earlier: bool) -> float:
    """The chance to come back by maximum likelihood, P(hit) = r + (1 - r) chance, over rows of one kind (EM)."""
    of = rows.earlier == earlier
    hit, chance = rows.hit[of], rows.chance[of]
    if not hit.any():
        return 0.0
    share = 0.1
    for _ in range(_ROUNDS):
        came = share / (share + (1 - share) * chance[hit])
        share = float(np.sum(came) / (np.sum(came) + np.sum(1 - came) + np.sum(~hit)))
    return share


def _log_ratio(rows: _Chances, chance: Floats) -> Floats:
    ratios = []
    for odds in ODDS:
        told = np.where(rows.hit, np.log(odds), 0.0) - np.log1p((odds - 1) * chance)
        ratios.append(_by_pair(rows, told))
    return np.asarray(logsumexp(ratios, axis=0) - np.log(len(ODDS)), dtype=np.float64)


def _by_pair(rows: _Chances, values: Floats | Bools) -> Floats:
    return np.bincount(rows.pair, weights=values, minlength=len(rows.later)).astype(np.float64)


def _ties(tie: float | None, size: int) -> ArrayLike:
    return np.random.default_rng(0).random(size) if tie is None else tie


def _within(names: Longs, asked: Longs) -> Bools:
    if not len(names):
        return np.zeros(len(asked), dtype=bool)
    return np.asarray(names[np.minimum(np.searchsorted(names, asked), len(names) - 1)] == asked)


def _running(lengths: Longs) -> Longs:
    """0, 1, … within each of the lengths laid end to end."""
    return np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
