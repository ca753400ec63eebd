"""Accounts of people who have left that still act, and do what no table explains.

The end of employment is the table's (`staff.ended_at`); acts within two days after it are nobody's fault. The e-value
is a likelihood ratio (see `departed_evidence`): how seldom the others who left act so late, times how unlike the
account's earlier months the work is, times whether it comes from a new device or network. A date that is wrong, for one
person or for a batch, shows in explained work that goes on; a job that runs under a name does what it always did.

Known weaknesses. A hand-over without tickets that takes more than two days, or a date that is wrong for somebody whose
work is never explained by a ticket of late, look the same. Few people who left say little of how often it happens.
p-values are 1 / e, so they are conservative.
References: Vovk & Wang 2021 (e-values), Ann. Stat. 49; Mosimann 1962 (Dirichlet-multinomial), Biometrika 49.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.insiders.departed_evidence import Left, weigh_departed
from floorwalker.detectors.insiders.explanations import EXPLAINING
from floorwalker.detectors.insiders.hands_acts import HANDS_ACTS, HANDS_STINTS, Stints
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import Detector, Rows
from floorwalker.engine.step import Step
from floorwalker.graph.slots import Longs

WORTH_WORDS = np.log(100.0)
TRUST = np.log(1e8)
EXPLAIN = {
    "insider": (
        "The account acts until {after} after the end of employment: {acts} on {days}, of which {unexplained} have no "
        "explanation in the tables{place}. Of others who left, {rate} act more than two days late; work so unlike the "
        "account's own has odds of {odds} to 1."
    ),
}
DATE = Counter("The date in the table may be wrong, and the work of the last days without tickets.", 0.0)
HANDED = Counter("The account may have been handed to a successor, or to a job that runs by itself.", 0.0)

DEPARTED_ENDS = Step(
    "departed_ends",
    """
    select staff_id, cast(epoch(date_trunc('second', ended_at)) as bigint) as second
    from staff where ended_at is not null
    """,
)
DEPARTED_CITED = Step(
    "departed_cited",
    """
    with ranked as (
        select a.action_id, a.staff_id, row_number() over (
            partition by a.staff_id order by a.unexplained desc, a.second, a.action_id
        ) as place
        from hands_acts as a join departed_ends as e on e.staff_id = a.staff_id
        where a.second > e.second + 172800
    )
    select action_id, staff_id, place from ranked where place <= 30
    """,
)
"""The first acts of each account later than two days after its end, what is unexplained first."""


def measure(rows: Rows) -> Measured:
    """One likelihood ratio for each account of somebody who left."""
    stints = Stints(rows)
    ends = rows("departed_ends", by=("staff_id",))
    place = {name: k for k, name in enumerate(stints.staff_ids.to_pylist())}
    ended = np.full(len(place), -1, dtype=np.int64)
    for name, second in zip(ends["staff_id"].to_pylist(), ends["second"].to_pylist(), strict=True):
        if name in place:
            ended[place[name]] = second
    found = weigh_departed(stints, ended)
    left = np.flatnonzero(found.left)
    return Measured(
        assess(
            "staff",
            "insider",
            stints.staff_ids.take(pa.array(left)),
            -np.maximum(found.log_e[left], 0.0),
            effect=found.days[left].astype(np.float64),
            log_e=found.log_e[left],
            surprise=np.maximum(found.log_e[left], 0.0),
            trust=float(TRUST),
            findings=_told(rows, stints, found, left),
        )
    )


def _told(rows: Rows, stints: Stints, found: Left, left: Longs) -> dict[int, Finding]:
    worth = {str(stints.staff_ids[int(a)]): k for k, a in enumerate(left) if found.log_e[a] > WORTH_WORDS}
    if not worth:
        return {}
    cited: dict[str, list[tuple[str, str]]] = {name: [] for name in worth}
    for row in rows("departed_cited", by=("staff_id", "place")).to_pylist():
        if row["staff_id"] in cited:
            cited[row["staff_id"]].append(("staff_actions", row["action_id"]))
    return {
        k: Finding(EXPLAIN["insider"].format(**_words(found, int(left[k]))), cited[name], [DATE, HANDED])
        for name, k in worth.items()
    }


def _words(found: Left, account: int) -> Mapping[str, str]:
    return {
        "after": counted(int(found.after[account]), "day"),
        "acts": counted(int(found.acts[account]), "act"),
        "days": counted(int(found.days[account]), "day"),
        "unexplained": f"{int(found.unexplained[account]):,}",
        "place": ", most from a device or network that it never used before" if found.new[account] else "",
        "rate": one_in(float(np.log(found.rate[account]))),
        "odds": significant(float(np.exp(found.content[account]))),
    }


def _example(stranger: bool) -> dict[str, str]:
    """Eighty agents, of whom fifty leave; one account goes on for a week after, with or without tickets."""
    start, rng = datetime(2025, 1, 6), np.random.default_rng(11)
    acts = ["action_id,staff_id,at,action,object_kind,object_id,ticket_id,device,ip"]
    tickets = ["ticket_id,opened_at,subject_kind,subject_id,assigned_to,assigned_by,closed_at"]
    staff = ["staff_id,ended_at"]

    def act(agent: int, at: datetime, explained: bool) -> None:
        n = len(acts)
        acts.append(f"x{n},agent{agent},{at:%Y-%m-%dT%H:%M:%S}Z,view_customer,account,c{n},,d{agent},198.51.100.7")
        if explained:
            opened, closed = at - timedelta(minutes=9), at + timedelta(minutes=5)
            tickets.append(
                f"t{n},{opened:%Y-%m-%dT%H:%M:%S}Z,account,c{n},agent{agent},router,{closed:%Y-%m-%dT%H:%M:%S}Z"
            )

    for agent in range(80):
        last = 60 + agent if agent < 50 else 120
        for day in range(0, last, 4):
            for k in range(5):
                act(agent, start + timedelta(days=day, hours=9 + agent % 8, minutes=4 * k), rng.random() > 0.03)
        end = f"{start + timedelta(days=last):%Y-%m-%dT%H:%M:%S}Z" if agent < 50 else ""
        staff.append(f"agent{agent},{end}")
    for k in range(80):
        act(7, start + timedelta(days=72 + k // 16, hours=13, minutes=2 * (k % 16)), not stranger)
    tables = {"staff": staff, "staff_actions": acts, "tickets": tickets}
    return {name: "\n".join(lines) + "\n" for name, lines in tables.items()}


DEPARTED = Detector(
    name="insiders.departed",
    family="insiders",
    scheme="staff_takeover",
    question="Which accounts of people who have left still act, without any explanation?",
    null=(
        "As many of those who left act later than two days as the others do, or as those of the same batch; what they "
        "do varies as the account's own weeks do, or is something else as seldom as in a month of any account."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "a hand-over without tickets that takes more than two days looks the same",
        "where few have left, little is known of how often it happens",
    ),
    needs={
        "staff": ("staff_id", "ended_at"),
        "staff_actions": ("action_id", "staff_id", "at", "action", "object_kind", "object_id"),
    },
    steps=(*EXPLAINING, HANDS_ACTS, HANDS_STINTS, DEPARTED_ENDS, DEPARTED_CITED),
    measure=measure,
    fires=_example(stranger=True),
    stays_quiet=_example(stranger=False),
)
