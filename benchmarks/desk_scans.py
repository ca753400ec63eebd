"""Scans of made desks, and who was listed for what insiders do."""

import json
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

import floorwalker as fw
from benchmarks.desk_words import START

Tables = dict[str, pa.Table]
INSIDERS = ("insider_data", "insider_reviews", "insider_reinstate", "insider_refunds", "staff_takeover")


@dataclass(frozen=True, slots=True)
class Listed:
    """(scheme, kind, id) of those listed under INSIDERS; how many are listed else; seconds of the scan.

    health: each detector of insiders with how many it tested and the share of p-values below .05.
    """

    names: frozenset[tuple[str, str, str]]
    else_listed: int
    seconds: float
    health: dict[str, tuple[int, float]]

    def staff(self) -> set[str]:
        """Staff accused of whatever."""
        return {one for _, kind, one in self.names if kind == "staff"}

    def accounts(self) -> set[str]:
        """Accounts accused as those who profit."""
        return {one for _, kind, one in self.names if kind == "account"}


def scanned(tables: Tables, *, only: list[str] | None = None, second: int | None = None) -> Listed:
    """Scan these tables, as of a second of the desk's time if one is given."""
    as_of = None if second is None else _moment(second)
    with tempfile.TemporaryDirectory(prefix="floorwalker-desk-") as work:
        begun = time.monotonic()
        run = fw.scan(fw.open(tables), out=Path(work) / "run", only=only, as_of=as_of)
        seconds = time.monotonic() - begun
        rows = run.subjects.to_pylist()
        told = json.loads((Path(work) / "run" / "run.json").read_text(encoding="utf-8"))["detectors"]["run"]
    names = {(row["scheme"], row["subject_kind"], row["subject_id"]) for row in rows if row["scheme"] in INSIDERS}
    health = {
        one["name"]: (one["health"]["tested"], one["health"]["share_below_05"])
        for one in told
        if one["name"].startswith("insiders.")
    }
    return Listed(frozenset(names), sum(row["scheme"] not in INSIDERS for row in rows), seconds, health)


def _moment(second: int) -> datetime:
    moment: datetime = (START + second).item()
    return moment
