"""Agents who pay the same few buyers back, far more often than the routing of claims lets them meet.

The null is the routing that happened (see `routing`): at each moment and in each queue a claim falls to those at work
by their share of the other decisions there. An agent's e-value is a likelihood ratio of a stated story (see
`agent_clients`) to it: visits and favours of one buyer multiply, since each is judged given what was before; buyers
multiply, since they are routed apart; what is unknown of the agent's ways is averaged over. A buyer's e-value is the
same ratio with the agent's guilt and ways taken from the agent's other buyers, and never above the agent's own.

Known weaknesses. Shifts are read from the decisions; an agent who works at odd hours among few is hardly to be told
from routing. An agent whose clients all claim against one seller looks like that seller's contact. Clients who come
once only are not asked about, and those decided once by the agent hardly ever listed. Meeting again is believed to a
thousand to one unless favours go with it; but an agent who looks after a few customers by an arrangement that no table
tells of, and who may let them keep dear goods, looks like a bribed one.
References: Griffiths 1973; Lawless 1987 (gamma-Poisson), Canadian J. Statistics 15; Vovk & Wang 2021, Ann. Stat. 49.
"""

from datetime import datetime, timedelta

import numpy as np

from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector, Rows
from floorwalker.detectors.refunds.agent_clients import weigh
from floorwalker.detectors.refunds.approval_words import Approvals, tell
from floorwalker.detectors.refunds.claims import CLAIM_LINES, CLAIMS
from floorwalker.detectors.refunds.favours import read_favours
from floorwalker.detectors.refunds.routing import Routing
from floorwalker.detectors.refunds.visits import CAME_BACK, HANDLING, read_visits

EXPLAIN = {
    "insider": (
        "Of {decided} decided, buyers came back to this agent {again} times, where routing by hour, shift and queue "
        "gives at most {routed} and other agents' buyers would {expected}; so many, or more, has a chance of {chance}. "
        "Among {claims} by {buyers}: {facts}."
    ),
    "client": ("{met} on separate days were decided by {agent}, to whom one falls with a chance of {chance}: {facts}."),
}


def measure(rows: Rows) -> Measured:
    """One likelihood ratio for each agent who decided a claim, and one for each buyer who came twice."""
    claims, visits = read_visits(rows)
    routing = Routing(claims, visits)
    favours = read_favours(claims, visits, routing.pair)
    return tell(Approvals(claims, visits, favours, weigh(visits, routing, favours)), EXPLAIN)


def _example(bribed: bool) -> dict[str, str]:
    """Forty agents on two shifts; the claims of eight buyers go to one of them, or to whom they fall."""
    start, rng = datetime(2025, 1, 1), np.random.default_rng(5)
    refunds = ["refund_id,order_id,buyer_id,amount,currency,requested_at,decided_at,outcome,staff_id,reason,channel"]
    returns = ["return_id,refund_id,scanned_at"]
    for k in range(1600):
        client = k >= 1568
        buyer = f"c{k % 8}" if client else f"b{rng.integers(0, 700)}"
        shift = int(rng.integers(0, 2))
        agent = 3 if client and bribed else 2 * int(rng.integers(0, 20)) + shift
        shift = agent % 2
        day = 15 + 30 * ((k - 1568) // 8) + k % 8 if client else int(rng.integers(0, 180))
        asked = start + timedelta(days=day, hours=8 * shift + 8 * rng.random())
        decided = asked + timedelta(minutes=20)
        amount = 300 + k % 90 if client else int(rng.integers(5, 400))
        refunds.append(
            f"f{k},o{k},{buyer},{amount},EUR,{asked:%Y-%m-%dT%H:%M:%S}Z,{decided:%Y-%m-%dT%H:%M:%S}Z,"
            f"approved,agent{agent},damaged,chat"
        )
        if not (client and bribed) and rng.random() < 0.95:
            returns.append(f"x{k},f{k},{decided + timedelta(days=6):%Y-%m-%dT%H:%M:%S}Z")
    return {"refunds": "\n".join(refunds) + "\n", "returns": "\n".join(returns) + "\n"}


APPROVALS = Detector(
    name="refunds.approvals",
    family="refunds",
    scheme="insider_refunds",
    question="Which agents pay the same few buyers back, more than the routing of claims explains, and whom?",
    null=(
        "A claim falls to each agent at work by that agent's share of the other decisions of the same hour, weekday, "
        "stretch of time and queue, whoever asks; buyers come back to an agent at a rate drawn from the gamma "
        "distribution of the other agents, fitted without it; and signs come at the rates of others' claims."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "an agent at work among few others is hardly to be told from the routing",
        "an agent whose clients all claim against one seller looks like that seller's contact",
        "clients who come once are not asked about, those whom the agent met once are hardly ever listed",
        "one agent's customers by an arrangement that no table tells of, who may keep dear goods, look like clients",
    ),
    needs={"refunds": ("refund_id", "order_id", "buyer_id", "requested_at", "decided_at", "outcome", "staff_id")},
    steps=(CLAIM_LINES, CLAIMS, HANDLING, CAME_BACK),
    measure=measure,
    fires=_example(bribed=True),
    stays_quiet=_example(bribed=False),
)
