"""What past decisions teach: whom it helps to find, and what it must never do."""

import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from floorwalker.cases import files
from floorwalker.cases.decisions import ORDER
from floorwalker.cases.forward import LEAST
from floorwalker.cases.grouping import LIKELY, group
from floorwalker.cases.judge import PRIOR, Judged, judge
from floorwalker.cases.learned import Learning
from floorwalker.cases.learning import learn
from floorwalker.detectors.measured import LINKS, Measured, assess
from floorwalker.detectors.record import Detector
from floorwalker.detectors.registry import all_detectors

RINGS: Detector = next(d for d in all_detectors() if d.name == "reviews.lockstep")
NOISE = replace(RINGS, name="reviews.noise")
GANGS = replace(RINGS, name="refunds.script", family="refunds", scheme="refund_gang")
SIZE = 900
DAY = 86_400
NOBODY_LISTED = 1e-30
RNG = np.random.default_rng(20)
GUILTY = RNG.random(SIZE) < 0.3
TELLING = np.where(GUILTY, RNG.exponential(5, SIZE), RNG.exponential(1, SIZE))
LOUD = RNG.exponential(9, SIZE)
"""Nats that say nothing, and drown those that do where only the greatest counts."""
DECIDED = RNG.permutation(SIZE)[:400]
AT = {int(who): int(20_000 * DAY + k * DAY) for k, who in enumerate(DECIDED)}


def measured(nats: np.ndarray, ring: np.ndarray | None = None) -> pa.Table:
    names = pa.array([f"a{k}" for k in range(len(nats))])
    log_e = np.maximum(nats - 3, -1)
    return assess("account", "reviewer", names, -nats, effect=nats, log_e=log_e, ring=ring)


def market(ring: np.ndarray | None = None) -> Judged:
    return judge([(RINGS, measured(TELLING, ring)), (NOISE, measured(LOUD))])


def labels(guilty: np.ndarray = GUILTY, **changes: object) -> pa.Table:
    rows = [
        {
            "subject_kind": "account",
            "subject_id": f"a{who}",
            "label": "abusive" if guilty[who] else "legitimate",
            "scheme": "review_ring" if guilty[who] else None,
            "second": second,
        }
        | changes
        for who, second in AT.items()
    ]
    return table(rows)


def table(rows: list[dict[str, object]]) -> pa.Table:
    text = [(name, pa.string()) for name in ("subject_kind", "subject_id", "label", "scheme")]
    made = pa.Table.from_pylist(rows, schema=pa.schema([*text, ("second", pa.int64())]))
    return made.sort_by([(name, "ascending") for name in ORDER])


def learnt(judged: Judged, decided: pa.Table, links: pa.Table | None = None) -> Learning:
    return learn(judged, LINKS.empty_table() if links is None else links, decided, 0.05, 0)


def score(judged: Judged, learning: Learning) -> dict[str, float]:
    rows = files.scores(judged, learning).to_pylist()
    return {row["subject_id"]: row["score"] for row in rows if row["family"] == "reviews"}


def test_without_decisions_scores_probabilities_and_cases_are_those_of_the_nulls() -> None:
    judged = judge([(RINGS, measured(np.array([60.0, 60.0, 1.0])))])
    learning = learnt(judged, table([]))
    cases = group(judged, 0.05)
    assert learning.told(cases) == cases
    sure, quiet = math.log(1e9) + 0.5 * math.log1p(60), 0.5 * math.log1p(1)
    expected = {"a0": sure / (sure + 10), "a1": sure / (sure + 10), "a2": quiet / (quiet + 10)}
    assert score(judged, learning) == pytest.approx(expected, abs=1e-6)
    assert files.reasons(cases, learning).num_rows == 0
    assert learning.words == ["Ranked by the detectors' nulls alone: there are no past decisions (labels)."]


def test_a_detector_whose_word_was_worth_nothing_no_longer_drowns_one_that_tells() -> None:
    judged = market()
    learning = learnt(judged, labels())
    (outcome,) = learning.outcomes
    assert outcome.model is not None
    assert outcome.later is not None
    one, other = outcome.later.compared.average_precision
    assert one.value > other.value + 0.2
    for name, unseen in (("learned", learning), ("unlearned", Learning())):
        found = score(judged, unseen)
        rest = [k for k in range(SIZE) if k not in AT]
        best = sorted(rest, key=lambda k: -found[f"a{k}"])[:20]
        assert (GUILTY[best].mean() > 0.7) == (name == "learned")
    assert outcome.words.startswith("reviews: ranked by what 400 past decisions")


