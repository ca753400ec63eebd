"""Moderators who remove the bad reviews of a few sellers are named with them; honest ones who look alike are not."""

from dataclasses import replace

import numpy as np
import pytest

from floorwalker.detectors.insiders.deletions import DELETIONS
from floorwalker.detectors.measured import Measured
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below
from moderation_desk import Decision, Desk, honest_desk


def measured(desk: Desk) -> Measured:
    return trial(DELETIONS, desk.tables())


def named(desk: Desk) -> set[str]:
    return {name for _, name in listed(DELETIONS, measured(desk))}


def bought(desk: Desk, agent: int, sellers: tuple[int, ...], number: int, days: int = 150, start: int = 120) -> None:
    """So many bad reviews removed on tickets that the agent took, among the work that fell to the agent."""
    for k in range(number):
        day = start + days * float(desk.rng.random())
        desk.add(
            Decision(
                sellers[k % len(sellers)],
                desk.moment(day, 0),
                agent,
                stars=1 + k % 2,
                wait=1 + 3 * float(desk.rng.random()),
                chosen="self",
            )
        )


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize(("number", "sellers"), [(16, (70,)), (24, (70, 91)), (60, (70, 91, 13))])
def test_who_takes_tickets_to_remove_bad_reviews_of_few_sellers_is_named_with_them(
    seed: int, number: int, sellers: tuple[int, ...]
) -> None:
    desk = honest_desk(seed)
    bought(desk, 5, sellers, number)
    assert named(desk) == {"agent5", *(f"s{seller}" for seller in sellers)}


def test_removals_without_ticket_and_reason_are_named_too() -> None:
    desk = honest_desk(4)
    bought(desk, 5, (70, 91), 24)
    desk.decisions = [
        replace(d, chosen=None, reason=None) if d.agent == 5 and d.seller in (70, 91) and d.chosen == "self" else d
        for d in desk.decisions
    ]
    assert named(desk) == {"agent5", "s70", "s91"}


def test_two_moderators_of_one_seller_are_both_named_with_it() -> None:
    desk = honest_desk(5)
    bought(desk, 5, (70,), 24)
    bought(desk, 9, (70,), 24)
    assert named(desk) == {"agent5", "agent9", "s70"}


def test_the_report_says_what_was_unexplained_and_what_would_explain_it_and_never_guilt() -> None:
    desk = honest_desk(1)
    bought(desk, 5, (70, 91), 24)
    rows = {row["subject_id"]: row for row in measured(desk).assessed.to_pylist()}
    agent, seller = rows["agent5"], rows["s70"]
    assert agent["ring"] == seller["ring"] is not None
    assert "on tickets that the agent took himself" in agent["explanation"]
    assert "expected" in agent["explanation"]
    assert "agent5" in seller["explanation"]
    assert {cited["table"] for cited in agent["evidence"]} == {"reviews", "staff_actions", "tickets"}
    for row in (agent, seller):
        assert row["counter_evidence"]
        assert not any(word in row["explanation"] for word in ("guilty", "bribe", "fraud", "corrupt"))


def test_the_links_lead_from_the_agent_to_each_seller() -> None:
    desk = honest_desk(1)
    bought(desk, 5, (70, 91), 24)
    links = measured(desk).links.to_pylist()
    assert {(k["source_id"], k["target_id"], k["link"]) for k in links} == {
        ("agent5", "s70", "deleted_for"),
        ("agent5", "s91", "deleted_for"),
    }


@pytest.mark.parametrize("seed", [7])
def test_nobody_is_named_where_all_work_falls_to_whoever_is_there(seed: int) -> None:
    assert not named(honest_desk(seed))


def test_p_values_of_honest_agents_keep_their_promise() -> None:
    logs = []
    for seed in range(2):
        rows = measured(honest_desk(seed)).assessed.to_pylist()
        logs.extend(row["log_p"] for row in rows if row["subject_kind"] == "staff")
    assert share_below(np.array(logs)).verdict != "too small"


def test_a_wave_of_false_reviews_cleaned_up_by_one_moderator_names_nobody() -> None:
    desk = honest_desk(1)
    for attack, days in ((70, 1), (91, 3), (13, 8)):
        for k in range(60):
            day = 100 + days * k / 60
            desk.add(Decision(attack, desk.moment(day, 0), 5, stars=1, wait=0.5, chosen=None))
    assert not named(desk)


