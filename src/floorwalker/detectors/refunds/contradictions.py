"""Buyers whose claims are contradicted by carriers, scales and clocks, again and again.

Known weaknesses. A patient buyer whose claims are few and whose parcels are not weighed or inspected cannot be told
from an unlucky one. Where everybody's returns go unscanned, or a whole shop's weights are wrong, the signs say nothing,
and are not believed. A household whose parcels are stolen at the door looks like one that claims falsely.
References: e-values as likelihood ratios and their products, Vovk & Wang, Ann. Statist. 49 (2021); bad luck that
follows people, Skellam 1948, JRSS B 10.
"""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, significant
from floorwalker.detectors.measured import MOST_EVIDENCE, Counter, Finding, Measured, assess
from floorwalker.detectors.record import Detector, Rows
from floorwalker.detectors.refunds.abuse_evidence import weigh
from floorwalker.detectors.refunds.claims import CLAIM_LINES, CLAIMS, PARCELS, Claims, read_claims
from floorwalker.detectors.refunds.contradicted import Sign, claim_signs, surroundings
from floorwalker.detectors.refunds.delivery_signs import CLAIM_MARKS, USUAL_WEIGHT, delivery_signs
from floorwalker.detectors.refunds.habits import LEAST_CLAIMS, log_e_of_many, log_e_of_value, log_e_of_waits
from floorwalker.detectors.refunds.parcel_tests import PARCEL_MARKS, Parcels, read_parcels
from floorwalker.detectors.refunds.return_signs import return_signs
from floorwalker.detectors.refunds.spending import SPENDING
from floorwalker.graph.slots import Floats
from floorwalker.stats.combine import e_to_p

WORTH_WORDS = np.log(20.0)
EXPLAIN = {"client": "Of {claims} {signs}. That is {odds} times likelier from a buyer who abuses refunds."}
UNLUCKY = Counter(
    "Parcels are stolen at doors, left with neighbours, and packed wrongly, some people's repeatedly.", 0.0
)


def measure(rows: Rows) -> Measured:
    """The product over signs of likelihood ratios, for each buyer with three claims or more."""
    claims = read_claims(rows)
    many = np.bincount(claims.buyer, minlength=len(claims.buyer_ids)) >= LEAST_CLAIMS
    codes = np.flatnonzero(many)
    if not len(codes):
        return Measured(assess("account", "client", pa.array([], pa.string()), np.zeros(0), effect=np.zeros(0)))
    parcels = read_parcels(rows, claims)
    around = surroundings(claims)
    found = [
        *claim_signs(claims, around),
        *return_signs(claims, parcels, around),
        *delivery_signs(rows, claims, around),
    ]
    found = [sign for sign in found if sign.asked.any()]
    given = log_e_of_many(rows, claims.buyer_ids) + log_e_of_value(rows, claims) + log_e_of_waits(claims)
    log_e, chances = weigh(found, claims.buyer, given, many)
    asked = list(zip(found, chances, strict=True))
    log_e = log_e[codes]
    findings = {
        int(k): _finding(claims, parcels, asked, int(codes[k]), float(log_e[k]))
        for k in np.flatnonzero(log_e >= WORTH_WORDS)
    }
    ids = claims.buyer_ids.take(pa.array(codes))
    surprise, effect = np.maximum(log_e, 0.0), np.exp(np.minimum(log_e, MOST_EVIDENCE))
    return Measured(
        assess(
            "account",
            "client",
            ids,
            e_to_p(log_e),
            log_e=log_e,
            surprise=surprise,
            effect=effect,
            trust=MOST_EVIDENCE,
            findings=findings,
        )
    )


