"""How a claim is made: its reason and what came back, channel, wait, goods and price, the age of the account.

A gang's clients follow one recipe. Each trait has a chance in the market, given the reason, and a chance in a group,
learned from the group's own claims without the buyer's; their ratio is what the trait says.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.refunds.claims import NEVER, Claims, postcodes
from floorwalker.graph.slots import DAY, Bools, Floats, Ints, Longs

WAITS = 12
PRICES = (0.5, 0.75, 0.9, 0.97)
AGES = (30, 90, 365)
LIGHT, HEAVY = 0.5, 1.5
CLOSE = 0.15
THIN = 20.0
"""A reason's claims count against so many of the whole market's, where a trait is rare among them."""
PRIOR = 4.0
"""A group's own habits count against so many of the market's claims."""
DOUBT = 0.2
"""The share of a client's claims in the group's weeks that are its own life's."""

REASON, CHANNEL, WAIT, GOODS, AGE = range(5)
"""Places of the traits; the first is the reason with what the parcel says, the fourth the category with the price."""
FITS, LIGHTER, ELSEWHERE, OFF, UNSEEN, NONE = range(6)


@dataclass(frozen=True, slots=True)
class Traits:
    """Traits of claims in code. value: (traits, n); reason: (n,) codes; log_market: (traits, n), how common each is.

    parcel: (n,) FITS, LIGHTER, ELSEWHERE, OFF (other weight or content), UNSEEN (never scanned) or NONE.
    """

    value: NDArray[np.int64]
    reason: Ints
    parcel: Ints
    log_market: Floats


