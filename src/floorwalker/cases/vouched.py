"""Vouches of scheme channels beside the refunds that they speak of, and what those of a case come to."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.cases.grouping import Case
from floorwalker.contract import run
from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.vouch_channels import VOUCH_POSTS, VOUCH_REFUNDS
from floorwalker.detectors.refunds.vouch_damage import damage
from floorwalker.detectors.refunds.vouches import matched_vouches

STEPS = {VOUCH_POSTS.name, VOUCH_REFUNDS.name}


def vouched(rows: Rows, cases: list[Case]) -> pa.Table:
    """Rows of VOUCHES, in the order of the channels' posts. rows: of the steps STEPS."""
    matched = matched_vouches(rows)
    refunds = rows("vouch_refunds", "refund_id", "buyer_id", by=("refund_id",))
    refunds = refunds.filter(pc.is_in(refunds["refund_id"], value_set=matched["refund_id"].combine_chunks()))
    buyer = dict(zip(refunds["refund_id"].to_pylist(), refunds["buyer_id"].to_pylist(), strict=True))
    members = [(m.subject_id, case.case_id) for case in cases for m in case.members if m.kind == "account"]
    case_of: dict[str | None, str] = dict(reversed(members))
    found = [case_of.get(buyer.get(refund)) for refund in matched["refund_id"].to_pylist()]
    return matched.append_column("case_id", pa.array(found, pa.string())).select(run.VOUCHES.names).cast(run.VOUCHES)


def pleaded(vouches: pa.Table, seed: int) -> dict[str, str]:
    """For each case that is vouched for, what its matched vouches come to, in words."""
    found = {}
    for case_id in sorted(set(vouches["case_id"].drop_null().to_pylist())):
        sums = damage(vouches.filter(pc.equal(vouches["case_id"], case_id)), seed).to_pylist()
        found[case_id] = f"Vouches matched to its refunds come to {', '.join(map(_sum, sums))}."
    return found


def _sum(row: dict[str, Any]) -> str:
    """A row of DAMAGE in words."""
    interval = f"{row['low']:,.2f} to {row['high']:,.2f} at 95 %"
    return f"{row['amount']:,.2f} {row['currency']} in {row['channel']} ({interval})"
