"""What an agent does for a friend, and how often it honestly happens.

Each sign has an innocent rate, counted among the claims of the other agents that are alike (reason and how dear), and
raised by habit: an agent who does it for everybody, or a buyer with whom it happens whoever decides, is expected to go
on. How unlike agents and buyers are is fitted to all of them (gamma-Poisson).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.detectors.codes import coded
from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.visits import Visits, codes_of
from floorwalker.graph.slots import Bools, Floats, Ints, Longs
from floorwalker.stats.peers import gamma_poisson
from floorwalker.stats.tail import EXACT

Codes = Ints | Longs

RAREST, SUREST = 0.01, 0.98
"""No innocent rate is believed to be smaller, or larger."""
STRANGE = 1.0
LATE = 0.95
BORROWED = 5.0
"""So many claims of the same reason are added to those of the same reason and price."""
DEAR = (0.5, 0.75, 0.9)
"""Bands of amount, as quantiles within a currency."""


@dataclass(frozen=True, slots=True)
class Favour:
    """One sign at every visit. seen, asked: (n,) whether it was there, and could be. usual: (n,) its innocent rate."""

    seen: Bools
    asked: Bools
    usual: Floats

    def log_ratio(self, extra: float) -> Floats:
        """Log likelihood ratio of "on purpose in a share `extra`, else as usual" to the usual rate; 0 where unasked."""
        rate = self.usual + (1 - self.usual) * extra
        ratio = np.where(self.seen, np.log(rate / self.usual), np.log((1 - rate) / (1 - self.usual)))
        return np.asarray(np.where(self.asked, ratio, 0.0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Favours:
    """taken: without the router's doing. kept: paid, and nothing came back.

    waited: decided later than most of its channel. dear: among the dearest claims. overruled: paid after another
    agent's no. yes: approved.
    """

    taken: Favour
    kept: Favour
    waited: Favour
    dear: Favour
    overruled: Favour
    yes: Favour


def read_favours(claims: Claims, visits: Visits, pair: Longs) -> Favours:
    """The favours at every visit. pair: (n,) codes of (buyer, agent)."""
    goods = _alike(claims, visits)
    everything = np.ones(len(visits), dtype=np.bool_)
    queue = codes_of(visits.kind)

    def favour(seen: Bools, asked: Bools, alike: Longs, above: Longs, *, buyers: bool = False) -> Favour:
        usual = _among_others(seen & asked, asked, alike, above, visits.agent)
        usual = np.clip(usual * _habit(seen & asked, asked * usual, visits.agent, pair), RAREST, SUREST)
        if buyers:
            usual = np.clip(usual * _so_far(seen & asked, asked * usual, visits), RAREST, SUREST)
        return Favour(seen, asked, usual)

    none = np.zeros(len(visits), dtype=np.int64)
    reason = goods // (len(DEAR) + 1)
    return Favours(
        taken=favour(visits.alone, everything, queue, none),
        kept=favour(visits.kept, visits.judged, goods, reason, buyers=True),
        waited=favour(_waited(claims, visits), everything, none, none, buyers=True),
        dear=favour(goods % (len(DEAR) + 1) >= 2, everything, reason, none, buyers=True),
        overruled=favour(visits.overruled, visits.yes, none, none),
        yes=favour(visits.yes, everything, reason, none),
    )


def _alike(claims: Claims, visits: Visits) -> Longs:
    """Codes of reason and band of amount."""
    reason = codes_of(claims.reason[visits.row])
    return reason * (len(DEAR) + 1) + bands(claims, visits.row)


def _waited(claims: Claims, visits: Visits) -> Bools:
    """Whether the decision took longer than LATE of those in the same channel: a claim may wait for somebody."""
    wait = visits.at - claims.requested[visits.row]
    channel = codes_of(claims.texts("channel")[visits.row])
    late = np.zeros(len(wait), dtype=np.bool_)
    for code in range(int(channel.max(initial=-1)) + 1):
        own = channel == code
        late[own] = wait[own] > np.quantile(wait[own], LATE)
    return late


def bands(claims: Claims, row: Longs) -> Longs:
    """Which of the bands between DEAR each claim lies in, by the share of claims in its currency that ask for less."""
    rows = claims.rows.take(pa.array(row))
    amount, currency = rows["amount"].to_numpy(), coded(rows["currency"])[0]
    order = np.lexsort((amount, currency))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (currency[order][1:] != currency[order][:-1]) | (amount[order][1:] != amount[order][:-1])
    begin = np.searchsorted(currency[order], currency[order])
    less = np.flatnonzero(new)[np.cumsum(new) - 1] - begin
    band = np.empty(len(order), dtype=np.int64)
    band[order] = np.searchsorted(DEAR, less / np.bincount(currency)[currency[order]], side="right")
    return band


def _among_others(seen: Bools, asked: Bools, alike: Longs, above: Longs, agent: Ints) -> Floats:
    """The share seen among the asked of the same code, the agent's own left out; thin codes borrow from `above`."""
    wide = (_without(seen, above, agent) + 0.5) / (_without(asked, above, agent) + 1.0)
    return (_without(seen, alike, agent) + BORROWED * wide) / (_without(asked, alike, agent) + BORROWED)


