"""Vouches with the refunds that they speak of, as a table, and what a channel's vouches come to."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from scipy.special import expit, logit

from floorwalker.contract import run
from floorwalker.detectors.refunds.vouch_amount_law import KINDS
from floorwalker.detectors.refunds.vouch_candidates import Refunds, Vouch
from floorwalker.detectors.refunds.vouch_matching import Matching

MATCHED = pa.schema([field for field in run.VOUCHES if field.name != "case_id"])
"""One row for each sum of a vouch. amount, currency: as stated (currency null where not said; the refund's where a sign
stands for several). refund_id, refund_amount: of the one-to-one pairing, null where it has none. probability: that this
refund is the one; runner_up: of the next best; none: that the refund is not in the table. kind: how the sum agrees."""
DAMAGE = pa.schema(
    [
        ("channel", pa.string()),
        ("currency", pa.string()),
        ("vouches", pa.int64()),
        ("matched", pa.float64()),
        ("amount", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)
"""What a channel's matched vouches come to in one currency: vouches that have a refund, how many of the pairs are
expected to be right, the expected sum of their refunds, and a 95 % interval of it."""
DRAWS = 4_000
DOUBT = 0.5
"""How far all chances together may be off: one standard deviation of their log odds."""


def matched_table(
    post_ids: Sequence[str],
    channels: Sequence[str],
    vouches: Sequence[Vouch],
    refund_ids: Sequence[str],
    refunds: Refunds,
    matching: Matching,
) -> pa.Table:
    """Rows of MATCHED in the order of the vouches. channels: their names by code; refund_ids: by code."""
    found, best = matching.found, matching.best
    top = np.where(best >= 0, matching.chance[best] if len(matching.chance) else 0.0, 0.0)
    rivals = matching.chance.copy()
    rivals[best[best >= 0]] = 0.0
    runner_up = np.zeros(len(vouches))
    np.maximum.at(runner_up, found.vouch, rivals)
    rows = []
    for k, vouch in enumerate(vouches):
        pair = int(best[k])
        refund = int(found.refund[pair]) if pair >= 0 else -1
        currencies = vouch.amount.currencies
        currency = refunds.currencies[refunds.currency[refund]] if refund >= 0 else ""
        rows.append(
            (
                post_ids[k],
                channels[vouch.channel],
                vouch.amount.cents / 100,
                currency or (currencies[0] if currencies else None),
                refund_ids[refund] if refund >= 0 else None,
                float(refunds.cents[refund]) / 100 if refund >= 0 else None,
                round(float(top[k]), 6),
                round(float(runner_up[k]), 6),
                round(float(matching.none[k]), 6),
                KINDS[found.kind[pair]] if refund >= 0 else None,
            )
        )
    return _table(rows, MATCHED)


def damage(matched: pa.Table, seed: int = 0) -> pa.Table:
    """Rows of DAMAGE, by channel and currency, from rows of MATCHED.

    The pairs are drawn right or wrong by their chances, apart from each other but for a common shift of their log odds:
    the law that the chances come from is partly stated, and where it errs it errs for all.
    """
    rng = np.random.default_rng(seed)
    by_sum: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in matched.to_pylist():
        if row["refund_id"] is not None:
            key = row["channel"], row["currency"] or ""
            by_sum.setdefault(key, []).append((row["probability"], row["refund_amount"]))
    rows = []
    for (channel, currency), pairs in sorted(by_sum.items()):
        chance, amount = np.array(pairs).T
        drawn, shift = np.zeros(DRAWS), rng.normal(0.0, DOUBT, DRAWS)
        for odds, a in zip(logit(np.clip(chance, 1e-9, 1 - 1e-9)), amount, strict=True):
            drawn += a * (rng.random(DRAWS) < expit(odds + shift))
        low, high = np.quantile(drawn, [0.025, 0.975])
        expected = round(float(chance @ amount), 2)
        rows.append((channel, currency, len(pairs), round(float(chance.sum()), 3), expected, float(low), float(high)))
    return _table(rows, DAMAGE)


def _table(rows: Sequence[Sequence[object]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)
