"""Decisions on suspended sellers, with the ticket, the measure and the denial before each: SQL steps, and arrays."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.detectors.codes import coded
from floorwalker.detectors.insiders.acts import CASES
from floorwalker.detectors.record import Rows
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Bools, Floats, Ints, Longs

DECIDED = Step(
    "reinstatement_decisions",
    """
    with decided as (
        select a.action_id, a.staff_id, a.object_id as seller_id, coalesce(a.ticket_id, '') as ticket_id,
            cast(epoch(date_trunc('second', a.at)) as bigint) as second,
            a.action like 'reinstate%' or a.action like 'unsuspend%' as granted
        from staff_actions as a
        where a.object_kind in ('seller', 'account')
            and (a.action like 'reinstate%' or a.action like 'unsuspend%' or a.action like 'deny_appeal%'
                or a.action like 'reject_appeal%' or a.action like 'uphold%')
    ),
    told as (
        select *, lag(second) over (partition by staff_id, seller_id, granted order by second, action_id) as last
        from decided
    )
    select action_id, staff_id, seller_id, ticket_id, second, granted
    from told where last is null or second - last >= 86400
    """,
)
"""One row for each decision on a seller: reinstated, or an appeal denied. What is repeated within a day counts once."""

TICKETS = Step(
    "reinstatement_tickets",
    """
    with found as (
        select d.action_id, d.second, c.ticket_id, c.opened, c.taken
        from reinstatement_decisions as d
        join staff_cases as c on c.id = d.seller_id and c.kind = 'account' and c.staff_id in ('', d.staff_id)
        where c.opened <= d.second + 600 and coalesce(c.closed, d.second) >= d.second - 86400
        union all
        select d.action_id, d.second, c.ticket_id, c.opened, c.taken
        from reinstatement_decisions as d
        join staff_cases as c on c.ticket_id = d.ticket_id and c.id = '' and c.staff_id in ('', d.staff_id)
        where c.opened <= d.second + 600
    )
    select action_id, ticket_id, opened, taken
    from found
    qualify row_number() over (
        partition by action_id order by case when taken then 1 else 0 end, opened desc, ticket_id) = 1
    """,
)
"""The ticket about the seller that the agent, or nobody in particular, held; one given to him before one he took."""

MEASURES = Step(
    "reinstatement_measures",
    """
    select d.action_id, e.enforcement_id, coalesce(e.policy, '') as policy, coalesce(e.decided_by, '') as decided_by,
        d.second - cast(epoch(date_trunc('second', e.at)) as bigint) as lasted
    from reinstatement_decisions as d
    join enforcements as e on e.subject_id = d.seller_id and e.subject_kind in ('account', 'seller')
    where (e.measure like 'suspend%' or e.measure like 'ban%')
        and cast(epoch(date_trunc('second', e.at)) as bigint) < d.second
    qualify row_number() over (partition by d.action_id order by e.at desc, e.enforcement_id) = 1
    """,
)
"""The last measure against the seller before each decision, and how many seconds ago."""

DENIALS = Step(
    "reinstatement_denials",
    """
    select d.action_id, p.action_id as denial_id, d.second - p.second as since
    from reinstatement_decisions as d
    join reinstatement_decisions as p on p.seller_id = d.seller_id
    where not p.granted and p.staff_id <> d.staff_id and p.second < d.second
    qualify row_number() over (partition by d.action_id order by p.second desc, p.action_id) = 1
    """,
)
"""The last denial by a colleague before each decision."""

AGAIN = Step(
    "reinstatement_again",
    """
    select d.action_id, e.enforcement_id as again_id,
        cast(epoch(date_trunc('second', e.at)) as bigint) - d.second as later
    from reinstatement_decisions as d
    join enforcements as e on e.subject_id = d.seller_id and e.subject_kind in ('account', 'seller')
    where d.granted and cast(epoch(date_trunc('second', e.at)) as bigint) > d.second
    qualify row_number() over (partition by d.action_id order by e.at, e.enforcement_id) = 1
    """,
)
"""The next measure against whoever was reinstated."""

ROWS = Step(
    "reinstatement_rows",
    """
    select d.*, t.ticket_id as held_id, t.opened, t.taken, m.enforcement_id, m.policy, m.decided_by, m.lasted,
        p.denial_id, p.since, a.again_id, a.later
    from reinstatement_decisions as d
    left join reinstatement_tickets as t on t.action_id = d.action_id
    left join reinstatement_measures as m on m.action_id = d.action_id
    left join reinstatement_denials as p on p.action_id = d.action_id
    left join reinstatement_again as a on a.action_id = d.action_id
    """,
)

ELSEWHERE = Step(
    "reinstatement_elsewhere",
    """
    with decided as (select distinct staff_id from reinstatement_decisions),
    used as (select distinct ticket_id from reinstatement_tickets)
    select c.staff_id, count(*) as tickets, sum(case when c.taken then 1 else 0 end) as taken
    from staff_cases as c
    join decided as d on d.staff_id = c.staff_id
    left join used as u on u.ticket_id = c.ticket_id
    where u.ticket_id is null
    group by c.staff_id
    """,
)
"""Of each agent's other tickets, how many he assigned himself."""

