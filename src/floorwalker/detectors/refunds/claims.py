"""Claims, as rows and in code: who asked for which money back, for what, when, and what came of it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.engine.step import Step
from floorwalker.graph.slots import Ints, Longs

CLAIM_LINES = Step(
    "claim_lines",
    """
    select f.refund_id, f.order_id, f.buyer_id, coalesce(f.currency, o.currency, '') as currency,
        cast(f.amount as double) as amount, cast(o.amount as double) as order_amount,
        cast(p.price as double) as price, o.quantity,
        coalesce(f.reason, '') as reason, f.claim_text, f.outcome, f.channel, f.staff_id,
        coalesce(f.return_waived, false) as return_waived,
        o.product_id, coalesce(o.seller_id, p.seller_id, '') as seller_id, coalesce(p.category, '') as category,
        coalesce(o.ship_postcode, '') as ship_postcode, coalesce(o.ship_address, '') as ship_address,
        coalesce(a.country, '') as country,
        cast(epoch(date_trunc('second', f.requested_at)) as bigint) as requested,
        cast(epoch(date_trunc('second', f.decided_at)) as bigint) as decided,
        cast(epoch(date_trunc('second', o.placed_at)) as bigint) as placed,
        cast(epoch(date_trunc('second', o.delivered_at)) as bigint) as delivered,
        cast(epoch(date_trunc('second', a.created_at)) as bigint) as opened
    from refunds as f
    left join orders as o on o.order_id = f.order_id
    left join products as p on p.product_id = o.product_id
    left join accounts as a on a.account_id = f.buyer_id
    """,
)
"""One row for each refund that was asked for, with its order, product and buyer where they are known."""

CLAIMS = Step(
    "claims",
    """
    select * from claim_lines
    qualify row_number() over (
        partition by buyer_id, cast(floor(requested / 86400) as bigint), reason order by amount desc, refund_id
    ) = 1
    """,
)
"""What one buyer asks for on one day and for one reason is one claim, its dearest line: a parcel that was lost, or an
order called off, is one event however many things were in it."""

PARCELS = Step(
    "parcels",
    """
    select r.return_id, r.refund_id, c.order_id, c.buyer_id, coalesce(r.carrier, '') as carrier,
        coalesce(r.tracking_number, '') as tracking_number, r.expected_weight_g, r.scanned_weight_g,
        coalesce(r.expected_postcode, '') as expected_postcode,
        coalesce(r.scanned_postcode, '') as scanned_postcode, r.inspection,
        cast(epoch(date_trunc('second', r.scanned_at)) as bigint) as scanned
    from returns as r join claims as c on c.refund_id = r.refund_id
    """,
)
"""One row for each parcel that was to come back."""

NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Claims:
    """The rows of CLAIMS by buyer, time and id, and their codes.

    rows: the Arrow table. buyer: (n,) codes; buyer_ids: their names, ascending. requested, decided, placed, delivered,
    opened: (n,) seconds, NEVER where not known. approved: (n,) whether money went back. reason: (n,) in lower case,
    without blanks around it.
    """

    rows: pa.Table
    buyer: Ints
    buyer_ids: pa.Array
    requested: Longs
    decided: Longs
    placed: Longs
    delivered: Longs
    opened: Longs
    approved: NDArray[np.bool_]
    reason: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.buyer)

    def texts(self, column: str) -> NDArray[np.object_]:
        """A column of text as Python strings, (n,)."""
        return np.asarray(self.rows[column].to_pylist(), dtype=object)

    def span(self, rows: Longs) -> tuple[int, int]:
        """When the first and the last of some claims were made, seconds."""
        return int(self.requested[rows].min()), int(self.requested[rows].max())

    def cited(self, rows: Longs) -> list[tuple[str, str]]:
        """Claims as evidence."""
        return [("refunds", str(name)) for name in self.rows["refund_id"].take(pa.array(rows)).to_pylist()]


def read_claims(rows: Rows, step: Step = CLAIMS) -> Claims:
    """The rows of CLAIMS, or of CLAIM_LINES, in code."""
    table = rows(step.name, by=("buyer_id", "requested", "refund_id"))
    buyer, buyer_ids = coded(table["buyer_id"])
    return Claims(
        table,
        buyer,
        buyer_ids,
        requested=seconds(table["requested"]),
        decided=seconds(table["decided"]),
        placed=seconds(table["placed"]),
        delivered=seconds(table["delivered"]),
        opened=seconds(table["opened"]),
        reason=np.array(pc.utf8_lower(pc.utf8_trim_whitespace(table["reason"])).to_pylist(), dtype=object),
        approved=np.array([outcome == "approved" for outcome in table["outcome"].to_pylist()], dtype=bool),
    )


def seconds(column: pa.ChunkedArray) -> Longs:
    """Times in seconds, NEVER where not known."""
    found: Longs = column.fill_null(NEVER).to_numpy().astype(np.int64)
    return found


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Postcodes or tracking numbers in capitals, without blanks and dashes."""
    return pc.utf8_upper(pc.replace_substring_regex(column, r"[\s\-]", ""))


def postcodes(column: pa.ChunkedArray) -> NDArray[np.object_]:
    """Postcodes that are spelt alike, as Python strings, (n,)."""
    return np.array(plain(column).to_pylist(), dtype=object)
