"""What the tables say about cases: their evidence as events, and the money at stake."""

import pyarrow as pa

from floorwalker.cases.grouping import Case
from floorwalker.cases.judge import Judged
from floorwalker.engine.step import Schema, Step

CASE_EVIDENCE: Schema = {"case_evidence": {"case_id": "VARCHAR", "source": "VARCHAR", "id": "VARCHAR"}}
PUSHED_PRODUCTS: Schema = {"pushed_products": {"case_id": "VARCHAR", "product_id": "VARCHAR", "since": "TIMESTAMP"}}

REVIEW_EVENTS = Step(
    "review_events",
    """
    select e.case_id, 'reviews' as source, e.id, r.posted_at as at,
        'account' as actor_kind, r.reviewer_id as actor_id, 'product' as object_kind, r.product_id as object_id,
        case when r.rating < 2 then '1 star'
            else cast(cast(floor(r.rating) as bigint) as varchar) || ' stars' end as what,
        coalesce(r.title, '') || ' ' || coalesce(r.body, '') as detail
    from case_evidence as e join reviews as r on r.review_id = e.id
    where e.source = 'reviews'
    """,
)
"""How rows of a table read as events: one step for each table that detectors cite."""

EVENT_STEPS = (REVIEW_EVENTS,)

MONEY = Step(
    "money_at_stake",
    """
    with sold as (
        select c.case_id, coalesce(o.currency, p.currency, '') as currency,
            coalesce(cast(o.amount as double), cast(p.price as double) * coalesce(o.quantity, 1)) as amount
        from pushed_products as c
        join orders as o on o.product_id = c.product_id and o.placed_at >= c.since
        left join products as p on p.product_id = o.product_id
    )
    select case_id, currency, cast(sum(cast(floor(amount * 100 + 5e-1) as bigint)) as bigint) as cents
    from sold where amount is not null
    group by case_id, currency
    """,
)
"""In whole cents, since a sum of fractions depends on its order."""


def case_evidence(cases: list[Case], judged: Judged) -> pa.Table:
    """The rows cited for the members of each case, each once."""
    cited = set()
    for case in cases:
        lists = judged.rows["evidence"].take(pa.array([m.row for m in case.members]))
        for evidence in lists.to_pylist():
            cited |= {(case.case_id, row["table"], row["id"]) for row in evidence or ()}
    return _table(CASE_EVIDENCE["case_evidence"], sorted(cited))


def pushed_products(cases: list[Case], events: pa.Table) -> pa.Table:
    """The products of each case, with the time from which it pushed them."""
    since = {
        row["case_id"]: row["at_min"]
        for row in events.group_by("case_id", use_threads=False).aggregate([("at", "min")]).to_pylist()
    }
    rows = [(c.case_id, p, since[c.case_id]) for c in cases if c.case_id in since for p in sorted(c.ids("product"))]
    return _table(PUSHED_PRODUCTS["pushed_products"], rows)


def _table(columns: dict[str, str], rows: list[tuple[object, ...]] | list[tuple[str, str, str]]) -> pa.Table:
    types = {"VARCHAR": pa.string(), "TIMESTAMP": pa.timestamp("us")}
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    return pa.table([list(column) for column in zip(*rows, strict=True)] or [[]] * len(schema), schema=schema)
