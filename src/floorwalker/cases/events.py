"""The rows cited for a case as events: who did what to what, and when. One step for each table that detectors cite."""

import pyarrow as pa

from floorwalker.cases.grouping import Case
from floorwalker.cases.judge import Judged
from floorwalker.engine.step import Schema, Step

CASE_EVIDENCE: Schema = {"case_evidence": {"case_id": "VARCHAR", "source": "VARCHAR", "id": "VARCHAR"}}

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
REFUND_EVENTS = Step(
    "refund_events",
    """
    with cited as (
        select e.case_id, e.id, f.requested_at, f.buyer_id, f.order_id, f.outcome, f.claim_text,
            coalesce(f.reason, '') as reason, coalesce(f.currency, '') as currency,
            cast(floor(cast(f.amount as double) * 100 + 5e-1) as bigint) as cents
        from case_evidence as e join refunds as f on f.refund_id = e.id
        where e.source = 'refunds'
    ),
    split as (select *, cast(floor(cents / 100) as bigint) as whole from cited)
    select case_id, 'refunds' as source, id, requested_at as at,
        'account' as actor_kind, buyer_id as actor_id, 'order' as object_kind, order_id as object_id,
        'refund ' || coalesce(outcome, 'asked for') as what,
        cast(whole as varchar) || '.' || substring(cast(100 + cents - 100 * whole as varchar), 2, 2)
            || ' ' || currency || ' ' || reason || ' ' || coalesce(claim_text, '') as detail
    from split
    """,
)
RETURN_EVENTS = Step(
    "return_events",
    """
    select e.case_id, 'returns' as source, e.id, coalesce(r.scanned_at, f.requested_at) as at,
        'account' as actor_kind, f.buyer_id as actor_id, 'refund' as object_kind, r.refund_id as object_id,
        case when r.scanned_at is null then 'parcel never scanned' else 'parcel scanned' end as what,
        case when r.scanned_weight_g is null then ''
            else cast(cast(floor(r.scanned_weight_g) as bigint) as varchar) || ' g' end
            || case when r.expected_weight_g is null then ''
                else ' of ' || cast(cast(floor(r.expected_weight_g) as bigint) as varchar) || ' g' end
            || ' ' || coalesce(r.scanned_postcode, '')
            || case when r.expected_postcode is null then '' else ' for ' || r.expected_postcode end
            || ' ' || coalesce(r.tracking_number, '') || ' ' || coalesce(r.inspection, '') as detail
    from case_evidence as e
    join returns as r on r.return_id = e.id
    join refunds as f on f.refund_id = r.refund_id
    where e.source = 'returns'
    """,
)
MESSAGE_EVENTS = Step(
    "message_events",
    """
    select e.case_id, 'messages' as source, e.id, m.sent_at as at,
        'account' as actor_kind, m.sender_id as actor_id, 'account' as object_kind, m.recipient_id as object_id,
        'message' as what, m.body as detail
    from case_evidence as e join messages as m on m.message_id = e.id
    where e.source = 'messages'
    """,
)
POST_EVENTS = Step(
    "post_events",
    """
    select e.case_id, 'posts' as source, e.id, p.posted_at as at,
        'post' as actor_kind, coalesce(p.author, '') as actor_id,
        'post' as object_kind, p.source || ' ' || coalesce(p.channel, '') as object_id,
        'post' as what, p.body as detail
    from case_evidence as e join posts as p on p.post_id = e.id
    where e.source = 'posts'
    """,
)
ACTION_EVENTS = Step(
    "action_events",
    """
    select e.case_id, 'staff_actions' as source, e.id, s.at,
        'staff' as actor_kind, s.staff_id as actor_id, s.object_kind, s.object_id, s.action as what,
        coalesce(s.reason, '') || case when s.ticket_id is null then ' no ticket' else ' ticket ' || s.ticket_id end
            as detail
    from case_evidence as e join staff_actions as s on s.action_id = e.id
    where e.source = 'staff_actions'
    """,
)
TICKET_EVENTS = Step(
    "ticket_events",
    """
    select e.case_id, 'tickets' as source, e.id, t.opened_at as at,
        'staff' as actor_kind, coalesce(t.assigned_to, '') as actor_id,
        coalesce(t.subject_kind, '') as object_kind, coalesce(t.subject_id, '') as object_id,
        'ticket' as what, coalesce(t.kind, '') || ' assigned by ' || coalesce(t.assigned_by, 'nobody') as detail
    from case_evidence as e join tickets as t on t.ticket_id = e.id
    where e.source = 'tickets'
    """,
)
EVENT_STEPS = (
    REVIEW_EVENTS,
    REFUND_EVENTS,
    RETURN_EVENTS,
    MESSAGE_EVENTS,
    POST_EVENTS,
    ACTION_EVENTS,
    TICKET_EVENTS,
)


def case_evidence(cases: list[Case], judged: Judged) -> pa.Table:
    """The rows cited for the members of each case, each once."""
    cited = set()
    for case in cases:
        lists = judged.rows["evidence"].take(pa.array([m.row for m in case.members]))
        for evidence in lists.to_pylist():
            cited |= {(case.case_id, row["table"], row["id"]) for row in evidence or ()}
    columns = list(zip(*sorted(cited), strict=True)) or [(), (), ()]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(CASE_EVIDENCE["case_evidence"]))
