"""Agents who bring suspended sellers back outside the way that cases take, and the sellers whom they bring back.

The null is the way of the house: a reinstatement comes on a ticket that the agent was given, after the usual time, and
seldom right after a colleague's denial; how seldom is learned from the other agents, with the spread between them, and
from the agent's own denials, other work and earlier decisions: who always does so is expected to go on. An agent may
also sit at a second instance, where all that he decides comes that way. The e-value is the mean likelihood ratio of
stories in which a share of the reinstatements are favours (see `reinstated_evidence`) to that null. A seller's e-value
takes the agent's guilt from the agent's other decisions, and is never above the agent's own. P-values are 1 / e:
conservative.

Known weaknesses. A few reinstatements must do: one or two favours among many are not seen. An agent all of whose
decisions look alike cannot be told from a second instance. Second looks that are handed to one agent by word of mouth,
now and then, among ordinary work, and always end well for the seller, look the same as favours.
References: Griffiths 1973, Biometrics 29 (beta-binomial); Vovk & Wang 2021, Ann. Stat. 49 (e-values); Fabbri & LeFevre
2011, PVLDB 5 (explanations).
"""

from datetime import datetime, timedelta

import numpy as np

from floorwalker.detectors.insiders.reinstated_cases import STEPS, read_decisions
from floorwalker.detectors.insiders.reinstated_evidence import settle
from floorwalker.detectors.insiders.reinstated_words import Reinstated, tell
from floorwalker.detectors.measured import ASSESSED, Measured
from floorwalker.detectors.record import Detector, Rows

EXPLAIN = {
    "insider": (
        "Of {decided} on suspended sellers, {granted} brought one back: {facts}. What is expected is the way of the "
        "other agents, and of this agent in other work."
    ),
    "beneficiary": "Brought back {times} by {agent}, whose other decisions stand out too: {facts}.",
}


def measure(rows: Rows) -> Measured:
    """One likelihood ratio for each agent who brought a seller back, and one for each such seller."""
    cases = read_decisions(rows)
    if not cases.granted.any():
        return Measured(ASSESSED.empty_table())
    signs, found = settle(cases)
    return tell(Reinstated(cases, signs, found), EXPLAIN)


def _example(bribed: bool) -> dict[str, str]:
    """Thirty agents decide appeals that the router gives them; one takes seven after colleagues' denials, or none."""
    start, rng = datetime(2025, 1, 1), np.random.default_rng(7)
    acts, tickets, measures = [], [], []
    for k in range(260):
        favour = bribed and k >= 80 and k % 26 == 3
        agent = 4 if favour else int(rng.integers(0, 30))
        hours = 24 + 300 * rng.random() if not favour else 30.0
        suspended = start + timedelta(days=k)
        decided = suspended + timedelta(hours=hours)
        opened = decided - timedelta(hours=0.5 if favour else min(12 + 60 * rng.random(), hours - 6))
        taken = favour or rng.random() < 0.05
        granted = favour or rng.random() < 0.6
        measures.append(f"e{k},account,s{k},suspend,{suspended:%Y-%m-%dT%H:%M:%S}Z,fraud")
        if favour or rng.random() < 0.1:
            before = opened - timedelta(hours=4)
            acts.append(f"d{k},agent{(agent + 7) % 30},{before:%Y-%m-%dT%H:%M:%S}Z,deny_appeal,seller,s{k},")
        what = "reinstate_seller" if granted else "deny_appeal"
        acts.append(f"a{k},agent{agent},{decided:%Y-%m-%dT%H:%M:%S}Z,{what},seller,s{k},t{k}")
        chosen = "self" if taken else "router"
        tickets.append(
            f"t{k},{opened:%Y-%m-%dT%H:%M:%S}Z,seller_appeal,account,s{k},agent{agent},{chosen},"
            f"{decided:%Y-%m-%dT%H:%M:%S}Z"
        )
    heads = {
        "staff_actions": "action_id,staff_id,at,action,object_kind,object_id,ticket_id",
        "tickets": "ticket_id,opened_at,kind,subject_kind,subject_id,assigned_to,assigned_by,closed_at",
        "enforcements": "enforcement_id,subject_kind,subject_id,measure,at,policy",
    }
    lines = {"staff_actions": acts, "tickets": tickets, "enforcements": measures}
    return {name: "\n".join([heads[name], *lines[name]]) + "\n" for name in heads}


REINSTATEMENTS = Detector(
    name="insiders.reinstatements",
    family="insiders",
    scheme="insider_reinstate",
    question="Which staff bring suspended sellers back outside the way that cases take, and whom?",
    null=(
        "each reinstatement is taken, hurried or against a colleague's denial at the rate of the other agents and of "
        "the agent's own habit, or the agent sits at a second instance"
    ),
    explain=EXPLAIN,
    weaknesses=(
        "an agent all of whose decisions look alike cannot be told from a second instance",
        "one or two favours among many reinstatements are not seen",
        "second looks handed over by word of mouth or an unwritten rota look the same as favours where all end well",
    ),
    needs={
        "staff_actions": ("action_id", "staff_id", "at", "action", "object_kind", "object_id"),
        "tickets": ("ticket_id", "opened_at", "subject_kind", "subject_id", "assigned_to", "assigned_by"),
    },
    steps=STEPS,
    measure=measure,
    fires=_example(bribed=True),
    stays_quiet=_example(bribed=False),
)
