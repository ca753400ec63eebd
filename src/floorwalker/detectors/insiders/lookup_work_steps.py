"""What staff do for a reason that the tables tell, and whom sellers write to: the counting, in SQL.

A specialist's looks are about one seller because the work is. How much is told by the explained visits.
"""

from floorwalker.engine.step import Step

EXPLAINED_VISITS = Step(
    "lookup_explained_visits",
    """
    with placed as (
        select s.staff_id, s.buyer_id, s.second, greatest(s.second - o.origin, 0) // 2419200 as period
        from lookup_seen as s cross join lookup_origin as o where s.looks and s.because <> ''
    )
    select staff_id, buyer_id, period, min(second) as second from placed group by staff_id, buyer_id, period
    """,
)
"""One row for each agent, customer and four weeks, where the tables tell the reason."""

CASEWORK = Step(
    "lookup_casework",
    """
    with parts as (
        select x.staff_id, x.buyer_id, x.period, e.seller_id, count(*) as bought
        from lookup_explained_visits as x
        join lookup_events as e on e.buyer_id = x.buyer_id and e.second < x.second and e.low = 0
        group by x.staff_id, x.buyer_id, x.period, e.seller_id
    ),
    whole as (select staff_id, buyer_id, period, sum(bought) as bought from parts group by staff_id, buyer_id, period)
    select p.staff_id, p.seller_id, p.period,
        cast(sum(cast(floor(1e6 * p.bought / nullif(w.bought, 0)) as bigint)) as bigint) as millionths
    from parts as p
    join whole as w on w.staff_id = p.staff_id and w.buyer_id = p.buyer_id and w.period = p.period
    join lookup_sellers as s on s.seller_id = p.seller_id
    group by p.staff_id, p.seller_id, p.period
    """,
)
"""How much of an agent's explained visits is about a seller: a visit counts as the share of the customer's orders."""

OWN_CASEWORK = Step(
    "lookup_own_casework",
    """
    with pairs as (select distinct staff_id, seller_id from lookup_pairs)
    select c.staff_id, c.seller_id, c.period, c.millionths
    from lookup_casework as c join pairs as p on p.staff_id = c.staff_id and p.seller_id = c.seller_id
    """,
)

ALL_CASEWORK = Step(
    "lookup_all_casework",
    "select seller_id, cast(sum(millionths) as bigint) as millionths from lookup_casework group by seller_id",
)

OTHERS_LOOKS = Step(
    "lookup_others_looks",
    """
    select h.staff_id, h.seller_id,
        cast(sum(cast(floor(1e6 * h.bought / nullif(v.bought, 0)) as bigint)) as bigint) as millionths
    from lookup_hits as h
    join lookup_sellers as s on s.seller_id = h.seller_id
    join lookup_visit_rows as v on v.visit = h.visit
    group by h.staff_id, h.seller_id
    """,
)
"""The same of unexplained visits, by agent."""

WORKLOAD = Step(
    "lookup_workload",
    "select staff_id, period, count(*) as visits from lookup_explained_visits group by staff_id, period",
)

AGENTS = Step(
    "lookup_agents",
    """
    with explained as (select staff_id, count(*) as visits from lookup_explained_visits group by staff_id),
    bare as (select staff_id, count(*) as visits from lookup_visits group by staff_id),
    agents as (select distinct staff_id, role, team, site from lookup_seen where looks)
    select a.staff_id, a.role, a.team, a.site, coalesce(e.visits, 0) as explained, coalesce(b.visits, 0) as unexplained
    from agents as a
    left join explained as e on e.staff_id = a.staff_id
    left join bare as b on b.staff_id = a.staff_id
    """,
)

WRITTEN = Step(
    "lookup_written",
    """
    select distinct p.visit, p.seller_id
    from lookup_pairs as p
    join lookup_visits as v on v.visit = p.visit
    join messages as m on m.sender_id = p.seller_id and m.recipient_id = v.buyer_id
    where cast(epoch(date_trunc('second', m.sent_at)) as bigint) between v.second and v.second + 14 * 86400
    """,
)
"""Visits after which the seller wrote to the customer within fourteen days."""

COMPARED = Step(
    "lookup_compared",
    """
    with looked as (select distinct p.seller_id, v.buyer_id from lookup_pairs as p
        join lookup_visits as v on v.visit = p.visit),
    bought as (
        select distinct e.seller_id, e.buyer_id, e.second from lookup_events as e
        join lookup_sellers as s on s.seller_id = e.seller_id
        left join looked as l on l.seller_id = e.seller_id and l.buyer_id = e.buyer_id
        where e.low = 0 and l.buyer_id is null
    ),
    wrote as (
        select distinct b.seller_id, b.buyer_id, b.second,
            case when cast(epoch(date_trunc('second', m.sent_at)) as bigint) < b.second + 14 * 86400 then 0
                when cast(epoch(date_trunc('second', m.sent_at)) as bigint) < b.second + 28 * 86400 then 1
                else 2 end as span
        from bought as b
        join messages as m on m.sender_id = b.seller_id and m.recipient_id = b.buyer_id
        where cast(epoch(date_trunc('second', m.sent_at)) as bigint) between b.second and b.second + 42 * 86400
    ),
    spans as (select seller_id, span, count(*) as wrote from wrote group by seller_id, span),
    orders_of as (select seller_id, count(*) as bought from bought group by seller_id)
    select o.seller_id, o.bought, coalesce(s.span, 0) as span, coalesce(s.wrote, 0) as wrote
    from orders_of as o left join spans as s on s.seller_id = o.seller_id
    """,
)
"""How often a seller writes to customers at whom nobody looked, in each of three fortnights after an order."""

PRODUCTS = Step(
    "lookup_products",
    """
    with met as (
        select p.staff_id, p.seller_id, e.product_id, count(distinct p.visit) as visits
        from lookup_pairs as p
        join lookup_visits as v on v.visit = p.visit
        join lookup_events as e on e.buyer_id = v.buyer_id and e.seller_id = p.seller_id and e.second < v.second
        group by p.staff_id, p.seller_id, e.product_id having count(distinct p.visit) >= 2
    ),
    sold as (
        select e.seller_id, e.product_id, count(distinct e.buyer_id) as buyers
        from lookup_events as e join lookup_sellers as s on s.seller_id = e.seller_id
        group by e.seller_id, e.product_id
    ),
    ranges as (
        select e.seller_id, count(distinct e.buyer_id) as customers, count(distinct e.product_id) as products
        from lookup_events as e join lookup_sellers as s on s.seller_id = e.seller_id group by e.seller_id
    )
    select m.staff_id, m.seller_id, m.product_id, m.visits, s.buyers, r.customers, r.products
    from met as m
    join sold as s on s.seller_id = m.seller_id and s.product_id = m.product_id
    join ranges as r on r.seller_id = m.seller_id
    """,
)
"""How many of an agent's visits to a seller's customers share a product, and how many of its customers do."""

WORK_STEPS = (
    PRODUCTS,
    EXPLAINED_VISITS,
    CASEWORK,
    OWN_CASEWORK,
    ALL_CASEWORK,
    OTHERS_LOOKS,
    WORKLOAD,
    AGENTS,
    WRITTEN,
    COMPARED,
)