def read_traits(claims: Claims, parcels: pa.Table) -> Traits:
    """The traits of every claim."""
    _, reason = np.unique(claims.reason.astype(str), return_inverse=True)
    parcel = parcel_states(claims, parcels)
    channel = _coded(claims.texts("channel"))
    known = (claims.delivered != NEVER) & (claims.requested != NEVER)
    wait = np.where(known, (claims.requested - claims.delivered) / DAY, np.nan)
    amount = claims.rows["amount"].fill_null(0.0).to_numpy()
    goods = _coded(claims.texts("category")) * (len(PRICES) + 1) + _classes(amount, PRICES)
    age = np.where(claims.opened == NEVER, -1, (claims.requested - claims.opened) // DAY)
    value = np.stack(
        (
            reason.astype(np.int64) * 6 + parcel,
            channel,
            _classes(wait, tuple(np.arange(1, WAITS) / WAITS)),
            goods,
            np.searchsorted(AGES, age),
        )
    )
    everybody = np.ones(len(claims), dtype=bool)
    return usual(Traits(value, reason.astype(np.int32), parcel, np.empty((0, 0))), everybody)


def usual(traits: Traits, among: Bools) -> Traits:
    """The traits with the market's shares counted on the claims of `among`, a mask, alone."""
    given = np.stack([np.zeros_like(traits.reason), *[traits.reason] * 4])
    shares = [_log_share(value, reason, among) for value, reason in zip(traits.value, given, strict=True)]
    return replace(traits, log_market=np.stack(shares))


def parcel_states(claims: Claims, parcels: pa.Table) -> Ints:
    """What the parcel of each claim says, the worst where there are several."""
    state = np.full(len(claims), NONE, dtype=np.int32)
    if parcels.num_rows == 0:
        return state
    row = pc.index_in(parcels["refund_id"], claims.rows["refund_id"].combine_chunks()).to_numpy().astype(np.int64)
    expected, scanned = (
        pc.cast(parcels[name], pa.float64()).fill_null(np.nan).to_numpy()
        for name in ("expected_weight_g", "scanned_weight_g")
    )
    ratio = np.divide(scanned, expected, out=np.full(len(row), np.nan), where=expected > 0)
    there, meant = (postcodes(parcels[name]) for name in ("scanned_postcode", "expected_postcode"))
    content = np.array([str(one or "").lower() for one in parcels["inspection"].to_pylist()], dtype=object)
    away = (there != "") & (meant != "") & (there != meant)
    off = (np.abs(ratio - 1) > CLOSE) | (content == "wrong_item")
    unseen = parcels["scanned"].is_null().to_numpy(zero_copy_only=False) & np.isnan(ratio) & (there == "")
    found = np.select(
        [(ratio < LIGHT) | (content == "empty"), away, off, unseen], [LIGHTER, ELSEWHERE, OFF, UNSEEN], FITS
    )
    severity = np.array([4, 0, 1, 2, 3])
    order = np.lexsort((-severity[found], row))
    state[row[order]] = found[order]
    return state


def log_ratio(traits: Traits, claims: Claims, core: Bools, rows: Longs) -> Floats:
    """For each of `rows`: how much likelier its traits are among the claims of `core` than in the market, log.

    core: (n,) mask of the group's claims; those of the buyer itself are left out.
    """
    inside = np.flatnonzero(core)
    total = np.zeros(len(rows))
    ours = np.flatnonzero(np.isin(claims.buyer[rows], claims.buyer[inside]))
    same = claims.buyer[rows[ours]][:, None] == claims.buyer[inside][None, :]
    own = np.zeros(len(rows))
    own[ours] = same.sum(axis=1)
    for value, log_market in zip(traits.value, traits.log_market, strict=True):
        alike = np.bincount(value[inside], minlength=int(value.max(initial=0)) + 1)[value[rows]].astype(float)
        alike[ours] -= (same & (value[rows[ours]][:, None] == value[inside][None, :])).sum(axis=1)
        share = np.exp(log_market[rows])
        total += np.log((alike + PRIOR * share) / (len(inside) - own + PRIOR) / share)
    return np.asarray(total, dtype=np.float64)


def log_alike(traits: Traits, claims: Claims, rows: Longs) -> float:
    """Log of an e-value for one method behind the claims `rows`, that they are for one reason apart.

    Each buyer's first claim is foretold from those of the buyers before (Dawid's prequential likelihood), against the
    market's for the same reason.
    """
    _, first = np.unique(claims.buyer[rows], return_index=True)
    mine = rows[first]
    order = mine[np.lexsort((mine, claims.requested[mine]))]
    total = 0.0
    for trait, (value, log_market) in enumerate(zip(traits.value, traits.log_market, strict=True)):
        share = np.exp(log_market[order])
        if trait == 0:
            share = share / (np.bincount(traits.reason)[traits.reason[order]] / len(claims))
        same = np.tril(value[order][:, None] == value[order][None, :], -1).sum(axis=1)
        total += float(np.sum(np.log((same + PRIOR * share) / (np.arange(len(order)) + PRIOR) / share)))
    return total


def _coded(texts: NDArray[np.object_]) -> Longs:
    _, code = np.unique(np.array([str(t or "").strip().lower() for t in texts]), return_inverse=True)
    return code.astype(np.int64)


def _classes(value: Floats, shares: tuple[float, ...]) -> Longs:
    """Classes cut at quantiles of the market; what is not known is a class of its own."""
    known = ~np.isnan(value)
    if not known.any():
        return np.zeros(len(value), dtype=np.int64)
    cuts = np.quantile(value[known], shares)
    return np.where(known, np.searchsorted(cuts, np.where(known, value, 0.0), side="right"), len(shares) + 1)


def _log_share(value: Longs, given: Longs | Ints, among: Bools) -> Floats:
    """How common each row's value is among rows of the same `given`, backed by how common it is at all."""
    _, value = np.unique(value, return_inverse=True)
    _, pair = np.unique(np.stack((given, value)), axis=1, return_inverse=True)
    pair = pair.ravel()
    everywhere = (np.bincount(value, among)[value] + 0.5) / (among.sum() + 1)
    together, all_ = np.bincount(pair, among)[pair], np.bincount(given, among)[given]
    share: Floats = np.log((together + THIN * everywhere) / (all_ + THIN))
    return share
