"""A run's Parquet files as the records that the page shows."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from floorwalker.contract.errors import RunError
from floorwalker.contract.run import FILES
from floorwalker.contract.words import ROLES
from floorwalker.report.manifest import read_manifest
from floorwalker.report.records import Case, Event, Finding, Link, Member, Naming, Removal, Run, Subject

SHOWN = 30
"""Cases that have a section of their own; the others are in the table only."""


def gather(run: Path) -> Run:
    """The records of a run; `RunError` when the folder is not one or a file is broken."""
    manifest = read_manifest(run)
    cases = _rows(run, "cases")
    shown = [row["case_id"] for row in cases[:SHOWN]]
    subjects = _rows(run, "subjects")
    listed = _listed(subjects)
    members = _by_case(_rows(run, "case_members"))
    reasons = _by_case(_rows(run, "reasons", shown))
    findings = _findings(_rows(run, "findings", without="evidence"), subjects, members)
    events = _by_case(_rows(run, "events", shown))
    links = _by_case(_rows(run, "links", shown, without="evidence"))
    removals = _by_case(_rows(run, "removals", shown))
    naming = _naming(_rows(run, "naming"))
    return Run(
        manifest,
        tuple(
            Case(
                rank=rank,
                **{name: row[name] for name in _SAME},
                title=row["title"] or "Case without a title",
                summary=row["summary"] or "",
                scheme=row["scheme"] or "",
                members=_members(members[row["case_id"]], listed, _raised(reasons[row["case_id"]])),
                findings=tuple(findings[row["case_id"]]),
                events=_events(events[row["case_id"]]),
                links=_links(links[row["case_id"]]),
                removals=_removals(removals[row["case_id"]]),
                naming=naming.get(row["case_id"]),
            )
            for rank, row in enumerate(cases, start=1)
        ),
        subjects=len({(kind, name) for _, kind, name in listed}),
        scored=_scored(run),
    )


_SAME = ("case_id", "probability", "exposure", "currency", "first_seen_at", "last_seen_at")


def _read(run: Path, name: str, columns: list[str]) -> pa.Table:
    path = run / f"{name}.parquet"
    schema = pa.schema([FILES[name].field(column) for column in columns])
    try:
        table = pq.read_table(path, columns=columns, partitioning=None).select(columns).cast(schema)
        table.validate(full=True)
    except (OSError, KeyError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0]
        raise RunError(f"{path} cannot be read as the run's {name} ({reason}); scan again to write it anew") from error
    return table


def _rows(run: Path, name: str, cases: list[str] | None = None, without: str = "") -> list[dict[str, Any]]:
    table = _read(run, name, [column for column in FILES[name].names if column != without])
    if cases is not None:
        table = table.filter(pc.is_in(table["case_id"], value_set=pa.array(cases, pa.string())))
    return list(table.to_pylist())


def _by_case(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["case_id"]].append(row)
    return groups


def _listed(subjects: list[dict[str, Any]]) -> dict[tuple[str, str, str], float]:
    """The q-value of each listed subject in its case, the lowest when it is listed for several schemes."""
    least: dict[tuple[str, str, str], float] = {}
    for row in subjects:
        key = (row["case_id"], row["subject_kind"], row["subject_id"])
        least[key] = min(least.get(key, 1.0), row["q_value"])
    return least


def _scored(run: Path) -> dict[str, int]:
    table = _read(run, "scores", ["family"])
    counts = table.group_by("family").aggregate([([], "count_all")])
    return dict(sorted(zip(counts["family"].to_pylist(), counts["count_all"].to_pylist(), strict=True)))


def _findings(
    rows: list[dict[str, Any]], subjects: list[dict[str, Any]], members: dict[str, list[dict[str, Any]]]
) -> dict[str, list[Finding]]:
    """Findings by case, strongest first: of each member, unless the list of subjects puts it in another case."""
    home = {(r["subject_kind"], r["subject_id"], r["scheme"]): r["case_id"] for r in subjects}
    cases_of: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case_id, group in members.items():
        for row in group:
            cases_of[row["subject_kind"], row["subject_id"]].append(case_id)
    found: dict[str, list[Finding]] = defaultdict(list)
    for row in rows:
        subject = Subject(row["subject_kind"], row["subject_id"])
        own = home.get((*subject, row["scheme"]))
        for case_id in dict.fromkeys(cases_of[subject]):
            if own in (None, case_id):
                found[case_id].append(_finding(subject, row))
    for mine in found.values():
        mine.sort(key=lambda f: (f.p_value is None, f.p_value or 0.0, f.detector, f.subject, f.explanation))
    return found


def _finding(subject: Subject, row: dict[str, Any]) -> Finding:
    same = {name: row[name] for name in ("detector", "p_value", "q_value", "effect")}
    against = tuple(text for text in row["counter_evidence"] or () if text)
    return Finding(subject, **same, explanation=row["explanation"] or "", counter_evidence=against)


def _raised(rows: list[dict[str, Any]]) -> dict[Subject, tuple[tuple[str, float], ...]]:
    """By subject, what raises the odds, the greatest first; of several schemes the first that is told."""
    found: dict[Subject, dict[str, float]] = defaultdict(dict)
    for row in rows:
        found[Subject(row["subject_kind"], row["subject_id"])].setdefault(
            row["detector"] or "", row["odds_factor"] or 1
        )
    return {one: tuple(sorted(by.items(), key=lambda part: (-part[1], part[0]))) for one, by in found.items()}


def _members(
    rows: list[dict[str, Any]],
    listed: dict[tuple[str, str, str], float],
    raised: dict[Subject, tuple[tuple[str, float], ...]],
) -> tuple[Member, ...]:
    members = []
    for row in rows:
        key = (row["case_id"], row["subject_kind"], row["subject_id"])
        subject = Subject(row["subject_kind"], row["subject_id"])
        said = raised.get(subject, ())
        members.append(Member(subject, row["role"] or "", row["probability"], listed.get(key), said))
    order = {role: place for place, role in enumerate(ROLES)}
    return tuple(sorted(members, key=lambda m: (order.get(m.role, 99), -round(m.probability or 0.0, 6), m.subject)))


def _events(rows: list[dict[str, Any]]) -> tuple[Event, ...]:
    events = [
        Event(
            row["table"] or "",
            row["id"] or "",
            row["at"],
            Subject(row["actor_kind"] or "", row["actor_id"] or ""),
            Subject(row["object_kind"] or "", row["object_id"] or ""),
            row["what"] or "",
            row["detail"] or "",
        )
        for row in rows
    ]
    return tuple(sorted(events, key=lambda e: (e.at is None, e.at.timestamp() if e.at else 0.0, e.table, e.id)))


def _links(rows: list[dict[str, Any]]) -> tuple[Link, ...]:
    links = [
        Link(
            Subject(row["source_kind"], row["source_id"]),
            Subject(row["target_kind"], row["target_id"]),
            row["link"] or "",
            row["weight"] or 0.0,
        )
        for row in rows
    ]
    return tuple(sorted(links, key=lambda k: (-round(k.weight, 6), k.source, k.target, k.link)))


def _removals(rows: list[dict[str, Any]]) -> tuple[Removal, ...]:
    found = [Removal(**{name: value for name, value in row.items() if name != "case_id"}) for row in rows]
    return tuple(sorted(found, key=lambda r: (-r.suspect, r.product_id)))


def _naming(rows: list[dict[str, Any]]) -> dict[str, Naming]:
    return {row["case_id"]: Naming(row["first_named_at"], row["half_named_at"], row["days"]) for row in rows}
