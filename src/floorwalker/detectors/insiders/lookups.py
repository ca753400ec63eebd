"""Staff who look at customers for no reason that any table tells, when those customers have one seller in common.

An unexplained look is no accusation: people misclick, tickets get lost, trainers look around. Asked is whether the
customers point to one seller. The null: unexplained looks fall on customers as the other agents' do (by orders, late
orders, low reviews), raised where a seller's customers are looked at more by everybody, or where the agent's explained
work is about that seller. An agent's e-value averages over all sellers the likelihood ratio that a share of the looks
is drawn from the seller's customers (see `lookup_sellers`); how many looks are unexplained, against peers, adds little.
A seller's is the same given the agent's other sellers, and never above the agent's own. What makes it surer: low
reviews among the customers, and messages from the seller after the looks (see `lookup_contact`).

Known weaknesses. An agent who cares for one seller's customers by an arrangement that no table tells of looks the same.
Looks under a ticket that the agent opened for himself count as explained. One week's looks alone say little, and a
large seller's customers are hard to tell from anybody's. Sellers with the same customers clear each other, and
looks at the customers of one product of several are taken for a recall.
References: Fabbri & LeFevre 2011, PVLDB 5; Griffiths 1973 (beta-binomial), Biometrics 29; Vovk & Wang 2021, Ann. Stat.
49; Wasserman, Ramdas & Balakrishnan 2020 (universal inference), PNAS 117.
"""

from datetime import datetime, timedelta

import numpy as np

from floorwalker.detectors.insiders.explanations import EXPLAINING
from floorwalker.detectors.insiders.lookup_contact import read_contact
from floorwalker.detectors.insiders.lookup_products import one_product
from floorwalker.detectors.insiders.lookup_sellers import weigh
from floorwalker.detectors.insiders.lookup_steps import VISIT_STEPS
from floorwalker.detectors.insiders.lookup_visits import read_visits
from floorwalker.detectors.insiders.lookup_words import Looks, tell
from floorwalker.detectors.insiders.lookup_work_steps import WORK_STEPS
from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector, Rows

EXPLAIN = {
    "insider": (
        "No table gives a reason for looks at {unexplained} in {done}; {peers} (so many, or more: {chance}). {looked} "
        "of them had bought from, or reviewed, seller {seller}, where about {usual} would be expected; {low} had given "
        "it three stars or fewer, and the seller wrote to {wrote} within 14 days ({due} expected). A ticket, a project "
        "or a task about that seller would explain it."
    ),
    "beneficiary": (
        "{looked} of the {unexplained} at whom {agent} looked without a reason that any table tells had bought from, "
        "or reviewed, this seller, where about {usual} would be expected; {low} had given it three stars or fewer, "
        "and it wrote to {wrote} within 14 days ({due} expected)."
    ),
}


def measure(rows: Rows) -> Measured:
    """One likelihood ratio for each agent who looked at customers, and one for each seller they have in common."""
    visits = read_visits(rows)
    written, usual, contact = read_contact(rows, visits)
    return tell(Looks(visits, weigh(visits, contact, one_product(rows, visits)), written, usual), EXPLAIN)


def _example(leaks: bool) -> dict[str, str]:
    """Thirty agents with tickets about orders and some looks without; one of them looks at one seller's customers."""
    start, rng = datetime(2025, 1, 1), np.random.default_rng(7)
    orders = ["order_id,buyer_id,product_id,seller_id,placed_at"]
    tickets = ["ticket_id,opened_at,subject_kind,subject_id,assigned_to,assigned_by,closed_at"]
    acts = ["action_id,staff_id,at,action,object_kind,object_id,ticket_id"]
    bought = sorted(float(day) for day in rng.uniform(0, 170, 2400))
    buyers, sellers = rng.integers(0, 900, 2400), rng.integers(0, 60, 2400)
    for k, day in enumerate(bought):
        placed = start + timedelta(days=day)
        orders.append(f"o{k},b{buyers[k]},p{sellers[k]},s{sellers[k]},{placed:%Y-%m-%dT%H:%M:%SZ}")

    def look(agent: int, buyer: int, day: float, ticket: str = "") -> None:
        when = start + timedelta(days=day)
        acts.append(f"a{len(acts)},g{agent},{when:%Y-%m-%dT%H:%M:%SZ},view_customer,account,b{buyer},{ticket}")

    for k in range(0, 2400, 2):
        agent, opened = int(rng.integers(0, 30)), start + timedelta(days=bought[k] + 2)
        closed = opened + timedelta(hours=3)
        tickets.append(f"t{k},{opened:%Y-%m-%dT%H:%M:%SZ},order,o{k},g{agent},router,{closed:%Y-%m-%dT%H:%M:%SZ}")
        look(agent, int(buyers[k]), bought[k] + 2.05, f"t{k}")
        if rng.random() < 0.05:
            look(agent, int(rng.choice(buyers)), bought[k] + 2.1)
    for n, k in enumerate(np.flatnonzero(sellers == 11)[5:29]):
        look(4, int(buyers[k]) if leaks else int(rng.choice(buyers)), bought[k] + 1 + n % 3)
    return {
        name: "\n".join(lines) + "\n"
        for name, lines in (("orders", orders), ("tickets", tickets), ("staff_actions", acts))
    }


LOOKUPS = Detector(
    name="insiders.lookups",
    family="insiders",
    scheme="insider_data",
    question="Which staff look at customers without a reason that any table tells, and have those a seller in common?",
    null=(
        "Unexplained looks fall on customers as those of the other agents do, raised for sellers whose customers are "
        "looked at more by everybody or in the agent's own explained work; their number is drawn from the "
        "beta-binomial distribution of the peers, fitted without the agent."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "an agent who cares for one seller's customers by an arrangement that no table tells of looks the same",
        "looks under a ticket that the agent opened for himself count as explained",
        "one week's looks alone say little, and a large seller's customers are hard to tell from anybody's",
        "sellers with the same customers clear each other",
        "looks at the customers of one product of several are taken for a recall",
    ),
    needs={
        "staff_actions": ("action_id", "staff_id", "at", "action", "object_kind", "object_id"),
        "tickets": ("ticket_id", "opened_at", "subject_kind", "subject_id", "assigned_to"),
        "orders": ("order_id", "buyer_id", "product_id", "placed_at"),
    },
    steps=(*EXPLAINING, *VISIT_STEPS, *WORK_STEPS),
    measure=measure,
    fires=_example(leaks=True),
    stays_quiet=_example(leaks=False),
)
