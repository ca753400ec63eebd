"""Millions of acts of staff: the desk of one made world, as often as it takes, each copy with names of its own.

Orders, buyers and reviews that no act, ticket or message touches are left out: what is measured is the staff's side.
"""

import argparse
import json
import math
import subprocess
import tempfile
from pathlib import Path

import duckdb

from benchmarks.speed_scan import MAIN, timed
from floorwalker.contract.tables import TABLES

TABLES_OF_A_DESK = (
    "accounts",
    "products",
    "orders",
    "reviews",
    "refunds",
    "messages",
    "staff",
    "staff_actions",
    "tickets",
    "enforcements",
)
NAMES = ("assigned_by", "decided_by", "device", "ip")
WORDS = ("router", "self")
"""Columns beside the ids that are renamed in each copy, and what stays in them."""
TOUCHED = """
    create table touched as
    select object_id as id from staff_actions union select subject_id from tickets
    union select r.order_id from refunds r join staff_actions a on a.object_id = r.refund_id
    union select o.buyer_id from orders o join tickets t on t.subject_id = o.order_id
    union select sender_id from messages union select recipient_id from messages
"""
KEYS = {"orders": "order_id", "reviews": "review_id", "refunds": "refund_id", "accounts": "account_id"}


def options(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--acts", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--family", default="insiders")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", default="4GB")


def measure(asked: argparse.Namespace) -> None:
    """Print a row for each number of acts, and the slowest steps of the last."""
    print("| acts | staff | rows of all tables | scan (s) | peak (GB) | listed |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="speed-") as name:
        folder = Path(name)
        world = [*MAIN, "world", str(folder / "world"), "--scale", "1", "--seed", str(asked.seed)]
        subprocess.run(world, check=True, capture_output=True)
        for acts in asked.acts:
            slowest = _row(folder, acts, asked)
    print("\nSlowest of the last: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest) + ".")


def _row(folder: Path, acts: int, asked: argparse.Namespace) -> list[tuple[str, float]]:
    market, out = folder / f"desk{acts}", folder / f"run{acts}"
    rows = copied(folder / "world", market, acts)
    scan = [*MAIN, "scan", str(market), "--out", str(out), "--only", asked.family, "--memory", asked.memory]
    took, peak = timed(scan)
    run = json.loads((out / "run.json").read_text("utf-8"))
    listed = duckdb.read_parquet(str(out / "subjects.parquet")).count("*").fetchall()[0][0]
    figures = f"{rows['staff_actions']:,} | {rows['staff']:,} | {sum(rows.values()):,} | {took:.0f} | {peak / 1e9:.2f}"
    print(f"| {figures} | {listed:,} |", flush=True)
    return sorted(((s["name"], s["seconds"]) for s in run["steps"]), key=lambda one: -one[1])[:6]


def copied(world: Path, market: Path, acts: int) -> dict[str, int]:
    """Write the desk of `world` into `market`, often enough for so many acts; how many rows each table has."""
    market.mkdir()
    rows = {}
    with duckdb.connect(config={"preserve_insertion_order": False}) as con:
        for table in TABLES_OF_A_DESK:
            con.read_parquet(str(world / f"{table}.parquet")).create_view(table)
        con.execute(TOUCHED)
        copies = math.ceil(acts / con.execute("select count(*) from staff_actions").fetchall()[0][0])
        for table in TABLES_OF_A_DESK:
            made = _renamed(con, table, copies)
            made.write_parquet(str(market / f"{table}.parquet"))
            rows[table] = duckdb.read_parquet(str(market / f"{table}.parquet")).count("*").fetchall()[0][0]
    return rows


def _renamed(con: duckdb.DuckDBPyConnection, table: str, copies: int) -> duckdb.DuckDBPyRelation:
    """The touched rows of a table, once for each copy, ids with the number of the copy behind them."""
    rows = con.table(table)
    if table in KEYS:
        rows = rows.join(con.table("touched"), f"{KEYS[table]} = touched.id", how="semi")
    own = {c.name for c in TABLES[table].columns if c.kind == "id"} | {*NAMES}
    columns = [
        f"case when {name} in {WORDS} then {name} else {name} || '-' || copy end as {name}"
        if name in own
        else f'"{name}"'
        for name in rows.columns
    ]
    return rows.cross(con.table_function("range", [copies]).project("range as copy")).project(", ".join(columns))