def _finding(claims: Claims, parcels: Parcels, asked: list[tuple[Sign, Floats]], buyer: int, log_e: float) -> Finding:
    mine = np.flatnonzero(claims.buyer == buyer)
    said, cited, against = [], set(), []
    for sign, chance in asked:
        here = mine[sign.asked[mine]]
        shown = here[sign.shown[here]]
        if len(shown) > 1.2 * chance[here].sum() and len(shown):
            expected = significant(float(chance[here].sum()))
            said.append(sign.said.format(shown=len(shown), asked=len(here), expected=expected))
            cited.update(shown.tolist())
        elif sign.name == "false_return" and len(here) > len(shown):
            against.append(Counter(f"{counted(len(here) - len(shown), 'return')} came back in order.", 0.0))
    rows = np.array(sorted(cited or mine), dtype=np.int64)
    back = parcels.ids.take(pa.array(np.flatnonzero(np.isin(parcels.claim, rows)))).to_pylist()
    evidence = [*claims.cited(rows), *(("returns", name) for name in back)]
    words = {
        "claims": counted(len(mine), "claim"),
        "signs": "; ".join(said) or "are more than others make on such orders",
        "odds": significant(float(np.exp(min(log_e, MOST_EVIDENCE)))),
    }
    return Finding(EXPLAIN["client"].format(**words), evidence, [*against, UNLUCKY])


def _example(false: bool) -> dict[str, str]:
    """Three hundred honest buyers; one whose returns hold nothing, and whose parcels never come."""
    start, rng = datetime(2025, 1, 1, 8), np.random.default_rng(4)
    orders = ["order_id,buyer_id,product_id,placed_at,delivered_at,amount,currency,ship_postcode"]
    refunds = ["refund_id,order_id,buyer_id,amount,currency,requested_at,reason,outcome,decided_at,return_waived"]
    returns = ["return_id,refund_id,carrier,tracking_number,expected_weight_g,scanned_weight_g,scanned_at,inspection"]
    reasons = ("changed_mind", "damaged", "defective", "not_as_described", "not_received")
    for k in range(3000):
        who = k % 301
        placed = start + timedelta(hours=int(rng.integers(0, 8000)))
        came = placed + timedelta(days=3)
        asked = came + timedelta(hours=int(rng.integers(40, 400)))
        bad = false and who == 7
        reason = reasons[int(rng.choice(5, p=(0.45, 0.2, 0.15, 0.15, 0.05)))]
        reason = ("not_received", "damaged")[k % 2] if bad else reason
        orders.append(
            f"o{k},b{who},p{k % 90},{placed.isoformat()}Z,{came.isoformat()}Z,{20 + k % 90},EUR,{10000 + who}"
        )
        if not bad and rng.random() > 0.25:
            continue
        waived = reason == "not_received"
        refunds.append(
            f"f{k},o{k},b{who},{20 + k % 90},EUR,{asked.isoformat()}Z,{reason},approved,"
            f"{(asked + timedelta(hours=1)).isoformat()}Z,{str(waived).lower()}"
        )
        if not waived:
            weight = 30 if bad else round(500 * (1 + 0.02 * rng.standard_normal()))
            held = "empty" if bad else "ok"
            scanned = (asked + timedelta(days=5)).isoformat()
            returns.append(f"t{k},f{k},post,T{k},500,{weight},{scanned}Z,{held}")
    texts = {"orders": orders, "refunds": refunds, "returns": returns}
    return {name: "\n".join(lines) + "\n" for name, lines in texts.items()}


CONTRADICTIONS = Detector(
    name="refunds.contradictions",
    family="refunds",
    scheme="refund_abuse",
    question="Which buyers' claims are contradicted by carriers, scales and clocks, again and again?",
    null=(
        "Each claim shows each sign with the chance that other people's claims show it, the highest among all claims "
        "and those on the product, to the address, of the category and price, by the carrier, or from the postcode "
        "area in those weeks; a buyer who showed it before is likelier to show it again, as mishaps follow people; "
        "how many claims one makes is drawn from the gamma distribution of the others, which orders they are about "
        "from the buyer's own by what the like are claimed, and how long one waits from others' waits."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "few claims, whose parcels nobody weighed or inspected, prove nothing",
        "parcels stolen at one door again and again look like false claims",
        "a sign that most claims of a shop show is not believed, even where it is meant",
    ),
    needs={
        "refunds": ("refund_id", "order_id", "buyer_id", "requested_at", "reason"),
        "orders": ("order_id", "buyer_id", "placed_at", "delivered_at"),
    },
    steps=(CLAIM_LINES, CLAIMS, PARCELS, PARCEL_MARKS, USUAL_WEIGHT, CLAIM_MARKS, *SPENDING),
    measure=measure,
    fires=_example(false=True),
    stays_quiet=_example(false=False),
)
