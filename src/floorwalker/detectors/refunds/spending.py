"""What buyers ordered and asked back, and what others ask back of the like: expectations, each buyer left out of them.

The rate of an order is that of its category, price band and country; where a product (a recall, a bad batch) or a
postcode area in some weeks (a bad courier) has more claims than that by other people, the order's rate is as many
times higher. Neither ever lowers it.
"""

from floorwalker.engine.step import Step

PURCHASES = Step(
    "purchases",
    """
    with asked as (
        select f.order_id,
            max(case when r.scanned_at is null then 0 else 1 end) as back
        from claims as f left join returns as r on r.refund_id = f.refund_id
        group by f.order_id
    ),
    opening as (select min(placed_at) as opened from orders)
    select o.order_id, o.buyer_id, o.product_id, cast(o.amount as double) as amount,
        coalesce(o.currency, '') as currency,
        concat_ws('|', coalesce(p.category, ''), coalesce(o.currency, ''), coalesce(b.country, ''),
            cast(cast(floor(sqrt(sqrt(greatest(cast(coalesce(o.amount, 0) as double), 0e0)))) as bigint) as varchar)
        ) as kind,
        concat_ws('|', coalesce(b.country, ''), left(coalesce(o.ship_postcode, ''), 2),
            cast((cast(epoch(date_trunc('second', o.placed_at)) as bigint)
                - cast(epoch(date_trunc('second', s.opened)) as bigint)) // 2419200 as varchar)
        ) as place,
        cast(epoch(date_trunc('second', o.placed_at)) as bigint) as placed,
        case when a.order_id is null then 0 else 1 end as claimed,
        case when a.order_id is not null and a.back = 0 and o.delivered_at is not null then 1 else 0 end as unproven
    from orders as o
    join opening as s on s.opened <= o.placed_at
    left join asked as a on a.order_id = o.order_id
    left join products as p on p.product_id = o.product_id
    left join accounts as b on b.account_id = o.buyer_id
    """,
)
"""One row for each order: what it is like, and what was asked back. unproven: nothing was seen to come back."""

BY_KIND = Step(
    "asked_by_kind",
    """
    select kind, count(*) as orders, sum(claimed) as claimed, sum(unproven) as unproven from purchases group by kind
    """,
)
BY_BUYER_AND_KIND = Step(
    "asked_by_buyer_and_kind",
    """
    with overall as (
        select sum(cast(claimed as double)) / nullif(count(*), 0) as claims,
            sum(cast(unproven as double)) / nullif(count(*), 0) as unproven
        from purchases
    ),
    own as (
        select buyer_id, kind, count(*) as orders, sum(claimed) as claimed, sum(unproven) as unproven
        from purchases group by buyer_id, kind
    )
    select o.buyer_id, o.kind,
        (k.claimed - o.claimed + 20e0 * a.claims) / nullif(k.orders - o.orders + 20e0, 0) as rate,
        (k.unproven - o.unproven + 20e0 * a.unproven) / nullif(k.orders - o.orders + 20e0, 0) as unproven_rate
    from own as o join asked_by_kind as k on k.kind = o.kind join overall as a on a.claims >= 0
    """,
)
"""The rate of a kind of order among all other buyers; twenty orders at the overall rate are believed beforehand."""

EXPECTED = Step(
    "asked_expected",
    """
    select p.order_id, p.buyer_id, p.product_id, p.place, p.claimed, p.unproven, p.amount, r.rate, r.unproven_rate
    from purchases as p join asked_by_buyer_and_kind as r on r.buyer_id = p.buyer_id and r.kind = p.kind
    """,
)
LIFTED = Step(
    "asked_lifted",
    """
    with goods as (
        select product_id, sum(claimed) as claimed, sum(rate) as rate, sum(unproven) as unproven,
            sum(unproven_rate) as unproven_rate
        from asked_expected group by product_id
    ),
    own_goods as (
        select product_id, buyer_id, sum(claimed) as claimed, sum(rate) as rate, sum(unproven) as unproven,
            sum(unproven_rate) as unproven_rate
        from asked_expected group by product_id, buyer_id
    ),
    places as (
        select place, sum(claimed) as claimed, sum(rate) as rate, sum(unproven) as unproven,
            sum(unproven_rate) as unproven_rate
        from asked_expected group by place
    ),
    own_places as (
        select place, buyer_id, sum(claimed) as claimed, sum(rate) as rate, sum(unproven) as unproven,
            sum(unproven_rate) as unproven_rate
        from asked_expected group by place, buyer_id
    )
    select e.order_id, e.buyer_id, e.claimed, e.unproven, e.amount,
        least(1e0, e.rate
            * greatest(1e0, (g.claimed - m.claimed + 1e0) / nullif(greatest(g.rate - m.rate, 0e0) + 1e0, 0))
            * greatest(1e0, (q.claimed - w.claimed + 1e0) / nullif(greatest(q.rate - w.rate, 0e0) + 1e0, 0))
        ) as rate,
        least(1e0, e.unproven_rate
            * greatest(1e0, (g.unproven - m.unproven + 1e0)
                / nullif(greatest(g.unproven_rate - m.unproven_rate, 0e0) + 1e0, 0))
            * greatest(1e0, (q.unproven - w.unproven + 1e0)
                / nullif(greatest(q.unproven_rate - w.unproven_rate, 0e0) + 1e0, 0))
        ) as unproven_rate
    from asked_expected as e
    join goods as g on g.product_id = e.product_id
    join own_goods as m on m.product_id = e.product_id and m.buyer_id = e.buyer_id
    join places as q on q.place = e.place
    join own_places as w on w.place = e.place and w.buyer_id = e.buyer_id
    """,
)
"""The rate of each order, with what other people's claims on the product, and in the area in those weeks, add."""

BUYERS = Step(
    "asked_by_buyer",
    """
    select buyer_id, count(*) as orders, sum(claimed) as claimed, sum(unproven) as unproven, sum(rate) as expected,
        sum(unproven_rate) as expected_unproven, sum(rate * amount) as expected_value
    from asked_lifted group by buyer_id
    """,
)
SPENDING = (PURCHASES, BY_KIND, BY_BUYER_AND_KIND, EXPECTED, LIFTED, BUYERS)
"""The steps up to one row for each buyer: orders, claims, and what others of the like would claim."""
