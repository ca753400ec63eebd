"""The tables of a run (contract, section 2) from judged rows and grouped cases."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.cases.grouping import Case, digest
from floorwalker.cases.judge import Judged
from floorwalker.cases.learned import Learning
from floorwalker.cases.signals import ranking
from floorwalker.cases.story import summary, title
from floorwalker.contract import run

LEAST_P = 1e-300
MOST_NATS = 600.0
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Money:
    """Orders at stake in one case: the currency with the most of it, and its amount."""

    amount: Decimal
    currency: str


def findings(judged: Judged) -> pa.Table:
    """Rows with words, one finding each, ordered by q-value, p-value and subject."""
    told = np.flatnonzero(judged.rows["explanation"].is_valid().to_numpy())
    rows = judged.rows.take(told)
    keys = zip(*(rows[name].to_pylist() for name in ("detector", "subject_kind", "subject_id", "role")), strict=True)
    table = pa.table(
        {
            "finding_id": ["F-" + digest(key) for key in keys],
            **{name: rows[name] for name in ("detector", "scheme", "subject_kind", "subject_id")},
            "p_value": _figures(rows["log_p"].to_numpy()),
            "q_value": _figures(judged.log_q[judged.hypothesis[told]]),
            "effect": [_rounded(x) for x in rows["effect"].to_pylist()],
            "explanation": rows["explanation"],
            "evidence": rows["evidence"],
            "counter_evidence": rows["counter_evidence"],
        },
        schema=run.FINDINGS,
    )
    return table.sort_by([(n, "ascending") for n in ("q_value", "p_value", "subject_kind", "subject_id", "finding_id")])


def subjects(cases: list[Case]) -> pa.Table:
    """Every listed subject and scheme, ordered by kind, id and scheme."""
    rows = [
        (m.kind, m.subject_id, m.scheme, m.role, m.probability, _figure(m.log_q), case.case_id)
        for case in cases
        for m in case.listed
    ]
    return _table(run.SUBJECTS, sorted(rows))


def case_members(cases: list[Case]) -> pa.Table:
    """The members of the cases, in the order of the cases."""
    rows = {(c.case_id, m.kind, m.subject_id, m.role): m.probability for c in cases for m in c.members}
    return _table(run.CASE_MEMBERS, [(*key, probability) for key, probability in rows.items()])


def ranked(cases: list[Case], money: dict[str, Money]) -> list[Case]:
    """Cases by probability × exposure; then by probability, size and id."""

    def key(case: Case) -> tuple[Decimal, Decimal, int, str]:
        sure = Decimal(str(case.probability))
        at_stake = money[case.case_id].amount if case.case_id in money else Decimal(0)
        return (-sure * at_stake, -sure, -len(case.listed), case.case_id)

    return sorted(cases, key=key)


def cases_table(
    cases: list[Case], judged: Judged, events: pa.Table, money: dict[str, Money], said: dict[str, list[str]]
) -> pa.Table:
    """The cases in the order given. said: by case, sentences on its vouches and on its agents' absences."""
    counted = events.group_by("case_id", use_threads=False).aggregate([("at", "min"), ("at", "max"), ("id", "count")])
    seen = {row["case_id"]: row for row in counted.to_pylist()}
    rows = []
    for case in cases:
        at = seen.get(case.case_id)
        span = (_utc(at["at_min"]), _utc(at["at_max"])) if at else None
        stake = money.get(case.case_id, Money(Decimal(0), ""))
        text = summary(case, judged, at["id_count"] if at else 0, span, said.get(case.case_id, []))
        first, last = span or (None, None)
        amount = stake.amount.quantize(CENT)
        size = len(case.members)
        row = (
            case.case_id,
            case.scheme,
            title(case),
            text,
            case.probability,
            amount,
            stake.currency,
            first,
            last,
            size,
        )
        rows.append(row)
    return _table(run.CASES, rows)


def links(cases: list[Case], measured_links: pa.Table) -> pa.Table:
    """Links between members of one case. measured_links: LINKS with `detector_ring`."""
    ring_case = {ring: case for case in cases for ring in case.rings}
    inside = {case.case_id: {(m.kind, m.subject_id) for m in case.members} for case in cases}
    rows = []
    for row in measured_links.to_pylist():
        case = ring_case.get(row["detector_ring"])
        ends = {(row["source_kind"], row["source_id"]), (row["target_kind"], row["target_id"])}
        if case and ends <= inside[case.case_id]:
            rows.append({"case_id": case.case_id, **{n: row[n] for n in run.LINKS.names if n != "case_id"}})
    names = ("case_id", "source_kind", "source_id", "target_kind", "target_id", "link")
    rows.sort(key=lambda row: tuple(row[n] for n in names))
    return pa.Table.from_pylist(rows, schema=run.LINKS)


def scores(judged: Judged, learning: Learning) -> pa.Table:
    """Every assessed subject: its score in each family, learned or its worst surprise."""
    ranked = learning.ranked or ranking(judged)
    learned = learning.nats()
    nats = ranked.nats if learned is None else learned
    score = pa.array(np.round(nats / (nats + 10), 6))
    return ranked.subjects.append_column("score", score).select(run.SCORES.names).cast(run.SCORES)


def reasons(cases: list[Case], learning: Learning) -> pa.Table:
    """By how many times each detector raises the odds of each member, in the order of the cases."""
    rows = [
        (case.case_id, m.kind, m.subject_id, m.scheme, detector, _rounded(math.exp(min(nats, MOST_NATS))))
        for case in cases
        for m in case.members
        for detector, nats in learning.reasons(m).items()
        if nats > 0
    ]
    return _table(run.REASONS, rows)


def events(found: pa.Table) -> pa.Table:
    """The evidence as events, in time, the excerpts shortened to 280 characters."""
    known = found.rename_columns({"source": "table"}) if "source" in found.column_names else found
    known = known.set_column(known.column_names.index("at"), "at", pc.assume_timezone(known["at"], "UTC"))
    short = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(known["detail"]), 0, 280)
    known = known.set_column(known.column_names.index("detail"), "detail", short)
    return known.select(run.EVENTS.names).cast(run.EVENTS)


def _table(schema: pa.Schema, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _figure(log_p: float) -> float:
    return _rounded(max(math.exp(log_p), LEAST_P))


def _figures(log_p: np.ndarray) -> list[float]:
    return [_figure(float(x)) for x in log_p]


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
