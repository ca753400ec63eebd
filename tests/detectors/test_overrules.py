"""Who undoes colleagues' decisions is said with a weak voice; whose task it is, is compared with those who share it."""

import math

import numpy as np
import pyarrow as pa
import pytest

from floorwalker.detectors.insiders.overrules import OVERRULING, TRUST
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below

START = 1_735_689_600


def desk(seed, staff=300, *, appeals=0, bent=None):
    """Staff who suspend sellers and reinstate some; the last `appeals` of them decide appeals, for everybody."""
    rng = np.random.default_rng(seed)
    taste = rng.beta(2, 8, staff)
    rows = []
    for who in range(staff):
        duty = 0.9 if who >= staff - appeals else 0.9 if who == bent else taste[who]
        for k in range(int(rng.integers(8, 60))):
            seller, at = f"s{who}-{k}", START + int(rng.integers(0, 300 * 86_400))
            lifts = rng.random() < duty
            first = (who + 1) % staff if lifts else who
            rows.append((f"agent{first}", at, "suspend_seller", seller, "policy"))
            if lifts:
                later = at + int(rng.integers(3600, 60_000 if who == bent else 40 * 86_400))
                rows.append((f"agent{who}", later, "reinstate_seller", seller, "appeal"))
    who, at, action, seller, reason = zip(*rows, strict=True)
    acts = {
        "action_id": [f"a{k:06d}" for k in range(len(rows))],
        "staff_id": who,
        "at": pa.array([second * 1_000_000 for second in at], pa.timestamp("us")),
        "action": action,
        "object_kind": ["seller"] * len(rows),
        "object_id": seller,
        "reason": reason,
    }
    team = ["appeals" if k >= staff - appeals else "sellers" for k in range(staff)]
    people = {"staff_id": [f"agent{k}" for k in range(staff)], "team": team, "role": ["agent"] * staff}
    return {"staff_actions": pa.table(acts), "staff": pa.table(people)}


@pytest.mark.parametrize("appeals", [0, 40])
def test_staff_who_differ_by_taste_or_decide_appeals_keep_the_promise(appeals):
    log_p = np.concatenate(
        [trial(OVERRULING, desk(seed, appeals=appeals)).assessed["log_p"].to_numpy() for seed in (1, 2, 3)]
    )
    assert share_below(log_p).verdict in ("uniform", "conservative")
    assert 0.02 < np.mean(log_p < math.log(0.05)) < 0.07


def test_an_overruler_is_named_first_with_the_decisions_but_not_listed_alone():
    measured = trial(OVERRULING, desk(5, bent=7))
    rows = sorted(measured.assessed.to_pylist(), key=lambda row: row["log_p"])
    assert rows[0]["subject_id"] == "agent7"
    assert "undo a colleague's restriction" in rows[0]["explanation"]
    assert "within a day" in rows[0]["explanation"]
    assert {cited["table"] for cited in rows[0]["evidence"]} == {"staff_actions"}
    assert max(row["log_e"] for row in rows) <= TRUST
    assert not listed(OVERRULING, measured)


def test_undoing_ones_own_decision_overrules_nobody():
    tables = desk(6, staff=60)
    acts = tables["staff_actions"]
    alone = acts.set_column(
        1, "staff_id", pa.array([f"agent{s.split('-')[0][1:]}" for s in acts["object_id"].to_pylist()])
    )
    rows = trial(OVERRULING, {**tables, "staff_actions": alone}).assessed
    assert rows.num_rows == 60
    assert not any(rows["explanation"].to_pylist())


def test_a_log_in_which_nobody_gives_reasons_asks_nobody_for_them():
    tables = desk(8, bent=7)
    mute = {**tables, "staff_actions": tables["staff_actions"].drop_columns(["reason"])}
    told = [text for text in trial(OVERRULING, mute).assessed["explanation"].to_pylist() if text]
    assert told
    assert not any("reason" in text for text in told)
