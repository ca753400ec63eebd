"""Buyers whose refund somebody vouches for in the channel of a refund service.

A vouch names a sum, often the days and the thing; the refunds that it may speak of are weighed against all that could
be said so by chance, and against its refund being elsewhere or made up. It takes the vouch for what it says it is:
that a buyer's refund is praised in such a channel is what is tested, not who wrote the post.

Known weaknesses. A vouch can be made up from public prices, or written about somebody else's honest refund; a sum that
many refunds share tells little; pictures are not read, nor posts in other languages than the half dozen known. Vouches
that state the refund later than 45 days after the decision are not matched. A seller's own refund channels (money back
for reviews) look like a refund service's; their vouches match by chance only.
References: Dempster, Laird & Rubin 1977, JRSS B 39, for what is learnt; `stats.matching` for one to one.
"""

import math
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from floorwalker.detectors.codes import coded
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import LINKS, Finding, Measured, assess
from floorwalker.detectors.record import Detector, Rows
from floorwalker.detectors.refunds.vouch_amount_law import EXACT, KINDS, LESS_FEE, ROUNDED, VAGUE, Longs
from floorwalker.detectors.refunds.vouch_channels import VOUCH_POSTS, VOUCH_REFUNDS, read_channels, read_refunds
from floorwalker.detectors.refunds.vouch_damage import matched_table
from floorwalker.detectors.refunds.vouch_matching import expected_vouches, match
from floorwalker.detectors.refunds.vouch_words import tell
from floorwalker.graph.slots import Floats
from floorwalker.stats.combine import e_to_p

EXPLAIN = {
    "client": (
        "{vouches} in the channel {channel}, where a refund service is praised, {speaks} of {refunds} of this buyer: "
        "{said}, {agrees}. The chance that it is this buyer is {chance}; by time alone it is {expected}."
    )
}
TRUST = {EXACT: math.log(1e4), ROUNDED: math.log(100), LESS_FEE: math.log(30), VAGUE: math.log(10)}
"""The chances rest on how sums are stated, which is a stated law: it is believed as far as the sum is exact."""
HEDGE = 0.05
"""An e-value is this much 1 and the rest likelihood ratio, so that a buyer whom nobody vouches for is not below it."""
HELD = 0.8
"""Asked about are the buyers who, by the times of refunds and posts, hold four fifths of the vouches expected: the
others, often more in number, would hide the suspects among them."""
LIKELY = 0.5
SUREST = 1 - 1e-6
LINK = "vouched for in one channel"


def measure(rows: Rows) -> Measured:
    """The odds, after against before the vouches are read, that a buyer is vouched for; for each with a refund then."""
    channels = read_channels(rows)
    refunds, table = read_refunds(rows, channels)
    buyer, buyer_ids = coded(table["buyer_id"])
    matching = match(channels.vouches, refunds)
    found = matching.found
    expected = expected_vouches(channels.vouches, refunds, matching)
    before = np.bincount(buyer, expected, len(buyer_ids)).astype(float)
    missed = np.bincount(buyer[found.refund], np.log1p(-np.minimum(matching.chance, SUREST)), len(buyer_ids))
    codes = _expected_most(before)
    prior, chance = -np.expm1(-before[codes]), -np.expm1(missed[codes])
    top = _strongest(found.refund, buyer, matching.chance, len(buyer_ids))[codes]
    log_e = np.log(HEDGE + (1 - HEDGE) * _odds(chance) / _odds(prior))
    kinds = np.where(top >= 0, found.kind[top] if len(found.kind) else VAGUE, VAGUE)
    log_e = np.minimum(log_e, np.array([TRUST[kind] for kind in range(len(KINDS))])[kinds])
    told = np.flatnonzero(chance >= LIKELY)
    channel = np.array([vouch.channel for vouch in channels.vouches], dtype=np.int64)
    ring = np.full(len(codes), -1, dtype=np.int64)
    ring[told] = channel[found.vouch[top[told]]]
    findings = {
        int(k): tell(channels, table, matching, buyer, int(codes[k]), (chance[k], prior[k]), EXPLAIN["client"])
        for k in told
    }
    ids = buyer_ids.take(pa.array(codes))
    assessed = assess(
        "account", "client", ids, e_to_p(log_e), log_e=log_e, effect=chance, surprise=np.maximum(log_e, 0),
        ring=ring, findings=findings,
    )  # fmt: skip
    return Measured(assessed, _links(ids, ring, findings))


