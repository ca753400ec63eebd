"""Signs in what scales, doorsteps and sessions recorded: columns beyond the contract, where a shop has them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.claims import NEVER, Claims, postcodes
from floorwalker.detectors.refunds.contradicted import MOSTLY, Sign
from floorwalker.detectors.refunds.innocent import Circumstances
from floorwalker.detectors.refunds.reasons import EMPTY, NOT_RECEIVED, saying
from floorwalker.engine.step import Step
from floorwalker.graph.slots import Bools

USUAL_WEIGHT = Step(
    "usual_weight",
    """
    select product_id, median(cast(shipped_weight_g as double) / nullif(coalesce(quantity, 1), 0)) as usual_g
    from orders where shipped_weight_g > 0 group by product_id having count(*) >= 5
    """,
)
"""What one piece of a product weighs on its way out, in grams."""

CLAIM_MARKS = Step(
    "claim_marks",
    """
    with own as (select distinct account_id, value from identifiers where kind = 'device'),
    known as (select distinct account_id from own)
    select f.refund_id, f.buyer_id, f.requested_at, u.usual_g,
        cast(o.shipped_weight_g as double) / nullif(coalesce(o.quantity, 1), 0) as sent_g,
        coalesce(o.delivered_postcode, '') as delivered_postcode, coalesce(o.ship_postcode, '') as ship_postcode,
        o.code_confirmed, o.photo_taken,
        case when f.session_device is null or k.account_id is null then null
            when w.value is null then true else false end as strange_device
    from refunds as f
    left join orders as o on o.order_id = f.order_id
    left join usual_weight as u on u.product_id = o.product_id
    left join known as k on k.account_id = f.buyer_id
    left join own as w on w.account_id = f.buyer_id and w.value = f.session_device
    """,
)
"""Columns beyond the contract that say more about a claim, where there are any."""

FULL = 0.8
"""A parcel that left with this share of what the product's parcels usually weigh was not empty."""


def delivery_signs(rows: Rows, claims: Claims, around: Circumstances) -> list[Sign]:
    """What scales, doorsteps and sessions recorded about the way out, where the data has it."""
    table = rows("claim_marks", by=("buyer_id", "requested_at", "refund_id"))
    table = table.take(
        pc.index_in(claims.rows["refund_id"].combine_chunks(), value_set=table["refund_id"].combine_chunks())
    )
    missing, empty = saying(claims.reason, NOT_RECEIVED), saying(claims.reason, EMPTY)
    came = claims.delivered != NEVER
    there, home = (postcodes(table[name]) for name in ("delivered_postcode", "ship_postcode"))
    at_home = (there == home) & (there != "")
    heavy, weighed = _full(table)
    code, asked = _flag(table["code_confirmed"])
    photo, taken = _flag(table["photo_taken"])
    strange, seen = _flag(table["strange_device"])
    told = "{shown} of {asked} claims that nothing came are about parcels "
    missed = came & missing & (there != "") & (home != "")
    notes = (
        ("at_home", told + "scanned at the right postcode, where {expected} would be", missed, missed & at_home),
        ("code", told + "whose delivery code was given, where {expected} would be", missing & asked, missing & code),
        (
            "photo",
            told + "photographed at the door, where {expected} would be",
            missing & taken,
            missing & photo,
        ),
        (
            "full",
            "{shown} of {asked} claims of an empty box are about parcels that left with full weight, where {expected} "
            "would be",
            empty & weighed,
            empty & heavy,
        ),
        (
            "device",
            "{shown} of {asked} were made on a device that is not among the buyer's own, where {expected} would be",
            seen,
            strange,
        ),
    )
    return [Sign(name, said, MOSTLY, could, shown, around) for name, said, could, shown in notes]


def _full(table: pa.Table) -> tuple[Bools, Bools]:
    """Whether an outbound parcel weighed what the product's parcels usually do, and whether that is known."""
    sent, usual = (table[name].cast(pa.float64()).fill_null(np.nan).to_numpy() for name in ("sent_g", "usual_g"))
    known = (sent > 0) & (usual > 0)
    return known & (sent >= FULL * usual), known


def _flag(column: pa.ChunkedArray) -> tuple[Bools, Bools]:
    known = column.is_valid().to_numpy().astype(bool)
    return column.cast(pa.bool_()).fill_null(False).to_numpy().astype(bool), known
