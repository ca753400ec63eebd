"""Reviews that staff removed, or kept after a report: by whom, whose, how the work came to them, and when."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Bools, Ints, Longs
from floorwalker.stats.compiled import compiled

ROUTED, TAKEN, REASONED, BARE = range(4)
"""How a removal came about: a report that somebody else gave to the agent; a ticket that the agent took himself; a
reason, or a report that lay with somebody else; nothing of these."""

REMOVALS = Step(
    "review_removals",
    """
    select s.action_id, s.staff_id, s.object_id as review_id, p.seller_id, r.product_id, r.reviewer_id,
        coalesce(s.ticket_id, '') as ticket_id, coalesce(s.reason, '') <> '' as reasoned,
        cast(epoch(date_trunc('second', s.at)) as bigint) as second
    from staff_actions as s
    join reviews as r on r.review_id = s.object_id
    join products as p on p.product_id = r.product_id
    where s.object_kind = 'review' and s.action in ('delete_review', 'remove_review', 'hide_review')
    qualify row_number() over (partition by s.object_id, s.staff_id order by s.at, s.action_id) = 1
    """,
)
"""One row for each review and agent who removed it: the first time."""

REPORTS = Step(
    "removal_reports",
    """
    with about as (
        select m.action_id, m.staff_id, c.staff_id as holder, c.taken
        from review_removals as m
        join staff_cases as c on c.kind = 'review' and c.id = m.review_id and c.opened <= m.second + 600
        union all
        select m.action_id, m.staff_id, c.staff_id as holder, c.taken
        from review_removals as m
        join staff_cases as c on c.ticket_id = m.ticket_id and c.opened <= m.second + 600
        where (c.kind = 'review' and c.id = m.review_id) or (c.kind = 'product' and c.id = m.product_id)
            or (c.kind = 'account' and c.id in (m.seller_id, m.reviewer_id))
    )
    select action_id,
        max(case when not taken and holder in ('', staff_id) then 1 else 0 end) as given,
        max(case when holder not in ('', staff_id) then 1 else 0 end) as elsewhere,
        max(case when taken and holder = staff_id then 1 else 0 end) as taken
    from about group by action_id
    """,
)
"""Tickets about a removed review that were there before, or that the act names and that are about what it is of."""

KEPT = Step(
    "reviews_kept",
    """
    with said as (
        select distinct object_id as review_id, staff_id from staff_actions
        where object_kind = 'review' and action like 'keep%'
    )
    select c.ticket_id, c.staff_id, c.id as review_id, coalesce(c.closed, c.opened) as second, c.taken
    from staff_cases as c
    join reviews as r on r.review_id = c.id and r.removed_at is null
    left join said as k on k.review_id = c.id and k.staff_id = c.staff_id
    left join review_removals as m on m.review_id = c.id and m.staff_id = c.staff_id
    where c.kind = 'review' and c.staff_id <> '' and m.action_id is null
        and (c.closed is not null or k.staff_id is not null)
    qualify row_number() over (partition by c.id, c.staff_id order by c.opened, c.ticket_id) = 1
    """,
)
"""One row for each report that an agent closed without removing the review."""

LOW_DAYS = Step(
    "low_review_days",
    """
    select p.seller_id, cast(floor(cast(epoch(date_trunc('second', r.posted_at)) as bigint) / 86400) as bigint) as day,
        sum(case when r.rating <= 2 then 1 else 0 end) as low
    from reviews as r join products as p on p.product_id = r.product_id
    group by p.seller_id, cast(floor(cast(epoch(date_trunc('second', r.posted_at)) as bigint) / 86400) as bigint)
    """,
)
"""How many bad reviews each seller gets by day."""

WAVES = Step(
    "low_review_waves",
    """
    with usual as (
        select seller_id, sum(low) as low, max(day) - min(day) + 1 as days from low_review_days group by seller_id
    )
    select d.seller_id, d.day, sum(n.low) as low
    from low_review_days as d
    join low_review_days as n on n.seller_id = d.seller_id and n.day between d.day - 1 and d.day + 1
    join usual as u on u.seller_id = d.seller_id
    group by d.seller_id, d.day, u.low, u.days
    having sum(n.low) >= 5 and sum(n.low) * u.days >= 15 * u.low
    """,
)
"""Days around which a seller got five bad reviews or more, and five times as many as usual."""

DECISIONS = Step(
    "review_decisions",
    """
    with decided as (
        select m.staff_id, m.review_id, m.second, m.action_id, nullif(m.ticket_id, '') as ticket_id, true as removed,
            case when coalesce(t.given, 0) > 0 then 0 when coalesce(t.elsewhere, 0) > 0 then 2
                when coalesce(t.taken, 0) > 0 then 1 when m.reasoned then 2 else 3 end as manner
        from review_removals as m left join removal_reports as t on t.action_id = m.action_id
        union all
        select staff_id, review_id, second, cast(null as varchar) as action_id, ticket_id, false as removed,
            case when taken then 1 else 0 end as manner
        from reviews_kept
    )
    select d.*, p.seller_id, coalesce(p.category, '') as category, cast(r.rating as double) as stars,
        r.rating <= 2 as low, r.order_id is not null as bought, w.day is not null as wave,
        cast(epoch(date_trunc('second', r.posted_at)) as bigint) as posted
    from decided as d
    join reviews as r on r.review_id = d.review_id
    join products as p on p.product_id = r.product_id
    left join low_review_waves as w on w.seller_id = p.seller_id
        and w.day = cast(floor(cast(epoch(date_trunc('second', r.posted_at)) as bigint) / 86400) as bigint)
    """,
)
"""Everything that staff decided about reviews. wave: the review came amid a wave of bad ones for this seller."""

STARS = Step(
    "seller_stars",
    """
    select p.seller_id, sum(cast(r.rating as double)) as stars, count(*) as reviews,
        sum(case when r.rating <= 2 then 1 else 0 end) as low,
        sum(case when r.rating <= 2 and r.order_id is not null then 1 else 0 end) as low_bought
    from reviews as r join products as p on p.product_id = r.product_id
    where r.removed_at is null group by p.seller_id
    """,
)
"""What a seller's reviews that stand add up to, and how many of the bad ones are on an order."""