def matched_vouches(rows: Rows) -> pa.Table:
    """Rows of MATCHED for all channels."""
    channels = read_channels(rows)
    refunds, table = read_refunds(rows, channels)
    matching = match(channels.vouches, refunds)
    refund_ids = table["refund_id"].to_pylist()
    return matched_table(channels.post_ids, channels.names, channels.vouches, refund_ids, refunds, matching)


def _expected_most(before: Floats) -> Longs:
    """The buyers who, by the times alone, hold most of what vouches were expected, ascending."""
    rounded = np.round(before, 12)
    falling = np.sort(rounded)[::-1]
    last = np.searchsorted(np.cumsum(falling), HELD * rounded.sum())
    least = falling[min(int(last), len(falling) - 1)] if len(falling) else 0.0
    return np.flatnonzero((rounded >= least) & (rounded > 0))


def _odds(chance: Floats) -> Floats:
    kept = np.minimum(chance, SUREST)
    return np.asarray(kept / (1 - kept), dtype=np.float64)


def _strongest(refund: Longs, buyer: NDArray[np.int32], chance: Floats, buyers: int) -> Longs:
    """The likeliest pair of each buyer, -1 where it has none, (buyers,)."""
    order = np.lexsort((np.arange(len(refund)), np.round(chance, 9)))
    best = np.full(buyers, -1, dtype=np.int64)
    best[buyer[refund[order]]] = order
    return best


def _links(ids: pa.Array, ring: Longs, findings: dict[int, Finding]) -> pa.Table:
    """Each buyer of a channel with the first one of it."""
    tables = [LINKS.empty_table()]
    for code in np.unique(ring[ring >= 0]):
        members = np.flatnonzero(ring == code)
        first, rest = int(members[0]), members[1:]
        evidence = [[*findings[first].evidence, *findings[int(k)].evidence] for k in rest]
        source = ids.take(pa.array(np.full(len(rest), first)))
        target = ids.take(pa.array(rest))
        tables.append(linked(int(code), ("account", source), ("account", target), LINK, evidence))
    return pa.concat_tables(tables)


def _example(exact: bool) -> dict[str, str]:
    """Four hundred refunds at odd prices, and twelve vouches in one channel: for twelve of them, or for round sums."""
    rng, start = np.random.default_rng(5), datetime(2025, 3, 1, 9)
    cents = np.round(np.exp(rng.normal(4.5, 1.1, 400)) * 100).astype(int)
    decided = [start + timedelta(hours=int(h)) for h in rng.integers(0, 24 * 120, 400)]
    refunds = ["refund_id,order_id,buyer_id,amount,currency,requested_at,decided_at,outcome"]
    for k in range(400):
        asked = decided[k] - timedelta(days=2)
        amount = f"{cents[k] / 100:.2f}"
        refunds.append(f"f{k},o{k},b{k},{amount},EUR,{asked.isoformat()}Z,{decided[k].isoformat()}Z,approved")
    posts = ["post_id,source,channel,author,posted_at,body"]
    for k in range(12):
        at = decided[k] + timedelta(hours=20)
        sum_said = f"{cents[k] / 100:.2f} EUR back in 2 days" if exact else f"about {50 * (1 + k % 3)} EUR back"
        posts.append(f"v{k},telegram,refunds,author{k},{at.isoformat()}Z,vouch for @helper {sum_said}")
    return {"refunds": "\n".join(refunds) + "\n", "posts": "\n".join(posts) + "\n"}


VOUCHES = Detector(
    name="refunds.vouches",
    family="refunds",
    scheme="refund_gang",
    question="Which buyers' refunds are vouched for in the channel of a refund service?",
    null=(
        "The vouches of the channel speak of other buyers' refunds, or of none here: what they say fits this buyer's "
        "refunds as it fits any other's, by sum, days and thing. The law is learnt from the channel itself."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "a vouch can be made up from public prices or written of somebody else's honest refund",
        "sums that many refunds share, rounded or less a fee, tell little and are believed little",
        "pictures, sums in words, and posts in other languages than a half dozen are not read",
        "where refunds lie so dense that no sum tells anything, a channel looks made up, and nobody is found",
        "the e-value is a likelihood ratio under a law partly learnt from the same posts, and so nearly one",
    ),
    needs={
        "posts": ("post_id", "source", "body", "posted_at"),
        "refunds": ("refund_id", "buyer_id", "amount", "outcome", "decided_at"),
    },
    steps=(VOUCH_POSTS, VOUCH_REFUNDS),
    measure=measure,
    fires=_example(exact=True),
    stays_quiet=_example(exact=False),
    weight=0.5,
)
"""Half a voice: an exact sum that hardly any other refund has proves nearly all, but most clients write no vouch, and
its silence must not drown others."""
