"""A run of a few steps, to be killed at any moment. It writes its rows and what it reused to two files."""

from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from floorwalker.engine.door import open_engine
from floorwalker.engine.step import Step, bind
from floorwalker.engine.workspace import Workspace

STEPS = [
    Step("first", "select id, id % 7 as rest from numbers where id >= $least"),
    Step("sums", "select rest, count(*) as n, sum(id) as total from first group by rest"),
    Step("pairs", "select a.id, b.id as other from first a join first b on a.id % 1000 = b.id % 1000 and a.id < b.id"),
]
LAST = Step("last", "select s.rest, s.total, t.n as tops from sums s join tops t on t.rest = s.rest")


def run(folder: Path, size: int, least: int) -> None:
    engine = open_engine("duckdb", memory="1GB", spill=folder / "spill")
    workspace = Workspace(folder / "steps", engine, "inputs-1")
    workspace.keep("numbers", lambda: pa.table({"id": pa.array(range(size), pa.int64())}))
    workspace.run(bind(STEPS, {"numbers": {"id": "BIGINT"}}), {"least": least})
    tops = workspace.keep("tops", lambda: workspace.table("sums", ["rest", "n"], order_by=("rest",)).slice(0, 3))
    arrays = {"tops": {"rest": "BIGINT", "n": "BIGINT"}, "sums": {"rest": "BIGINT", "total": "BIGINT"}}
    workspace.run(bind([LAST], arrays), {})
    pairs = workspace.table("pairs", order_by=("id", "other"))
    seen = [sha256(column.to_numpy().tobytes()).hexdigest() for column in pairs.columns]
    rows = [tops.to_pylist(), workspace.table("last", order_by=("rest",)).to_pylist(), pairs.num_rows, *seen]
    (folder / "rows.txt").write_text("\n".join(map(str, rows)))
    (folder / "reused.txt").write_text(" ".join(t.name for t in workspace.timings if t.reused))
    engine.close()
