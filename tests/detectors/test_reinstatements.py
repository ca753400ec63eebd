"""Agents who bring sellers back as favours, and the desks and habits for which no agent may be accused."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appeal_desks import Agent, Desk, appeal_desk, bribe
from floorwalker.detectors.insiders.habit_rates import Past, before, innocent, unlike
from floorwalker.detectors.insiders.reinstatements import REINSTATEMENTS
from floorwalker.detectors.measured import Measured
from floorwalker.pipeline.trial import listed, trial

BRIBED = 20


def accused(tables: dict[str, pa.Table]) -> set[str]:
    return {name for _, name in listed(REINSTATEMENTS, trial(REINSTATEMENTS, tables))}


def by_name(measured: Measured) -> dict[str, dict[str, object]]:
    return {str(row["subject_id"]): row for row in measured.assessed.to_pylist()}


@pytest.mark.parametrize("seed", [1, 2])
def test_an_agent_who_does_favours_and_most_sellers_are_listed_and_nobody_else(seed: int) -> None:
    desk = appeal_desk(seed)
    bribe(desk, BRIBED, favours=8)
    found = accused(desk.tables())
    clients = {name for name in found if name.startswith("client")}
    assert f"agent{BRIBED}" in found
    assert len(clients) >= 4
    assert found == clients | {f"agent{BRIBED}"}


def test_agent_and_sellers_hang_together_and_the_evidence_is_told() -> None:
    desk = appeal_desk(3)
    bribe(desk, BRIBED, favours=8)
    measured = trial(REINSTATEMENTS, desk.tables())
    links = measured.links.to_pylist()
    rows = by_name(measured)
    agent = rows[f"agent{BRIBED}"]
    assert {(link["source_id"], link["link"]) for link in links} == {(f"agent{BRIBED}", "reinstated_for")}
    assert {str(link["target_id"])[:6] for link in links} == {"client"}
    assert "on a ticket that the agent took" in str(agent["explanation"])
    assert "guilty" not in str(agent["explanation"])
    for link in links:
        seller = rows[link["target_id"]]
        assert seller["ring"] == agent["ring"] is not None
        assert seller["log_e"] <= agent["log_e"]  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(3))
def test_on_an_honest_desk_nobody_is_accused_and_the_evidence_is_an_e_value(seed: int) -> None:
    measured = trial(REINSTATEMENTS, appeal_desk(seed).tables())
    assert not listed(REINSTATEMENTS, measured)
    log_e = measured.assessed["log_e"].to_numpy()
    assert np.exp(log_e).mean() < 1.3
    assert (measured.assessed["log_p"].to_numpy() < np.log(0.05)).mean() < 0.07


def upstairs(*who: int) -> Callable[[Desk, float], int]:
    return lambda desk, hour: who[int(desk.rng.integers(0, len(who)))]


def second_instance(seed: int) -> Desk:
    """One agent has all second looks, takes them, and decides within the hour."""
    return appeal_desk(seed, appeals=220, second=upstairs(9), quick_second=True)


def second_instance_that_always_grants(seed: int) -> Desk:
    """The same, and no denial of it is ever written down: not enough information."""
    desk = second_instance(seed)
    last = {d.seller: d for d in desk.decisions if d.agent == 9 and d.taken}
    desk.decisions = [d for d in desk.decisions if d.agent != 9 or d.seller in last]
    desk.decisions = [replace(d, granted=True) if d.agent == 9 else d for d in desk.decisions]
    return desk


def moved_for_a_month(seed: int) -> Desk:
    """One agent is moved to the second instance and back."""
    return appeal_desk(
        seed, appeals=250, second=lambda desk, hour: 9 if 4800 < hour < 7200 else None, quick_second=True
    )


def team_leads(seed: int) -> Desk:
    """Ten leads take all that they decide, at once."""
    desk = appeal_desk(seed, appeals=0)
    for k in range(10):
        desk.agents[5 + k] = Agent(takes=0.97, speed=0.05, lenient=0.8)
    for k in range(200):
        desk.appeal(f"s{k}", float(desk.rng.uniform(0, 14400)))
    return desk


def a_specialist(seed: int) -> Desk:
    """The router gives one agent all cases of one policy, and one large seller appeals again and again."""
    desk = appeal_desk(seed)
    for k in range(40):
        desk.appeal("large" if k % 2 else f"docs{k}", 350.0 * k, policy=0, agent=12)
    return desk


def a_contact_of_four_sellers(seed: int) -> Desk:
    """The router gives one agent all cases of four sellers, who are suspended and brought back often."""
    desk = appeal_desk(seed)
    for k in range(32):
        desk.appeal(f"large{k % 4}", 440.0 * k, agent=12)
    return desk


def honest_second_looks(seed: int) -> Desk:
    """One agent, once, brings a seller back at once after a colleague's denial."""
    desk = appeal_desk(seed)
    desk.favour("wronged", BRIBED, 7000.0)
    return desk


def no_tickets(seed: int) -> Desk:
    """A house that writes no ticket for appeals."""
    desk = appeal_desk(seed)
    desk.decisions = [replace(d, ticket=False) for d in desk.decisions]
    return desk


HARD = (
    second_instance,
    second_instance_that_always_grants,
    moved_for_a_month,
    team_leads,
    a_specialist,
    a_contact_of_four_sellers,
    honest_second_looks,
    no_tickets,
)


@pytest.mark.parametrize("made", HARD, ids=lambda made: made.__name__)
def test_who_looks_alike_is_not_accused(made: Callable[[int], Desk]) -> None:
    assert not accused(made(4).tables())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40), st.integers(0, 5))
def test_a_habit_raises_what_is_expected_of_an_agent(events: list[tuple[int, bool]], who: int) -> None:
    agent = np.sort(np.array([a for a, _ in events], dtype=np.int64))
    seen = np.array([s for _, s in events], dtype=bool)
    asked, fair = np.ones(len(agent), dtype=bool), np.ones(6)
    none = np.zeros(6)
    past = before(agent, asked, seen)
    assert (past.seen <= past.asked).all()
    more = Past(past.asked + 3, past.seen + 3)
    spread = unlike(none, none, fair)
    plain, habit = (innocent(agent, asked, seen, fair, (p,), spread) for p in (past, more))
    assert (habit >= plain - 1e-12).all()
    assert ((plain > 0) & (plain < 1)).all()
