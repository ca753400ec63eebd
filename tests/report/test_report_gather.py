"""Records follow the run's files whatever the order of their rows, and no subject is charged with another's case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from floorwalker.contract.run import FILES
from floorwalker.report import write_report
from floorwalker.report.gather import gather


def rewrite(run: Path, name: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    path = run / f"{name}.parquet"
    rows = change(pq.read_table(path).to_pylist())
    pq.write_table(pa.Table.from_pylist(rows, schema=FILES[name]), path)


def test_the_order_of_rows_does_not_matter_but_for_the_rank_of_cases(ring_run: Path) -> None:
    before = write_report(ring_run).read_bytes()
    for name in FILES:
        if name != "cases":
            rewrite(ring_run, name, lambda rows: rows[::-1])
    assert write_report(ring_run).read_bytes() == before


def test_cases_keep_the_order_of_the_file(ring_run: Path) -> None:
    rewrite(ring_run, "cases", lambda rows: rows[::-1])
    assert [(case.rank, case.case_id) for case in gather(ring_run).cases] == [
        (1, "case-0003"),
        (2, "case-0002"),
        (3, "case-0001"),
    ]


def test_members_stand_by_role_and_then_by_probability(ring_run: Path) -> None:
    case = gather(ring_run).cases[0]
    assert list(case.roles) == ["reviewer", "seller", "product"]
    reviewers = [member.probability or 0.0 for member in case.roles["reviewer"]]
    assert reviewers == sorted(reviewers, reverse=True)


def test_a_member_of_two_cases_brings_a_finding_only_to_the_case_that_it_belongs_to(ring_run: Path) -> None:
    guest = {"case_id": "case-0002", "subject_kind": "account", "subject_id": "acct-100000", "role": "client"}
    rewrite(ring_run, "case_members", lambda rows: [*rows, guest | {"probability": 0.4}])
    first, second, _ = gather(ring_run).cases
    assert "acct-100000" in {finding.subject.id for finding in first.findings}
    assert "acct-100000" not in {finding.subject.id for finding in second.findings}
    assert not next(member for member in second.members if member.subject.id == "acct-100000").listed


def test_a_finding_of_another_scheme_comes_with_its_member(ring_run: Path) -> None:
    rewrite(
        ring_run, "findings", lambda rows: [*rows, rows[0] | {"scheme": "ban_evasion", "explanation": "The same card."}]
    )
    assert "The same card." in {finding.explanation for finding in gather(ring_run).cases[0].findings}


def test_a_subject_listed_for_two_schemes_shows_its_lowest_q_value(ring_run: Path) -> None:
    rewrite(ring_run, "subjects", lambda rows: [*rows, rows[0] | {"scheme": "ban_evasion", "q_value": 0.04}])
    assert gather(ring_run).cases[0].members[0].q_value == 0.00041


def test_events_without_a_time_come_last(ring_run: Path) -> None:
    rewrite(ring_run, "events", lambda rows: [rows[0] | {"at": None, "id": "0"}, *rows])
    events = gather(ring_run).cases[0].events
    assert [event.at is None for event in events] == [False] * (len(events) - 1) + [True]


def test_money_is_added_up_for_each_currency_apart(ring_run: Path) -> None:
    rewrite(ring_run, "cases", lambda rows: [*rows[:2], rows[2] | {"currency": "GBP"}])
    assert {name: str(total) for name, total in gather(ring_run).exposure.items()} == {
        "EUR": "57330.50",
        "GBP": "310.75",
    }
