"""run.json: what was read, how, by what, and how the p-values behaved."""

import json
from dataclasses import asdict
from importlib.metadata import version as installed

import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.cases.forward import Later
from floorwalker.cases.learned import Learning, Model, Outcome
from floorwalker.cases.monitor import Suspended
from floorwalker.detectors.insiders.explanations import WORDS
from floorwalker.detectors.record import Detector
from floorwalker.pipeline.settings import Settings
from floorwalker.pipeline.verdict import Scanned
from floorwalker.sources.records import Intake, TableIntake
from floorwalker.stats.calibration import share_below
from floorwalker.stats.ranking import Interval


def version() -> str:
    """The installed version of floorwalker."""
    return installed("floorwalker")


def present(intake: Intake) -> dict[str, frozenset[str]]:
    """The contract's columns that the data really has, by table."""
    return {name: frozenset(table.columns) for name, table in intake.tables.items()}


def manifest(intake: Intake, settings: Settings, scanned: Scanned) -> bytes:
    """The content of run.json."""
    content = {
        "floorwalker": version(),
        "engine": settings.engine,
        "parameters": settings.to_json(),
        "location": intake.location,
        "mapping": intake.mapping,
        "mapping_sha256": intake.mapping_sha256,
        "inputs": {name: _input(table) for name, table in intake.tables.items()},
        "absent_tables": list(intake.absent),
        "detectors": {
            "run": [
                _detector(*one, scanned.tables["subjects"], scanned.suspended.get(one[0].name)) for one in scanned.ran
            ],
            "skipped": [{"name": n, "reason": f"needs {', '.join(lacks)}"} for n, lacks in scanned.skipped.items()],
        },
        "assessed": _assessed(scanned),
        "explained": _explained(scanned.explained),
        "learning": _learning(scanned.learning),
        "steps": [
            {
                "name": t.name,
                "seconds": round(t.seconds, 3),
                "peak_memory_mb": None if t.peak_memory_mb is None else round(t.peak_memory_mb),
                "reused": t.reused,
            }
            for t in scanned.timings
        ],
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _input(table: TableIntake) -> dict[str, object]:
    return {
        "rows": table.rows_read,
        "kept": table.rows_kept,
        "set_aside": table.rows_set_aside,
        "left_out": sum(table.rows_left_out.values()),
        "extra_columns": list(table.extra),
        "files": [{"name": o.name, "sha256": o.sha256, "bytes": o.bytes} for o in table.origins],
    }


def _detector(
    detector: Detector, assessed: pa.Table, listed: pa.Table, suspended: Suspended | None
) -> dict[str, object]:
    """What a detector asked, and the health of its p-values: of those that nobody is accused by."""
    of_scheme = listed.filter(pc.equal(listed["scheme"], detector.scheme))
    keys = [pc.binary_join_element_wise(t["subject_kind"], t["subject_id"], " ") for t in (assessed, of_scheme)]
    honest = pc.invert(pc.is_in(keys[0], keys[1])).to_numpy()
    health = share_below(assessed["log_p"].to_numpy()[honest])
    return {
        "name": detector.name,
        "question": detector.question,
        "null": detector.null,
        "scheme": detector.scheme,
        "weaknesses": list(detector.weaknesses),
        "health": {
            "tested": health.n,
            "share_below_05": None if health.n == 0 else round(health.share, 6),
            "low": round(health.low, 6),
            "high": round(health.high, 6),
            "verdict": health.verdict,
        },
        "suspended": None if suspended is None else {**asdict(suspended), "share": round(suspended.share, 6)},
    }


def _assessed(scanned: Scanned) -> dict[str, int]:
    kinds = scanned.tables["scores"]["subject_kind"].value_counts().to_pylist()
    return {row["values"]: row["counts"] for row in sorted(kinds, key=lambda row: row["values"])}


def _explained(counts: dict[str, int]) -> list[dict[str, object]]:
    """How many acts of staff each rule explains, the most frequent first; empty where nobody asked."""
    every = sum(counts.values())
    return [
        {"rule": rule, "words": WORDS[rule], "acts": acts, "share": round(acts / every, 6)}
        for rule, acts in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _learning(learning: Learning) -> dict[str, object]:
    """What was learnt from past decisions, family by family, and how it did on later ones."""
    return {"words": learning.words, "families": [_outcome(one) for one in learning.outcomes]}


def _outcome(outcome: Outcome) -> dict[str, object]:
    known = {
        "family": outcome.family,
        "learned": outcome.model is not None,
        "decisions": {"abusive": outcome.abusive, "legitimate": outcome.legitimate},
    }
    return {**known, "lacks": outcome.lacks or None, "later": _later(outcome.later), "weights": _weights(outcome.model)}


def _later(later: Later | None) -> dict[str, object] | None:
    """AUPRC and precision of the learned and the unlearned ranking, each with its 95 % interval."""
    if later is None:
        return None
    compared = later.compared
    figures = zip(("learned", "unlearned"), compared.average_precision, compared.precision, strict=True)
    return {
        "since": later.since.isoformat(),
        "decisions": {"abusive": later.guilty, "legitimate": later.decided - later.guilty},
        **{name: {"auprc": _interval(a), f"precision_at_{compared.size}": _interval(p)} for name, a, p in figures},
        "gain_in_auprc": {**_interval(compared.gain), "standard_error": round(compared.error, 4)},
    }


def _interval(of: Interval) -> dict[str, float]:
    return {"value": round(of.value, 4), "low": round(of.low, 4), "high": round(of.high, 4)}


def _weights(model: Model | None) -> list[dict[str, object]] | None:
    """By how much a nat of evidence, or of ln(1 + surprise), raises the log-odds of who was never decided on."""
    if model is None:
        return None
    weights = zip(model.signals.columns, model.weighings[-1].weights.tolist(), strict=True)
    return [
        {"detector": detector, "role": role, "measure": measure, "weight": round(weight, 4)}
        for (detector, role, _, measure), weight in weights
    ]
