"""Who is named for reports pulled without a task, and whose reports are the work itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pytest

from floorwalker.detectors.insiders.exports import EXPORTS
from floorwalker.pipeline.trial import listed, tables_of, trial

START = datetime(2025, 1, 1)


@dataclass
class Desk:
    """Sixty agents who answer tickets, twenty analysts with a report a week, four leads with one a month."""

    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))
    acts: list[str] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for k in range(60):
            for day in self.rng.uniform(0, 180, 12):
                buyer = f"b{int(self.rng.integers(0, 900))}"
                self.act(f"agent{k}", day, "view_customer", "account", buyer, self.ticket(f"agent{k}", day, buyer))
        for k in range(20):
            for week in range(25):
                self.pull(f"analyst{k}", 7 * week + 5 * float(self.rng.random()))
        for k in range(4):
            for month in range(6):
                self.pull(f"lead{k}", 30 * month + 5 * float(self.rng.random()))

    def act(self, who: str, day: float, action: str, kind: str, what: str, ticket: str = "", records: int = 1) -> None:
        at = f"{START + timedelta(days=float(day)):%Y-%m-%dT%H:%M:%S}Z"
        self.acts.append(f"x{len(self.acts)},{who},{at},{action},{kind},{what},{ticket},{records}")

    def ticket(self, who: str, day: float, what: str) -> str:
        at = f"{START + timedelta(days=float(day) - 0.01):%Y-%m-%dT%H:%M:%S}Z"
        self.tickets.append(f"t{len(self.tickets)},{at},question,account,{what},{who},router")
        return f"t{len(self.tickets) - 1}"

    def pull(self, who: str, day: float, seller: str = "", records: int = 0, ticket: str = "") -> None:
        seller = seller or f"s{int(self.rng.integers(0, 150))}"
        self.act(who, day, "export_report", "seller", seller, ticket, records or int(self.rng.lognormal(5.5, 1.2)))

    def accused(self) -> set[str]:
        staff = [f"agent{k},support,agent,here" for k in range(60)]
        staff += [f"analyst{k},risk,agent,here" for k in range(20)] + [f"lead{k},support,lead,here" for k in range(4)]
        tables = {
            "staff_actions": ["action_id,staff_id,at,action,object_kind,object_id,ticket_id,record_count", *self.acts],
            "tickets": ["ticket_id,opened_at,kind,subject_kind,subject_id,assigned_to,assigned_by", *self.tickets],
            "staff": ["staff_id,team,role,site", *staff],
        }
        market = tables_of({name: "\n".join(lines) + "\n" for name, lines in tables.items()})
        return {name for _, name in listed(EXPORTS, trial(EXPORTS, market))}


def test_an_agent_who_pulls_one_sellers_reports_again_and_again_is_named() -> None:
    desk = Desk()
    for day in (90, 93, 97, 101, 104, 108, 113, 117):
        desk.pull("agent7", day, "s3", 300)
    assert desk.accused() == {"agent7"}


def test_where_nothing_is_unusual_nobody_is() -> None:
    assert Desk().accused() == set()


@pytest.mark.parametrize("reports", [1, 2])
def test_a_report_or_two_across_the_desk_name_nobody_however_large(reports: int) -> None:
    desk = Desk()
    for k in range(reports):
        desk.pull("agent7", 90 + k, "s3", 40_000)
    assert desk.accused() == set()


def test_reports_that_tickets_ask_for_are_set_aside() -> None:
    desk = Desk()
    for day in (90, 93, 97, 101, 104, 108, 113, 117):
        desk.pull("agent7", day, "s3", 300, desk.ticket("agent7", day, "s3"))
    assert desk.accused() == set()


def test_who_helps_out_with_all_kinds_of_reports_is_not_named() -> None:
    desk = Desk()
    for day in range(60, 84, 2):
        desk.pull("agent9", day)
    assert desk.accused() == set()


def test_the_contact_of_a_large_seller_with_a_report_every_week_is_not_named() -> None:
    desk = Desk()
    for week in range(25):
        desk.pull("agent3", 7 * week + 1.4, "s0", 900)
    assert desk.accused() == set()


def test_an_analyst_with_ten_times_the_reports_of_the_others_is_not_named() -> None:
    desk = Desk()
    for day in desk.rng.uniform(0, 180, 250):
        desk.pull("analyst4", day)
    assert desk.accused() == set()
