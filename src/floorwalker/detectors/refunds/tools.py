"""Tools and labels in several hands: a device, network, card or tracking number seen at claims of strangers.

What counts is not that a thing is shared (homes, dormitories, offices and mobile networks share), but that so many of
those who share it claim while they use it.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.ties import LEAST_EVIDENCE, Tie
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Bools, Ints, Longs
from floorwalker.stats.poisson_binomial import log_tail_poisson_binomial
from floorwalker.stats.tail import EXACT

CLAIM_TOOLS = Step(
    "claim_tools",
    """
    with used as (
        select account_id, kind, value,
            min(cast(epoch(date_trunc('second', first_seen_at)) as bigint)) as first_seen,
            max(cast(epoch(date_trunc('second', last_seen_at)) as bigint)) as last_seen
        from identifiers
        where kind in ('device', 'ip', 'card', 'payment_handle', 'bank_account', 'phone')
        group by account_id, kind, value
    ),
    housed as (select account_id, min(home) as home from shared_homes group by account_id),
    shared as (
        select u.kind, u.value from used as u left join housed as h on h.account_id = u.account_id
        group by u.kind, u.value
        having count(distinct coalesce(h.home, u.account_id)) >= 2 and count(*) <= 1000
    )
    select u.account_id, u.kind, u.value, u.first_seen, u.last_seen
    from used as u join shared as s on s.kind = u.kind and s.value = u.value
    """,
)
BUYER_DAYS = Step(
    "buyer_days",
    """
    with lives as (
        select buyer_id, cast(epoch(date_trunc('second', min(placed_at))) as bigint) as first_order,
            cast(epoch(date_trunc('second', max(placed_at))) as bigint) as last_order
        from orders group by buyer_id
    )
    select count(*) as buyers, sum(last_order - first_order) as seconds from lives
    """,
)
AROUND = 7 * DAY
"""A claim is made in a visit if it falls within so long of it: orders, and answers, come before and after."""
MONTH = 30 * DAY
LONGEST = 120 * DAY
"""What is seen longer than this is a thing of somebody's life, and shows no campaign's weeks."""
RARE_LABEL = np.log(1e-3)
"""Two buyers with one tracking number, by a slip of the pen or a shared parcel, are at most so rare."""


def find_tools(claims: Claims, home_of: pa.Table, unproven: Bools, rows: Rows) -> list[Tie]:
    """Values that more homes claim with than their users' time makes likely. home_of: account_id and home code."""
    used = rows("claim_tools", by=("kind", "value", "account_id"))
    if used.num_rows == 0:
        return []
    thing, _ = coded(pc.binary_join_element_wise(used["kind"], used["value"], " "))
    buyer = pc.fill_null(pc.index_in(used["account_id"], claims.buyer_ids), -1).to_numpy().astype(np.int64)
    home = _homes(used["account_id"], home_of)
    begin = _or(used["first_seen"], claims.requested.min()) - AROUND
    end = _or(used["last_seen"], claims.requested.max()) + AROUND
    low, high = _claims_between(claims, np.flatnonzero(unproven), buyer, begin, end)
    expected = _pace(claims, unproven, rows) * np.clip(
        np.minimum(end, claims.requested.max()) - np.maximum(begin, claims.requested.min()), 0, None
    )
    cell, place = np.unique(np.stack((thing, home)), axis=1, return_inverse=True)
    hit = np.bincount(place.ravel(), high > low) > 0
    chance = -np.expm1(-np.bincount(place.ravel(), expected))
    value = cell[0]
    sizes = np.bincount(value)
    ends = np.concatenate(([0], np.cumsum(sizes)))
    hits = np.bincount(value, hit).astype(np.int64)
    log_p = log_tail_poisson_binomial(hits, np.clip(chance, 1e-9, 1 - 1e-9), ends, EXACT)
    tries = np.log(max(int((sizes > 1).sum()), 1))
    mine = np.flatnonzero(unproven)
    ties = []
    for code in np.flatnonzero((hits > 1) & (log_p <= LEAST_EVIDENCE)):
        at = np.flatnonzero(thing == code)
        cited = [mine[low[k] : high[k]] for k in at if high[k] > low[k]]
        claiming = np.unique(buyer[at[high[at] > low[at]]]).astype(np.int32)
        others = np.setdiff1d(buyer[at][buyer[at] >= 0], claiming).astype(np.int32)
        kind, name = used["kind"][int(at[0])].as_py(), used["value"][int(at[0])].as_py()
        shown = np.concatenate(cited)
        holding = at[np.isin(buyer[at], claiming)]
        first, last = int(begin[holding].min()) + AROUND, int(end[holding].max()) - AROUND
        span = (first, last) if last - first <= LONGEST else claims.span(shown)
        ties.append(Tie(kind, name, claiming, shown, others, min(float(log_p[code]) + tries, 0.0), *span))
    return ties


