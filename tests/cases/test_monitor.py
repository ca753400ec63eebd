"""A detector whose null does not fit the staff at hand lists nobody."""

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.cases.judge import judge
from floorwalker.cases.monitor import silenced, suspended
from floorwalker.detectors.measured import assess
from floorwalker.detectors.record import Detector
from floorwalker.detectors.registry import all_detectors
from floorwalker.stats.combine import p_to_e

DETECTOR = next(d for d in all_detectors() if d.family == "refunds" and d.scheme == "insider_refunds")


def asked(family: str) -> Detector:
    return Detector(
        **{name: getattr(DETECTOR, name) for name in DETECTOR.__slots__ if name != "family"},
        family=family,
    )


def staff(small: int, of: int, bribed: int = 0) -> pa.Table:
    """Staff of whom `small` have p-values below .05 without being worth a listing, and `bribed` a tiny one."""
    p = np.concatenate((np.full(bribed, 1e-14), np.full(small, 0.03), np.linspace(0.06, 1, of - small)))
    log_p = np.log(p)
    return assess("staff", "insider", pa.array([f"s{k}" for k in range(len(p))]), log_p, effect=p, log_e=p_to_e(log_p))


def off(assessed: pa.Table, family: str = "insiders") -> bool:
    measured = [(asked(family), assessed)]
    return bool(suspended(measured, judge(measured).listed_subjects(0.05)))


@pytest.mark.parametrize(
    ("small", "of", "is_off"),
    [(0, 1000, False), (50, 1000, False), (70, 1000, False), (71, 1000, True), (5, 50, False), (12, 50, True)],
)
def test_the_share_of_small_p_values_decides_with_room_where_staff_are_few(small: int, of: int, is_off: bool) -> None:
    assert off(staff(small, of)) == is_off


def test_those_who_are_listed_do_not_count_against_the_detector() -> None:
    assert not off(staff(45, 900, bribed=60))


def test_other_families_are_told_to_be_read_with_caution_and_not_silenced() -> None:
    assert not off(staff(300, 1000), family="refunds")


def test_a_suspended_detector_lists_nobody_and_keeps_what_it_measured() -> None:
    assessed = staff(300, 1000, bribed=5)
    quiet = silenced(assessed)
    assert judge([(asked("insiders"), assessed)]).listed(0.05).any()
    assert not judge([(asked("insiders"), quiet)]).listed(0.05).any()
    assert quiet.drop_columns(["log_e"]).equals(assessed.drop_columns(["log_e"]))
