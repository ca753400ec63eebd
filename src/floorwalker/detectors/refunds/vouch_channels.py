"""The vouches of scheme channels and the refunds of the marketplace, in the form in which they are matched."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.vouch_candidates import UNKNOWN, Refunds, Vouch
from floorwalker.detectors.refunds.vouch_items import Items
from floorwalker.detectors.refunds.vouch_reading import NOTHING, read, scheme_posts
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY

VOUCH_POSTS = Step(
    "vouch_posts",
    """
    select post_id, source, coalesce(channel, '') as channel, coalesce(author, '') as author,
        substring(body, 1, 2000) as body, cast(epoch(date_trunc('second', posted_at)) as bigint) as posted
    from posts where body is not null
    """,
)
VOUCH_REFUNDS = Step(
    "vouch_refunds",
    """
    select f.refund_id, f.buyer_id, coalesce(f.currency, o.currency, '') as currency,
        cast(f.amount as double) as amount,
        cast(epoch(date_trunc('second', f.decided_at)) as bigint) as decided,
        cast(epoch(date_trunc('second', f.requested_at)) as bigint) as requested,
        concat(coalesce(p.title, ''), ' ', coalesce(p.brand, ''), ' ', coalesce(p.category, '')) as item
    from refunds as f
    left join orders as o on o.order_id = f.order_id
    left join products as p on p.product_id = o.product_id
    where f.outcome = 'approved' and f.decided_at is not null and f.amount > 0
    """,
)
REPEATED = 14 * DAY
"""The same author who names the same sum in the same channel within two weeks says it again."""


@dataclass(frozen=True, slots=True)
class Channels:
    """names: of the channels by code; vouches: ordered by time and post; post_ids: theirs."""

    names: tuple[str, ...]
    vouches: tuple[Vouch, ...]
    post_ids: tuple[str, ...]


def read_channels(rows: Rows) -> Channels:
    """Every vouch in a scheme's channel, each said once."""
    posts = rows("vouch_posts", by=("post_id",))
    name = pc.binary_join_element_wise(posts["source"], posts["channel"], " ")
    channel, names = coded(name)
    readings = [read(body) for body in posts["body"].to_pylist()]
    here = scheme_posts(channel.astype(np.int64), readings) if readings else np.empty(0, dtype=bool)
    kept = [k for k in np.flatnonzero(here) if readings[k] is not NOTHING and readings[k].amounts]
    told = posts.take(pa.array(kept, pa.int64()))
    rows_of = zip(kept, *(told[c].to_pylist() for c in ("posted", "post_id", "author")), strict=True)
    found: list[tuple[int, str, Vouch]] = []
    said: dict[tuple[int, str, int], int] = {}
    for k, posted, post, author in sorted((r for r in rows_of if r[1] is not None), key=lambda r: (r[1], r[2])):
        for amount in dict.fromkeys(readings[k].amounts):
            key = int(channel[k]), author, amount.cents
            again = bool(author) and posted - said.get(key, UNKNOWN // 2) <= REPEATED
            said[key] = posted
            if not again:
                vouch = Vouch(amount, posted, int(channel[k]), readings[k].span, readings[k].words)
                found.append((posted, post, vouch))
    return Channels(tuple(names.to_pylist()), tuple(vouch for *_, vouch in found), tuple(post for _, post, _ in found))


def read_refunds(rows: Rows, channels: Channels) -> tuple[Refunds, pa.Table]:
    """Approved refunds as arrays, and their rows."""
    table = rows("vouch_refunds", by=("buyer_id", "decided", "refund_id"))
    item, titles = coded(table["item"])
    currency, currencies = coded(pc.utf8_upper(table["currency"]))
    said = [vouch.words for vouch in channels.vouches]
    refunds = Refunds(
        cents=np.round(table["amount"].to_numpy() * 100).astype(np.int64),
        currency=currency,
        currencies=tuple(currencies.to_pylist()),
        decided=table["decided"].to_numpy().astype(np.int64),
        requested=table["requested"].fill_null(UNKNOWN).to_numpy().astype(np.int64),
        items=Items(item.astype(np.int64), titles.to_pylist(), said),
    )
    return refunds, table
