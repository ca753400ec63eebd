"""Looks at customers without a reason: who is named, and the queues, habits and projects for which nobody may be."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.insiders.lookup_sellers import PROJECT, within_projects
from floorwalker.detectors.insiders.lookups import LOOKUPS
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from lookup_desks import ABROAD, DAYS, OFFICE, Floor, honest_floor

Change = Callable[[Floor], None]


def accused(tables: dict[str, pa.Table]) -> set[str]:
    return {name for _, name in listed(LOOKUPS, trial(LOOKUPS, tables))}


@pytest.mark.parametrize(("bare", "looks", "weeks"), [(0.01, 14, 14), (0.3, 60, 12)])
def test_whoever_looks_up_a_sellers_customers_is_listed_with_the_seller_and_nobody_else(
    bare: float, looks: int, weeks: float
) -> None:
    floor = honest_floor(1, bare)
    floor.leak(5, "s40", looks, weeks)
    assert accused(floor.tables()) == {"g5", "s40"}


def test_agent_and_seller_hang_together_and_the_evidence_is_told_and_not_judged() -> None:
    floor = honest_floor(2)
    buyers = floor.leak(7, "s30", 25, 10)
    for k, buyer in enumerate(buyers):
        floor.messages.append(("s30", buyer, 121 + 3.0 * k))
    measured = trial(LOOKUPS, floor.tables())
    rows = {row["subject_id"]: row for row in measured.assessed.to_pylist()}
    assert rows["g7"]["ring"] == rows["s30"]["ring"] is not None
    assert rows["s30"]["log_e"] <= rows["g7"]["log_e"]
    link = measured.links.to_pylist()
    assert [(r["source_id"], r["target_id"], r["link"]) for r in link] == [("g7", "s30", "looked_up_for")]
    assert {cited["table"] for cited in rows["g7"]["evidence"]} == {"staff_actions"}
    assert "would explain it" in rows["g7"]["explanation"]
    assert not {"guilty", "bribed", "leaked"} & set(rows["g7"]["explanation"].lower().split())


@pytest.mark.parametrize("bare", [0.01, 0.3])
def test_on_an_honest_floor_nobody_is_listed_and_p_values_keep_their_promise(bare: float) -> None:
    measured = trial(LOOKUPS, honest_floor(3, bare, agents=150, cases=15000).tables())
    assert not listed(LOOKUPS, measured)
    rows = [row for row in measured.assessed.to_pylist() if row["subject_kind"] == "staff"]
    assert share_below(np.array([row["log_p"] for row in rows])).verdict in ("uniform", "conservative", "not enough")
    assert np.exp([row["log_e"] for row in rows]).mean() < 1.5


def specialist(floor: Floor) -> None:
    """One agent has all cases of one seller."""
    for order in floor.orders_of("s6") * 3:
        floor.case(8, order, floor.bought[order][2] + floor.rng.uniform(0, 20))


def moved(floor: Floor) -> None:
    """In mid-month one agent goes to a seller's queue for five weeks."""
    for order in floor.orders_of("s12") * 4:
        if 150 < floor.bought[order][2] < 185:
            floor.case(9, order, floor.bought[order][2] + floor.rng.uniform(0, 3))


def lead(floor: Floor) -> None:
    """A team lead assigns a seller's cases to himself."""
    for order in floor.orders_of("s9") * 2:
        floor.case(10, order, floor.bought[order][2] + floor.rng.uniform(0, 20), by="self")


def trainer(floor: Floor) -> None:
    """A trainer shows whoever comes up, all day."""
    for _ in range(500):
        floor.look(11, floor.bought[int(floor.rng.integers(0, len(floor.bought)))][0], floor.rng.uniform(30, DAYS))


def project(floor: Floor) -> None:
    """For four days somebody looks into one seller's customers."""
    floor.leak(12, "s50", 30, 4 / 7)


def spam_wave(floor: Floor) -> None:
    """A moderator deletes reviews of one seller, without tickets, and looks at those who wrote them."""
    known = {row[0] for row in floor.reviews}
    for k, order in enumerate(floor.orders_of("s20")):
        if floor.bought[order][0] not in known:
            floor.reviews.append((floor.bought[order][0], "s20", 5, floor.bought[order][2] + 1))
            day = floor.bought[order][2] + 2 + k % 3
            floor.act(13, day, "delete_review", "review", f"r{len(floor.reviews) - 1}")
            floor.look(13, floor.bought[order][0], day + 0.01)


