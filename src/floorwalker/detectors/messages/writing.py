"""Who wrote what to whom: each text once, each pair of people once for each text."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.messages.classifier import Read, read
from floorwalker.detectors.messages.normalise import normalise
from floorwalker.detectors.messages.phrases import speaks_of
from floorwalker.detectors.record import Rows
from floorwalker.engine.step import Step

MESSAGE_TEXTS = Step(
    "message_texts",
    """
    select md5(substring(body, 1, 2000)) as text_id, min(substring(body, 1, 2000)) as body
    from messages where sender_id <> recipient_id group by md5(substring(body, 1, 2000))
    """,
)
MESSAGE_LETTERS = Step(
    "message_letters",
    """
    select sender_id, recipient_id, md5(substring(body, 1, 2000)) as text_id, min(message_id) as message_id,
        min(cast(epoch(date_trunc('second', sent_at)) as bigint)) as second
    from messages where sender_id <> recipient_id
    group by sender_id, recipient_id, md5(substring(body, 1, 2000))
    """,
)
MESSAGE_SENDERS = Step(
    "message_senders",
    """
    with shops as (select seller_id from products where seller_id is not null group by seller_id)
    select m.sender_id, max(case when a.role = 'seller' or s.seller_id is not null then 1 else 0 end) as seller,
        count(distinct m.recipient_id) as recipients
    from messages as m
    left join accounts as a on a.account_id = m.sender_id
    left join shops as s on s.seller_id = m.sender_id
    where m.sender_id <> m.recipient_id
    group by m.sender_id
    having count(distinct m.recipient_id) >= 3 or max(case when a.role = 'seller' then 1 else 0 end) = 1
        or max(case when s.seller_id is not null then 1 else 0 end) = 1
    """,
)
ASKS = frozenset(("moneyback",))
BATCH = 20_000

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Writing:
    """Letters in code; a letter is one text from one sender to one recipient, however often it was sent.

    texts: (texts,) what each text is. senders: rows of MESSAGE_SENDERS. By letter (m,), ordered by sender, recipient
    and text: account (row of `senders`, -1 for those not assessed), recipient and text in code, message_id, and
    answered: that the recipient had asked for money back before, looked up where the text speaks of anything.
    """

    texts: list[Read]
    senders: pa.Table
    account: Longs
    recipient: Longs
    text: Longs
    message_id: pa.ChunkedArray
    answered: Flags


def read_writing(rows: Rows) -> Writing:
    """Read every text, and code the rows of the three steps."""
    bodies = rows("message_texts", by=("text_id",))
    texts = _read(bodies["body"])
    letters = rows("message_letters", by=("sender_id", "recipient_id", "text_id"))
    senders = rows("message_senders", by=("sender_id",))
    people = pc.unique(pa.chunked_array([*letters["sender_id"].chunks, *letters["recipient_id"].chunks], pa.string()))
    sender, recipient = (_code(letters[name], people) for name in ("sender_id", "recipient_id"))
    text = _code(letters["text_id"], bodies["text_id"])
    telling = np.array([bool(found.meanings) for found in texts], dtype=np.bool_)[text]
    coded = sender, recipient, text, letters["second"].to_numpy()
    answered = _answered(bodies["body"], coded, telling, len(people))
    account = _code(letters["sender_id"], senders["sender_id"])
    return Writing(texts, senders, account, recipient, text, letters["message_id"], answered)


def _read(bodies: pa.ChunkedArray) -> list[Read]:
    texts: list[Read] = []
    for start in range(0, len(bodies), BATCH):
        texts += read(bodies.slice(start, BATCH).to_pylist())
    return texts


def _code(column: pa.ChunkedArray, names: pa.Array | pa.ChunkedArray) -> Longs:
    return np.asarray(pc.fill_null(pc.index_in(column, names), -1).to_numpy(), dtype=np.int64)


def _answered(
    bodies: pa.ChunkedArray, letters: tuple[Longs, Longs, Longs, Longs], telling: Flags, people: int
) -> Flags:
    """For each telling letter, whether an earlier one came the other way and asked for money back."""
    sender, recipient, text, second = letters
    there, back = sender * people + recipient, recipient * people + sender
    came = np.flatnonzero(np.isin(there, back[telling]))
    asking = np.unique(text[came])
    normal = [normalise(body) for body in bodies.take(pa.array(asking)).to_pylist()]
    asking = asking[speaks_of(normal, ASKS)]
    came = came[np.isin(text[came], asking)]
    came = came[np.lexsort((second[came], there[came]))]
    pairs, first = np.unique(there[came], return_index=True)
    if len(pairs) == 0:
        return np.zeros(len(telling), dtype=np.bool_)
    place = np.minimum(np.searchsorted(pairs, back), len(pairs) - 1)
    return np.asarray(telling & (pairs[place] == back) & (second[came[first]][place] < second), dtype=np.bool_)
