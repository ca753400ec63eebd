"""What else ties an account to a group: a tool that both use, or the same words. Evidence beside the lockstep.

A household shares its tools, so people of one address are left out; phrases and networks that many people share say
nothing, so values of more than MANY accounts are left out. What is left is weighed against how often those who met
the group by chance, and all other reviewers, share something with it.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.detectors.reviews.ring_tests import Membership
from floorwalker.engine.step import Step
from floorwalker.graph.slots import Floats, Ints, Longs

MANY = 20
STEADY = 0.2
CROWD = 20.0
RAREST = 1e-3
"""STEADY: the share of a ring's accounts that would share something. CROWD: how many chance companions weigh as much
as all other reviewers. RAREST: sharing is never taken to be rarer than this among honest people."""

SHARED_TOOLS = Step(
    "shared_tools",
    """
    with used as (
        select distinct i.account_id, i.kind, i.value
        from identifiers as i join (select distinct reviewer_id from first_reviews) as r on r.reviewer_id = i.account_id
        where i.kind in ('device', 'ip', 'payment_handle', 'card', 'bank_account', 'phone')
    ),
    shared as (
        select kind, value from used group by kind, value having count(*) between 2 and 20
    )
    select u.account_id, u.kind, u.value from used as u join shared as s on s.kind = u.kind and s.value = u.value
    """,
)
SHARED_WORDS = Step(
    "shared_words",
    """
    with said as (
        select body, min(review_id) as text_id from reviews where length(body) >= 40
        group by body having count(distinct reviewer_id) between 2 and 20
    )
    select distinct r.reviewer_id, s.text_id from reviews as r join said as s on s.body = r.body
    """,
)


@dataclass(frozen=True, slots=True)
class Shared:
    """Pairs of accounts that share tools, and words: (m,) account codes, each pair both ways round."""

    tools: tuple[Ints, Ints]
    words: tuple[Ints, Ints]


def read_shared(rows: Rows, world: Reviewing, homes: pa.Table) -> Shared:
    """The rows of SHARED_TOOLS and SHARED_WORDS in the codes of `world`. homes: rows of SHARED_HOMES."""
    tools = rows("shared_tools", by=("account_id", "kind", "value"))
    named = pc.binary_join_element_wise(tools["kind"], tools["value"], " ")
    words = rows("shared_words", by=("reviewer_id", "text_id"))
    size = len(world.reviewer_ids)
    used = _pairs(_account(tools["account_id"], world), coded(named)[0], size)
    home = _pairs(_account(homes["account_id"], world), coded(homes["home"])[0], size)
    said = _pairs(_account(words["reviewer_id"], world), coded(words["text_id"])[0], size)
    return Shared(*(_apart(one, home, size) for one in (used, said)))


def strengthened(part: Membership, shared: Shared, members: Ints, accounts: int) -> Membership:
    """The membership with what its accounts share with `members` weighed in; p from Markov where that is smaller."""
    tools, words = (_partners(pairs, members, accounts) for pairs in (shared.tools, shared.words))
    outside = ~np.isin(part.account, members)
    log_e = part.log_e + sum(_weight(held, part.account, outside) for held in (tools, words))
    log_p = np.minimum(np.minimum(part.log_p, -log_e) + np.log(2), 0.0)
    return replace(part, log_p=log_p, log_e=log_e, tools=tools[part.account], words=words[part.account])


def _account(names: pa.ChunkedArray, world: Reviewing) -> Ints:
    found: Ints = pc.fill_null(pc.index_in(names, world.reviewer_ids), -1).to_numpy().astype(np.int32)
    return found


def _pairs(account: Ints, value: Ints, accounts: int) -> tuple[Ints, Ints]:
    """Each pair of different accounts under one value, both ways round, once."""
    known = account >= 0
    order = np.lexsort((account[known], value[known]))
    account, value = account[known][order], value[known][order]
    keys = [np.empty(0, dtype=np.int64)]
    for step in range(1, MANY):
        same = np.flatnonzero(value[step:] == value[:-step]) if step < len(value) else np.empty(0, dtype=np.int64)
        one, other = account[same].astype(np.int64), account[same + step].astype(np.int64)
        keys += [one * accounts + other, other * accounts + one]
    key = np.unique(np.concatenate(keys))
    first, second = (key // max(accounts, 1)).astype(np.int32), (key % max(accounts, 1)).astype(np.int32)
    return first[first != second], second[first != second]


def _apart(pairs: tuple[Ints, Ints], home: tuple[Ints, Ints], accounts: int) -> tuple[Ints, Ints]:
    key, at_home = (one[0].astype(np.int64) * accounts + one[1] for one in (pairs, home))
    kept = ~np.isin(key, at_home)
    return pairs[0][kept], pairs[1][kept]


def _partners(pairs: tuple[Ints, Ints], members: Ints, accounts: int) -> Longs:
    """How many of `members` each account shares with. (accounts,)."""
    inside = np.isin(pairs[1], members)
    return np.bincount(pairs[0][inside], minlength=accounts).astype(np.int64)


def _weight(held: Longs, account: Ints, outside: NDArray[np.bool_]) -> Floats:
    """The log likelihood ratio of sharing or not, for each of `account`: a ring's STEADY share against chance."""
    usual = (np.sum(held > 0) + 1) / (len(held) + 2)
    met = held[account[outside]] > 0
    chance = min(max((met.sum() + CROWD * usual) / (len(met) + CROWD), RAREST), STEADY)
    ratio = np.where(held[account] > 0, np.log(STEADY / chance), np.log((1 - STEADY) / (1 - chance)))
    return np.asarray(ratio, dtype=np.float64)
