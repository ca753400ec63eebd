"""Small desks for appeals: sellers are suspended, appeal, and appeal again; agents on shifts decide as they do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

START = datetime(2024, 1, 1)
POLICIES = ("documents", "late_shipment", "review_manipulation", "fraud")
PATIENCE = (6.0, 10.0, 12.0, 20.0)
"""Days until a seller appeals, usually, by policy."""


@dataclass
class Agent:
    """takes: the share of tickets taken by hand; speed: times the usual hours; lenient: the share granted."""

    takes: float = 0.05
    speed: float = 1.0
    lenient: float = 0.6


@dataclass(frozen=True)
class Decision:
    """What an agent decided on a seller. Hours since the start of the data."""

    seller: str
    agent: int
    opened: float
    decided: float
    granted: bool
    taken: bool
    ticket: bool = True


@dataclass
class Desk:
    """Appeals, which fall to those at work: `route` says to whom, and what is second."""

    rng: np.random.Generator
    agents: list[Agent]
    measures: list[tuple[str, float, str, float | None]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    other: int = 12
    second: Callable[["Desk", float], int | None] = lambda desk, hour: None
    quick_second: bool = False

    def router(self, hour: float) -> int:
        night = self.rng.random() < 0.15
        few = max(len(self.agents) // 10, 2)
        return int(self.rng.integers(0, few)) if night else int(self.rng.integers(few, len(self.agents)))

    def decide(self, seller: str, agent: int, opened: float, granted: bool | None = None, **how: float) -> Decision:
        who, rng = self.agents[agent], self.rng
        hours = how.get("hours", float(np.clip(rng.lognormal(3.2, 0.6) * who.speed, 0.2, 120)))
        taken = rng.random() < how.get("takes", who.takes)
        yes = rng.random() < who.lenient if granted is None else granted
        one = Decision(seller, agent, opened, opened + hours, yes, taken)
        self.decisions.append(one)
        return one

    def suspend(self, seller: str, hour: float, policy: int | None = None) -> float:
        policy = int(self.rng.integers(0, 4)) if policy is None else policy
        self.measures.append((seller, hour, POLICIES[policy], None))
        return float(self.rng.exponential(24 * PATIENCE[policy])) + 12

    def appeal(self, seller: str, hour: float, policy: int | None = None, agent: int | None = None) -> None:
        """One suspension and what comes of it."""
        opened = hour + self.suspend(seller, hour, policy)
        first = self.decide(seller, self.router(opened) if agent is None else agent, opened)
        if not first.granted and self.rng.random() < 0.5:
            again = first.decided + float(self.rng.exponential(72)) + 1
            upstairs = self.second(self, again)
            if upstairs is not None:
                self.decide(seller, upstairs, again, hours=0.7 if self.quick_second else 20.0, takes=1.0)
            else:
                self.decide(seller, self.router(again), again)

    def favour(self, seller: str, agent: int, hour: float, denied: bool = True, hours: float = 0.6) -> None:
        """Suspended, denied by a colleague a day later, and brought back by the agent the day after that."""
        self.suspend(seller, hour, 2)
        if denied:
            colleague = (agent + 1 + int(self.rng.integers(0, len(self.agents) - 1))) % len(self.agents)
            self.decide(seller, colleague, hour + 10, granted=False, hours=14.0, takes=0.0)
        self.decide(seller, agent, hour + 24 + float(self.rng.uniform(8, 40)), granted=True, hours=hours, takes=1.0)

    def tables(self) -> dict[str, pa.Table]:
        def at(hour: float) -> datetime:
            return START + timedelta(seconds=round(3600 * hour))

        made = sorted(self.decisions, key=lambda d: (d.decided, d.seller))
        named = [(f"{n}", d) for n, d in enumerate(made)]
        extra = [(a, n) for a in range(len(self.agents)) for n in range(self.other)]
        by_self = [bool(self.rng.random() < self.agents[a].takes) for a, _ in extra]
        held = [(n, d) for n, d in named if d.ticket]
        return {
            "staff_actions": pa.table(
                {
                    "action_id": [f"a{n}" for n, _ in named],
                    "staff_id": [f"agent{d.agent}" for _, d in named],
                    "at": [at(d.decided) for _, d in named],
                    "action": ["reinstate_seller" if d.granted else "deny_appeal" for _, d in named],
                    "object_kind": ["seller"] * len(named),
                    "object_id": [d.seller for _, d in named],
                    "ticket_id": pa.array([f"t{n}" if d.ticket else None for n, d in named], pa.string()),
                }
            ),
            "tickets": pa.table(
                {
                    "ticket_id": [f"t{n}" for n, _ in held] + [f"x{a}_{n}" for a, n in extra],
                    "opened_at": [at(d.opened) for _, d in held] + [at(700.0 * n + a) for a, n in extra],
                    "kind": ["seller_appeal"] * len(held) + ["refund"] * len(extra),
                    "subject_kind": ["account"] * len(held) + ["refund"] * len(extra),
                    "subject_id": [d.seller for _, d in held] + [f"f{a}_{n}" for a, n in extra],
                    "assigned_to": [f"agent{d.agent}" for _, d in held] + [f"agent{a}" for a, _ in extra],
                    "assigned_by": ["self" if d.taken else "router" for _, d in held]
                    + ["self" if taken else "router" for taken in by_self],
                    "closed_at": [at(d.decided) for _, d in held] + [at(700.0 * n + a + 5) for a, n in extra],
                }
            ),
            "enforcements": pa.table(
                {
                    "enforcement_id": [f"e{n}" for n in range(len(self.measures))],
                    "subject_kind": ["account"] * len(self.measures),
                    "subject_id": [m[0] for m in self.measures],
                    "measure": ["suspend"] * len(self.measures),
                    "at": [at(m[1]) for m in self.measures],
                    "policy": [m[2] for m in self.measures],
                }
            ),
        }


def appeal_desk(seed: int, agents: int = 36, appeals: int = 170, days: int = 600, **how: object) -> Desk:
    """Agents of unlike habits; each appeal falls to somebody on the shift."""
    rng = np.random.default_rng(seed)
    people = [
        Agent(float(rng.beta(0.6, 8)), float(rng.lognormal(0, 0.3)), float(rng.beta(6, 4))) for _ in range(agents)
    ]
    desk = Desk(rng, people, **how)  # type: ignore[arg-type]
    for k in range(appeals):
        desk.appeal(f"s{k}", float(rng.uniform(0, 24 * days)))
    return desk


def bribe(desk: Desk, agent: int, favours: int = 6, days: int = 600, denied: float = 0.7, first: int = 60) -> None:
    """An agent with ordinary work between favours."""
    for k in range(favours):
        hour = 24.0 * (first + k * (days - 2 * first) / favours + float(desk.rng.uniform(0, 20)))
        desk.favour(f"client{agent}_{k}", agent, hour, denied=bool(desk.rng.random() < denied))
    for k in range(6):
        desk.appeal(f"own{agent}_{k}", float(desk.rng.uniform(0, 24 * days)), agent=agent)