def seller_case(floor: Floor) -> None:
    """An agent has a case about a seller for two months and looks at its customers."""
    case = {"ticket_id": "about", "kind": "audit", "subject_kind": "seller", "subject_id": "s25", "assigned_to": "g14"}
    opened, closed = (floor.tickets[0]["opened_at"].replace(month=m, day=1) for m in (4, 6))
    floor.tickets.append({**case, "assigned_by": "router", "opened_at": opened, "closed_at": closed})
    floor.leak(14, "s25", 25, 8, start=91)


def campaign(floor: Floor) -> None:
    """A seller writes to everybody who bought."""
    for order in floor.orders_of("s2"):
        floor.messages.append(("s2", floor.bought[order][0], floor.bought[order][2] + 12))


def night(floor: Floor) -> None:
    """Three agents have ten times the work."""
    for order in floor.rng.integers(0, len(floor.bought), 3000):
        floor.case(int(floor.rng.integers(20, 23)), int(order), floor.bought[order][2] + 3)


HABITS: list[Change] = [specialist, moved, lead, trainer, project, spam_wave, seller_case, campaign, night]


@pytest.mark.parametrize("bare", [0.03, 0.3])
def test_queues_habits_and_projects_are_no_leak(bare: float) -> None:
    floor = honest_floor(4, bare)
    for habit in HABITS:
        habit(floor)
    assert accused(floor.tables()) == set()


def test_strange_hands_are_another_question_and_a_new_laptop_is_no_excuse() -> None:
    floor = honest_floor(5)
    for agent, network in ((15, ABROAD), (16, f"{OFFICE}16")):
        first = len(floor.acts)
        floor.leak(agent, "s33", 30, 2.5)
        for row in floor.acts[first:]:
            row.update(device=f"laptop{agent}", ip=network)
    found = accused(floor.tables())
    assert "g15" not in found
    assert {"g16", "s33"} <= found


def test_a_seller_who_shares_customers_with_the_one_looked_up_for_is_not_listed() -> None:
    floor = honest_floor(6)
    for order in floor.orders_of("s35"):
        buyer, _, day = floor.bought[order]
        if floor.rng.random() < 0.6:
            floor.bought.append((buyer, "s36", max(day - 5, 0.0)))
    floor.leak(6, "s35", 40, 14)
    assert accused(floor.tables()) == {"g6", "s35"}


def test_two_sellers_of_one_agent_are_both_listed() -> None:
    floor = honest_floor(7)
    floor.leak(6, "s35", 25, 14)
    floor.leak(6, "s60", 25, 14)
    assert accused(floor.tables()) == {"g6", "s35", "s60"}


def test_a_list_of_everybody_who_bought_one_product_is_a_recall() -> None:
    floor = honest_floor(9)
    sold = [k for k in floor.orders_of("s8") if k % 3 == 0]
    for order in sold:
        floor.look(17, floor.bought[order][0], 262 + floor.rng.uniform(0, 35))
    tables = floor.tables()
    everything = tables["orders"]["product_id"].to_pylist()
    many = [f"{name}-{0 if k in set(sold) else 1 + k % 5}" for k, name in enumerate(everything)]
    assert "s8" in accused(tables)
    tables["orders"] = tables["orders"].set_column(2, "product_id", pa.array(many))
    assert accused(tables) == set()


def test_sellers_from_whom_the_looked_up_customers_buy_too_are_not_listed() -> None:
    floor = honest_floor(10)
    taste = {floor.bought[k][0] for k in floor.orders_of("s35")}
    for buyer in sorted(taste):
        if floor.rng.random() < 0.4:
            floor.bought.append((buyer, "s70", floor.rng.uniform(0, 100)))
    floor.leak(6, "s35", 60, 14)
    assert accused(floor.tables()) == {"g6", "s35"}


def test_where_next_to_nothing_is_explained_nobody_is_listed() -> None:
    floor = honest_floor(8, bare=0.9)
    floor.leak(6, "s35", 40, 14)
    assert accused(floor.tables()) == set()


def test_one_week_of_looks_says_no_more_than_a_project_may() -> None:
    told = np.full(30, 4.0)
    day = 86400 * np.arange(30, dtype=np.int64) // 5
    ends = np.array([0, 30])
    assert within_projects(told, day, ends)[0] == pytest.approx(4.0 + PROJECT)
    weeks = 7 * 86400 * np.arange(30, dtype=np.int64)
    assert within_projects(told, weeks, ends)[0] == pytest.approx(told.sum())
