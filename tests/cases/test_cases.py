"""From measured rows to listed subjects and cases."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorwalker.cases import files
from floorwalker.cases.grouping import Case, group
from floorwalker.cases.judge import Judged, judge
from floorwalker.cases.learned import Learning
from floorwalker.cases.story import summary, title
from floorwalker.detectors.measured import Counter, Finding, assess
from floorwalker.detectors.record import Detector
from floorwalker.detectors.registry import all_detectors

RINGS: Detector = next(d for d in all_detectors() if d.name == "reviews.lockstep")
GANGS = replace(RINGS, name="refunds.script", family="refunds", scheme="refund_gang")
ALONE = replace(RINGS, name="refunds.own", family="refunds", scheme="refund_abuse")


def accounts(log_p: list[float], ring: list[int] | None = None, weight: float = 0.0, kind: str = "account") -> pa.Table:
    told = {
        k: Finding(f"finding {k}", [("reviews", f"r{k}")], [Counter("It may be honest.", weight)])
        for k, p in enumerate(log_p)
        if p < -4.6
    }
    return assess(
        kind,
        "reviewer" if kind == "account" else "product",
        pa.array([f"{kind[0]}{k}" for k in range(len(log_p))]),
        np.array(log_p, dtype=float),
        effect=np.ones(len(log_p)),
        ring=None if ring is None else np.array(ring, dtype=np.int64),
        findings=told,
    )


def listed(judged: Judged, fdr: float = 0.05) -> list[str]:
    rows = judged.rows["subject_id"].take(judged.first[judged.listed(fdr)])
    return sorted(str(i) for i in rows.to_pylist())


def test_overwhelming_evidence_is_listed_and_chance_is_not() -> None:
    judged = judge([(RINGS, accounts([-60.0, -50.0, *[-1.0] * 200]))])
    assert listed(judged) == ["a0", "a1"]


def test_the_more_is_assessed_the_more_it_takes_to_be_listed() -> None:
    few = judge([(RINGS, accounts([-12.0, *[0.0] * 20]))])
    many = judge([(RINGS, accounts([-12.0, *[0.0] * 20_000]))])
    assert listed(few) == ["a0"]
    assert listed(many) == []


def test_few_who_are_asked_a_question_of_their_own_are_not_drowned_among_many() -> None:
    some = accounts([-18.0, *[0.0] * 39], kind="staff")
    many = accounts([0.0] * 20_000)
    assert listed(judge([(RINGS, pa.concat_tables([some, many]))])) == ["s0"]
    assert listed(judge([(RINGS, accounts([-18.0, *[0.0] * 20_039]))])) == []


def test_a_question_put_to_two_people_lists_nobody_on_little_evidence() -> None:
    two = accounts([-8.0, 0.0], kind="staff")
    assert listed(judge([(RINGS, pa.concat_tables([two, accounts([0.0] * 20_000)]))])) == []


def test_counter_evidence_takes_a_subject_off_the_list() -> None:
    assert listed(judge([(RINGS, accounts([-30.0, *[0.0] * 50]))])) == ["a0"]
    assert listed(judge([(RINGS, accounts([-30.0, *[0.0] * 50], weight=-25.0))])) == []


def test_a_detector_that_sees_nothing_halves_the_evidence_and_no_more() -> None:
    strong, nothing = accounts([-30.0]), accounts([0.0])
    alone = judge([(RINGS, strong)])
    both = judge([(RINGS, strong), (replace(RINGS, name="reviews.other"), nothing)])
    assert both.log_q[0] == pytest.approx(min(alone.log_q[0] + np.log(2), 0), abs=1e-6)


@given(st.lists(st.floats(-40, 0), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_detectors_and_rows_changes_nobody_s_q_value(log_p: list[float], rng: object) -> None:
    table = accounts(log_p)
    order = list(range(len(log_p)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    one, two = judge([(RINGS, table), (GANGS, table)]), judge([(GANGS, table.take(order)), (RINGS, table)])
    assert one.log_q.tolist() == two.log_q.tolist()
    assert one.probability.tolist() == two.probability.tolist()


def test_nothing_assessed_means_nothing_listed() -> None:
    judged = judge([])
    assert group(judged, 0.05) == []
    assert files.scores(judged, Learning()).num_rows == 0
    assert files.findings(judged).num_rows == 0


def test_subjects_of_one_ring_are_one_case_and_rings_that_share_a_subject_too() -> None:
    reviewers = accounts([-60.0] * 4, ring=[0, 0, 1, 2])
    products = accounts([-60.0] * 2, ring=[0, 1], kind="product")
    other = accounts([-60.0] * 4, ring=[7, -1, 7, -1])
    cases = group(judge([(RINGS, pa.concat_tables([reviewers, products])), (GANGS, other)]), 0.05)
    assert sorted(sorted({m.subject_id for m in case.members}) for case in cases) == [
        ["a0", "a1", "a2", "p0", "p1"],
        ["a3"],
    ]


def test_who_cannot_be_listed_but_probably_takes_part_is_in_the_case_and_not_on_the_list() -> None:
    judged = judge([(RINGS, accounts([-60.0, -60.0, -10.0, *[0.0] * 5000], ring=[0, 0, 0, *[-1] * 5000]))])
    (case,) = group(judged, 0.05)
    assert {m.subject_id: m.listed for m in case.members} == {"a0": True, "a1": True, "a2": False}
    assert files.subjects([case])["subject_id"].to_pylist() == ["a0", "a1"]
    assert "1 more subject" in summary(case, judged, 3, None)


def test_a_case_keeps_its_name_when_other_cases_come_and_go() -> None:
    one = group(judge([(RINGS, accounts([-60.0, -60.0], ring=[0, 0]))]), 0.05)
    two = group(judge([(RINGS, accounts([-60.0, -60.0, -60.0], ring=[5, 5, 6]))]), 0.05)
    assert {c.case_id for c in one} <= {c.case_id for c in two}


def test_cases_are_ranked_by_probability_times_exposure() -> None:
    cases = group(judge([(RINGS, accounts([-60.0] * 3, ring=[0, 1, 2]))]), 0.05)
    stakes = dict(zip([c.case_id for c in cases], (5, 500, 50), strict=True))
    money = {case: files.Money(Decimal(amount), "EUR") for case, amount in stakes.items()}
    assert [stakes[c.case_id] for c in files.ranked(cases, money)] == [500, 50, 5]


def test_the_summary_says_who_when_how_sure_and_what_speaks_against() -> None:
    judged = judge([(RINGS, accounts([-60.0, -60.0], ring=[0, 0]))])
    (case,) = group(judged, 0.05)
    seen = (datetime(2025, 1, 2, tzinfo=UTC), datetime(2025, 3, 4, tzinfo=UTC))
    text = summary(case, judged, 2, seen)
    assert title(case) == "Review ring: 2 reviewers"
    for part in (
        "2025-01-02 and 2025-03-04",
        "finding 0",
        "a chance of 1 in 10^9 or less",
        "q-value",
        "What speaks against: It may be honest.",
    ):
        assert part in text


def test_figures_in_files_carry_six_digits_and_never_nothing() -> None:
    judged = judge([(RINGS, accounts([-5000.0, -7.123456789]))])
    p = files.findings(judged)["p_value"].to_pylist()
    assert p[0] == 1e-300
    assert p[1] == pytest.approx(np.exp(-7.123456789), rel=1e-5)


def test_a_score_ranks_by_surprise_and_counter_evidence_lowers_it() -> None:
    plain = files.scores(judge([(RINGS, accounts([-30.0, -10.0, 0.0]))]), Learning()).to_pylist()
    assert [row["score"] for row in plain] == sorted((row["score"] for row in plain), reverse=True)
    weighed = files.scores(judge([(RINGS, accounts([-30.0, -10.0, 0.0], weight=-25.0))]), Learning()).to_pylist()
    assert weighed[0]["score"] < plain[0]["score"]


def test_links_stay_inside_their_case() -> None:
    (case,) = group(judge([(RINGS, accounts([-60.0, -60.0], ring=[0, 0]))]), 0.05)
    assert isinstance(case, Case)
    row = {"source_kind": "account", "source_id": "a0", "target_kind": "account", "link": "praised", "weight": 1.0}
    rows = [
        {**row, "target_id": target, "evidence": [], "detector_ring": "reviews.lockstep 0"}
        for target in ("a1", "stranger")
    ]
    assert files.links([case], pa.Table.from_pylist(rows))["target_id"].to_pylist() == ["a1"]


def clients(log_p: list[float]) -> pa.Table:
    table = accounts(log_p)
    return table.set_column(2, "role", pa.array(["client"] * table.num_rows))


def test_who_is_listed_with_a_gang_is_not_listed_as_abusing_alone_too() -> None:
    judged = judge([(GANGS, clients([-60.0, -1.0])), (ALONE, clients([-60.0, -60.0]))])
    rows = judged.listed_subjects(0.05).to_pylist()
    assert [(row["subject_id"], row["scheme"]) for row in rows] == [("a0", "refund_gang"), ("a1", "refund_abuse")]


def test_thin_evidence_asks_for_a_hold_and_strong_evidence_may_propose_a_denial() -> None:
    strong, thin = (judge([(ALONE, clients([log_p]))]) for log_p in (-60.0, -9.0))
    texts = [summary(group(judged, 0.2)[0], judged, 1, None) for judged in (strong, thin)]
    assert "be denied; a second person decides" in texts[0]
    assert "hold the next refund until the goods are back and checked" in texts[1]
