"""What staff did, and to what: acts as rows, and which objects a ticket is about."""

from floorwalker.engine.step import Step

STAFF_ACTS = Step(
    "staff_acts",
    """
    select a.action_id, a.staff_id, cast(epoch(date_trunc('second', a.at)) as bigint) as second, a.action,
        case when a.object_kind = 'seller' then 'account' else a.object_kind end as object_kind, a.object_id,
        coalesce(a.ticket_id, '') as ticket_id, coalesce(a.record_count, 1) as records,
        a.action like 'view%' or a.action like 'read%' or a.action like 'search%'
            or a.action like 'look%' or a.action like 'reveal%' as looks,
        a.action like '%export%' or a.action like '%report' or a.action like '%download%' as pulls,
        coalesce(s.role, '') as role, coalesce(s.team, '') as team, coalesce(s.site, '') as site
    from staff_actions as a left join staff as s on s.staff_id = a.staff_id
    """,
)
"""One row for each act. A seller is an account. looks: it shows something; pulls: it takes many records out; all else
decides something."""

ABOVE = Step(
    "above",
    """
    select 'order' as kind, order_id as id, 'account' as above_kind, buyer_id as above_id from orders
    union all
    select 'order' as kind, order_id as id, 'account' as above_kind, seller_id as above_id
    from orders where seller_id is not null
    union all
    select 'order' as kind, order_id as id, 'product' as above_kind, product_id as above_id from orders
    union all
    select 'refund' as kind, refund_id as id, 'order' as above_kind, order_id as above_id from refunds
    union all
    select 'refund' as kind, refund_id as id, 'account' as above_kind, buyer_id as above_id from refunds
    union all
    select 'review' as kind, review_id as id, 'account' as above_kind, reviewer_id as above_id from reviews
    union all
    select 'review' as kind, review_id as id, 'product' as above_kind, product_id as above_id from reviews
    union all
    select 'review' as kind, r.review_id as id, 'account' as above_kind, p.seller_id as above_id
    from reviews as r join products as p on p.product_id = r.product_id
    union all
    select 'product' as kind, product_id as id, 'account' as above_kind, seller_id as above_id from products
    """,
)
"""What an object belongs to: an order to its buyer, seller and product, and so on."""

CASES = Step(
    "staff_cases",
    """
    select t.ticket_id, coalesce(t.assigned_to, '') as staff_id, coalesce(s.team, '') as team,
        coalesce(t.assigned_by, '') = 'self' or coalesce(t.assigned_by, '') = coalesce(t.assigned_to, ' ') as taken,
        case when t.subject_kind = 'seller' then 'account' else coalesce(t.subject_kind, '') end as kind,
        coalesce(t.subject_id, '') as id, coalesce(t.kind, '') as ticket_kind,
        cast(epoch(date_trunc('second', t.opened_at)) as bigint) as opened,
        cast(epoch(date_trunc('second', t.closed_at)) as bigint) as closed
    from tickets as t left join staff as s on s.staff_id = t.assigned_to
    """,
)
"""One row for each ticket. taken: whoever holds it assigned it to himself."""

CASE_OBJECTS = Step(
    "staff_case_objects",
    """
    select ticket_id, staff_id, team, taken, opened, closed, kind, id, true as direct from staff_cases where id <> ''
    union all
    select c.ticket_id, c.staff_id, c.team, c.taken, c.opened, c.closed, u.above_kind as kind, u.above_id as id,
        false as direct
    from staff_cases as c join above as u on u.kind = c.kind and u.id = c.id
    """,
)
"""What each ticket is about: its subject, and what that belongs to (`direct` tells them apart)."""
