"""The money at stake: sales of what a case pushes or of who gains by it, refunds paid less goods that came back."""

from datetime import datetime

import pyarrow as pa

from floorwalker.cases.grouping import Case
from floorwalker.engine.step import Schema, Step

GAINERS: Schema = {
    "pushed_products": {"case_id": "VARCHAR", "product_id": "VARCHAR", "since": "TIMESTAMP"},
    "gaining_sellers": {"case_id": "VARCHAR", "seller_id": "VARCHAR", "since": "TIMESTAMP"},
}
"""Whose sales are at stake, from when on."""
GAINS = ("insider_reviews", "insider_reinstate")
"""Schemes from which a beneficiary's sales gain: its stars stand, or it sells at all."""

MONEY = Step(
    "money_at_stake",
    """
    with at_stake as (
        select g.case_id, o.order_id, g.since, o.placed_at
        from pushed_products as g join orders as o on o.product_id = g.product_id
        union
        select g.case_id, o.order_id, g.since, o.placed_at
        from gaining_sellers as g
        join products as p on p.seller_id = g.seller_id
        join orders as o on o.product_id = p.product_id
    ),
    sold as (
        select c.case_id, coalesce(o.currency, p.currency, '') as currency,
            coalesce(cast(o.amount as double), cast(p.price as double) * coalesce(o.quantity, 1)) as amount
        from (select distinct case_id, order_id from at_stake where placed_at >= since) as c
        join orders as o on o.order_id = c.order_id
        left join products as p on p.product_id = o.product_id
    ),
    came_back as (
        select distinct refund_id from returns
        where scanned_at is not null and (
            inspection = 'ok'
            or (coalesce(inspection, 'none') = 'none' and scanned_weight_g >= 9e-1 * expected_weight_g)
        )
    ),
    paid as (
        select e.case_id, coalesce(f.currency, '') as currency, cast(f.amount as double) as amount
        from case_evidence as e
        join refunds as f on f.refund_id = e.id
        left join came_back as b on b.refund_id = f.refund_id
        where e.source = 'refunds' and coalesce(f.outcome, 'approved') = 'approved' and b.refund_id is null
    ),
    stake as (select * from sold union all select * from paid)
    select case_id, currency, cast(sum(cast(floor(amount * 100 + 5e-1) as bigint)) as bigint) as cents
    from stake where amount is not null
    group by case_id, currency
    """,
)
"""In whole cents, since a sum of fractions depends on its order. Goods came back where the parcel was found to be in
order, or was not opened and weighs nine tenths of what it should."""


def gainers(cases: list[Case], events: pa.Table) -> dict[str, pa.Table]:
    """The tables of GAINERS: products and beneficiaries of each case, with the time of its first evidence."""
    since = {
        row["case_id"]: row["at_min"]
        for row in events.group_by("case_id", use_threads=False).aggregate([("at", "min")]).to_pylist()
    }
    seen = [case for case in cases if case.case_id in since]
    pushed = [(c.case_id, p, since[c.case_id]) for c in seen for p in sorted(c.ids("product"))]
    gaining = {
        (c.case_id, m.subject_id, since[c.case_id])
        for c in seen
        for m in c.listed
        if m.role == "beneficiary" and m.scheme in GAINS
    }
    return dict(zip(GAINERS, (_rows(pushed, "product_id"), _rows(sorted(gaining), "seller_id")), strict=True))


def _rows(rows: list[tuple[str, str, datetime]], whose: str) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    types = (pa.string(), pa.string(), pa.timestamp("us"))
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=["case_id", whose, "since"])
