"""Small refund desks: agents on shifts, claims that fall to whoever is at work, and people who do otherwise."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

START = datetime(2025, 1, 1)
SHIFTS = ((0, 24), (24, 44), (44, 47))
"""Agents by number, of the day, the evening, and the thinly staffed night."""


@dataclass(frozen=True)
class Claim:
    """One claim and how it was dealt with. hour: of the day; minutes: until the decision."""

    buyer: str
    day: int
    agent: int
    hour: float = 12.0
    minutes: float = 20.0
    amount: float = 40.0
    seller: str = "s0"
    reason: str = "damaged"
    outcome: str = "approved"
    chosen: str = "router"
    ticket: bool = True
    came_back: bool = True
    order: str = ""
    channel: str = "chat"


@dataclass
class Desk:
    """Claims, which fall to those at work."""

    rng: np.random.Generator
    claims: list[Claim] = field(default_factory=list)

    def shift_of(self, agent: int) -> int:
        return next(k for k, (low, high) in enumerate(SHIFTS) if low <= agent < high)

    def on_duty(self, shift: int) -> int:
        return int(self.rng.integers(*SHIFTS[shift]))

    def ordinary(self, buyer: str, day: int, shift: int | None = None) -> Claim:
        """What anybody's claim looks like."""
        rng = self.rng
        shift = int(rng.choice(3, p=(0.5, 0.38, 0.12))) if shift is None else shift
        reason = str(rng.choice(["damaged", "changed_mind", "not_received"], p=(0.4, 0.45, 0.15)))
        return Claim(
            buyer,
            day,
            self.on_duty(shift),
            hour=8 * shift + 7.7 * float(rng.random()),
            minutes=float(rng.lognormal(3, 0.6)),
            amount=round(float(rng.lognormal(3.5, 0.9)), 2),
            seller=f"s{int(rng.integers(0, 150))}",
            reason=reason,
            outcome="approved" if rng.random() < 0.87 else "denied",
            chosen="self" if rng.random() < 0.07 else "router",
            came_back=reason != "not_received" and rng.random() < 0.97,
        )

    def add(self, *claims: Claim) -> None:
        self.claims.extend(claims)

    def tables(self) -> dict[str, pa.Table]:
        rows = sorted(enumerate(self.claims), key=lambda pair: (pair[1].day, pair[1].hour, pair[0]))
        rows = [(f"{n}", claim) for n, (_, claim) in enumerate(rows)]
        asked = [START + timedelta(days=c.day, hours=c.hour) for _, c in rows]
        decided = [at + timedelta(minutes=c.minutes) for at, (_, c) in zip(asked, rows, strict=True)]
        back = [(n, at) for (n, c), at in zip(rows, decided, strict=True) if c.came_back and c.outcome == "approved"]
        return {
            "orders": pa.table(
                {
                    "order_id": [c.order or f"o{n}" for n, c in rows],
                    "buyer_id": [c.buyer for _, c in rows],
                    "product_id": [f"p{n}" for n, _ in rows],
                    "seller_id": [c.seller for _, c in rows],
                    "placed_at": [at - timedelta(days=10) for at in asked],
                    "amount": [c.amount for _, c in rows],
                    "currency": ["EUR"] * len(rows),
                }
            ),
            "refunds": pa.table(
                {
                    "refund_id": [f"f{n}" for n, _ in rows],
                    "order_id": [c.order or f"o{n}" for n, c in rows],
                    "buyer_id": [c.buyer for _, c in rows],
                    "amount": [c.amount for _, c in rows],
                    "currency": ["EUR"] * len(rows),
                    "requested_at": asked,
                    "decided_at": decided,
                    "reason": [c.reason for _, c in rows],
                    "outcome": [c.outcome for _, c in rows],
                    "staff_id": [f"agent{c.agent}" for _, c in rows],
                    "channel": [c.channel for _, c in rows],
                }
            ),
            "returns": pa.table(
                {
                    "return_id": [f"x{n}" for n, _ in back],
                    "refund_id": [f"f{n}" for n, _ in back],
                    "scanned_at": [at + timedelta(days=5) for _, at in back],
                }
            ),
            "tickets": pa.table(
                {
                    "ticket_id": [f"t{n}" for n, c in rows if c.ticket],
                    "opened_at": [at for at, (_, c) in zip(asked, rows, strict=True) if c.ticket],
                    "kind": ["recall" if c.reason == "recall" else "refund" for _, c in rows if c.ticket],
                    "subject_kind": ["refund" for _, c in rows if c.ticket],
                    "subject_id": [f"f{n}" for n, c in rows if c.ticket],
                    "assigned_to": [f"agent{c.agent}" for _, c in rows if c.ticket],
                    "assigned_by": [c.chosen for _, c in rows if c.ticket],
                }
            ),
            "staff_actions": pa.table(
                {
                    "action_id": [f"a{n}" for n, _ in rows],
                    "staff_id": [f"agent{c.agent}" for _, c in rows],
                    "at": decided,
                    "action": ["approve_refund" if c.outcome == "approved" else "deny_refund" for _, c in rows],
                    "object_kind": ["refund"] * len(rows),
                    "object_id": [f"f{n}" for n, _ in rows],
                    "ticket_id": pa.array([f"t{n}" if c.ticket else None for n, c in rows], pa.string()),
                }
            ),
        }


def honest_desk(seed: int, claims: int = 3500, days: int = 300) -> Desk:
    """Buyers of unlike activity; each claim falls to somebody on the shift."""
    desk = Desk(np.random.default_rng(seed))
    activity = desk.rng.pareto(2.0, 1800) + 0.2
    buyers = desk.rng.choice(1800, claims, p=activity / activity.sum())
    for buyer in buyers:
        desk.add(desk.ordinary(f"b{buyer}", int(desk.rng.integers(0, days))))
    return desk


def bribed(desk: Desk, agent: int, clients: int = 8, claims: int = 4, steady: float = 0.8) -> None:
    """Clients of an agent: dear goods of many sellers, for which nothing comes back."""
    shift = desk.shift_of(agent)
    for who in range(clients):
        for n in range(claims):
            day = 40 + 13 * who + 27 * n
            claim = desk.ordinary(f"client{who}", day, shift)
            mine = desk.rng.random() < steady
            desk.add(
                replace(
                    claim,
                    agent=agent if mine else claim.agent,
                    amount=220.0 + 7 * who,
                    reason="damaged",
                    outcome="approved",
                    came_back=False,
                    chosen="self" if mine and n % 2 else "router",
                )
            )
