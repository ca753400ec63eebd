"""Buyers who try a refused claim again with other people or elsewhere, and those paid back twice for one order.

Two questions to each buyer: how many refusals were tried again with another agent or through another channel, and how
many of the orders paid back were paid back beyond their price. Each is a beta-binomial test against the other buyers;
the two e-values are averaged, since one buyer's ways are behind both.

Known weaknesses. Who is wrongly refused has every right to ask again: how often people do is counted among the others,
and where a shop errs with one kind of goods its buyers look stubborn. A payment that failed and was made again may
stand as two. Claims tried again by another account are not seen. It proves little alone and has a small voice.
References: Griffiths 1973 (Biometrics 29).
"""

import math
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import SUPPORT, Detector, Rows
from floorwalker.detectors.refunds.claims import CLAIM_LINES, Claims, read_claims
from floorwalker.detectors.refunds.retries import Doubles, Retries, find_doubles, find_retries
from floorwalker.detectors.refunds.visits import CAME_BACK
from floorwalker.graph.slots import Floats, Longs
from floorwalker.stats.combine import average_e, p_to_e
from floorwalker.stats.peers import PeerTest, beta_binomial
from floorwalker.stats.tail import EXACT

EXPLAIN = {
    "client": "{said} A chance of {chance}.",
    "tried": (
        "{again} of {refused} were tried again with somebody else or elsewhere within a month, {won} of these with "
        "success, where of other buyers {expected} would be."
    ),
    "twice": (
        "{twice} of {orders} paid back were paid back beyond the price, {money} for {price}, where of other buyers "
        "{expected} would be."
    ),
}
TRUST = math.log(1e6)
WORTH_WORDS = math.log(0.001)
RIGHTED = math.log(0.3)
MACHINE = math.log(0.1)
WRONGED = Counter("Who was wrongly refused has every right to ask again.", 0.0)


def measure(rows: Rows) -> Measured:
    """One test of what was tried again and one of what was paid twice, for each buyer who had the occasion."""
    claims = read_claims(rows, CLAIM_LINES)
    retries, doubles = find_retries(claims), find_doubles(claims)
    size = len(claims.buyer_ids)
    refused = np.bincount(claims.buyer[retries.refused], minlength=size)
    again = np.bincount(claims.buyer[retries.refused[retries.after >= 0]], minlength=size)
    orders = np.bincount(doubles.buyer, minlength=size)
    twice = np.bincount(doubles.buyer[doubles.twice], minlength=size)
    buyers = np.flatnonzero((refused > 0) | (orders > 0))
    tests = [
        beta_binomial(seen[buyers], asked[buyers], tie=EXACT, bulk=0.9)
        for seen, asked in ((again, refused), (twice, orders))
    ]
    log_e = average_e(np.stack([p_to_e(test.log_p) for test in tests], axis=1))
    log_p = np.minimum(np.minimum(tests[0].log_p, tests[1].log_p) + math.log(2), 0.0)
    back = rows("claims_came_back", by=("refund_id",))["refund_id"].combine_chunks()
    told = {
        int(k): _finding(claims, int(buyers[k]), retries, doubles, tests, int(k), float(log_p[k]), back)
        for k in np.flatnonzero(log_p <= WORTH_WORDS)
    }
    effect: Floats = (again + twice)[buyers].astype(np.float64)
    names = claims.buyer_ids.take(pa.array(buyers))
    return Measured(assess("account", "client", names, log_p, effect=effect, log_e=log_e, trust=TRUST, findings=told))