def test_the_moderator_to_whom_the_router_gives_a_brand_may_sweep_it_too() -> None:
    desk = honest_desk(1)
    for brand, agent in ((70, 5), (91, 9), (13, 30)):
        for day in desk.rng.integers(0, 400, 90):
            made = desk.ordinary(float(day), brand)
            desk.add(replace(made, agent=agent))
        for day in desk.rng.integers(0, 400, 30):
            desk.add(replace(desk.ordinary(float(day), brand), agent=agent, removed=True, chosen="self"))
    assert not named(desk)


def test_a_brand_swept_by_one_moderator_for_its_words_names_nobody() -> None:
    """No report is ever routed: the tables do not say that the brand is his, but what he removes is not only bad."""
    desk = honest_desk(1)
    for brand, agent in ((70, 5), (91, 9)):
        for day in desk.rng.integers(0, 400, 40):
            stars = int(desk.rng.choice([1, 3, 5], p=(0.5, 0.1, 0.4)))
            desk.add(Decision(brand, desk.moment(float(day), 0), agent, stars, 2.5, chosen=None, reason="word filter"))
    assert not named(desk)


def test_team_leads_who_take_all_their_tickets_themselves_are_not_named() -> None:
    desk = honest_desk(1)
    desk.decisions = [
        replace(d, chosen="self") if d.agent in (2, 26, 45) and d.chosen == "router" else d for d in desk.decisions
    ]
    assert not named(desk)


def test_a_night_shift_of_one_is_not_named() -> None:
    desk = honest_desk(1, taken=0.3)
    desk.decisions = [replace(d, agent=44) if d.agent > 44 else d for d in desk.decisions]
    for day in desk.rng.integers(0, 400, 300):
        desk.add(replace(desk.ordinary(float(day), taken=0.4), agent=44, day=desk.moment(float(day), 2)))
    assert not named(desk)


def test_who_sweeps_by_word_filter_for_all_is_not_named() -> None:
    desk = honest_desk(1)
    desk.decisions = [replace(d, agent=7) if d.reason else d for d in desk.decisions]
    for day in desk.rng.integers(0, 400, 400):
        desk.add(replace(desk.ordinary(float(day)), agent=7, chosen=None, reason="word filter", removed=True, stars=1))
    assert not named(desk)


def test_a_seller_whose_reviews_everybody_removes_is_not_named() -> None:
    desk = honest_desk(1)
    for day in desk.rng.integers(0, 400, 300):
        desk.add(replace(desk.ordinary(float(day), 70, taken=0.5), removed=True, stars=1))
    assert not named(desk)


def test_part_timers_new_hires_and_a_move_between_shifts_are_not_named() -> None:
    desk = honest_desk(1, taken=0.3)
    desk.decisions = [d for d in desk.decisions if d.agent not in (3, 25) or (d.agent == 3 and d.day > 370)]
    for day in desk.rng.integers(200, 215, 60):
        desk.add(replace(desk.ordinary(float(day), taken=0.3), agent=25))
    assert not named(desk)


def test_what_is_removed_in_one_sitting_counts_once() -> None:
    one, many = honest_desk(1), honest_desk(1)
    for desk, number in ((one, 1), (many, 50)):
        for k in range(number):
            desk.add(Decision(70, 200.4 + k / 5000, 5, stars=1, wait=30.0 + k, chosen="self"))
    scores = [
        {row["subject_id"]: row["log_e"] for row in measured(desk).assessed.to_pylist()}["agent5"]
        for desk in (one, many)
    ]
    assert scores[1] == pytest.approx(scores[0], abs=0.7)


def test_a_report_that_lay_with_somebody_else_lowers_the_evidence() -> None:
    alone, reported = honest_desk(1), honest_desk(1)
    for desk, holder in ((alone, None), (reported, 8)):
        bought(desk, 5, (70,), 12)
        desk.decisions = [
            replace(d, reported_to=holder) if d.agent == 5 and d.seller == 70 and d.chosen == "self" else d
            for d in desk.decisions
        ]
    one, other = (
        {row["subject_id"]: row["log_e"] for row in measured(desk).assessed.to_pylist()}["agent5"]
        for desk in (alone, reported)
    )
    assert other < one
