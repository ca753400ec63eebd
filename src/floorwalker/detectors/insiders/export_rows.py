"""Reports that staff pulled: about whom, and whether a task of theirs explains it."""

from floorwalker.engine.step import Step

PULLS = Step(
    "export_pulls",
    """
    select a.action_id, a.staff_id, a.second, a.records, a.ticket_id, a.because, a.team,
        case when a.object_kind = 'account' then a.object_id
            else coalesce(p.seller_id, o.seller_id, q.seller_id, '') end as seller_id
    from explained_acts as a
    left join products as p on a.object_kind = 'product' and p.product_id = a.object_id
    left join orders as o on a.object_kind = 'order' and o.order_id = a.object_id
    left join reviews as r on a.object_kind = 'review' and r.review_id = a.object_id
    left join products as q on q.product_id = r.product_id
    where a.pulls
    """,
)
"""One row for each report, export or download, with the seller that it is about ('' where none)."""

TASKS = Step(
    "export_tasks",
    """
    select action_id from export_pulls where because <> ''
    union
    select p.action_id
    from export_pulls as p join staff_cases as c on c.ticket_id = p.ticket_id
    where not c.taken and c.staff_id in ('', p.staff_id)
    union
    select p.action_id
    from export_pulls as p
    join staff_case_objects as c on c.staff_id = p.staff_id and c.kind = 'account' and c.id = p.seller_id
    where not c.taken and p.second between c.opened - 86400 and coalesce(c.closed, p.second) + 30 * 86400
    union
    select p.action_id
    from export_pulls as p
    join enforcements as e on e.subject_id = p.seller_id
    join staff as s on s.staff_id = e.decided_by
    where (e.decided_by = p.staff_id or (s.team = p.team and p.team <> ''))
        and p.second between cast(epoch(date_trunc('second', e.at)) as bigint) - 30 * 86400
            and cast(epoch(date_trunc('second', e.at)) as bigint) + 30 * 86400
    """,
)
"""Pulls that a task explains: a rule of the explanations; a ticket that the act names; a ticket of this agent about the
seller, his goods, orders or reviews, up to thirty days after it was closed; a measure against the seller by this agent
or the same team within thirty days."""

FREE = Step(
    "export_free",
    """
    with kept as (
        select p.action_id, p.staff_id, p.second, p.records, p.seller_id,
            lag(p.second) over (partition by p.staff_id, p.seller_id order by p.second, p.action_id) as before
        from export_pulls as p
        left join copying_strange as s on s.action_id = p.action_id
        left join export_tasks as t on t.action_id = p.action_id
        where s.action_id is null and t.action_id is null
    )
    select k.action_id, k.staff_id, k.second, k.records, k.seller_id
    from kept as k left join copying_tireless as b on b.staff_id = k.staff_id
    where b.staff_id is null and (k.before is null or k.second - k.before > 3600)
    """,
)
"""Pulls without a task, by people in their own hands; the same report again within the hour is the same pull."""

FIELDS = Step(
    "export_fields",
    """
    with sold as (
        select p.seller_id, p.category, count(*) as products
        from products as p join (select distinct seller_id from export_free) as f on f.seller_id = p.seller_id
        where p.category is not null group by p.seller_id, p.category
    )
    select seller_id, category from sold
    qualify row_number() over (partition by seller_id order by products desc, category) = 1
    """,
)
"""The category in which each seller has most products."""

STAFF = Step(
    "export_staff",
    """
    with ends as (select min(second) as opened, max(second) as closed from staff_acts),
    active as (
        select staff_id, max(role) as role, max(team) as team, max(site) as site,
            min(second) as first, max(second) as last
        from staff_acts group by staff_id
    )
    select a.staff_id, a.role, a.team, a.site,
        greatest(coalesce(cast(epoch(date_trunc('second', s.started_at)) as bigint), a.first), e.opened) as since,
        least(coalesce(cast(epoch(date_trunc('second', s.ended_at)) as bigint), e.closed), e.closed) as until
    from active as a
    join ends as e on e.closed >= a.last
    left join staff as s on s.staff_id = a.staff_id
    left join copying_tireless as b on b.staff_id = a.staff_id
    where b.staff_id is null
    """,
)
"""Everybody who did anything, with the stretch of the tables in which they were employed, in seconds."""

EXPORTING = (PULLS, TASKS, FREE, FIELDS, STAFF)
"""All steps of this module, after those of EXPLAINING and OWN_HANDS."""