STEPS = (REMOVALS, REPORTS, KEPT, LOW_DAYS, WAVES, DECISIONS, STARS)

SITTING, WAVE = 3 * DAY, 14 * DAY
"""What an agent removes of one seller within so long is one case; of a wave, within so long."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions by agent, seller, time and review; all arrays (n,).

    rows: the Arrow table. agent, seller: codes of agent_ids, seller_ids. pair: codes of those that occur, ascending.
    at, posted: seconds. removed: or kept. low: one or two stars. bought: on an order. wave: amid many bad ones.
    own: removed without a
    report that somebody else gave the agent. case: codes, ascending; what belongs to one case counts once.
    """

    rows: pa.Table
    agent: Ints
    seller: Ints
    agent_ids: pa.Array
    seller_ids: pa.Array
    pair: Longs
    at: Longs
    posted: Longs
    removed: Bools
    low: Bools
    bought: Bools
    wave: Bools
    manner: Longs
    category: Longs
    own: Bools
    case: Longs

    def __len__(self) -> int:
        return len(self.at)


def read_decisions(rows: Rows) -> Decisions:
    """The rows of DECISIONS in code."""
    table = rows(DECISIONS.name, by=("staff_id", "seller_id", "second", "review_id"))
    (agent, agent_ids), (seller, seller_ids) = coded(table["staff_id"]), coded(table["seller_id"])
    numbers = {name: table[name].to_numpy().astype(np.int64) for name in ("second", "posted", "manner")}
    flags = {
        name: pc.fill_null(table[name], False).to_numpy().astype(np.bool_)
        for name in ("removed", "low", "bought", "wave")
    }
    pair = np.unique(agent.astype(np.int64) * max(len(seller_ids), 1) + seller, return_inverse=True)[1]
    case = _cases(pair, numbers["second"], numbers["posted"], flags["wave"])
    return Decisions(
        table,
        agent,
        seller,
        agent_ids,
        seller_ids,
        pair=pair,
        at=numbers["second"],
        posted=numbers["posted"],
        manner=numbers["manner"],
        category=coded(table["category"])[0].astype(np.int64),
        own=flags["removed"] & (numbers["manner"] != ROUTED),
        case=case,
        **flags,
    )


@compiled
def _cases(pair: Longs, at: Longs, posted: Longs, wave: Bools) -> Longs:
    """Codes of cases: of one pair, within SITTING of the case's first; amid a wave, within WAVE."""
    case = np.zeros(len(pair), dtype=np.int64)
    start = 0
    for k in range(1, len(pair)):
        near = at[k] - at[start] <= SITTING
        same_wave = wave[k] and wave[start] and abs(posted[k] - posted[start]) <= WAVE and at[k] - at[start] <= WAVE
        if pair[k] == pair[start] and (near or same_wave):
            case[k] = case[k - 1]
        else:
            case[k] = case[k - 1] + 1
            start = k
    return case
