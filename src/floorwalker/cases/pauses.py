"""The pause test of a case: how the beneficiaries fare while the agent who is tied to them is away."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.cases.grouping import Case
from floorwalker.cases.judge import Longs
from floorwalker.contract.figures import one_in
from floorwalker.detectors.record import Rows
from floorwalker.engine.step import Schema, Step
from floorwalker.stats.pause import Pause, pause_test

PAIRS: Schema = {
    "insider_pairs": {"case_id": "VARCHAR", "scheme": "VARCHAR", "staff_id": "VARCHAR", "account_id": "VARCHAR"}
}
DAYS_AT_WORK = Step(
    "days_at_work",
    """
    select distinct s.staff_id, cast(floor(cast(epoch(date_trunc('second', a.at)) as bigint) / 86400) as bigint) as day
    from (select distinct staff_id from insider_pairs) as s join staff_actions as a on a.staff_id = s.staff_id
    """,
)
OUTCOMES = Step(
    "outcomes",
    """
    select i.case_id, i.scheme, i.staff_id, r.review_id as id,
        cast(floor(cast(epoch(date_trunc('second', r.posted_at)) as bigint) / 86400) as bigint) as day,
        r.removed_at is not null as good
    from insider_pairs as i
    join products as p on p.seller_id = i.account_id
    join reviews as r on r.product_id = p.product_id
    where i.scheme = 'insider_reviews' and r.rating <= 2
    union all
    select i.case_id, i.scheme, i.staff_id, f.refund_id as id,
        cast(floor(cast(epoch(date_trunc('second', f.requested_at)) as bigint) / 86400) as bigint) as day,
        f.outcome = 'approved' as good
    from insider_pairs as i join refunds as f on f.buyer_id = i.account_id
    where i.scheme = 'insider_refunds' and f.outcome in ('approved', 'denied')
    union all
    select i.case_id, i.scheme, i.staff_id, e.enforcement_id as id,
        cast(floor(cast(epoch(date_trunc('second', e.at)) as bigint) / 86400) as bigint) as day,
        e.ended_at is not null as good
    from insider_pairs as i join enforcements as e on e.subject_id = i.account_id
    where i.scheme = 'insider_reinstate'
    """,
)
"""What an agent can do for somebody, and whether it came about, whoever did it."""

ENDS = ("case_id", "source_id", "target_id")
STEPS = (DAYS_AT_WORK, OUTCOMES)
AWAY = 7
"""Days without a single act from which on an agent counts as away."""
LEAST = 3
"""Fewer outcomes while away, or there, tell nothing."""
TELLING = math.log(0.05)
ASKED = {
    "insider_reviews": ("of its beneficiaries' reviews of one or two stars", "were removed"),
    "insider_refunds": ("of its clients' claims", "were paid"),
    "insider_reinstate": ("of its beneficiaries' suspensions", "were lifted"),
}


def insider_pairs(cases: list[Case], links: pa.Table) -> pa.Table:
    """The staff listed in the cases, and the accounts tied to them. links: LINKS of a run."""
    scheme_of = {(c.case_id, m.subject_id): m.scheme for c in cases for m in c.listed if m.kind == "staff"}
    tied = links.filter(pc.and_(pc.equal(links["source_kind"], "staff"), pc.equal(links["target_kind"], "account")))
    pairs = {
        (case_id, scheme_of[case_id, staff], staff, account)
        for case_id, staff, account in zip(*(tied[n].to_pylist() for n in ENDS), strict=True)
        if scheme_of.get((case_id, staff)) in ASKED
    }
    columns = list(zip(*sorted(pairs), strict=True)) or [()] * 4
    return pa.table([pa.array(c, pa.string()) for c in columns], names=list(PAIRS["insider_pairs"]))


def pauses(rows: Rows) -> dict[str, list[str]]:
    """For each case, a sentence on each agent who was away often enough to tell. rows: of the steps STEPS."""
    outcomes = rows("outcomes", by=("case_id", "scheme", "staff_id", "id"))
    work = rows("days_at_work", by=("staff_id", "day"))
    found: dict[str, list[str]] = {}
    keys = outcomes.group_by(["case_id", "scheme", "staff_id"], use_threads=False).aggregate([]).to_pylist()
    for key in sorted(keys, key=lambda k: (k["case_id"], k["staff_id"])):
        same = (pc.equal(outcomes[name], key[name]) for name in ("case_id", "staff_id"))
        mine = outcomes.filter(pc.and_(*same))
        days = work.filter(pc.equal(work["staff_id"], key["staff_id"]))["day"].to_numpy()
        one = _paused(days, mine["day"].to_numpy(), mine["good"].to_numpy())
        if min(one.away, one.there) >= LEAST:
            found.setdefault(key["case_id"], []).append(_sentence(key["staff_id"], *ASKED[key["scheme"]], one))
    return found


def _paused(work: Longs, day: Longs, good: NDArray[np.bool_]) -> Pause:
    """From the agent's first day to the last: days from which on AWAY days pass without an act are days away."""
    if not len(work):
        return pause_test(np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool))
    first, last = int(work[0]), int(work[-1])
    following = work[np.minimum(np.searchsorted(work, np.arange(first, last + 1)), len(work) - 1)]
    away = following - np.arange(first, last + 1) >= AWAY
    inside = (day >= first) & (day <= last)
    return pause_test(away, day[inside] - first, good[inside])


def _sentence(agent: str, what: str, happened: str, one: Pause) -> str:
    text = (
        f"Pause test: while {agent} was away for {AWAY} days or longer, "
        f"{one.away_good} of {one.away} {what} {happened}, otherwise {one.there_good} of {one.there}"
    )
    if one.log_p <= TELLING:
        return f"{text}; absences on other days would show so large a drop with a chance of {one_in(one.log_p)}."
    return f"{text}, which absences on other days would show too: it does not speak for a tie."
