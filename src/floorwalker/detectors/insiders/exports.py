"""Staff who pull reports without a task, as their colleagues do not: oftener, larger, or about one seller.

What a ticket, a measure or the explanations of an act account for is set aside first, and so are series that look
like an arrangement, and acts from devices and networks that are not the agent's own. Of what is left three things are
asked, each given those before: how many (the agent's share of the group's, an e-value if colleagues are exchangeable);
about whom (again about the same seller, or sellers of the same goods, against the others' beta-binomial); how large
(ranks among the others' reports, so that big honest ones say little). Two signs must meet: one alone counts a hundred.

Known weaknesses. A project that no table tells of looks the same. Where pulling reports is the work, only who keeps to
one seller stands out, and hardly. Nobody is named as having profited: a report may go to the seller it is about, or to
a rival, and many sellers share a category.
References: Griffiths 1973 (beta-binomial), Biometrics 29; Lawless 1987 (gamma-Poisson), Canadian J. Statistics 15;
Fabbri & LeFevre 2011 (explanations), PVLDB 5; Wang & Ramdas 2022 (e-values), JRSS B 84.
"""

from datetime import datetime, timedelta

import numpy as np

from floorwalker.detectors.insiders.explanations import EXPLAINING
from floorwalker.detectors.insiders.export_rows import EXPORTING
from floorwalker.detectors.insiders.export_signs import read_pulls, weigh
from floorwalker.detectors.insiders.export_words import tell
from floorwalker.detectors.insiders.own_hands import OWN_HANDS
from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector, Rows

EXPLAIN = {
    "insider": (
        "{pulled} were pulled without a ticket, a measure or another task that the tables tell of; {usual}. "
        "Of these: {facts}. Together as much has a chance of {chance} among peers. "
        "A ticket about the sellers, or a list of who had asked for the reports, would explain them."
    ),
}


def measure(rows: Rows) -> Measured:
    """One e-value for each member of staff who did anything."""
    staff = rows("export_staff", by=("staff_id",))
    pulls = read_pulls(rows, staff["staff_id"].combine_chunks())
    return tell(pulls, staff, weigh(pulls, staff), EXPLAIN)


def _example(tasked: bool) -> dict[str, str]:
    """Sixty agents who look at what their tickets name, twenty analysts with a report a week, and one agent's nine."""
    start, rng = datetime(2025, 1, 1), np.random.default_rng(11)
    acts = ["action_id,staff_id,at,action,object_kind,object_id,ticket_id,record_count"]
    tickets = ["ticket_id,opened_at,kind,subject_kind,subject_id,assigned_to,assigned_by"]
    staff = ["staff_id,team,role,site"]
    staff += [f"agent{k},support,agent,here" for k in range(60)] + [f"analyst{k},risk,agent,here" for k in range(20)]

    def act(who: str, day: float, action: str, kind: str, what: str, ticket: str = "", records: int = 1) -> None:
        at = f"{start + timedelta(days=day):%Y-%m-%dT%H:%M:%S}Z"
        acts.append(f"x{len(acts)},{who},{at},{action},{kind},{what},{ticket},{records}")

    def task(who: str, day: float, kind: str, what: str) -> str:
        at = f"{start + timedelta(days=day):%Y-%m-%dT%H:%M:%S}Z"
        tickets.append(f"t{len(tickets)},{at},question,{kind},{what},{who},router")
        return f"t{len(tickets) - 1}"

    for k in range(60):
        for _ in range(12):
            who, day, buyer = f"agent{k}", 180 * float(rng.random()), f"b{int(rng.integers(0, 900))}"
            act(who, day + 0.01, "view_customer", "account", buyer, task(who, day, "account", buyer))
    for k in range(20):
        for week in range(25):
            seller, records = f"s{int(rng.integers(0, 150))}", int(rng.lognormal(5.5, 1.2))
            act(f"analyst{k}", 7 * week + 5 * float(rng.random()), "export_report", "seller", seller, "", records)
    for n in range(9):
        day = 90 + 3.3 * n + float(rng.random())
        ticket = task("agent7", day - 0.1, "seller", "s3") if tasked else ""
        act("agent7", day, "export_report", "seller", "s3", ticket, 300)
    tables = {"staff_actions": acts, "tickets": tickets, "staff": staff}
    return {name: "\n".join(lines) + "\n" for name, lines in tables.items()}


EXPORTS = Detector(
    name="insiders.exports",
    family="insiders",
    scheme="insider_data",
    question="Who pulls reports without a task, oftener, larger or more about one seller than colleagues do?",
    null=(
        "Members of one role, team and site are exchangeable in how many reports they pull without a task; a report is "
        "again about the same seller, or one of the same goods, at a rate drawn from the others' beta distribution, "
        "not below a tenth and a fifth; and its size is drawn as all others', but for an agent's own habit."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "a project, or an account to look after, that no table tells of looks the same unless it lasts",
        "where pulling reports is the work, hardly anybody stands out",
        "an agent who pulls fewer than three reports is not told from one who was asked across the desk",
        "nobody is named as having profited: the tables do not say who got a report",
    ),
    needs={"staff_actions": ("action_id", "staff_id", "at", "action", "object_kind", "object_id")},
    steps=(*EXPLAINING, *OWN_HANDS, *EXPORTING),
    measure=measure,
    fires=_example(tasked=False),
    stays_quiet=_example(tasked=True),
)