def test_the_list_and_its_q_values_are_those_of_the_nulls_whatever_was_decided() -> None:
    ring = np.where(TELLING > 12, 0, -1)
    judged = judge([(RINGS, measured(np.where(TELLING > 12, 60.0, TELLING), ring)), (NOISE, measured(LOUD))])
    cases = group(judged, 0.05)
    told = learnt(judged, labels()).told(cases)
    names = ["subject_kind", "subject_id", "scheme", "role", "q_value", "case_id"]
    assert files.subjects(told).num_rows > 0
    assert files.subjects(told).select(names).equals(files.subjects(cases).select(names))
    assert all(m.listed or m.probability >= LIKELY for case in told for m in case.members)


def test_probabilities_that_were_learnt_come_true() -> None:
    learning = learn(market(), LINKS.empty_table(), labels(), NOBODY_LISTED, 0)
    (model,) = learning.models().values()
    assert learning.ranked is not None
    whom = [int(name[1:]) for name in learning.ranked.subjects["subject_id"].to_pylist()]
    decided = [place for place, who in enumerate(whom) if who in AT]
    guilty = GUILTY[[whom[place] for place in decided]]
    log_odds = np.array([model.base(k) + sum(model.parts(k, "review_ring").values()) for k in decided])
    share = guilty.mean()
    chance = 1 / (1 + np.exp(-(log_odds - np.log(PRIOR / (1 - PRIOR)) + np.log(share / (1 - share)))))
    assert chance.mean() == pytest.approx(share, abs=0.03)
    for high in (chance > 0.5, chance < 0.2):
        assert chance[high].mean() == pytest.approx(guilty[high].mean(), abs=0.1)


def test_where_the_nulls_list_many_abuse_is_taken_to_be_as_common() -> None:
    judged = market()
    share = len({judged.rows["subject_id"][int(row)].as_py() for row in judged.first[judged.listed(0.05)]}) / SIZE
    (one,), (other,) = (
        learn(judged, LINKS.empty_table(), labels(), fdr, 0).models().values() for fdr in (NOBODY_LISTED, 0.05)
    )
    assert 0.01 < share < 0.5
    assert other.base(0) - one.base(0) == pytest.approx(np.log(99 * share / (1 - share)))


@pytest.mark.parametrize("who", [int(DECIDED[0]), int(DECIDED[57]), int(DECIDED[399])])
def test_nobody_is_scored_by_the_decision_about_himself_or_somebody_tied_to_him(who: int) -> None:
    ring = np.full(SIZE, -1)
    tied = [int(k) for k in DECIDED[[0, 57, 399]]]
    ring[tied] = 3
    judged = market(ring)
    flipped = GUILTY.copy()
    flipped[who] = not flipped[who]
    named = labels(scheme="review_ring")
    before = score(judged, learnt(judged, named))
    after = score(judged, learnt(judged, labels(flipped, scheme="review_ring")))
    assert before != after
    assert {k: before[f"a{k}"] for k in tied} == {k: after[f"a{k}"] for k in tied}


def test_a_link_ties_as_a_ring_does() -> None:
    one, other = f"a{DECIDED[0]}", f"a{DECIDED[1]}"
    ends = {"source_kind": "account", "source_id": one, "target_kind": "account", "target_id": other}
    links = pa.Table.from_pylist([{**ends, "ring": 0, "link": "same card", "weight": 1.0}], schema=LINKS)
    judged, flipped = market(), GUILTY.copy()
    flipped[DECIDED[0]] = not flipped[DECIDED[0]]
    scores = [
        score(judged, learnt(judged, labels(guilty, scheme="review_ring"), links)) for guilty in (GUILTY, flipped)
    ]
    assert scores[0][other] == scores[1][other]


def test_more_surprise_never_lowers_a_score_nor_a_probability() -> None:
    judged = market()
    (model,) = learnt(judged, labels()).models().values()
    assert all((weighing.weights >= 0).all() for weighing in model.weighings)
    more = replace(model.signals, values=model.signals.values + csr_array(RNG.random(model.signals.values.shape)))
    assert (replace(model, signals=more).nats() >= model.nats()).all()


def test_the_same_decisions_in_any_order_teach_the_same() -> None:
    judged, decided = market(), labels()
    shuffled = decided.take(RNG.permutation(decided.num_rows)).sort_by([(name, "ascending") for name in ORDER])
    assert score(judged, learnt(judged, decided)) == score(judged, learnt(judged, shuffled))


