"""Staff who look at canaries: made-up customers of whom nobody can have heard, and whom no case concerns.

A look that no rule explains lands on a canary as often as the other staff's unexplained looks do, or as canaries are
among the accounts if that is more. Somebody who writes to a canary after the look got its name from whoever looked.

Known weaknesses. A slip, a search for a common name, or a test by whoever made the canaries touches one too: one touch
alone lists nobody. It says nothing where a marketplace has no canaries, and nothing of whom the looks were for.
References: honeytokens, Spitzner 2003; e-values from p-values, Vovk & Wang 2021, Ann. Stat. 49.
"""

import numpy as np

from floorwalker.contract.figures import counted, one_in
from floorwalker.detectors.insiders.explanations import EXPLAINING
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import Detector, Rows
from floorwalker.engine.step import Step
from floorwalker.stats.combine import p_to_e
from floorwalker.stats.tail import EXACT, log_tail_binomial

CANARY_LOOKS = Step(
    "canary_looks",
    """
    select e.staff_id, e.action_id, e.object_id, e.second,
        max(case when m.message_id is null then 0 else 1 end) as written
    from explained_acts as e
    join accounts as a on a.account_id = e.object_id
    left join messages as m on m.recipient_id = e.object_id
        and cast(epoch(date_trunc('second', m.sent_at)) as bigint) between e.second and e.second + 90 * 86400
    where e.object_kind = 'account' and e.looks and e.because in ('', 'taken') and a.canary
    group by e.staff_id, e.action_id, e.object_id, e.second
    """,
)
"""Unexplained looks at canaries, and whether somebody wrote to that canary within ninety days after."""

CANARY_COUNTS = Step(
    "canary_counts",
    """
    with looked as (
        select staff_id, count(distinct object_id) as looks from explained_acts
        where object_kind = 'account' and looks and because in ('', 'taken') group by staff_id
    ),
    touched as (
        select staff_id, count(distinct object_id) as canaries, max(written) as written from canary_looks
        group by staff_id
    )
    select l.staff_id, l.looks, coalesce(t.canaries, 0) as canaries, coalesce(t.written, 0) as written
    from looked as l left join touched as t on t.staff_id = l.staff_id
    """,
)
CANARY_SHARE = Step(
    "canary_share",
    "select count(*) as accounts, sum(case when canary then 1 else 0 end) as canaries from accounts",
)
TRUST = np.log([1.0, 1e3, 1e5, 1e8])
"""What so many canaries may say at most; one may be a slip."""
WRITTEN_TO = np.log(100.0)
"""Nobody has a canary's address by honest ways: at most one slip in so many is followed by a message."""
EXPLAIN = {
    "insider": (
        "Of {looks} looked at without a reason that any table tells, {canaries} {were} made up, "
        "where {expected} would be expected (a chance of {chance}).{written} A slip would explain one."
    )
}
SLIP = Counter("A slip, a search for a common name, or a test of the canaries themselves touches one too.", 0.0)


def measure(rows: Rows) -> Measured:
    """One binomial test for each member of staff with an unexplained look at an account."""
    counts = rows("canary_counts", by=("staff_id",))
    looks, canaries, written = (counts[n].to_numpy().astype(float) for n in ("looks", "canaries", "written"))
    share = rows("canary_share", by=("accounts",)).to_pylist()[0]
    usual = (share["canaries"] or 0) / max(share["accounts"], 1)
    others = (canaries.sum() - canaries) / np.maximum(looks.sum() - looks, 1.0)
    rate = np.clip(np.maximum(usual, others), 1e-9, 1.0)
    log_p = log_tail_binomial(canaries, looks, rate, EXACT)
    most = TRUST[np.minimum(canaries, len(TRUST) - 1).astype(int)]
    log_e = np.minimum(np.minimum(p_to_e(log_p), most) + WRITTEN_TO * written, TRUST[-1])
    log_e = np.where(canaries > 0, log_e, np.minimum(log_e, 0.0))
    told = {}
    acts = rows("canary_looks", by=("staff_id", "action_id")).group_by("staff_id", use_threads=False)
    cited = {row["staff_id"]: row["action_id_list"] for row in acts.aggregate([("action_id", "list")]).to_pylist()}
    for k in np.flatnonzero(canaries > 0).tolist():
        words = {
            "looks": counted(int(looks[k]), "account"),
            "canaries": int(canaries[k]),
            "were": "was" if canaries[k] == 1 else "were",
            "expected": f"{looks[k] * rate[k]:.2g}",
            "chance": one_in(float(log_p[k])),
            "written": " Somebody wrote to one of them within ninety days." if written[k] else "",
        }
        evidence = [("staff_actions", act) for act in cited[counts["staff_id"][k].as_py()]]
        told[k] = Finding(EXPLAIN["insider"].format(**words), evidence, [SLIP])
    ids = counts["staff_id"].combine_chunks()
    return Measured(assess("staff", "insider", ids, log_p, effect=canaries, log_e=log_e, findings=told))


def _example(touched: int) -> dict[str, str]:
    """1,600 buyers, four of them made up; forty agents look at ten each, one of them at some of the four."""
    accounts = ["account_id,role,created_at,canary"]
    accounts += [f"b{k},buyer,2024-01-01T00:00:00Z,{'true' if k < 4 else 'false'}" for k in range(1600)]
    acts = ["action_id,staff_id,action,object_kind,object_id,at"]
    for agent in range(40):
        for n in range(10):
            buyer = n if agent == 3 and n < touched else 4 + (agent * 31 + n * 17) % 1596
            acts.append(f"x{agent}_{n},agent{agent},view_customer,account,b{buyer},2025-02-{1 + n:02}T09:00:00Z")
    tickets = "ticket_id,opened_at,kind,subject_kind,subject_id,assigned_to,assigned_by\n"
    tickets += "t0,2025-01-01T00:00:00Z,question,account,b9,agent0,router\n"
    tables = {"accounts": "\n".join(accounts) + "\n", "staff_actions": "\n".join(acts) + "\n"}
    return {**tables, "tickets": tickets}


CANARIES = Detector(
    name="insiders.canaries",
    family="insiders",
    scheme="insider_data",
    question="Who looks at made-up customers, of whom nobody can have heard?",
    null=(
        "An unexplained look lands on a canary as often as the other staff's unexplained looks do, or as canaries are "
        "among the accounts if that is more (binomial)."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "a slip, or whoever tests the canaries, touches one too: one touch lists nobody",
        "where a marketplace has no canaries it says nothing",
    ),
    needs={
        "accounts": ("account_id", "canary"),
        "staff_actions": ("action_id", "staff_id", "at", "action", "object_kind", "object_id"),
        "tickets": ("ticket_id", "subject_kind", "subject_id", "assigned_to"),
    },
    steps=(*EXPLAINING, CANARY_LOOKS, CANARY_COUNTS, CANARY_SHARE),
    measure=measure,
    fires=_example(touched=3),
    stays_quiet=_example(touched=1),
)
