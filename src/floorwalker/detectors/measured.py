"""What a detector hands on: every subject it assessed, and how suspects hang together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from floorwalker.contract import run
from floorwalker.stats.combine import p_to_e

Floats = NDArray[np.float64]

MOST_EVIDENCE = math.log(1e9)
"""No null is trusted beyond one in 10^9: larger e-values count as this."""

ASSESSED = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject_id", pa.string()),
        ("role", pa.string()),
        ("ring", pa.int64()),
        ("log_p", pa.float64()),
        ("log_e", pa.float64()),
        ("effect", pa.float64()),
        ("surprise", pa.float64()),
        ("explanation", pa.string()),
        ("evidence", run.EVIDENCE),
        ("counter_evidence", pa.list_(pa.string())),
    ]
)
"""One row for each subject that was assessed.

ring: a number shared by subjects that belong together, null where alone. log_p, log_e: natural logs of the p-value and
the e-value, what speaks against having been weighed. surprise: nats, to rank subjects by. explanation, evidence,
counter_evidence: filled for the subjects worth a finding, else null.
"""

LINKS = pa.schema([("ring", pa.int64()), *(field for field in run.LINKS if field.name != "case_id")])
"""The links of a run, by ring instead of case."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What speaks against: a sentence, and the natural log (<= 0) of the factor by which it lowers the evidence."""

    text: str
    log_weight: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The words and rows behind one suspected subject. evidence: (table, id) pairs."""

    explanation: str
    evidence: Sequence[tuple[str, str]]
    counter: Sequence[Counter] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """assessed: rows of ASSESSED. links: rows of LINKS."""

    assessed: pa.Table
    links: pa.Table = field(default_factory=LINKS.empty_table)


def assess(
    kind: str,
    role: str,
    ids: pa.Array,
    log_p: Floats,
    *,
    effect: Floats,
    log_e: Floats | None = None,
    surprise: Floats | None = None,
    ring: NDArray[np.int64] | None = None,
    weight: Floats | None = None,
    trust: float = math.inf,
    findings: dict[int, Finding] | None = None,
) -> pa.Table:
    """ASSESSED rows of n subjects of one kind and role; arrays are (n,), ring is -1 where alone.

    log_p, log_e, surprise: before what speaks against is weighed; log_e is made from log_p where it is not given,
    surprise is -log_p. weight: natural logs (<= 0) of what speaks against each subject, by default the sum of its
    finding's counter-evidence; it divides the p-value and multiplies the e-value, as a likelihood ratio that widens
    the null. trust: the log of the largest e-value for which the null itself is believed; more counts as this.
    findings: by position, for those that deserve words.
    """
    told = findings or {}
    size = len(ids)
    if weight is None:
        weight = np.array([sum(c.log_weight for c in told[i].counter) if i in told else 0.0 for i in range(size)])
    log_e = p_to_e(log_p) if log_e is None else log_e
    surprise = -log_p if surprise is None else surprise
    ring = np.full(size, -1, dtype=np.int64) if ring is None else ring
    words = [told.get(i) for i in range(size)]
    return pa.table(
        {
            "subject_kind": pa.repeat(kind, size),
            "subject_id": ids,
            "role": pa.repeat(role, size),
            "ring": pa.array(ring, mask=ring < 0),
            "log_p": np.minimum(log_p - weight, 0.0),
            "log_e": np.minimum(log_e, trust) + weight,
            "effect": effect,
            "surprise": np.maximum(surprise + weight, 0.0),
            "explanation": [w.explanation if w else None for w in words],
            "evidence": [[{"table": t, "id": i} for t, i in w.evidence] if w else None for w in words],
            "counter_evidence": [[c.text for c in w.counter] if w else None for w in words],
        },
        schema=ASSESSED,
    )
