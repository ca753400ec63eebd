"""The desk that settles claims in `benchmarks.planted_refunds`: reasons, staff, decisions, parcels that come back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

LOST, UNSENT = "Item not received", "Cancelled before dispatch"
REASONS = {
    "Arrived damaged": 0.24,
    "Wrong item sent": 0.14,
    "Faulty": 0.12,
    "Not as described": 0.11,
    "No longer wanted": 0.21,
    "Items missing": 0.1,
    LOST: 0.08,
}
BEFORE = {UNSENT: 0.9, "No longer wanted": 0.1}
LONG_AFTER = {"Faulty": 0.45, "No longer wanted": 0.35, "Not as described": 0.2}
SOON = 30
"""What is said before it came, and more than so many days after."""
SENT_BACK = {
    "Arrived damaged": 0.4,
    "Wrong item sent": 0.8,
    "Faulty": 0.6,
    "Not as described": 0.9,
    "No longer wanted": 1,
}
"""How many are asked to send the goods back; the others keep them."""
MISHAP = 0.015
CARRIERS, DEPOT = ("Northline", "Parcelroad", "Royal Post"), "NN4 7YB"
CHANNELS, CHANNEL = ("self_service", "chat", "phone", "email"), (0.4, 0.25, 0.15, 0.2)
OUTCOMES, OUTCOME = ("approved", "denied", "pending"), (0.94, 0.04, 0.02)
SHIFTS = {"early": 12, "late": 10, "weekend": 5}
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class Claim:
    """Money asked back for one order.

    contact: what was asked for together, of one person at the desk. asked: datetime64[s]. grams: what should come back.
    parcel: `none` (nothing comes back), `kept` (they may keep it), `sound`, or `light` (not what was sent out).
    """

    order_id: str
    buyer_id: str
    amount: Any
    asked: np.datetime64
    contact: str
    reason: str
    text: str | None
    grams: float
    parcel: str


def reason_of(days: float, chance: np.random.Generator) -> str:
    """What honest people say so many days after it came."""
    shares = BEFORE if days < 0 else LONG_AFTER if days > SOON else REASONS
    return str(chance.choice(list(shares), p=list(shares.values())))


def parcel_of(reason: str, chance: np.random.Generator) -> str:
    """What honest people do with the goods."""
    if reason not in SENT_BACK:
        return "none"
    return "sound" if chance.random() < SENT_BACK[reason] else "kept"


def roster() -> pa.Table:
    """The staff; each works one shift."""
    teams = [team for team, size in SHIFTS.items() for _ in range(size)]
    return pa.table({"staff_id": [f"agent-{k:02}" for k in range(len(teams))], "team": teams})


def settled(claims: list[Claim], chance: np.random.Generator) -> tuple[pa.Table, pa.Table]:
    """The refunds and the returns.

    A contact falls to somebody on shift at the hour in which it is decided; what it sends back comes in one parcel.
    """
    refunds, returns = [], []
    decisions: dict[str, dict[str, Any]] = {}
    parcels: dict[str, dict[str, Any]] = {}
    for k, claim in enumerate(claims):
        back = None
        if claim.parcel in ("sound", "light"):
            parcel = parcels.setdefault(claim.contact, _parcel(claim.asked, chance))
            back = {"return_id": f"return-{k:05}", "refund_id": f"refund-{k:05}", **parcel, **_weighed(claim, chance)}
        if claim.contact not in decisions:
            begin = claim.asked if back is None else np.datetime64(back["scanned_at"], "s")
            decisions[claim.contact] = _decision(begin, chance)
        own = {"refund_id": f"refund-{k:05}", "order_id": claim.order_id, "buyer_id": claim.buyer_id}
        said = {"amount": claim.amount, "currency": "GBP", "reason": claim.reason, "claim_text": claim.text}
        waived = {"kept": True, "none": None}.get(claim.parcel, False)
        known = {"requested_at": claim.asked.item(), "return_waived": waived}
        refunds.append({**own, **said, **known, **decisions[claim.contact]})
        if back is not None:
            returns.append(back)
    return pa.Table.from_pylist(refunds), pa.Table.from_pylist(returns)


def _decision(begin: np.datetime64, chance: np.random.Generator) -> dict[str, Any]:
    outcome = str(chance.choice(OUTCOMES, p=OUTCOME))
    at = moved(begin, chance.lognormal(np.log(9), 0.8) * HOUR)
    channel = str(chance.choice(CHANNELS, p=CHANNEL))
    if outcome == "pending":
        return {"outcome": outcome, "channel": channel, "decided_at": None, "staff_id": None}
    moment = at.item()
    shift = "weekend" if moment.weekday() > 4 else "early" if moment.hour < 14 else "late"
    first = {"early": 0, "late": SHIFTS["early"], "weekend": SHIFTS["early"] + SHIFTS["late"]}[shift]
    agent = f"agent-{first + chance.integers(SHIFTS[shift]):02}"
    return {"outcome": outcome, "channel": channel, "decided_at": moment, "staff_id": agent}


def _parcel(asked: np.datetime64, chance: np.random.Generator) -> dict[str, Any]:
    return {
        "carrier": str(chance.choice(CARRIERS)),
        "tracking_number": f"{chance.integers(10**11, 10**12)}",
        "expected_postcode": DEPOT,
        "scanned_postcode": DEPOT,
        "scanned_at": moved(asked, chance.uniform(2, 12) * DAY).item(),
    }


def _weighed(claim: Claim, chance: np.random.Generator) -> dict[str, Any]:
    """What of one claim was in the parcel; in a light one next to nothing."""
    odd = chance.random() < MISHAP
    share = chance.uniform(0.4, 0.9) if odd else chance.normal(1, 0.02)
    scanned, seen = share * claim.grams, "wrong_item" if odd else "ok"
    if claim.parcel == "light":
        scanned, seen = chance.uniform(30, 250), str(chance.choice(["none", "empty", "wrong_item"]))
    return {"expected_weight_g": round(claim.grams), "scanned_weight_g": round(scanned), "inspection": seen}


def moved(moment: np.datetime64, seconds: float) -> np.datetime64:
    """So many seconds later."""
    return moment + np.timedelta64(int(seconds), "s")
