"""Staff who undo what colleagues decided, within a day, about themselves or without a word, far more than peers do.

Four rates of each staff member's decisions about sellers, accounts and listings: reinstated after somebody else's
restriction; the same within twenty-four hours; about oneself; and reinstatements that give no reason. Each is compared
with peers (beta-binomial by maximum likelihood, each left out of the own baseline), and the four, which depend on each
other, are combined by Cauchy's law (p) and by their mean (e).

Known weaknesses. Such rates are triage, never proof: staff differ by task and by taste, and on a real log as many are
flagged after agents are permuted within the kind of act, week and hours (docs/real-data.md). So nothing here is
believed beyond a thousand to one, the voice is a supporting one, and sellers are not asked about at all. What was
suspended by a machine, or before the log begins, overrules nobody.
References: Griffiths 1973 (beta-binomial), Biometrics 29; Liu & Xie 2020 (Cauchy combination), JASA 115.
"""

import math
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.insiders.overruling import (
    OVERRULE_COUNTS,
    OVERRULE_DECISIONS,
    OVERRULE_ROWS,
    OVERRULES,
    Rate,
    cohorts_of,
    compare,
)
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import SUPPORT, Detector, Rows
from floorwalker.stats.combine import acat, average_e

TRUST = math.log(1e3)
WORTH_WORDS = math.log(0.001)
MOST_CITED = 40
EXPLAIN = {
    "insider": "Of {decisions} about sellers and listings: {figures}. As much has a chance of {chance} among peers."
}
TRIAGE = Counter("How decisions are mixed says where to look, and proves nothing: staff differ by taste and task.", 0.0)
APPEALS = Counter("Who decides appeals, or checks a colleague's work, overrules others as a duty.", 0.0)
MISTAKES = Counter("The earlier decision may have been a mistake, and its author may have asked for it back.", 0.0)
QUESTIONS = (
    ("overrules", "decisions", "{seen} undo a colleague's restriction, where peers have {expected}"),
    ("soon", "decisions", "{seen} undo it within a day, where peers have {expected}"),
    ("own", "decisions", "{seen} are about the decider, where peers have {expected}"),
    ("silent", "lifts", "{seen} reinstatements give no reason, where peers have {expected}"),
)


def measure(rows: Rows) -> Measured:
    """Four rates of everybody with five decisions or more, combined."""
    counts = rows("overrule_counts", by=("staff_id",))
    if not counts.num_rows:
        return Measured(assess("staff", "insider", pa.array([], pa.string()), np.zeros(0), effect=np.zeros(0)))
    cohorts = cohorts_of(counts)
    rates = []
    for seen, trials, said in QUESTIONS:
        hits, chances = (counts[name].to_numpy().astype(np.float64) for name in (seen, trials))
        if 0 < hits.sum() < chances.sum():
            rates.append(compare(said, hits, chances, cohorts))
    size = counts.num_rows
    log_p = np.minimum(acat(np.stack([r.log_p for r in rates], axis=-1)), 0.0) if rates else np.zeros(size)
    log_e = average_e(np.stack([r.log_e for r in rates], axis=-1)) if rates else np.zeros(size)
    ids = counts["staff_id"].combine_chunks()
    suspects = np.flatnonzero((log_p < WORTH_WORDS) | (log_e > -WORTH_WORDS))
    cited = _cited(rows) if len(suspects) else {}
    told = {int(k): _finding(counts, rates, int(k), float(log_p[k]), cited[ids[int(k)].as_py()]) for k in suspects}
    seen, expected = counts["overrules"].to_numpy().astype(np.float64), rates[0].expected if rates else np.ones(size)
    effect = seen / np.maximum(np.nan_to_num(expected, nan=1.0), 0.1)
    return Measured(assess("staff", "insider", ids, log_p, log_e=log_e, effect=effect, trust=TRUST, findings=told))


def _finding(counts: pa.Table, rates: list[Rate], k: int, log_p: float, cited: list[tuple[str, str]]) -> Finding:
    figures = [
        r.said.format(seen=int(r.seen[k]), expected=significant(float(r.expected[k])))
        for r in rates
        if r.log_p[k] < math.log(0.05)
    ]
    words = {
        "decisions": counted(int(counts["decisions"][k].as_py()), "decision"),
        "figures": "; ".join(figures),
        "chance": one_in(log_p),
    }
    return Finding(EXPLAIN["insider"].format(**words), cited[:MOST_CITED], [TRIAGE, APPEALS, MISTAKES])


def _cited(rows: Rows) -> dict[str, list[tuple[str, str]]]:
    """The decisions asked about, and those that they undid, by staff member."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows("overrule_rows", by=("staff_id", "action_id")).to_pylist():
        acts = [row["action_id"], *([row["before_id"]] if row["overrules"] else [])]
        found.setdefault(row["staff_id"], []).extend(("staff_actions", act) for act in acts)
    return {who: list(dict.fromkeys(acts)) for who, acts in found.items()}


def _example(often: bool) -> dict[str, str]:
    """Thirty staff suspend a thousand sellers; one of them, or nobody, undoes what others decided that day."""
    start, rng = datetime(2025, 1, 1, 8), np.random.default_rng(4)
    lines = ["action_id,staff_id,at,action,object_kind,object_id,reason"]
    for k in range(1000):
        at, who = start + timedelta(hours=3 * k), k % 30
        lines.append(f"a{k},agent{who},{at.isoformat()}Z,suspend_seller,seller,s{k},policy 4")
        if rng.random() < 0.3:
            undoes = often and k % 5 == 0
            by = 7 if undoes else (who if rng.random() < 0.6 else int(rng.integers(0, 30)))
            at += timedelta(hours=int(rng.integers(1, 20) if undoes else rng.integers(30, 500)))
            lines.append(f"b{k},agent{by},{at.isoformat()}Z,reinstate_seller,seller,s{k},appeal")
    return {"staff_actions": "\n".join(lines) + "\n"}


OVERRULING = Detector(
    name="insiders.overrules",
    family="insiders",
    scheme="insider_reinstate",
    question="Which staff undo colleagues' decisions, soon, about themselves or without a reason, more than peers do?",
    null=(
        "Each staff member's decisions overrule a colleague, do so within a day, concern the decider, or give no "
        "reason, at rates drawn from the beta distributions of the peers (same role, team, site and age in the job, "
        "as far as twenty or more are alike), fitted without that person."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "rates of decisions are triage, never proof: believed to one in a thousand only, with a supporting voice",
        "who decides appeals without a team or role of their own in the tables looks like an overruler",
        "a restriction that no staff action tells of (by a machine, or before the log begins) overrules nobody",
        "acts on oneself are seen only where the object's id is the staff member's",
    ),
    needs={"staff_actions": ("action_id", "staff_id", "at", "action", "object_kind", "object_id")},
    steps=(OVERRULE_DECISIONS, OVERRULES, OVERRULE_COUNTS, OVERRULE_ROWS),
    measure=measure,
    fires=_example(often=True),
    stays_quiet=_example(often=False),
    weight=SUPPORT,
)