def _finding(
    claims: Claims,
    buyer: int,
    retries: Retries,
    doubles: Doubles,
    tests: list[PeerTest],
    k: int,
    log_p: float,
    back: pa.Array,
) -> Finding:
    mine = claims.buyer[retries.refused] == buyer
    refused, after = retries.refused[mine], retries.after[mine]
    tried = after[after >= 0]
    orders = np.flatnonzero(doubles.buyer == buyer)
    twice = orders[doubles.twice[orders]]
    paid = [doubles.rows[doubles.ptr[order] : doubles.ptr[order + 1]] for order in twice]
    said = []
    if len(tried):
        words = {
            "again": len(tried),
            "refused": counted(len(refused), "refused claim"),
            "won": int(claims.approved[tried].sum()),
            "expected": _figure(tests[0], k),
        }
        said.append(EXPLAIN["tried"].format(**words))
    if len(twice):
        words = {
            "twice": len(twice),
            "orders": counted(len(orders), "order"),
            "money": significant(float(doubles.back[twice].sum()), 4),
            "price": significant(float(doubles.paid[twice].sum()), 4),
            "expected": _figure(tests[1], k),
        }
        said.append(EXPLAIN["twice"].format(**words))
    sentence = EXPLAIN["client"].format(said=" ".join(said), chance=one_in(log_p))
    cited = claims.cited(np.unique(np.concatenate([refused[after >= 0], tried, *paid])))
    return Finding(sentence, cited, _against(claims, tried, back, doubles, twice))


def _figure(test: PeerTest, k: int) -> str:
    return significant(float(np.nan_to_num(test.expected[k])))


def _against(claims: Claims, tried: Longs, back: pa.Array, doubles: Doubles, twice: Longs) -> list[Counter]:
    """Goods that came back after the second yes speak for a mistaken refusal; payments at once for a machine."""
    against = [WRONGED]
    won = tried[claims.approved[tried]]
    returned = int(pc.sum(pc.is_in(claims.rows["refund_id"].take(pa.array(won)), back)).as_py() or 0)
    if returned:
        approvals = counted(len(won), "later approval")
        text = f"After {returned} of {approvals} the goods came back: the refusal may have been wrong."
        against.append(Counter(text, RIGHTED * min(returned, 3)))
    at_once = int(doubles.at_once[twice].sum())
    if at_once:
        text = f"{counted(at_once, 'order')} paid twice within an hour: a payment may have been made again by machine."
        against.append(Counter(text, MACHINE))
    return against


def _example(stubborn: bool) -> dict[str, str]:
    """Three hundred buyers with two refusals each, one in eight tried again; and one who always does."""
    start, rng = datetime(2025, 1, 1, 9), np.random.default_rng(2)
    orders = ["order_id,buyer_id,product_id,placed_at,amount,currency,quantity"]
    refunds = ["refund_id,order_id,buyer_id,amount,currency,requested_at,decided_at,outcome,staff_id,channel"]
    for k in range(608):
        buyer, busy = (f"b{k // 2}", False) if k < 600 else ("c", stubborn)
        at = start + timedelta(days=int(rng.integers(0, 150)), hours=int(rng.integers(0, 9)))
        orders.append(f"o{k},{buyer},p{k},{at - timedelta(days=9):%Y-%m-%dT%H:%M:%S}Z,80.00,EUR,1")
        tries = 3 if busy else 1 + int(rng.random() < 0.12)
        for n in range(tries):
            asked = at + timedelta(days=2 * n)
            decided = asked + timedelta(hours=1)
            outcome = "approved" if n == 2 else "denied"
            refunds.append(
                f"f{k}_{n},o{k},{buyer},80.00,EUR,{asked:%Y-%m-%dT%H:%M:%S}Z,{decided:%Y-%m-%dT%H:%M:%S}Z,"
                f"{outcome},agent{(k + n) % 9},{('chat', 'phone', 'email')[n]}"
            )
    return {"orders": "\n".join(orders) + "\n", "refunds": "\n".join(refunds) + "\n"}


RETRIED = Detector(
    name="refunds.retried",
    family="refunds",
    scheme="refund_abuse",
    question="Which buyers try refused claims elsewhere until somebody says yes, or are paid back twice?",
    null=(
        "A buyer tries refused claims again elsewhere, and is paid back beyond an order's price, at rates drawn from "
        "the other buyers' beta distributions, fitted without this buyer."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "who is wrongly refused has every right to ask again",
        "a payment that failed and was made again may stand as two",
        "claims that another account tries again are not seen",
    ),
    needs={"refunds": ("refund_id", "order_id", "buyer_id", "amount", "requested_at", "outcome")},
    steps=(CLAIM_LINES, CAME_BACK),
    measure=measure,
    fires=_example(stubborn=True),
    stays_quiet=_example(stubborn=False),
    weight=SUPPORT,
)
