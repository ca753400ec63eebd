"""Buyers who ask for money back oftener, for dearer orders, or under the limit, more than their peers.

Known weaknesses. Honest people differ in how much they send back more than any law of it says, so nothing here is
believed beyond a thousand to one, and the voice is a supporting one. A buyer of one dear thing cannot be told from an
unlucky one. A limit that differs between kinds of goods is found only roughly.
References: Lawless 1987 (gamma-Poisson), Canadian J. Statistics 15; Griffiths 1973 (beta-binomial), Biometrics 29.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import SUPPORT, Detector, Rows
from floorwalker.detectors.refunds.claims import CLAIM_LINES, CLAIMS, Claims, read_claims
from floorwalker.detectors.refunds.limits import near_limits
from floorwalker.detectors.refunds.spending import SPENDING
from floorwalker.engine.step import Step
from floorwalker.graph.slots import Floats
from floorwalker.stats.combine import acat, average_e, p_to_e
from floorwalker.stats.peers import beta_binomial, gamma_poisson

DEAR_PAIRS = Step(
    "dear_pairs",
    """
    with middle as (select currency, median(amount) as amount from purchases where amount > 0 group by currency),
    dear as (
        select p.buyer_id, p.unproven, p.placed,
            lag(p.placed) over (partition by p.buyer_id order by p.placed, p.order_id) as placed_before,
            lag(p.unproven) over (partition by p.buyer_id order by p.placed, p.order_id) as unproven_before
        from purchases as p join middle as m on m.currency = p.currency
        where p.amount >= 3e0 * m.amount
    )
    select buyer_id, count(*) as pairs, sum(unproven * unproven_before) as both
    from dear where placed - placed_before <= 172800 group by buyer_id
    """,
)
"""Dear orders (three times the median or more) within two days of each other: how often both are claimed."""

LEAST_ORDERS = 15
"""Of fewer orders no rate can be told."""
TRUST = math.log(1e3)
"""How much honest people send back differs more than any law of it says."""
WORTH_WORDS = math.log(0.001)
MOST_CITED = 40
EXPLAIN = {"client": "Of {orders}: {figures}. As much has a chance of {chance} among honest peers."}
HEAVY = Counter("Some people try things at home, and send back much of what they buy.", 0.0)


@dataclass(frozen=True, slots=True)
class Question:
    """One rate of each buyer: what was counted, what peers give, and its log p. All (buyers,)."""

    said: str
    counted: Floats
    expected: Floats
    log_p: Floats


def measure(rows: Rows) -> Measured:
    """Four questions to each buyer of fifteen orders or more, combined."""
    claims = read_claims(rows)
    table = rows("asked_by_buyer", by=("buyer_id",))
    table = table.filter(pc.greater_equal(table["orders"], LEAST_ORDERS)).combine_chunks()
    ids = table["buyer_id"].combine_chunks() if table.num_rows else pa.array([], pa.string())
    asked = [*_counts(table), _dear(rows, ids), _under_limit(claims, ids)]
    log_p = np.stack([q.log_p for q in asked], axis=-1)
    together = np.minimum(acat(log_p), 0.0)
    log_e = average_e(np.where(np.isnan(log_p), np.nan, p_to_e(np.nan_to_num(log_p))))
    suspects = np.flatnonzero(together < WORTH_WORDS)
    told = {int(k): _finding(claims, table, asked, ids, int(k), together) for k in suspects}
    effect = asked[0].counted / np.maximum(asked[0].expected, 1e-3)
    return Measured(assess("account", "client", ids, together, log_e=log_e, effect=effect, trust=TRUST, findings=told))


def _counts(table: pa.Table) -> list[Question]:
    """How many orders are claimed, and how many with nothing seen to come back."""
    found = []
    for said, what, expectation in (
        ("{counted} were claimed, where peers claim {expected}", "claimed", "expected"),
        ("for {counted} nothing was seen to come back, where peers have {expected}", "unproven", "expected_unproven"),
    ):
        count = table[what].to_numpy().astype(float)
        expected = np.round(table[expectation].to_numpy().astype(float), 9)
        test = gamma_poisson(count, np.maximum(expected, 1e-9))
        found.append(Question(said, count, test.expected, test.log_p))
    return found


def _dear(rows: Rows, ids: pa.Array) -> Question:
    """Dear orders of consecutive days that are all claimed."""
    pairs = rows("dear_pairs", by=("buyer_id",))
    said = "{counted} dear orders followed another within two days, both claimed with nothing back, where {expected} do"
    both, trials = (pairs[name].to_numpy().astype(float) for name in ("both", "pairs"))
    return _shares(said, both, trials, pairs["buyer_id"].combine_chunks(), ids)


def _under_limit(claims: Claims, ids: pa.Array) -> Question:
    """Claims just under the amount from which goods are asked back, of those near it."""
    near = near_limits(claims)
    size = len(claims.buyer_ids)
    trials = np.bincount(claims.buyer[near.rows], minlength=size).astype(float)
    under = np.bincount(claims.buyer[near.rows], weights=near.under, minlength=size).astype(float)
    said = "{counted} claims lie just under the amount from which goods are asked back, where {expected} would"
    return _shares(said, under, trials, claims.buyer_ids, ids)


def _shares(said: str, hits: Floats, trials: Floats, whose: pa.Array, ids: pa.Array) -> Question:
    """A share of few trials against all others who have any; not asked of those without, or without peers."""
    test = beta_binomial(hits, trials)
    place = pc.index_in(ids, value_set=whose).fill_null(-1).to_numpy().astype(np.int64)
    known = np.flatnonzero(place >= 0)
    known = known[np.isfinite(test.mean[place[known]]) & (trials[place[known]] > 0)]
    count, expected, log_p = np.zeros(len(ids)), np.full(len(ids), np.nan), np.full(len(ids), np.nan)
    count[known], expected[known], log_p[known] = (a[place[known]] for a in (hits, test.expected, test.log_p))
    return Question(said, count, expected, log_p)


def _finding(claims: Claims, table: pa.Table, asked: list[Question], ids: pa.Array, k: int, log_p: Floats) -> Finding:
    figures = [
        q.said.format(counted=int(q.counted[k]), expected=significant(float(q.expected[k])))
        for q in asked
        if q.log_p[k] < math.log(0.05)
    ]
    mine = np.flatnonzero(np.asarray(pc.equal(claims.rows["buyer_id"], ids[k])))[:MOST_CITED]
    words = {
        "orders": counted(int(table["orders"][k].as_py()), "order"),
        "figures": "; ".join(figures),
        "chance": one_in(float(log_p[k])),
    }
    return Finding(EXPLAIN["client"].format(**words), claims.cited(mine), [HEAVY])


def _example(greedy: bool) -> dict[str, str]:
    """Forty buyers of twenty orders, who claim two each as a rule; one claims eighteen."""
    start, rng = datetime(2025, 1, 1, 8), np.random.default_rng(3)
    orders = ["order_id,buyer_id,product_id,placed_at,delivered_at,amount,currency"]
    refunds = ["refund_id,order_id,buyer_id,amount,currency,requested_at,reason"]
    for k in range(800):
        who = k % 40
        placed = start + timedelta(hours=int(rng.integers(0, 8000)))
        came, asked = placed + timedelta(days=3), placed + timedelta(days=9)
        orders.append(f"o{k},b{who},p{k % 37},{placed.isoformat()}Z,{came.isoformat()}Z,{20 + k % 90},EUR")
        if rng.random() < (0.9 if greedy and who == 7 else 0.1):
            refunds.append(f"f{k},o{k},b{who},{20 + k % 90},EUR,{asked.isoformat()}Z,damaged")
    return {"orders": "\n".join(orders) + "\n", "refunds": "\n".join(refunds) + "\n"}


RATES = Detector(
    name="refunds.rates",
    family="refunds",
    scheme="refund_abuse",
    question="Which buyers ask for money back far more than their peers, for dearer orders, or just under a limit?",
    null=(
        "Each order is claimed at the rate of its category, price band and country among other buyers, raised where "
        "others claim the product, or in that postcode area in those weeks; buyers differ by a gamma distribution, "
        "fitted without each. Dear orders in a row, and claims near a limit, follow the others' beta distribution."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "honest people differ in how much they send back: believed to one in a thousand only, with a supporting voice",
        "a buyer of fewer than fifteen orders has no rate",
        "a limit that differs between kinds of goods is found only roughly",
    ),
    needs={
        "refunds": ("refund_id", "order_id", "buyer_id", "amount", "requested_at"),
        "orders": ("order_id", "buyer_id", "product_id", "placed_at"),
    },
    steps=(CLAIM_LINES, CLAIMS, *SPENDING, DEAR_PAIRS),
    measure=measure,
    fires=_example(greedy=True),
    stays_quiet=_example(greedy=False),
    weight=SUPPORT,
)
