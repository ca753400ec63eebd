"""Decisions about sellers, accounts and listings, paired with the decision before; and how often staff differ by them.

A staff member is compared with others of the same role, team, site and age in the job; where fewer than twenty others
are alike in all of it, with those alike in less of it.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.detectors.codes import coded
from floorwalker.engine.step import Step
from floorwalker.graph.slots import Floats, Longs
from floorwalker.stats.combine import p_to_e
from floorwalker.stats.peers import beta_binomial
from floorwalker.stats.tail import EXACT, MID

OVERRULE_DECISIONS = Step(
    "overrule_decisions",
    """
    with named as (
        select action_id, staff_id, cast(epoch(date_trunc('second', at)) as bigint) as second,
            case when object_kind = 'seller' then 'account' else object_kind end as object_kind, object_id,
            coalesce(reason, '') = '' as silent,
            action like 'reinstate%' or action like 'restore%' or action like 'unsuspend%' or action like 'unblock%'
                or action like 'unban%' or action like 'relist%' or action like 'lift%' or action like 'accept_appeal%'
                or action like 'approve_appeal%' as lifts,
            action like 'suspend%' or action like 'ban_%' or action like 'block%' or action like 'restrict%'
                or action like 'deny%' or action like 'reject%' or action like 'refuse%' or action like 'delist%'
                or action like 'uphold%' as restricts
        from staff_actions where object_kind in ('account', 'seller', 'product')
    )
    select action_id, staff_id, object_id, second, silent, lifts, object_id = staff_id as own,
        lag(action_id) over (partition by object_kind, object_id order by second, action_id) as before_id,
        lag(staff_id) over (partition by object_kind, object_id order by second, action_id) as before_staff,
        lag(restricts) over (partition by object_kind, object_id order by second, action_id) as before_restricts,
        lag(second) over (partition by object_kind, object_id order by second, action_id) as before_second
    from named where lifts or restricts
    """,
)
"""Whatever restricts an account or a listing, or lifts that, with the last such decision about it."""

OVERRULES = Step(
    "overrules",
    """
    select action_id, staff_id, object_id, second, silent, lifts, own, before_id,
        coalesce(lifts and before_restricts and before_staff <> staff_id, false) as overrules,
        coalesce(lifts and before_restricts and before_staff <> staff_id and second - before_second <= 86400, false)
            as soon
    from overrule_decisions
    """,
)

OVERRULE_COUNTS = Step(
    "overrule_counts",
    """
    select o.staff_id, count(*) as decisions, sum(case when o.lifts then 1 else 0 end) as lifts,
        sum(case when o.overrules then 1 else 0 end) as overrules, sum(case when o.soon then 1 else 0 end) as soon,
        sum(case when o.own then 1 else 0 end) as own,
        sum(case when o.lifts and o.silent then 1 else 0 end) as silent,
        coalesce(min(cast(epoch(date_trunc('second', s.started_at)) as bigint)), min(o.second)) as since,
        coalesce(min(s.role), '') as role, coalesce(min(s.team), '') as team, coalesce(min(s.site), '') as site
    from overrules as o left join staff as s on s.staff_id = o.staff_id
    group by o.staff_id having count(*) >= 5
    """,
)
"""One row for each staff member with five decisions or more: of fewer no rate can be told."""

OVERRULE_ROWS = Step(
    "overrule_rows",
    """
    select staff_id, action_id, before_id, overrules from overrules
    where overrules or own or (lifts and silent)
    qualify row_number() over (partition by staff_id
        order by case when soon then 0 when own then 1 when overrules then 2 else 3 end, second desc, action_id) <= 20
    """,
)
"""The latest decisions of each kind that is asked about, to be cited."""

ERAS = 4


@dataclass(frozen=True, slots=True)
class Rate:
    """How often each of n staff did something, of the times it could have been done. All (n,).

    expected: what peers would, NaN where there are too few of them; log_p: mid-p; log_e: from the exact p. Both NaN
    where nothing could be asked.
    """

    said: str
    seen: Floats
    expected: Floats
    log_p: Floats
    log_e: Floats


def compare(said: str, seen: Floats, trials: Floats, cohorts: list[Longs]) -> Rate:
    """Each rate against the peers of the first cohort, finest first, that has enough of them."""
    size = len(seen)
    expected, log_p, log_e = (np.full(size, np.nan) for _ in range(3))
    for cohort in cohorts:
        open_ = np.isnan(expected) & (trials > 0)
        if not open_.any():
            break
        mid, exact = (beta_binomial(seen, trials, cohort, tie=tie) for tie in (MID, EXACT))
        found = open_ & np.isfinite(mid.mean)
        expected[found], log_p[found], log_e[found] = mid.expected[found], mid.log_p[found], p_to_e(exact.log_p[found])
    return Rate(said, seen, expected, log_p, log_e)


def cohorts_of(counts: pa.Table) -> list[Longs]:
    """Codes of peers, (n,) each: alike in role, team, site and age in the job first, everybody last."""
    since = counts["since"].to_numpy().astype(np.int64)
    era = np.searchsorted(np.sort(since), since) * ERAS // max(len(since), 1)
    role, team, site = (coded(counts[name])[0].astype(np.int64) for name in ("role", "team", "site"))
    desk = _both(role, team)
    return [_both(_both(desk, site), era), _both(_both(desk, site), 0 * era), desk, team, _both(0 * era, era), 0 * era]


def _both(one: Longs, other: Longs) -> Longs:
    return one * (int(other.max(initial=0)) + 1) + other
