"""Accounts of people who left: which are named, and whose late acts are nobody's fault."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from floors import OFFICE, Floor
from floorwalker.detectors.insiders.departed import DEPARTED
from floorwalker.pipeline.trial import listed, trial


def staff_with_leavers(seed: int, leavers: int = 40, others: int = 30) -> Floor:
    """Agents of whom some leave, each on a day of his own."""
    floor = Floor(np.random.default_rng(seed))
    for k in range(leavers + others):
        last = 50 + k if k < leavers else 100
        floor.work(f"agent{k}", range(0, last), unexplained=0.7 if k == 5 else 0.03)
        if k < leavers:
            floor.ends[f"agent{k}"] = last
    return floor


def found(floor: Floor) -> tuple[set[str], dict[str, dict[str, object]]]:
    measured = trial(DEPARTED, floor.tables())
    rows = {str(row["subject_id"]): row for row in measured.assessed.to_pylist()}
    return {name for _, name in listed(DEPARTED, measured)}, rows


def goes_on(
    floor: Floor, who: str, device: str, unexplained: float, first: int = 4, days: int = 6, acts: int = 15
) -> None:
    for day in range(first, first + days):
        floor.sit(who, floor.ends[who] + day + 0.5, (device, OFFICE), acts, unexplained, gap=2)


@cache
def with_late_acts() -> tuple[set[str], dict[str, dict[str, object]]]:
    floor = staff_with_leavers(1)
    goes_on(floor, "agent7", "pc of agent7", 1.0)
    goes_on(floor, "agent20", "another", 1.0)
    return found(floor)


def test_accounts_that_go_on_without_explanation_are_named_and_no_other() -> None:
    assert with_late_acts()[0] == {"agent7", "agent20"}


def test_it_says_how_long_and_how_much_and_where() -> None:
    rows = with_late_acts()[1]
    assert "90 acts on 6 days, of which 90 have no explanation" in str(rows["agent7"]["explanation"])
    assert "never used before" in str(rows["agent20"]["explanation"])
    assert "never used before" not in str(rows["agent7"]["explanation"])
    assert len(rows) == 40


def a_wrong_date(floor: Floor) -> None:
    """The end was entered a month too early, and tickets are answered on."""
    goes_on(floor, "agent7", "pc of agent7", 0.05, days=30)


def a_batch_with_a_wrong_date(floor: Floor) -> None:
    """A whole team's contracts end on paper on one day; they go on, and their project has no tickets."""
    for k in range(30, 40):
        floor.ends[f"agent{k}"] = 60.0
        floor.acts = [act for act in floor.acts if act[0] != f"agent{k}" or act[1] < 60]
        goes_on(floor, f"agent{k}", f"pc of agent{k}", 0.9, first=0, days=30, acts=5)


def a_job_under_a_name(floor: Floor) -> None:
    """A report that never had a ticket runs on for weeks."""
    for day in range(0, 130):
        floor.sit("agent9", day + 0.1, ("server", "10.0.0.1"), 5, 1.0)


def the_last_evening(floor: Floor) -> None:
    for k in range(40):
        floor.sit(f"agent{k}", floor.ends[f"agent{k}"] + 0.9, (f"pc of agent{k}", OFFICE), 12, 1.0)


def a_trainer_who_stays_a_week(floor: Floor) -> None:
    goes_on(floor, "agent5", "pc of agent5", 0.7, acts=6)


@pytest.mark.parametrize(
    "innocent",
    [a_wrong_date, a_batch_with_a_wrong_date, a_job_under_a_name, the_last_evening, a_trainer_who_stays_a_week],
)
def test_late_acts_that_are_nobodys_fault_accuse_nobody(innocent: Callable[[Floor], None]) -> None:
    floor = staff_with_leavers(2)
    innocent(floor)
    assert found(floor)[0] == set()


def test_on_honest_floors_the_evidence_keeps_its_promise() -> None:
    names, rows = found(staff_with_leavers(3))
    assert not names
    assert np.mean(np.exp([float(str(row["log_e"])) for row in rows.values()])) < 1
