"""A log of blocks becomes staff and what they did; who blocks oneself is the object, and no row is lost unsaid."""

import runpy
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

PREPARE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "privileged_actions" / "prepare.py"))["prepare"]


def test_blocks_become_suspensions_and_the_table_says_who_acts_on_oneself(tmp_path):
    rows = [
        (1, "x1", "block", "t1", False, 12),
        (2, "x2", "unblock", "t1", False, 0),
        (3, "x1", "block", "t2", True, 4),
        (4, "x2", "unblock", "t2", False, 4),
        (5, None, "reblock", "t1", False, 4),
        (6, "x2", "reblock", "t1", False, 4),
    ]
    names = ("id", "actor", "action", "target", "own", "reason_length")
    log = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    log = log.append_column("acted_at", pa.array([datetime(2020, 1, 1, k) for k in range(6)], pa.timestamp("us")))
    pq.write_table(log.append_column("indefinite", pa.array([False] * 6)), tmp_path / "reversals.parquet")
    months = {"actor": ["x1", "x1", "x2"], "month": [date(2019, 5, 1), date(2018, 2, 1), date(2020, 1, 1)]}
    pq.write_table(pa.table({**months, "action": ["block"] * 3, "n": [4, 5, 6]}), tmp_path / "actor_months.parquet")
    found = PREPARE(tmp_path, tmp_path / "out")
    assert found == {"staff_actions": 5, "staff": 2, "set aside: no actor": 1}
    acts = pq.read_table(tmp_path / "out" / "staff_actions.parquet").to_pylist()
    did = ["suspend_seller", "reinstate_seller", "suspend_seller", "reinstate_seller", "restrict_seller"]
    assert [act["action"] for act in acts] == did
    assert [act["object_id"] for act in acts] == ["t1", "t1", "x1", "x1", "t1"]
    assert [act["reason"] is None for act in acts] == [False, True, False, False, False]
    staff = pq.read_table(tmp_path / "out" / "staff.parquet").to_pylist()
    assert [(one["staff_id"], one["started_at"].year) for one in staff] == [("x1", 2018), ("x2", 2020)]
