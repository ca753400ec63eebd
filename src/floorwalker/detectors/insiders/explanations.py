"""Why staff touched a record: the rules by which the tables themselves explain an act.

An act that a rule explains is removed before anything is counted; what stays is unexplained, which is no accusation:
it needs a second reason before a person looks. The rules follow the audit of hospital records, where joins to rows that
exist already explain more than nine accesses in ten (Fabbri & LeFevre, "Explanation-based auditing", PVLDB 5 (2011)).

Known weaknesses. A ticket proves that there was a case, not that the act served it. Whoever opens tickets for himself
explains himself: such tickets are a rule of their own (`taken`), which a detector may refuse to believe.
"""

from floorwalker.detectors.insiders.acts import ABOVE, CASE_OBJECTS, CASES, STAFF_ACTS
from floorwalker.engine.step import Step

ASSIGNED = Step(
    "explained_assigned",
    """
    select distinct a.action_id
    from staff_acts as a
    join staff_case_objects as c on c.staff_id = a.staff_id and c.kind = a.object_kind and c.id = a.object_id
    where not c.taken and (c.direct or a.looks)
        and a.second between c.opened - 600 and coalesce(c.closed, a.second) + 86400
    """,
)
"""The router, or somebody else, gave this agent a ticket about the object, and it was open (or closed that day)."""

NAMED = Step(
    "explained_named",
    """
    select distinct a.action_id
    from staff_acts as a
    join staff_cases as c on c.ticket_id = a.ticket_id
    left join above as u on u.kind = a.object_kind and u.id = a.object_id and u.above_kind = c.kind
        and u.above_id = c.id
    where not c.taken and c.id <> '' and c.staff_id in ('', a.staff_id) and a.second >= c.opened - 600
        and ((c.kind = a.object_kind and c.id = a.object_id) or u.id is not null)
    """,
)
"""The act names a ticket, held by this agent or by nobody in particular, about the object or what it belongs to."""

FOLLOW_UP = Step(
    "explained_follow_up",
    """
    select distinct a.action_id
    from staff_acts as a
    join staff_case_objects as c on c.staff_id = a.staff_id and c.kind = a.object_kind and c.id = a.object_id
    where not c.taken and a.looks and a.second between c.closed and c.closed + 30 * 86400
    """,
)
"""A look within thirty days after this agent's ticket about the object was closed."""

CLAIM = Step(
    "explained_claim",
    """
    with handled as (
        select refund_id, order_id, buyer_id, staff_id,
            cast(epoch(date_trunc('second', requested_at)) as bigint) as asked,
            cast(epoch(date_trunc('second', decided_at)) as bigint) as decided
        from refunds where staff_id is not null and decided_at is not null
    ),
    objects as (
        select 'refund' as kind, refund_id as id, staff_id, asked, decided from handled
        union all
        select 'order' as kind, order_id as id, staff_id, asked, decided from handled
        union all
        select 'account' as kind, buyer_id as id, staff_id, asked, decided from handled
    )
    select distinct a.action_id
    from staff_acts as a
    join objects as o on o.staff_id = a.staff_id and o.kind = a.object_kind and o.id = a.object_id
    where (a.looks or a.object_kind = 'refund') and a.second between o.asked and o.decided + 86400
    """,
)
"""The buyer asked for money back, and this agent decided it: from the request to a day after the decision."""

MEASURE = Step(
    "explained_measure",
    """
    select distinct a.action_id
    from staff_acts as a
    join enforcements as e on e.decided_by = a.staff_id and e.subject_id = a.object_id
        and case when e.subject_kind = 'seller' then 'account' else e.subject_kind end = a.object_kind
    where a.looks
        and a.second between cast(epoch(date_trunc('second', e.at)) as bigint) - 7 * 86400
            and cast(epoch(date_trunc('second', e.at)) as bigint) + 7 * 86400
    """,
)
"""A look within a week of a measure that this agent decided against the object."""