def _without(flags: Bools, code: Longs, agent: Ints) -> Floats:
    """How many flags each row's code has, those of its agent left out."""
    joint = np.unique(code * (int(agent.max(initial=0)) + 1) + agent, return_inverse=True)[1]
    total: Floats = tally(code, flags)[code] - tally(joint, flags)[joint]
    return total


def _habit(seen: Bools, expected: Floats, owner: Ints, pair: Longs) -> Floats:
    """By what factor (1 or more) each row's owner does this oftener than expected, the row's pair left out.

    Each pair weighs as one visit, so that a few clients make no habit. An owner may be unlike all others: the others'
    law counts as STRANGE expected events and no more.
    """
    size = np.bincount(pair)
    here, here_due = tally(pair, seen) / size, tally(pair, expected) / size
    _, first = np.unique(pair, return_index=True)
    did, due = tally(owner[first], here), tally(owner[first], here_due)
    shape, mean = law(tally(owner, seen), tally(owner, expected))
    shape = np.minimum(shape, STRANGE)
    left = shape[owner] + did[owner] - here[pair]
    rest = shape[owner] / mean[owner] + np.maximum(due[owner] - here_due[pair], 0.0)
    return np.asarray(np.maximum(left / rest, 1.0), dtype=np.float64)


def _so_far(seen: Bools, expected: Floats, visits: Visits) -> Floats:
    """By what factor (1 or more) this happened to each row's buyer oftener than expected in all earlier visits."""
    buyer = np.unique(visits.buyer, return_inverse=True)[1]
    shape, mean = law(tally(buyer, seen), tally(buyer, expected))
    first = np.flatnonzero(np.append(True, buyer[1:] != buyer[:-1]))[buyer] if len(buyer) else buyer
    before = [np.concatenate(([0.0], np.cumsum(values))) for values in (seen, expected)]
    rows = np.arange(len(buyer))
    did, due = (np.maximum(total[rows] - total[first], 0.0) for total in before)
    return np.asarray(np.maximum((shape[buyer] + did) / (shape[buyer] / mean[buyer] + due), 1.0), dtype=np.float64)


def tally(code: Codes, weight: Floats | Bools, size: int = 0) -> Floats:
    """The sum of the weights by code, for at least `size` codes."""
    return np.bincount(code, weights=weight, minlength=size).astype(np.float64)


def law(did: Floats, due: Floats) -> tuple[Floats, Floats]:
    """Shape and mean of the gamma law of everybody's factors, each left out of its own; vague where peers are few."""
    test = gamma_poisson(np.where(due > 0, did, 0.0), due, tie=EXACT, bulk=0.9)
    known = np.isfinite(test.mean) & (test.spread > 0)
    shape = np.where(known, 1.0 / np.maximum(test.spread, 1e-6), np.where(np.isfinite(test.mean), 1e6, 1.0))
    return np.minimum(shape, 1e6), np.where(np.isfinite(test.mean), np.maximum(test.mean, 1e-6), 1.0)
