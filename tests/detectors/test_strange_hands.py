"""Staff accounts in strange hands: which are named, and which honest staff who look alike are not."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floors import OFFICE, Floor, honest_floor, stranger
from floorwalker.detectors.insiders.hands_acts import network
from floorwalker.detectors.insiders.hands_content import CLASSES, dirichlet_multinomial, with_errands
from floorwalker.detectors.insiders.strange_hands import STRANGE_HANDS
from floorwalker.pipeline.trial import listed, trial


def found(floor: Floor) -> tuple[set[str], dict[str, dict[str, object]]]:
    measured = trial(STRANGE_HANDS, floor.tables())
    rows = {str(row["subject_id"]): row for row in measured.assessed.to_pylist()}
    return {name for _, name in listed(STRANGE_HANDS, measured)}, rows


@cache
def taken_over() -> tuple[set[str], dict[str, dict[str, object]]]:
    floor = honest_floor(1)
    for who in ("agent7", "agent20"):
        stranger(floor, who)
    return found(floor)


def test_accounts_used_from_a_strange_device_and_network_for_unexplained_looks_are_named_and_no_other() -> None:
    assert taken_over()[0] == {"agent7", "agent20"}


def test_it_says_what_was_seen_and_cites_it_and_calls_nobody_guilty() -> None:
    row = taken_over()[1]["agent7"]
    text = str(row["explanation"])
    assert "88 acts, of which 88 have no explanation" in text
    assert "device at agent7" in text
    assert not {"guilty", "fraud", "thief", "criminal"} & set(text.lower().split())
    assert row["evidence"]
    assert row["counter_evidence"]


def test_on_honest_floors_nobody_is_accused_and_evidence_keeps_its_promise() -> None:
    evidence = []
    for seed in (2, 3):
        names, rows = found(honest_floor(seed))
        assert not names
        evidence += [float(str(row["log_e"])) for row in rows.values()]
    assert len(evidence) == 120
    assert np.mean(np.exp(evidence)) < 1
    assert np.mean(np.array(evidence) > np.log(20)) < 0.05


def at_his_desk(floor: Floor) -> None:
    """Hundreds of unexplained looks from the usual device and network: another question."""
    for k in range(12):
        floor.sit("agent7", 55 + k + 0.5, ("pc of agent7", OFFICE), 40, 1.0, gap=1)


def seller_of_data_on_a_journey(floor: Floor) -> None:
    for k in range(5):
        floor.sit("agent7", 55 + k + 0.5, ("pc of agent7", "62.3.7.4"), 40, 1.0, gap=1)


def seller_of_data_with_a_new_laptop(floor: Floor) -> None:
    floor.acts = [act for act in floor.acts if act[0] != "agent7" or act[1] < 45]
    floor.work("agent7", range(45, 90), ("laptop of agent7", OFFICE))
    for k in range(5):
        floor.sit("agent7", 55 + k + 0.5, ("laptop of agent7", OFFICE), 40, 1.0, gap=1)


def spare_laptops_on_journeys(floor: Floor) -> None:
    """Both are new, and tickets are answered."""
    for k in range(0, 60, 4):
        floor.work(f"agent{k}", range(60, 70), ("spare 1", f"62.{k}.4.4"))


def private_computers_at_home(floor: Floor) -> None:
    for k in range(0, 60, 3):
        floor.work(f"agent{k}", range(21, 90, 3), (f"own pc of agent{k}", f"91.{k}.4.4"))


def everybody_travels(floor: Floor) -> None:
    for k in range(60):
        for trip in range(4):
            floor.work(f"agent{k}", range(12 + 19 * trip, 18 + 19 * trip), (f"pc of agent{k}", f"62.{k}.{trip}.4"))


def a_training_day(floor: Floor) -> None:
    """Twenty in a room with strange machines, looking up what they are shown."""
    for k in range(20):
        floor.sit(f"agent{k}", 60.5, (f"training {k}", "203.0.113.50"), 40, 1.0, gap=2)


def new_hires(floor: Floor) -> None:
    """A first week in another building, without tickets."""
    for k in range(10):
        for day in range(40, 45):
            floor.sit(f"hired{k}", day + 0.4, (f"first pc {k}", f"203.0.{k}.50"), 20, 1.0, gap=2)
        floor.work(f"hired{k}", range(46, 90))


def a_site_moves(floor: Floor) -> None:
    """Thirty people, on one day, to new machines in a new building; some work goes on without tickets."""
    for k in range(30):
        who = f"agent{k}"
        floor.acts = [act for act in floor.acts if act[0] != who or act[1] < 60]
        floor.work(who, range(60, 90), (f"new pc of {who}", "203.0.113.99"), unexplained=0.3)


def the_trainer_on_a_journey(floor: Floor) -> None:
    """Who always looks at much without a ticket does so on a spare laptop too."""
    for k in range(5):
        floor.sit("agent5", 61 + k + 0.5, ("spare 9", "62.9.9.9"), 10, 0.7)


def a_night_shift_and_overtime(floor: Floor) -> None:
    for k in range(0, 60, 5):
        for day in range(40, 54):
            floor.sit(f"agent{k}", day + 2 / 24, (f"pc of agent{k}", OFFICE), 30, 0.03)


def moved_for_good(floor: Floor) -> None:
    """To another site, another machine and another kind of work, without tickets."""
    floor.acts = [act for act in floor.acts if act[0] != "agent7" or act[1] < 45]
    floor.work("agent7", range(45, 90), ("pc elsewhere", "203.0.113.200"), unexplained=0.9, acts=12)


def a_telephone(floor: Floor) -> None:
    """On which one agent looks things up for months, without tickets."""
    for day in range(20, 90, 2):
        floor.sit("agent7", day + 0.55, ("phone of agent7", f"80.1.1.{day}"), 5, 1.0, gap=1)


@pytest.mark.parametrize(
    "innocent",
    [
        at_his_desk,
        seller_of_data_on_a_journey,
        seller_of_data_with_a_new_laptop,
        spare_laptops_on_journeys,
        private_computers_at_home,
        everybody_travels,
        a_training_day,
        new_hires,
        a_site_moves,
        the_trainer_on_a_journey,
        a_night_shift_and_overtime,
        moved_for_good,
        a_telephone,
    ],
)
def test_staff_who_look_alike_are_not_accused(innocent: Callable[[Floor], None]) -> None:
    floor = honest_floor(4)
    innocent(floor)
    assert found(floor)[0] == set()


def test_a_stranger_who_is_still_there_is_named() -> None:
    floor = honest_floor(9)
    stranger(floor, "agent7", day=83)
    floor.acts = [act for act in floor.acts if act[1] < 90]
    assert found(floor)[0] == {"agent7"}


def test_answered_tickets_speak_for_the_owner() -> None:
    evidence = []
    for unexplained in (1.0, 0.6, 0.1):
        floor = honest_floor(5)
        stranger(floor, "agent7", unexplained=unexplained)
        evidence.append(float(str(found(floor)[1]["agent7"]["log_e"])))
    assert evidence[0] > np.log(1000)
    assert evidence[2] < 0
    assert evidence == sorted(evidence, reverse=True)


def test_two_places_within_the_same_minutes_raise_the_account() -> None:
    evidence = []
    for at_once in (True, False):
        floor = honest_floor(6)
        stranger(floor, "agent7")
        last = floor.acts[-1][1]
        floor.sit("agent7", last - 0.02 if at_once else last + 0.98, ("pc of agent7", OFFICE), 8, 0.0, gap=5)
        evidence.append(float(str(found(floor)[1]["agent7"]["log_e"])))
    assert evidence[0] > evidence[1] + 1


def test_without_devices_and_networks_nobody_is_accused() -> None:
    floor = honest_floor(7)
    stranger(floor, "agent7")
    floor.acts = [(who, day, (None, None), told) for who, day, _, told in floor.acts]
    assert found(floor)[0] == set()


def test_addresses_of_one_network_are_one() -> None:
    assert network("45.9.1.3") == network("45.9.1.250") != network("45.9.2.3")
    assert network("2001:db8:1::5") == network("2001:db8:1:9::7") != network("2001:db8:2::5")
    assert network("tok_9f") == "tok_9f"


@given(st.lists(st.floats(0.05, 50), min_size=CLASSES, max_size=CLASSES), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_the_chances_of_all_orders_of_sittings_sum_to_one(weight: list[float], sittings: int) -> None:
    orders = np.stack(np.meshgrid(*[np.arange(CLASSES)] * sittings), axis=-1).reshape(-1, sittings)
    counts = np.stack([(orders == c).sum(axis=1) for c in range(CLASSES)], axis=1).astype(float)
    assert np.exp(dirichlet_multinomial(counts, np.array(weight))).sum() == pytest.approx(1)


@given(st.floats(-60, 60), st.floats(2e-4, 0.5))
def test_what_is_done_never_says_more_than_honest_errands_allow(ratio: float, rate: float) -> None:
    said = with_errands(np.array([ratio]), np.array([rate]))[0]
    assert said <= -np.log(rate) + 1e-9
    assert said <= max(ratio, 0) - np.log1p(-rate) + 1e-9


def test_a_strange_network_alone_accuses_nobody() -> None:
    floor = honest_floor(8, agents=30)
    stranger(floor, "agent7")
    tables = floor.tables()
    tables["staff_actions"] = tables["staff_actions"].set_column(
        6, "device", pa.nulls(tables["staff_actions"].num_rows, pa.string())
    )
    assert not listed(STRANGE_HANDS, trial(STRANGE_HANDS, tables))
