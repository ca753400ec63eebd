"""What removing the suspect reviews would do: each product's stars with them and without.

Suspect are the reviews that are cited for a listed subject; a review that is already removed is neither counted nor
suspect.
"""

import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.cases.grouping import Case
from floorwalker.cases.judge import Judged
from floorwalker.contract import run
from floorwalker.engine.step import Schema, Step

SUSPECT_REVIEWS: Schema = {"suspect_reviews": {"case_id": "VARCHAR", "review_id": "VARCHAR"}}
OF_REVIEWS = ("review_ring", "review_sabotage")
"""The schemes in which a cited review is itself suspect, and not its removal or its return."""

REMOVALS = Step(
    "removals",
    """
    with shown as (
        select review_id, product_id, posted_at, cast(floor(rating * 1000 + 5e-1) as bigint) as thousandths
        from reviews where removed_at is null
    ),
    pushed as (
        select distinct s.case_id, r.product_id from suspect_reviews as s join shown as r on r.review_id = s.review_id
    )
    select p.case_id, p.product_id, count(*) as reviews, count(s.review_id) as suspect,
        cast(sum(r.thousandths) as bigint) as thousandths,
        cast(sum(case when s.review_id is null then r.thousandths else 0 end) as bigint) as thousandths_without,
        min(case when s.review_id is not null then r.posted_at end) as first_at,
        max(case when s.review_id is not null then r.posted_at end) as last_at
    from pushed as p
    join shown as r on r.product_id = p.product_id
    left join suspect_reviews as s on s.case_id = p.case_id and s.review_id = r.review_id
    group by p.case_id, p.product_id
    """,
)
"""In whole thousandths of a star, since a sum of fractions depends on its order."""


def suspect_reviews(cases: list[Case], judged: Judged) -> pa.Table:
    """The reviews cited for the listed subjects of each case, each once."""
    cited = set()
    for case in cases:
        rows = pa.array([m.row for m in case.listed if m.scheme in OF_REVIEWS], pa.int64())
        for evidence in judged.rows["evidence"].take(rows).to_pylist():
            cited |= {(case.case_id, row["id"]) for row in evidence or () if row["table"] == "reviews"}
    columns = list(zip(*sorted(cited), strict=True)) or [(), ()]
    names = SUSPECT_REVIEWS["suspect_reviews"]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(names))


def removals(cases: list[Case], counted: pa.Table) -> pa.Table:
    """Products in the order of the cases, those with the most suspect reviews first. counted: rows of REMOVALS."""
    place = {case.case_id: number for number, case in enumerate(cases)}
    rows = sorted(counted.to_pylist(), key=lambda row: (place[row["case_id"]], -row["suspect"], row["product_id"]))
    for row in rows:
        left = row["reviews"] - row["suspect"]
        row["stars_with"] = _mean(row["thousandths"], row["reviews"])
        row["stars_without"] = _mean(row["thousandths_without"], left) if left else None
    names = run.REMOVALS.names
    found = pa.Table.from_pylist([{name: row[name] for name in names} for row in rows], schema=_NAIVE)
    for name in ("first_at", "last_at"):
        found = found.set_column(names.index(name), name, pc.assume_timezone(found[name], "UTC"))
    return found.cast(run.REMOVALS)


_NAIVE = pa.schema([pa.field(f.name, pa.timestamp("us")) if pa.types.is_timestamp(f.type) else f for f in run.REMOVALS])


def _mean(thousandths: int, reviews: int) -> float:
    return round(thousandths / (1000 * reviews), 3)
