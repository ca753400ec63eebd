"""Whom staff looked at without a reason, and where those customers had bought: the counting, in SQL.

A visit is one agent and one customer, at the first unexplained look: whoever opens a record five times was there once.
Beyond the rules of `explanations`, a look counts as explained where the agent decided something about that customer's
review, refund, order or account within a day, or had an explained look at the customer in the half year before or the
week after; and a visit says nothing of a seller about whom the agent had a case or took a measure at that time. Looks
from a device and a network that are both not the agent's own are left to another question.
"""

from floorwalker.engine.step import Step

PLACES = Step(
    "lookup_places",
    """
    with acts as (
        select distinct staff_id, coalesce(device, '') as device, coalesce(ip, '') as ip,
            cast(epoch(date_trunc('second', staff_actions.at)) as bigint) // 86400 as day
        from staff_actions
    ),
    worked as (select staff_id, count(distinct day) as days from acts group by staff_id),
    devices as (select staff_id, device, count(distinct day) as days from acts where device <> ''
        group by staff_id, device),
    networks as (select staff_id, ip, count(distinct day) as days from acts where ip <> '' group by staff_id, ip),
    device_staff as (select device, count(*) as people from devices group by device),
    network_staff as (select ip, count(*) as people from networks group by ip),
    pairs as (select distinct staff_id, device, ip from acts where device <> '' and ip <> '')
    select p.staff_id, p.device, p.ip
    from pairs as p
    join worked as w on w.staff_id = p.staff_id
    join devices as d on d.staff_id = p.staff_id and d.device = p.device
    join networks as n on n.staff_id = p.staff_id and n.ip = p.ip
    join device_staff as ds on ds.device = p.device
    join network_staff as ns on ns.ip = p.ip
    where d.days * 20 < w.days * 3 and n.days * 20 < w.days * 3 and ds.people < 3 and ns.people < 3
    """,
)
"""A device and a network, each met on under 15% of an agent's days and shared by at most one other person."""

SEEN = Step(
    "lookup_seen",
    """
    with theirs as (
        select 'order' as kind, order_id as id, buyer_id from orders
        union all
        select 'refund' as kind, refund_id as id, buyer_id from refunds
        union all
        select 'review' as kind, review_id as id, reviewer_id as buyer_id from reviews
    )
    select a.action_id, a.staff_id, coalesce(t.buyer_id, a.object_id) as buyer_id, a.second, a.because, a.looks,
        a.role, a.team, a.site
    from explained_acts as a
    left join theirs as t on t.kind = a.object_kind and t.id = a.object_id
    where not a.pulls and (a.object_kind = 'account' or t.buyer_id is not null)
    """,
)
"""Acts on a customer, or on what belongs to one."""

VISITS = Step(
    "lookup_visits",
    """
    with strange as (
        select a.action_id from staff_actions as a
        join lookup_places as p on p.staff_id = a.staff_id and p.device = a.device and p.ip = a.ip
    ),
    bare as (
        select s.staff_id, s.buyer_id, s.action_id, s.second from lookup_seen as s
        left join strange as x on x.action_id = s.action_id
        where s.looks and s.because = '' and x.action_id is null
    ),
    known as (
        select distinct b.action_id from bare as b
        join lookup_seen as s on s.staff_id = b.staff_id and s.buyer_id = b.buyer_id
        where (not s.looks and s.second between b.second - 86400 and b.second + 86400)
            or (s.because <> '' and s.second between b.second - 180 * 86400 and b.second + 7 * 86400)
    ),
    ranked as (
        select b.staff_id, b.buyer_id, b.action_id, b.second,
            row_number() over (partition by b.staff_id, b.buyer_id order by b.second, b.action_id) as place
        from bare as b left join known as k on k.action_id = b.action_id
        where k.action_id is null
    )
    select staff_id, buyer_id, action_id, second,
        cast(row_number() over (order by staff_id, buyer_id) as bigint) as visit
    from ranked where place = 1
    """,
)
"""One row for each agent and customer looked at without a reason."""