COLLEAGUE = Step(
    "explained_colleague",
    """
    select distinct a.action_id
    from staff_acts as a
    join staff_case_objects as c on c.kind = a.object_kind and c.id = a.object_id and c.team = a.team
    where a.looks and a.team <> '' and c.staff_id <> a.staff_id
        and a.object_kind in ('account', 'order', 'refund', 'review')
        and a.second between c.opened and coalesce(c.closed, c.opened) + 86400
    """,
)
"""A look while a colleague of the same team has, or closed within a day, a ticket about the object."""

SUPERVISION = Step(
    "explained_supervision",
    """
    select distinct a.action_id
    from staff_acts as a
    join staff as s on s.manager_id = a.staff_id
    join staff_acts as b on b.staff_id = s.staff_id and b.object_kind = a.object_kind and b.object_id = a.object_id
    where a.looks and a.second between b.second and b.second + 30 * 86400
    """,
)
"""A look by the manager of somebody who acted on the object within thirty days before."""

TAKEN = Step(
    "explained_taken",
    """
    select distinct a.action_id
    from staff_acts as a
    join staff_case_objects as c on c.staff_id = a.staff_id and c.kind = a.object_kind and c.id = a.object_id
    where c.taken and (c.direct or a.looks)
        and a.second between c.opened - 600 and coalesce(c.closed, a.second) + 86400
    """,
)
"""The agent assigned himself a ticket about the object. The weakest of the rules: see the module's weaknesses."""

RULES = (ASSIGNED, NAMED, FOLLOW_UP, CLAIM, MEASURE, COLLEAGUE, SUPERVISION, TAKEN)
"""In the order in which they are believed: the first that holds is an act's explanation (EXPLAINED_BY counts them)."""

WORDS = {
    "assigned": "a ticket about the object that the router, or somebody else, gave to this agent, while it was open",
    "named": "a ticket that the act names, held by this agent or nobody, about the object or what it belongs to",
    "follow_up": "a look within thirty days after this agent's ticket about the object was closed",
    "claim": "a request for money back that this agent decided, from the request to a day after",
    "measure": "a look within a week of a measure that this agent decided against the object",
    "colleague": "a look while a colleague of the team had a ticket about the object",
    "supervision": "a look by the manager of somebody who had acted on the object in the thirty days before",
    "taken": "a ticket about the object that the agent assigned to himself",
    "unexplained": "none of these",
}
"""What explains an act, by rule, for a reader."""

EXPLAINED_BY = Step(
    "explained_by",
    """
    select action_id, 0 as place, 'assigned' as rule from explained_assigned
    union all select action_id, 1 as place, 'named' as rule from explained_named
    union all select action_id, 2 as place, 'follow_up' as rule from explained_follow_up
    union all select action_id, 3 as place, 'claim' as rule from explained_claim
    union all select action_id, 4 as place, 'measure' as rule from explained_measure
    union all select action_id, 5 as place, 'colleague' as rule from explained_colleague
    union all select action_id, 6 as place, 'supervision' as rule from explained_supervision
    union all select action_id, 7 as place, 'taken' as rule from explained_taken
    """,
)

EXPLAINED_ACTS = Step(
    "explained_acts",
    """
    with first as (select action_id, min(place) as place from explained_by group by action_id),
    rules as (select distinct place, rule from explained_by)
    select a.*, coalesce(r.rule, '') as because
    from staff_acts as a
    left join first as f on f.action_id = a.action_id
    left join rules as r on r.place = f.place
    """,
)
"""STAFF_ACTS with the rule that explains each, '' where none does."""

EXPLAINED_COUNTS = Step(
    "explained_counts",
    "select case because when '' then 'unexplained' else because end as rule, count(*) as acts "
    "from explained_acts group by case because when '' then 'unexplained' else because end",
)
"""How many acts each rule explains, for run.json."""

EXPLAINING = (STAFF_ACTS, ABOVE, CASES, CASE_OBJECTS, *RULES, EXPLAINED_BY, EXPLAINED_ACTS, EXPLAINED_COUNTS)
"""All steps from the tables to EXPLAINED_ACTS, for a detector's `steps`."""
