"""The files of a run (contract, section 2) as Arrow schemas."""

import pyarrow as pa

_TIME = pa.timestamp("us", tz="UTC")
EVIDENCE = pa.list_(pa.struct([("table", pa.string()), ("id", pa.string())]))

FINDINGS = pa.schema(
    [
        ("finding_id", pa.string()),
        ("detector", pa.string()),
        ("scheme", pa.string()),
        ("subject_kind", pa.string()),
        ("subject_id", pa.string()),
        ("p_value", pa.float64()),
        ("q_value", pa.float64()),
        ("effect", pa.float64()),
        ("explanation", pa.string()),
        ("evidence", EVIDENCE),
        ("counter_evidence", pa.list_(pa.string())),
    ]
)
SUBJECTS = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject_id", pa.string()),
        ("scheme", pa.string()),
        ("role", pa.string()),
        ("probability", pa.float64()),
        ("q_value", pa.float64()),
        ("case_id", pa.string()),
    ]
)
CASES = pa.schema(
    [
        ("case_id", pa.string()),
        ("scheme", pa.string()),
        ("title", pa.string()),
        ("summary", pa.string()),
        ("probability", pa.float64()),
        ("exposure", pa.decimal128(18, 2)),
        ("currency", pa.string()),
        ("first_seen_at", _TIME),
        ("last_seen_at", _TIME),
        ("members", pa.int64()),
    ]
)
CASE_MEMBERS = pa.schema(
    [
        ("case_id", pa.string()),
        ("subject_kind", pa.string()),
        ("subject_id", pa.string()),
        ("role", pa.string()),
        ("probability", pa.float64()),
    ]
)
LINKS = pa.schema(
    [
        ("case_id", pa.string()),
        ("source_kind", pa.string()),
        ("source_id", pa.string()),
        ("target_kind", pa.string()),
        ("target_id", pa.string()),
        ("link", pa.string()),
        ("weight", pa.float64()),
        ("evidence", EVIDENCE),
    ]
)
SCORES = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject_id", pa.string()),
        ("family", pa.string()),
        ("score", pa.float64()),
    ]
)
REMOVALS = pa.schema(
    [
        ("case_id", pa.string()),
        ("product_id", pa.string()),
        ("reviews", pa.int64()),
        ("suspect", pa.int64()),
        ("stars_with", pa.float64()),
        ("stars_without", pa.float64()),
        ("first_at", _TIME),
        ("last_at", _TIME),
    ]
)
"""What removing the suspect reviews of a case would do to a product: reviews that are not removed and how many of them
are suspect, the mean of their stars with the suspect ones and without (null where none is left), and the time of the
first and last suspect one."""
NAMING = pa.schema(
    [
        ("case_id", pa.string()),
        ("campaign_start", _TIME),
        ("first_named_at", _TIME),
        ("half_named_at", _TIME),
        ("days", pa.int64()),
    ]
)
"""When scans of earlier days would have listed the first, and half, of a case's listed subjects: null where none up to
its last evidence row does. days: from its first evidence row to first_named_at, rounded up. Empty unless asked for."""
REASONS = pa.schema(
    [
        ("case_id", pa.string()),
        ("subject_kind", pa.string()),
        ("subject_id", pa.string()),
        ("scheme", pa.string()),
        ("detector", pa.string()),
        ("odds_factor", pa.float64()),
    ]
)
"""Beside the contract's files: by how many times each detector raises the odds that a member takes part, where that
was learnt from past decisions; else empty."""

VOUCHES = pa.schema(
    [
        ("case_id", pa.string()),
        ("post_id", pa.string()),
        ("channel", pa.string()),
        ("amount", pa.float64()),
        ("currency", pa.string()),
        ("refund_id", pa.string()),
        ("refund_amount", pa.float64()),
        ("probability", pa.float64()),
        ("runner_up", pa.float64()),
        ("none", pa.float64()),
        ("kind", pa.string()),
    ]
)
"""Sums that posts of scheme channels vouch for, each with the refund that it is paired with (null where with none):
how likely that is the one, the next best, or none in the table; how the sums agree. case_id: of a case of which the
refund's buyer is a member, else null."""

EVENTS = pa.schema(
    [
        ("case_id", pa.string()),
        ("table", pa.string()),
        ("id", pa.string()),
        ("at", _TIME),
        ("actor_kind", pa.string()),
        ("actor_id", pa.string()),
        ("object_kind", pa.string()),
        ("object_id", pa.string()),
        ("what", pa.string()),
        ("detail", pa.string()),
    ]
)
"""Beside the contract's files: the evidence rows of the cases, in one form for every table (who did what to
what, and when), so that a run can be read without the data. `what` is a few words ("5 stars"), `detail` an excerpt."""

FILES: dict[str, pa.Schema] = {
    "findings": FINDINGS,
    "subjects": SUBJECTS,
    "cases": CASES,
    "case_members": CASE_MEMBERS,
    "links": LINKS,
    "scores": SCORES,
    "removals": REMOVALS,
    "naming": NAMING,
    "reasons": REASONS,
    "vouches": VOUCHES,
    "events": EVENTS,
}