EVENTS = Step(
    "lookup_events",
    """
    select o.buyer_id, coalesce(o.seller_id, p.seller_id) as seller_id, o.product_id,
        cast(epoch(date_trunc('second', o.placed_at)) as bigint) as second, 0 as low
    from orders as o left join products as p on p.product_id = o.product_id
    where coalesce(o.seller_id, p.seller_id) is not null
    union all
    select r.reviewer_id as buyer_id, p.seller_id, r.product_id,
        cast(epoch(date_trunc('second', r.posted_at)) as bigint) as second, 1 as low
    from reviews as r join products as p on p.product_id = r.product_id
    where r.rating <= 3
    """,
)
"""What ties a customer to a seller: an order, or (low) a review of one to three stars."""

ORIGIN = Step(
    "lookup_origin",
    """
    select coalesce(min(second), 0) as origin, count(distinct buyer_id) as buyers, count(distinct seller_id) as sellers
    from lookup_events
    """,
)
"""Weeks and spans of four weeks are counted from the first event of the data."""

HITS = Step(
    "lookup_hits",
    """
    select v.visit, v.staff_id, e.seller_id, sum(1 - e.low) as bought,
        sum(case when e.low = 0 and e.second >= v.second - 91 * 86400 then 1 else 0 end) as lately, sum(e.low) as low,
        v.second - max(e.second) as since
    from lookup_visits as v
    join lookup_events as e on e.buyer_id = v.buyer_id and e.second < v.second
    group by v.visit, v.staff_id, v.second, e.seller_id
    """,
)
"""By visit, the sellers whom the customer knew before the look."""

VISIT_ROWS = Step(
    "lookup_visit_rows",
    """
    select v.visit, v.staff_id, v.buyer_id, v.action_id, v.second, v.second - o.origin as since_origin,
        coalesce(sum(h.bought), 0) as bought, coalesce(sum(h.lately), 0) as lately, coalesce(sum(h.low), 0) as low
    from lookup_visits as v
    cross join lookup_origin as o
    left join lookup_hits as h on h.visit = v.visit
    group by v.visit, v.staff_id, v.buyer_id, v.action_id, v.second, o.origin
    """,
)

CASES_ABOUT = Step(
    "lookup_cases_about",
    """
    select staff_id, id as seller_id, opened - 7 * 86400 as begin_at,
        coalesce(closed, opened + 30 * 86400) + 7 * 86400 as end_at
    from staff_cases where kind = 'account' and id <> '' and not taken and staff_id <> ''
    union all
    select decided_by as staff_id, subject_id as seller_id,
        cast(epoch(date_trunc('second', e.at)) as bigint) - 14 * 86400 as begin_at,
        cast(epoch(date_trunc('second', e.at)) as bigint) + 14 * 86400 as end_at
    from enforcements as e where decided_by is not null
    """,
)
"""When an agent had a case about an account, or measures to decide against it."""

PAIRS = Step(
    "lookup_pairs",
    """
    with excused as (
        select distinct h.visit, h.seller_id from lookup_hits as h
        join lookup_visits as v on v.visit = h.visit
        join lookup_cases_about as c on c.staff_id = h.staff_id and c.seller_id = h.seller_id
            and v.second between c.begin_at and c.end_at
    ),
    counted as (
        select h.*, count(*) over (partition by h.staff_id, h.seller_id) as visits
        from lookup_hits as h left join excused as x on x.visit = h.visit and x.seller_id = h.seller_id
        where x.visit is null
    )
    select visit, staff_id, seller_id, bought, lately, low, since from counted where visits >= 2
    """,
)
"""The hits of agents and sellers who have two or more: one alone proves nothing of a seller."""

SELLERS = Step("lookup_sellers", "select distinct seller_id from lookup_pairs")

WEEKS = Step(
    "lookup_weeks",
    """
    with placed as (
        select e.seller_id, e.low, (e.second - o.origin) // 604800 as week
        from lookup_events as e cross join lookup_origin as o
    )
    select '' as seller_id, week, sum(1 - low) as bought, sum(low) as low from placed group by week
    union all
    select p.seller_id, p.week, sum(1 - p.low) as bought, sum(p.low) as low
    from placed as p join lookup_sellers as s on s.seller_id = p.seller_id
    group by p.seller_id, p.week
    """,
)
"""Orders and low reviews a week: of everybody ('') and of the sellers in question."""

VISIT_STEPS = (PLACES, SEEN, VISITS, EVENTS, ORIGIN, HITS, VISIT_ROWS, CASES_ABOUT, PAIRS, SELLERS, WEEKS)
