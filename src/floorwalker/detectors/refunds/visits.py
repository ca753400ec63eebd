"""Claims that people decided, as visits: what one buyer asks on one day, or about one order, is one visit."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.claims import NEVER, Claims, read_claims
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Bools, Ints, Longs

HANDLING = Step(
    "claim_handling",
    """
    with
    acts as (
        select object_id as refund_id, staff_id, action_id, ticket_id
        from staff_actions as s
        where object_kind = 'refund' and action in ('approve_refund', 'deny_refund')
        qualify row_number() over (
            partition by object_id, staff_id order by case when ticket_id is null then 1 else 0 end, s.at, action_id
        ) = 1
    ),
    filed as (
        select subject_id as refund_id, assigned_to as staff_id, ticket_id
        from tickets where subject_kind = 'refund'
        qualify row_number() over (partition by subject_id, assigned_to order by opened_at, ticket_id) = 1
    )
    select c.refund_id, a.action_id, t.ticket_id, coalesce(t.kind, '') as kind, coalesce(t.assigned_by, '') as chosen
    from claims as c
    left join acts as a on a.refund_id = c.refund_id and a.staff_id = c.staff_id
    left join filed as f on f.refund_id = c.refund_id and f.staff_id = c.staff_id
    left join tickets as t on t.ticket_id = coalesce(a.ticket_id, f.ticket_id)
    where c.staff_id is not null
    """,
)
"""One row for each claim that a person decided: by which action, on which ticket, and who gave that ticket to whom."""

CAME_BACK = Step(
    "claims_came_back",
    """
    select refund_id, count(*) as parcels from returns where scanned_at is not null group by refund_id
    """,
)
"""One row for each claim for which a parcel was scanned on its way back."""

PATIENCE = 45 * DAY
"""A parcel that is not scanned so long after the money went back does not come."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Decided claims that stand for visits, by (buyer, time of the request).

    row: (n,) rows of the claims. buyer, agent: (n,) codes; agent_ids: names by code. at: (n,) seconds of the decision.
    yes: whether money went back. alone: taken by the agent, or without a ticket. kept: money went back and no goods
    came. judged: whether `kept` can be known by now. overruled: another agent had said no on the same order.
    action, ticket: (n,) ids or None.
    """

    row: Longs
    buyer: Ints
    agent: Ints
    at: Longs
    yes: Bools
    alone: Bools
    kept: Bools
    judged: Bools
    overruled: Bools
    kind: NDArray[np.object_]
    action: NDArray[np.object_]
    ticket: NDArray[np.object_]
    agent_ids: pa.Array

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: Longs) -> "Visits":
        """Some of the visits."""
        taken = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "agent_ids"}
        return replace(self, **taken)


def read_visits(rows: Rows) -> tuple[Claims, Visits]:
    """All claims, and those that a person decided, one a visit."""
    claims = read_claims(rows)
    outcome = claims.texts("outcome")
    staffed = pc.is_valid(claims.rows["staff_id"]).to_numpy()
    row = np.flatnonzero(staffed & (claims.decided != NEVER) & np.isin(outcome, ("approved", "denied")))
    agent, agent_ids = coded(claims.rows["staff_id"].take(pa.array(row)))
    handling = rows("claim_handling", by=("refund_id",))
    place = pc.index_in(claims.rows["refund_id"].take(pa.array(row)), handling["refund_id"].combine_chunks())
    handled = handling.take(place.combine_chunks() if isinstance(place, pa.ChunkedArray) else place)
    kind, chosen, action, ticket = (_objects(handled, name) for name in ("kind", "chosen", "action_id", "ticket_id"))
    back = rows("claims_came_back", by=("refund_id",))["refund_id"].combine_chunks()
    came = pc.is_in(claims.rows["refund_id"].take(pa.array(row)), back).to_numpy()
    yes, decided = claims.approved[row], claims.decided[row]
    every = Visits(
        row,
        claims.buyer[row],
        agent,
        decided,
        yes,
        alone=(chosen == "self") | pc.is_null(handled["ticket_id"]).to_numpy(),
        kept=yes & ~came,
        judged=yes & (came | (decided <= decided.max(initial=0) - PATIENCE)),
        overruled=_overruled(claims, row, agent),
        kind=kind,
        action=action,
        ticket=ticket,
        agent_ids=agent_ids,
    )
    return claims, every.take(_one_a_visit(claims, every))


def codes_of(texts: NDArray[np.object_]) -> Longs:
    """Codes of texts, in the order of the texts; None is empty."""
    column = pa.chunked_array([pc.fill_null(pa.array(texts, pa.string()), "")])
    return coded(column)[0].astype(np.int64)


def _objects(table: pa.Table, column: str) -> NDArray[np.object_]:
    return np.asarray(table[column].to_pylist(), dtype=object)


def _overruled(claims: Claims, row: Longs, agent: Ints) -> Bools:
    """Whether another agent denied an earlier claim on the same order, and this one was approved."""
    order, _ = coded(claims.rows["order_id"].take(pa.array(row)))
    sorted_ = np.lexsort((row, claims.decided[row], order))
    same = order[sorted_][1:] == order[sorted_][:-1]
    others = agent[sorted_][1:] != agent[sorted_][:-1]
    yes = claims.approved[row][sorted_]
    found = np.zeros(len(row), dtype=np.bool_)
    found[sorted_[1:]] = same & others & yes[1:] & ~yes[:-1]
    return found


def _one_a_visit(claims: Claims, visits: Visits) -> Longs:
    """The last approved claim of each visit, else its last."""
    asked = claims.requested[visits.row]
    order, _ = coded(claims.rows["order_id"].take(pa.array(visits.row)))
    new = np.ones(len(visits), dtype=np.bool_)
    new[1:] = (visits.buyer[1:] != visits.buyer[:-1]) | ((asked[1:] - asked[:-1] > DAY) & (order[1:] != order[:-1]))
    visit = np.cumsum(new) - 1
    best = np.lexsort((np.arange(len(visits)), visits.yes, visit))
    return best[np.flatnonzero(np.append(visit[best][1:] != visit[best][:-1], True))] if len(visits) else best
