"""Small customer-service floors: tickets about orders that fall to agents, looks that go with them, and others."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

START = datetime(2025, 1, 1)
DAYS = 280
OFFICE, HOME, ABROAD = "office", "home", "abroad"


@dataclass
class Floor:
    """Orders, tickets, acts, reviews and messages as rows. bare: the share of work for which no ticket is kept."""

    rng: np.random.Generator
    bare: float
    agents: int
    bought: list[tuple[str, str, float]] = field(default_factory=list)
    tickets: list[dict[str, object]] = field(default_factory=list)
    acts: list[dict[str, object]] = field(default_factory=list)
    reviews: list[tuple[str, str, int, float]] = field(default_factory=list)
    messages: list[tuple[str, str, float]] = field(default_factory=list)

    def act(self, agent: int, day: float, action: str, kind: str, name: str, ticket: str | None = None) -> None:
        place = {"device": f"pc{agent}", "ip": f"{OFFICE}{agent}"}
        self.acts.append(
            {
                "staff_id": f"g{agent}",
                "at": START + timedelta(days=day),
                "action": action,
                "object_kind": kind,
                "object_id": name,
                "ticket_id": ticket,
                **place,
            }
        )

    def look(self, agent: int, buyer: str, day: float, ticket: str | None = None) -> None:
        self.act(agent, day, "view_customer", "account", buyer, ticket)

    def case(self, agent: int, order: int, day: float, by: str = "router", bare: float | None = None) -> None:
        """A ticket about an order and the look that goes with it; where it is bare, only the look is kept."""
        buyer = self.bought[order][0]
        if self.rng.random() < (self.bare if bare is None else bare):
            return self.look(agent, buyer, day)
        name = f"t{len(self.tickets)}"
        self.tickets.append(
            {
                "ticket_id": name,
                "opened_at": START + timedelta(days=day - 0.05),
                "kind": "order_question",
                "subject_kind": "order",
                "subject_id": f"o{order}",
                "assigned_to": f"g{agent}",
                "assigned_by": by,
                "closed_at": START + timedelta(days=day + 0.1),
            }
        )
        return self.look(agent, buyer, day, name)

    def orders_of(self, seller: str) -> list[int]:
        return [k for k, row in enumerate(self.bought) if row[1] == seller]

    def leak(self, agent: int, seller: str, looks: int, weeks: float, start: float = 120.0) -> list[str]:
        """Looks at customers who had bought from the seller before, spread over the weeks. Returns the buyers."""
        out = []
        for day in np.sort(self.rng.uniform(start, start + 7 * weeks, looks)):
            known = [k for k in self.orders_of(seller) if self.bought[k][2] < day]
            out.append(self.bought[known[int(self.rng.integers(0, len(known)))]][0])
            self.look(agent, out[-1], float(day))
        return out

    def tables(self) -> dict[str, pa.Table]:
        def at(day: float) -> datetime:
            return START + timedelta(days=day)

        acts = [{"action_id": f"a{k}", **row} for k, row in enumerate(self.acts)]
        found = {
            "orders": [
                {"order_id": f"o{k}", "buyer_id": b, "product_id": f"p{s}", "seller_id": s, "placed_at": at(d)}
                for k, (b, s, d) in enumerate(self.bought)
            ],
            "products": [{"product_id": f"p{s}", "seller_id": s} for s in sorted({row[1] for row in self.bought})],
            "staff": [
                {"staff_id": f"g{k}", "team": "support", "role": "agent", "site": f"site{k % 2}"}
                for k in range(self.agents)
            ],
            "tickets": self.tickets,
            "staff_actions": acts,
            "reviews": [
                {"review_id": f"r{k}", "product_id": f"p{s}", "reviewer_id": b, "rating": stars, "posted_at": at(d)}
                for k, (b, s, stars, d) in enumerate(self.reviews)
            ],
            "messages": [
                {"message_id": f"m{k}", "sender_id": s, "recipient_id": b, "sent_at": at(d), "body": "hello"}
                for k, (s, b, d) in enumerate(self.messages)
            ],
        }
        return {name: pa.Table.from_pylist(rows) for name, rows in found.items() if rows}


def honest_floor(seed: int, bare: float = 0.03, agents: int = 40, orders: int = 9000, cases: int = 6000) -> Floor:
    """Sellers and buyers of unlike size; tickets fall to anybody; s0 is large, and s3's customers complain most."""
    rng = np.random.default_rng(seed)
    floor = Floor(rng, bare, agents)
    size = 1 / (np.arange(150) + 4.0)
    activity = rng.pareto(1.6, 2500) + 0.2
    sellers = rng.choice(150, orders, p=size / size.sum())
    buyers = rng.choice(2500, orders, p=activity / activity.sum())
    days = rng.uniform(0, DAYS - 20, orders)
    floor.bought = [(f"b{b}", f"s{s}", float(d)) for b, s, d in zip(buyers, sellers, days, strict=True)]
    trouble = np.where(sellers == 3, 5.0, 1.0)
    for order in rng.choice(orders, cases, p=trouble / trouble.sum()):
        floor.case(int(rng.integers(0, agents)), int(order), floor.bought[order][2] + float(rng.uniform(0.1, 15)))
    for order in rng.choice(orders, orders // 8, replace=False):
        buyer, seller, day = floor.bought[order]
        stars = int(rng.choice([1, 2, 3, 4, 5], p=(0.08, 0.05, 0.1, 0.27, 0.5)))
        floor.reviews.append((buyer, seller, stars, day + 8))
        floor.messages.append((seller, buyer, day + float(rng.uniform(0, 10))))
    return floor
