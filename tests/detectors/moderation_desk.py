"""Small moderation desks: reports that fall to whoever is at work, sweeps, and people who do otherwise."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

START = datetime(2025, 1, 1)
SHIFTS = ((0, 24), (24, 44), (44, 47))
"""Agents by number, of the day, the evening, and the thinly staffed night."""
SELLERS = 150


@dataclass(frozen=True)
class Decision:
    """One review and what became of it. day: of the act; wait: days from posting to the act.

    chosen: who gave the ticket to the agent, none where there was no ticket.
    """

    seller: int
    day: float
    agent: int
    stars: int = 1
    wait: float = 6.0
    removed: bool = True
    chosen: str | None = "router"
    reason: str | None = None
    reported_to: int | None = None


@dataclass
class Desk:
    """Decisions, which fall to those at work."""

    rng: np.random.Generator
    decisions: list[Decision] = field(default_factory=list)

    def moment(self, day: float, shift: int) -> float:
        return int(day) + (8 * shift + 7.7 * float(self.rng.random())) / 24

    def on_duty(self, shift: int) -> int:
        return int(self.rng.integers(*SHIFTS[shift]))

    def shift(self) -> int:
        return int(self.rng.choice(3, p=(0.5, 0.38, 0.12)))

    def ordinary(self, day: float, seller: int | None = None, taken: float = 0.08) -> Decision:
        """What anybody's decision looks like: mostly a report by the router, sometimes a ticket taken, or a sweep."""
        rng, shift = self.rng, self.shift()
        seller = int(SELLERS * rng.random() ** 1.6) if seller is None else seller
        stars = int(rng.choice([1, 2, 3, 4, 5], p=(0.4, 0.22, 0.1, 0.08, 0.2)))
        made = Decision(seller, self.moment(day, shift), self.on_duty(shift), stars, float(rng.exponential(6)) + 0.2)
        if rng.random() < 0.14:
            stars = int(rng.choice([1, 3, 5], p=(0.5, 0.1, 0.4)))
            return replace(made, chosen=None, reason="word filter", stars=stars, wait=float(rng.exponential(2.5)) + 0.1)
        chosen = "self" if rng.random() < taken else "router"
        return replace(made, chosen=chosen, removed=bool(rng.random() < 0.4))

    def add(self, *decisions: Decision) -> None:
        self.decisions.extend(decisions)

    def tables(self) -> dict[str, pa.Table]:
        rows = sorted(enumerate(self.decisions), key=lambda pair: (pair[1].day, pair[0]))
        rows = [(f"{n}", decision) for n, (_, decision) in enumerate(rows)]
        at = [START + timedelta(days=d.day) for _, d in rows]
        filed = [
            (f"t{n}", f"r{n}", when - timedelta(minutes=40), f"agent{d.agent}", d.chosen)
            for (n, d), when in zip(rows, at, strict=True)
            if d.chosen
        ]
        filed += [
            (f"o{n}", f"r{n}", when - timedelta(hours=9), f"agent{d.reported_to}", "router")
            for (n, d), when in zip(rows, at, strict=True)
            if d.reported_to is not None
        ]
        return {
            "products": pa.table(
                {
                    "product_id": [f"p{k}" for k in range(SELLERS)],
                    "seller_id": [f"s{k}" for k in range(SELLERS)],
                    "category": [f"c{k % 9}" for k in range(SELLERS)],
                }
            ),
            "reviews": pa.table(
                {
                    "review_id": [f"r{n}" for n, _ in rows],
                    "product_id": [f"p{d.seller}" for _, d in rows],
                    "reviewer_id": [f"b{n}" for n, _ in rows],
                    "rating": [d.stars for _, d in rows],
                    "posted_at": [when - timedelta(days=d.wait) for (_, d), when in zip(rows, at, strict=True)],
                    "removed_at": pa.array(
                        [when if d.removed else None for (_, d), when in zip(rows, at, strict=True)], pa.timestamp("us")
                    ),
                }
            ),
            "tickets": pa.table(
                {
                    "ticket_id": [name for name, *_ in filed],
                    "opened_at": [when for _, _, when, *_ in filed],
                    "closed_at": [when + timedelta(hours=1) for _, _, when, *_ in filed],
                    "kind": ["review_report"] * len(filed),
                    "subject_kind": ["review"] * len(filed),
                    "subject_id": [review for _, review, *_ in filed],
                    "assigned_to": [who for *_, who, _ in filed],
                    "assigned_by": [chosen for *_, chosen in filed],
                }
            ),
            "staff_actions": pa.table(
                {
                    "action_id": [f"a{n}" for n, _ in rows],
                    "staff_id": [f"agent{d.agent}" for _, d in rows],
                    "at": at,
                    "action": ["delete_review" if d.removed else "keep_review" for _, d in rows],
                    "object_kind": ["review"] * len(rows),
                    "object_id": [f"r{n}" for n, _ in rows],
                    "ticket_id": pa.array([f"t{n}" if d.chosen else None for n, d in rows], pa.string()),
                    "reason": pa.array([d.reason for _, d in rows], pa.string()),
                }
            ),
        }


def honest_desk(seed: int, decisions: int = 2400, days: int = 400, taken: float = 0.08) -> Desk:
    """Reports and sweeps of sellers of unlike size; each falls to somebody on the shift."""
    desk = Desk(np.random.default_rng(seed))
    for day in desk.rng.integers(0, days, decisions):
        desk.add(desk.ordinary(float(day), taken=taken))
    return desk
