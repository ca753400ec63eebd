"""Devices and networks that an agent hardly ever used, and accounts behind which no person sits."""

from floorwalker.engine.step import Step

LITTLE_USED = Step(
    "copying_little_used",
    """
    with used as (
        select staff_id, cast(epoch(date_trunc('second', at)) as bigint) // 86400 as day, device, ip from staff_actions
    ),
    own as (select staff_id, count(distinct day) as days from used group by staff_id),
    places as (
        select staff_id, 'device' as kind, device as value, count(distinct day) as days
        from used where device is not null group by staff_id, device
        union all
        select staff_id, 'ip' as kind, ip as value, count(distinct day) as days
        from used where ip is not null group by staff_id, ip
    )
    select p.staff_id, p.kind, p.value
    from places as p join own as o on o.staff_id = p.staff_id
    where p.days <= 7 and p.days * 5 < o.days
    """,
)
"""What an agent used on seven days or fewer, and on less than a fifth of all days at work."""

STRANGE = Step(
    "copying_strange",
    """
    select a.action_id
    from staff_actions as a
    join copying_little_used as d on d.staff_id = a.staff_id and d.kind = 'device' and d.value = a.device
    left join copying_little_used as n on n.staff_id = a.staff_id and n.kind = 'ip' and n.value = a.ip
    where a.ip is null or n.value is not null
    """,
)
"""Acts from a device and a network that are both not the agent's own: whether they are the agent's is asked elsewhere.
A new laptop comes up in a known network, and a business trip is made with a known laptop."""

TIRELESS = Step(
    "copying_tireless",
    """
    with hours as (
        select staff_id, second // 86400 as day, count(distinct second // 3600) as hours
        from staff_acts group by staff_id, second // 86400
    ),
    sleepless as (select staff_id, count(*) as days from hours where hours >= 20 group by staff_id)
    select staff_id from sleepless where days >= 3
    union
    select distinct staff_id from staff_acts
    where role like '%bot%' or role like '%batch%' or role like '%system%' or role like '%service_account%'
    """,
)
"""Bots and batch jobs: so named, or at work in twenty hours of a day on three days."""

OWN_HANDS = (LITTLE_USED, STRANGE, TIRELESS)
"""All steps of this module, after STAFF_ACTS."""