def find_labels(claims: Claims, home: Ints, parcels: pa.Table) -> list[Tie]:
    """Tracking numbers under which parcels of several homes travelled."""
    known = parcels.filter(pc.not_equal(parcels["tracking_number"], ""))
    if known.num_rows == 0:
        return []
    row = pc.index_in(known["refund_id"], claims.rows["refund_id"].combine_chunks()).to_numpy().astype(np.int64)
    label, names = coded(pc.binary_join_element_wise(known["carrier"], known["tracking_number"], " "))
    pairs = np.unique(np.stack((label, home[row])), axis=1)
    homes = np.bincount(pairs[0], minlength=len(names))
    found = np.flatnonzero(homes > 1)
    slip = max(RARE_LABEL, np.log((1 + (homes == 2).sum()) / (1 + (homes > 0).sum())))
    ties = []
    for code in found:
        mine = np.unique(row[label == code])
        log_p = float((homes[code] - 1) * slip + np.log(len(found)))
        if log_p <= LEAST_EVIDENCE:
            buyers = np.unique(claims.buyer[mine])
            ties.append(
                Tie("tracking_number", names[int(code)].as_py(), buyers, mine, buyers[:0], log_p, *claims.span(mine))
            )
    return ties


def _homes(accounts: pa.ChunkedArray, home_of: pa.Table) -> Longs:
    """A code by home, the same for accounts of one home."""
    own, names = coded(accounts)
    shared, _ = coded(home_of["home"])
    found = pc.fill_null(pc.index_in(accounts, home_of["account_id"].combine_chunks()), -1).to_numpy().astype(int)
    return np.where(found >= 0, len(names) + shared[found] if len(shared) else 0, own).astype(np.int64)


def _or(column: pa.ChunkedArray, otherwise: int) -> Longs:
    seconds: Longs = column.fill_null(int(otherwise)).to_numpy().astype(np.int64)
    return seconds


def _claims_between(claims: Claims, rows: Longs, buyer: Longs, begin: Longs, end: Longs) -> tuple[Longs, Longs]:
    """Places in `rows`, which are by buyer and time, from the first claim between two times to after the last."""
    base = int(claims.requested.min())
    width = int(claims.requested.max()) - base + 2
    at = claims.buyer[rows].astype(np.int64) * width + (claims.requested[rows] - base)
    low = np.searchsorted(at, buyer * width + np.clip(begin - base, 0, width - 1))
    high = np.searchsorted(at, buyer * width + np.clip(end - base, -1, width - 2), side="right")
    return np.where(buyer < 0, 0, low), np.where(buyer < 0, 0, np.maximum(high, low))


def _pace(claims: Claims, unproven: Bools, rows: Rows) -> float:
    """Unproven claims for each second of a buyer's life, from the first order to a month after the last."""
    days = rows("buyer_days", by=("buyers",))
    buyers, seconds = int(days["buyers"][0].as_py() or 0), int(days["seconds"][0].as_py() or 0)
    return float(unproven.sum() / max(seconds + buyers * MONTH, 1))