STEPS = (CASES, DECIDED, TICKETS, MEASURES, DENIALS, AGAIN, ROWS, ELSEWHERE)
HELD, TAKEN, NONE = 0, 1, 2
OVERRULE, SECOND = 3 * DAY, 90 * DAY
OFFENDS = 180 * DAY


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions in order of agent and time; arrays (n,).

    agent, seller, policy: codes. case: HELD, TAKEN or NONE. took: seconds since the ticket was opened, lasted: since
    the measure; NaN where there was none. overrules: a colleague denied within three days before, second: within
    ninety. again: a new measure within 180 days, and follows: whether so much time is known. last: the agent who
    brought the seller back the time before, -1 where nobody did. elsewhere: by agent, tickets of other work and how
    many of them were taken.
    """

    rows: pa.Table
    agent_ids: pa.Array
    seller_ids: pa.Array
    agent: Longs
    seller: Longs
    policy: Longs
    at: Longs
    granted: Bools
    case: Longs
    took: Floats
    lasted: Floats
    overrules: Bools
    second: Bools
    again: Bools
    follows: Bools
    last: Longs
    elsewhere: tuple[Floats, Floats]


def read_decisions(rows: Rows) -> Decisions:
    """All decisions, and what is known of each."""
    table = rows("reinstatement_rows", by=("staff_id", "second", "action_id"))
    agent, agent_ids = coded(table["staff_id"])
    seller, seller_ids = coded(table["seller_id"])
    at = table["second"].to_numpy().astype(np.int64)
    later, since = _number(table, "later"), _number(table, "since")
    again = later <= OFFENDS
    taken = table["taken"].to_pylist()
    case = np.array([NONE if t is None else (TAKEN if t else HELD) for t in taken], dtype=np.int64)
    policy = coded(table["policy"].fill_null(""))[0]
    return Decisions(
        rows=table,
        agent_ids=agent_ids,
        seller_ids=seller_ids,
        agent=agent.astype(np.int64),
        seller=seller.astype(np.int64),
        policy=policy.astype(np.int64),
        at=at,
        granted=table["granted"].to_numpy().astype(bool),
        case=case,
        took=np.maximum(at - _number(table, "opened"), 0.0),
        lasted=_number(table, "lasted"),
        overrules=since <= OVERRULE,
        second=since <= SECOND,
        again=again,
        follows=again | (at + OFFENDS <= at.max(initial=0)),
        last=_last(seller, agent, at, table["granted"].to_numpy().astype(bool)),
        elsewhere=_elsewhere(rows, agent_ids),
    )


def _last(seller: Ints, agent: Ints, at: Longs, granted: Bools) -> Longs:
    order = np.lexsort((agent, at, seller))
    mine = np.where(granted[order], np.arange(len(order)), -1)
    until = np.append(-1, np.maximum.accumulate(mine)[:-1]) if len(order) else mine
    same = (until >= 0) & (seller[order][until] == seller[order])
    last = np.empty(len(order), dtype=np.int64)
    last[order] = np.where(same, agent[order][until], -1)
    return last


def _number(table: pa.Table, name: str) -> Floats:
    column = table[name].cast(pa.float64())
    return np.asarray(column.fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _elsewhere(rows: Rows, agent_ids: pa.Array) -> tuple[Floats, Floats]:
    known = rows("reinstatement_elsewhere", by=("staff_id",)).to_pylist()
    place = {name: k for k, name in enumerate(agent_ids.to_pylist())}
    tickets, taken = np.zeros(len(place)), np.zeros(len(place))
    for row in known:
        tickets[place[row["staff_id"]]], taken[place[row["staff_id"]]] = row["tickets"], row["taken"]
    return tickets, taken
