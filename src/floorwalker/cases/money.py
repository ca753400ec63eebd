"""The money at stake: sales of the products that a case pushes, and refunds paid less the goods that came back."""

import pyarrow as pa

from floorwalker.cases.grouping import Case
from floorwalker.engine.step import Schema, Step

PUSHED_PRODUCTS: Schema = {"pushed_products": {"case_id": "VARCHAR", "product_id": "VARCHAR", "since": "TIMESTAMP"}}

MONEY = Step(
    "money_at_stake",
    """
    with sold as (
        select c.case_id, coalesce(o.currency, p.currency, '') as currency,
            coalesce(cast(o.amount as double), cast(p.price as double) * coalesce(o.quantity, 1)) as amount
        from pushed_products as c
        join orders as o on o.product_id = c.product_id and o.placed_at >= c.since
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


def pushed_products(cases: list[Case], events: pa.Table) -> pa.Table:
    """The products of each case, with the time from which it pushed them."""
    since = {
        row["case_id"]: row["at_min"]
        for row in events.group_by("case_id", use_threads=False).aggregate([("at", "min")]).to_pylist()
    }
    rows = [(c.case_id, p, since[c.case_id]) for c in cases if c.case_id in since for p in sorted(c.ids("product"))]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    types = (pa.string(), pa.string(), pa.timestamp("us"))
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=list(PUSHED_PRODUCTS["pushed_products"]))
