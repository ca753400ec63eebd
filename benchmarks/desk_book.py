"""What a made desk writes down: tickets, acts, refunds, measures, messages, as arrays that grow."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.desk_crew import Crew
from benchmarks.desk_shop import Shop
from benchmarks.desk_words import NO_REASON, Ints

ROUTER, SELF = -2, -1
"""Who assigned a ticket, where it was no colleague."""
OWN = -1
"""One's own laptop, and the network where one is."""

TICKET = np.dtype(
    [(name, np.int64) for name in ("opened", "kind", "about", "subject", "staff", "by", "closed")]
    + [("queue", np.int64), ("logged", np.bool_)]
)
ACT = np.dtype(
    [(name, np.int64) for name in ("staff", "at", "action", "kind", "object", "ticket", "count", "reason")]
    + [("laptop", np.int64), ("network", np.int64)]
)
Rows = NDArray[Any]


@dataclass(slots=True)
class Plan:
    """What a desk is to be. lost: share of cases of which no ticket stays. named: share of acts that name theirs.

    astray: share of tickets that the router does not place. The others are shares or rates a week and person.
    """

    seed: int
    staff: int = 110
    weeks: int = 40
    orders_each: int = 40
    tickets_each: float = 14.0
    lost: float = 0.06
    named: float = 0.7
    astray: float = 0.12
    curiosity: float = 0.5
    consulted: float = 0.06
    samples: float = 6.0
    lessons: float = 20.0
    accounts_kept: float = 5.0
    swept: float = 3.0
    night: float = 1.0
    overruled: float = 0.1
    specialist: int = 0


@dataclass(slots=True)
class Desk:
    """A marketplace and its staff while they are made."""

    plan: Plan
    shop: Shop
    crew: Crew
    chance: np.random.Generator
    tickets: Rows = field(default_factory=lambda: np.zeros(0, TICKET))
    acts: list[Rows] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    measures: list[dict[str, Any]] = field(default_factory=list)
    messages: list[tuple[Ints, Ints, Ints, Ints]] = field(default_factory=list)
    truth: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The last second that the tables know, plus one."""
        return self.plan.weeks * 604_800

    def filed(self, rows: Rows) -> Ints:
        """These tickets, kept; their numbers."""
        first = len(self.tickets)
        self.tickets = np.concatenate([self.tickets, rows])
        return np.arange(first, len(self.tickets))

    def act(
        self, staff: Any, at: Any, action: Any, kind: Any, what: Any, *, ticket: Any = -1, count: Any = 1,
        reason: Any = NO_REASON, laptop: Any = OWN, network: Any = OWN,
    ) -> None:  # fmt: skip
        """Acts, each argument one value or (n,); what falls after the end is dropped when tables are made."""
        columns = np.broadcast_arrays(staff, at, action, kind, what, ticket, count, reason, laptop, network)
        rows = np.zeros(columns[0].size, ACT)
        for name, column in zip(ACT.names or (), columns, strict=True):
            rows[name] = column.reshape(-1)
        self.acts.append(rows)

    def wrote(self, sender: Any, recipient: Any, at: Any, text: Any) -> None:
        """Messages; text: place in ASKED + ANSWERED + WON_BACK."""
        columns = np.broadcast_arrays(sender, recipient, at, text)
        one, two, three, four = (np.atleast_1d(column).astype(np.int64) for column in columns)
        self.messages.append((one, two, three, four))


def tickets(opened: Ints, kind: Any, about: Any, subject: Any, queue: Any) -> Rows:
    """Tickets (n,) that nobody has yet."""
    rows = np.zeros(len(opened), TICKET)
    rows["opened"], rows["kind"], rows["about"], rows["subject"], rows["queue"] = opened, kind, about, subject, queue
    rows["staff"], rows["by"], rows["closed"], rows["logged"] = -1, ROUTER, -1, True
    return rows
