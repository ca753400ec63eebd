"""From what was measured to the files of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from floorwalker.cases import files, pauses
from floorwalker.cases.decisions import LABELS, ORDER
from floorwalker.cases.events import CASE_EVIDENCE, EVENT_STEPS, case_evidence
from floorwalker.cases.grouping import Case, group
from floorwalker.cases.judge import Judged, judge
from floorwalker.cases.learned import Learning
from floorwalker.cases.learning import learn
from floorwalker.cases.money import GAINERS, MONEY, gainers
from floorwalker.cases.monitor import Suspended, silenced, suspended
from floorwalker.cases.removals import REMOVALS, SUSPECT_REVIEWS, removals, suspect_reviews
from floorwalker.cases.vouched import STEPS, pleaded, vouched
from floorwalker.contract import run
from floorwalker.detectors.insiders.explanations import EXPLAINED_COUNTS
from floorwalker.detectors.measured import LINKS, Measured
from floorwalker.detectors.record import Detector
from floorwalker.engine.step import bind
from floorwalker.engine.workspace import Timing, Workspace
from floorwalker.pipeline.folder import MANIFEST
from floorwalker.pipeline.measure import rows_of


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan that is done, but for its files. tables: by file name without the ending.

    suspended: detectors that were not believed, by name. explained: acts of staff by the rule that explains them.
    """

    tables: dict[str, pa.Table]
    ran: Sequence[tuple[Detector, pa.Table]]
    skipped: dict[str, list[str]]
    timings: list[Timing]
    learning: Learning
    suspended: Mapping[str, Suspended]
    explained: dict[str, int]

    def write(self, folder: Path, manifest: bytes) -> None:
        """Write the tables and run.json to a folder that nobody reads yet."""
        for name, table in self.tables.items():
            pq.write_table(table, folder / f"{name}.parquet", compression="zstd", row_group_size=100_000)
        (folder / MANIFEST).write_bytes(manifest)


def conclude(
    workspace: Workspace,
    measured: Sequence[tuple[Detector, Measured]],
    skipped: dict[str, list[str]],
    fdr: float,
    seed: int,
) -> Scanned:
    """Judge, learn, group, look up evidence and money, and lay out the files."""
    assessed = [(detector, one.assessed) for detector, one in measured]
    judged, off = _believed(assessed, fdr)
    named_links = _named_links(measured)
    learning = learn(judged, named_links, _labels(workspace), fdr, seed)
    cases = learning.told(group(judged, fdr))
    events = _events(workspace, cases, judged)
    money = _money(workspace, cases, events)
    cases = files.ranked(cases, money)
    vouches = _vouches(workspace, measured, cases)
    links = files.links(cases, named_links)
    said = {case_id: [sentence] for case_id, sentence in pleaded(vouches, seed).items()}
    for case_id, sentences in _pauses(workspace, cases, links).items():
        said[case_id] = said.get(case_id, []) + sentences
    tables = {
        "findings": files.findings(judged),
        "subjects": files.subjects(cases),
        "cases": files.cases_table(cases, judged, events, money, said),
        "case_members": files.case_members(cases),
        "removals": _removals(workspace, cases, judged),
        "naming": run.NAMING.empty_table(),
        "links": links,
        "scores": files.scores(judged, learning),
        "reasons": files.reasons(cases, learning),
        "vouches": vouches,
        "events": files.events(events),
    }
    return Scanned(tables, assessed, skipped, workspace.timings, learning, off, _explained(workspace, measured))


def _believed(assessed: Sequence[tuple[Detector, pa.Table]], fdr: float) -> tuple[Judged, Mapping[str, Suspended]]:
    """The verdict without the detectors whose null does not fit the staff at hand, and those detectors."""
    judged = judge(assessed)
    off = suspended(assessed, judged.listed_subjects(fdr))
    if off:
        judged = judge([(one, silenced(rows) if one.name in off else rows) for one, rows in assessed])
    return judged, off


def _labels(workspace: Workspace) -> pa.Table:
    workspace.run(bind([LABELS]), {})
    return workspace.table(LABELS.name, order_by=ORDER)


def _events(workspace: Workspace, cases: list[Case], judged: Judged) -> pa.Table:
    workspace.keep("case_evidence", lambda: case_evidence(cases, judged))
    workspace.run(bind(EVENT_STEPS, CASE_EVIDENCE), {})
    order = ("case_id", "at", "source", "id")
    tables = [workspace.table(step.name, order_by=order) for step in EVENT_STEPS]
    nullable = pa.schema([field.with_nullable(True) for field in tables[0].schema])
    return pa.concat_tables([table.cast(nullable) for table in tables]).sort_by([(name, "ascending") for name in order])


def _money(workspace: Workspace, cases: list[Case], events: pa.Table) -> dict[str, files.Money]:
    for name in GAINERS:
        workspace.keep(name, lambda name=name: gainers(cases, events)[name])  # type: ignore[misc]
    workspace.run(bind([MONEY], GAINERS | CASE_EVIDENCE), {})
    found: dict[str, files.Money] = {}
    for row in workspace.table(MONEY.name, order_by=("case_id", "currency")).to_pylist():
        amount = Decimal(row["cents"]) / 100
        if row["case_id"] not in found or amount > found[row["case_id"]].amount:
            found[row["case_id"]] = files.Money(amount, row["currency"])
    return found


def _removals(workspace: Workspace, cases: list[Case], judged: Judged) -> pa.Table:
    workspace.keep("suspect_reviews", lambda: suspect_reviews(cases, judged))
    workspace.run(bind([REMOVALS], SUSPECT_REVIEWS), {})
    return removals(cases, workspace.table(REMOVALS.name, order_by=("case_id", "product_id")))


def _vouches(workspace: Workspace, measured: Sequence[tuple[Detector, Measured]], cases: list[Case]) -> pa.Table:
    """Empty where no detector read the channels."""
    if not {step.name for detector, _ in measured for step in detector.steps} >= STEPS:
        return run.VOUCHES.empty_table()
    return vouched(rows_of(workspace), cases)


def _pauses(workspace: Workspace, cases: list[Case], links: pa.Table) -> dict[str, list[str]]:
    workspace.keep("insider_pairs", lambda: pauses.insider_pairs(cases, links))
    workspace.run(bind(pauses.STEPS, pauses.PAIRS), {})
    return pauses.pauses(rows_of(workspace))


def _explained(workspace: Workspace, measured: Sequence[tuple[Detector, Measured]]) -> dict[str, int]:
    """Empty where no detector asked what explains the acts of staff."""
    if EXPLAINED_COUNTS not in {step for detector, _ in measured for step in detector.steps}:
        return {}
    counts = workspace.table(EXPLAINED_COUNTS.name, order_by=("rule",)).to_pylist()
    return {row["rule"]: row["acts"] for row in counts}


def _named_links(measured: Sequence[tuple[Detector, Measured]]) -> pa.Table:
    tables = []
    for detector, one in measured:
        ring = pc.binary_join_element_wise(detector.name, pc.cast(one.links["ring"], pa.string()), " ")
        tables.append(one.links.append_column("detector_ring", ring))
    return pa.concat_tables(tables) if tables else LINKS.append(pa.field("detector_ring", pa.string())).empty_table()
