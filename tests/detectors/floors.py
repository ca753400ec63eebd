"""Small floors of staff: who acts when, from which device and network, with a ticket or without."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

START = datetime(2025, 1, 6)
OFFICE = "198.51.100.7"
Place = tuple[str | None, str | None]
"""A device and an address."""


@dataclass
class Floor:
    """Acts of agents, each a look at a customer; those with a ticket are explained."""

    rng: np.random.Generator
    acts: list[tuple[str, float, Place, bool]] = field(default_factory=list)
    ends: dict[str, float] = field(default_factory=dict)

    def sit(self, who: str, day: float, place: Place, acts: int = 6, unexplained: float = 0.03, gap: float = 4) -> None:
        """One sitting that begins at a day (and its fraction), with so many acts, `gap` minutes apart."""
        for k in range(acts):
            self.acts.append((who, day + k * gap / 1440, place, bool(self.rng.random() >= unexplained)))

    def work(self, who: str, days: range, place: Place | None = None, unexplained: float = 0.03, acts: int = 6) -> None:
        """Sittings on every second day, at an hour of the agent's own."""
        hour = 8 + sum(map(ord, who)) % 9
        for day in days[::2]:
            at = day + (hour + 0.5 * self.rng.random()) / 24
            self.sit(who, at, place or (f"pc of {who}", OFFICE), acts, unexplained)

    def tables(self) -> dict[str, pa.Table]:
        rows = sorted(enumerate(self.acts), key=lambda row: (row[1][1], row[0]))
        made = [
            (k, who, START + timedelta(days=day), place, told) for k, (_, (who, day, place, told)) in enumerate(rows)
        ]
        cases = [(k, who, at) for k, who, at, _, told in made if told]
        people = sorted({who for _, who, *_ in made})
        ends = [START + timedelta(days=self.ends[who]) if who in self.ends else None for who in people]
        return {
            "staff": pa.table({"staff_id": people, "ended_at": pa.array(ends, pa.timestamp("us"))}),
            "staff_actions": pa.table(
                {
                    "action_id": [f"x{k}" for k, *_ in made],
                    "staff_id": [who for _, who, *_ in made],
                    "at": [at for _, _, at, *_ in made],
                    "action": ["view_customer"] * len(made),
                    "object_kind": ["account"] * len(made),
                    "object_id": [f"c{k}" for k, *_ in made],
                    "device": pa.array([place[0] for *_, place, _ in made], pa.string()),
                    "ip": pa.array([place[1] for *_, place, _ in made], pa.string()),
                }
            ),
            "tickets": pa.table(
                {
                    "ticket_id": [f"t{k}" for k, *_ in cases],
                    "opened_at": [at - timedelta(minutes=9) for _, _, at in cases],
                    "subject_kind": ["account"] * len(cases),
                    "subject_id": [f"c{k}" for k, *_ in cases],
                    "assigned_to": [who for _, who, _ in cases],
                    "assigned_by": ["router"] * len(cases),
                    "closed_at": [at + timedelta(minutes=5) for _, _, at in cases],
                }
            ),
        }


def honest_floor(seed: int, agents: int = 60, days: int = 90) -> Floor:
    """Agents in one office; a third are at home on some days, some travel, some get a new laptop, one trains others."""
    floor = Floor(np.random.default_rng(seed))
    for k in range(agents):
        who = f"agent{k}"
        dull = 0.7 if k == 5 else 0.03
        swap = 40 if k % 12 == 1 else days
        away = range(51, 58) if k % 10 == 2 else range(0)
        floor.work(who, range(0, swap), unexplained=dull)
        floor.work(who, range(swap, days), (f"laptop of {who}", OFFICE), unexplained=dull)
        if k % 3 == 0:
            floor.work(who, range(1, days, 5), (f"pc of {who}", f"84.7.{k}.9"), unexplained=dull)
        floor.work(who, away, (f"pc of {who}", f"62.3.{k}.4"), unexplained=dull)
    return floor


def stranger(
    floor: Floor, who: str, day: float = 61, sittings: int = 4, acts: int = 22, unexplained: float = 1
) -> None:
    """Somebody else at the account for a week, on a device and a network of his own."""
    for k in range(sittings):
        at = day + 2 * k + (9 + 5 * floor.rng.random()) / 24
        floor.sit(who, at, (f"device at {who}", f"45.9.{k % 2}.{k + 3}"), acts, unexplained, gap=2)