def test_a_detector_that_the_decisions_say_nothing_about_is_not_forgotten() -> None:
    new = replace(RINGS, name="reviews.new")
    silent = np.zeros(SIZE)
    silent[next(k for k in range(SIZE) if k not in AT)] = 40.0
    judged = judge([(RINGS, measured(TELLING)), (NOISE, measured(LOUD)), (new, measured(silent))])
    found = score(judged, learnt(judged, labels()))
    newly = found[f"a{int(np.argmax(silent))}"]
    assert newly > np.quantile(list(found.values()), 0.95)


@pytest.mark.parametrize(
    ("decided", "says"),
    [
        (labels(label="legitimate"), f"0 decisions before 2025-04-22 say abusive, and it takes {LEAST}"),
        (labels(label="abusive"), "say legitimate"),
        (labels().slice(0, 15), "say abusive"),
        (labels(second=20_000 * DAY), "0 decisions before 2024-10-04 say abusive"),
        (labels(scheme="refund_gang"), "no decision is about anybody who was assessed"),
        (labels(subject_kind="staff"), "no decision is about anybody who was assessed"),
    ],
)
def test_where_there_is_too_little_to_learn_from_it_says_what_is_missing(decided: pa.Table, says: str) -> None:
    judged = market()
    learning = learnt(judged, decided)
    assert score(judged, learning) == score(judged, Learning())
    (words,) = learning.words
    assert words.startswith("reviews: not learned")
    assert says in words


def test_a_ring_on_which_all_depends_is_not_enough_to_learn_from() -> None:
    judged = market(np.where(GUILTY, 0, -1))
    (words,) = learnt(judged, labels()).words
    assert "tied to each other" in words


def test_what_would_rank_later_decisions_worse_is_not_used() -> None:
    late = GUILTY.copy()
    turned = DECIDED[200:]
    late[turned] = LOUD[turned] > np.quantile(LOUD[turned], 0.7)
    judged = market()
    learning = learnt(judged, labels(late))
    assert learning.nats() is None
    assert "would rank worse" in learning.words[0]


def test_the_last_word_on_a_subject_counts_and_of_the_same_second_the_one_that_clears() -> None:
    judged = market()
    rows = labels().to_pylist()
    early = [{**row, "label": "abusive", "second": row["second"] - 400 * DAY} for row in rows]
    cleared = [row for row in rows if row["label"] == "legitimate"]
    same = [{**row, "label": "abusive"} for row in cleared]
    assert score(judged, learnt(judged, table([*rows, *early, *same]))) == score(judged, learnt(judged, labels()))


def test_a_decision_about_another_family_s_scheme_says_nothing_here() -> None:
    judged = judge([(RINGS, measured(TELLING)), (NOISE, measured(LOUD)), (GANGS, measured(LOUD))])
    other = [{**row, "label": "abusive", "scheme": "refund_gang"} for row in labels().to_pylist()]
    learning = learnt(judged, table([*labels().to_pylist(), *other]))
    assert score(judged, learning) == score(market(), learnt(market(), labels()))
    assert [one.family for one in learning.outcomes] == ["refunds", "reviews"]
    assert learning.outcomes[0].abusive == GUILTY[DECIDED].sum()


def test_the_reasons_say_by_how_much_each_detector_raises_the_odds() -> None:
    strong = TELLING.copy()
    strong[:3] = 60.0
    ring = np.where(np.arange(SIZE) < 3, 0, -1)
    judged = judge([(RINGS, measured(strong, ring)), (NOISE, measured(LOUD))])
    learning = learnt(judged, labels())
    (case,) = (case for case in learning.told(group(judged, 0.05)) if case.rings)
    rows = files.reasons([case], learning).to_pylist()
    assert {row["detector"] for row in rows} == {"reviews.lockstep", "reviews.noise"}
    assert all(row["odds_factor"] > 1 for row in rows)
    first = [row for row in rows if row["subject_id"] == case.members[0].subject_id]
    assert first[0]["detector"] == "reviews.lockstep"


def test_whoever_was_assessed_by_nobody_leaves_nothing_to_rank() -> None:
    judged = judge([(RINGS, Measured(measured(np.array([]))).assessed)])
    assert learnt(judged, labels()).words == ["Ranked by the detectors' nulls alone: nobody was assessed."]


@pytest.mark.parametrize("year", [-290_000, 0, 290_000])
def test_decisions_of_a_year_that_no_calendar_has_do_no_harm(year: int) -> None:
    (words,) = learnt(market(), labels(second=(year - 1970) * 365 * DAY)).words
    assert "it takes" in words
