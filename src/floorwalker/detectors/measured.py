"""What a detector hands on: every subject it assessed, and how suspects hang together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from floorwalker.contract.run import EVIDENCE

Floats = NDArray[np.float64]

COUNTER = pa.list_(pa.struct([("text", pa.string()), ("log_weight", pa.float64())]))

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
        ("evidence", EVIDENCE),
        ("counter", COUNTER),
    ]
)
"""One row for each subject that was assessed.

ring: a number shared by subjects that belong together, null where alone. log_p: natural log of the p-value.
log_e: natural log of the e-value, null to have it made from log_p. surprise: nats, to rank subjects by.
explanation, evidence, counter: filled for the subjects worth a finding, else null. A counter-evidence has its
sentence and the natural log, at most 0, of the factor by which it lowers the e-value.
"""

LINKS = pa.schema(
    [
        ("ring", pa.int64()),
        ("source_kind", pa.string()),
        ("source_id", pa.string()),
        ("target_kind", pa.string()),
        ("target_id", pa.string()),
        ("link", pa.string()),
        ("weight", pa.float64()),
        ("evidence", EVIDENCE),
    ]
)


@dataclass(frozen=True, slots=True)
class Counter:
    """What speaks against: a sentence, and the natural log (<= 0) of the factor it costs."""

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
    findings: dict[int, Finding] | None = None,
) -> pa.Table:
    """ASSESSED rows of n subjects of one kind and role; arrays are (n,), ring is -1 where alone.

    surprise defaults to -log_p. findings: by position, for those that deserve words.
    """
    told = findings or {}
    size = len(ids)
    ring = np.full(size, -1, dtype=np.int64) if ring is None else ring
    words = [told.get(i) for i in range(size)]
    return pa.table(
        {
            "subject_kind": pa.repeat(kind, size),
            "subject_id": ids,
            "role": pa.repeat(role, size),
            "ring": pa.array(ring, mask=ring < 0),
            "log_p": log_p,
            "log_e": pa.nulls(size, pa.float64()) if log_e is None else log_e,
            "effect": effect,
            "surprise": -log_p if surprise is None else surprise,
            "explanation": [w.explanation if w else None for w in words],
            "evidence": [[{"table": t, "id": i} for t, i in w.evidence] if w else None for w in words],
            "counter": [
                [{"text": c.text, "log_weight": c.log_weight} for c in w.counter] if w else None for w in words
            ],
        },
        schema=ASSESSED,
    )
