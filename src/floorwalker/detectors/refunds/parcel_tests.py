"""What carriers and scales say of the parcels that came back."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.claims import Claims, plain, postcodes, seconds
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Bools, Floats, Ints, Longs

PARCEL_MARKS = Step(
    "parcel_marks",
    """
    select p.return_id, p.refund_id, p.buyer_id, p.carrier, p.tracking_number, p.expected_weight_g,
        p.scanned_weight_g, p.expected_postcode, p.scanned_postcode, p.inspection, p.scanned,
        cast(epoch(date_trunc('second', r.label_created_at)) as bigint) as labelled,
        case when r.returned_serial is null or o.shipped_serial is null then null
            when r.returned_serial = o.shipped_serial then false else true end as other_serial
    from parcels as p
    join returns as r on r.return_id = p.return_id
    left join orders as o on o.order_id = p.order_id
    """,
)
"""PARCELS with the columns beyond the contract that say more about them."""

TOLERANCE = 5.0
"""Robust standard deviations of a carrier's own scatter of scanned against expected weight."""
FINEST = 0.05
"""No scale is held to less than this share of the weight."""
LEAST_PARCELS = 200
"""A carrier with fewer weighed parcels is judged by the scatter of all."""
SAME_BOX = 30 * DAY
"""One buyer's returns within thirty days may travel in one box under one label."""
A_LABEL = 10
"""What stands as tracking number on more claims than this is no tracking number."""


@dataclass(frozen=True, slots=True)
class Parcels:
    """One row for each claim that a parcel came back for, (n,) each: the claim's row, the row of its first parcel.

    carrier: codes. scanned, labelled: seconds, NEVER where not known. weighed, inspected, addressed, tracked: whether
    the question can be asked. off: the weight is far from what was expected. other: something else, or nothing, was
    in it. elsewhere: it went to another postcode. reused: somebody else, or the buyer long ago, used its number before.
    """

    claim: Longs
    ids: pa.ChunkedArray
    carrier: Ints
    scanned: Longs
    labelled: Longs
    weighed: Bools
    off: Bools
    inspected: Bools
    other: Bools
    addressed: Bools
    elsewhere: Bools
    tracked: Bools
    reused: Bools


def read_parcels(rows: Rows, claims: Claims) -> Parcels:
    """The first parcel of each claim, judged."""
    table = rows("parcel_marks", by=("refund_id", "return_id"))
    names = pa.array(claims.rows["refund_id"].combine_chunks())
    refunds = table["refund_id"].combine_chunks()
    claim = pa.compute.index_in(refunds, value_set=names).to_numpy(zero_copy_only=False).astype(np.int64)
    first = np.flatnonzero(np.diff(claim, prepend=-1) != 0)
    table, claim = table.take(pa.array(first)), claim[first]
    carrier, _ = coded(table["carrier"])
    number, shared = _same_box(table, claims, claim)
    weighed, off = _weighed(table, carrier)
    held = np.array(table["inspection"].to_pylist(), dtype=object)
    serial = np.array([value is not None for value in table["other_serial"].to_pylist()], dtype=bool)
    swapped = table["other_serial"].fill_null(False).to_numpy().astype(bool)
    expected, scanned = (postcodes(table[name]) for name in ("expected_postcode", "scanned_postcode"))
    addressed = (expected != "") & (scanned != "")
    tracked, reused = _reused(number, claims.buyer[claim], claims.requested[claim])
    return Parcels(
        claim=claim,
        ids=table["return_id"],
        carrier=carrier,
        scanned=seconds(table["scanned"]),
        labelled=seconds(table["labelled"]),
        weighed=weighed & ~shared,
        off=off,
        inspected=np.isin(held, ("ok", "empty", "wrong_item")) | serial,
        other=np.isin(held, ("empty", "wrong_item")) | swapped,
        addressed=addressed,
        elsewhere=addressed & (expected != scanned),
        tracked=tracked,
        reused=reused,
    )


def _weighed(table: pa.Table, carrier: Ints) -> tuple[Bools, Bools]:
    expected, scanned = (
        table[name].cast(pa.float64()).fill_null(np.nan).to_numpy()
        for name in ("expected_weight_g", "scanned_weight_g")
    )
    known = (expected > 0) & (scanned >= 0)
    ratio = np.zeros(len(known))
    ratio[known] = np.log(np.maximum(scanned[known], 1.0) / expected[known])
    centre, width = np.zeros(len(known)), np.full(len(known), np.inf)
    for code in range(-1, int(carrier.max(initial=-1)) + 1):
        here = known & ((carrier == code) | (code < 0))
        if code < 0 or here.sum() >= LEAST_PARCELS:
            middle, scatter = _scatter(ratio[here])
            whose = here if code >= 0 else known
            centre[whose], width[whose] = middle, scatter
    off = known & (np.round(np.abs(ratio - centre) - np.maximum(TOLERANCE * width, FINEST), 9) > 0)
    return known, off


def _scatter(ratio: Floats) -> tuple[float, float]:
    """Median, and the standard deviation that the median deviation of a normal law would have."""
    if not len(ratio):
        return 0.0, np.inf
    middle = float(np.median(ratio))
    return middle, 1.4826 * float(np.median(np.abs(ratio - middle)))


def _same_box(table: pa.Table, claims: Claims, claim: Longs) -> tuple[Ints, Bools]:
    """Codes of tracking numbers (-1: none), and whether the buyer has other returns of these days under the number."""
    number, names = coded(plain(table["tracking_number"]))
    blank = np.array([name == "" for name in names.to_pylist()], dtype=bool)
    number = np.where(blank[number], -1, number).astype(np.int32) if len(blank) else number
    order = np.lexsort((claims.requested[claim], claims.buyer[claim], number))
    near = (np.diff(number[order]) == 0) & (np.diff(claims.buyer[claim][order]) == 0)
    near &= (np.diff(claims.requested[claim][order]) <= SAME_BOX) & (number[order][1:] >= 0)
    shared = np.zeros(len(number), dtype=bool)
    shared[order[1:][near]] = True
    shared[order[:-1][near]] = True
    return number, shared


def _reused(number: Ints, buyer: Ints, requested: Longs) -> tuple[Bools, Bools]:
    """Whether a claim has a tracking number, and whether another buyer, or this one long before, used it first."""
    order = np.lexsort((buyer, requested, number))
    known = number >= 0
    uses = np.bincount(number[known], minlength=int(number.max(initial=-1)) + 1)
    tracked = known.copy()
    tracked[known] = uses[number[known]] <= A_LABEL
    start = np.flatnonzero(np.diff(number[order], prepend=-2) != 0)
    leader = order[np.repeat(start, np.diff(np.append(start, len(order))))]
    first = np.empty(len(number), dtype=np.int64)
    first[order] = leader
    reused = (buyer != buyer[first]) | (requested - requested[first] > SAME_BOX) if len(number) else known
    return tracked, tracked & reused
