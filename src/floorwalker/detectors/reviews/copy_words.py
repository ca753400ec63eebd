"""From copies to findings: words, evidence rows, and links between the suspects."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import LINKS, Counter, Finding, Measured, assess
from floorwalker.detectors.texts.copies import Copies, CopyTest
from floorwalker.detectors.texts.wording import Wording
from floorwalker.graph.slots import DAY, Bools, Floats, Ints, Longs
from floorwalker.graph.truss import components

TRUST = np.log(1e6)
"""Beyond chance and habit there are honest ways to one text under many names; a millionth covers them."""
WORTH_WORDS = np.log(0.001)
MOST_CITED = 20
SLOW = 90
SLOW_COST = np.log(0.1)
TWO_ACCOUNTS = Counter("One person with two accounts, or two who know each other, would share a text too.", 0.0)
RIVAL = Counter("A rival can have copied praise or blame put on a product without the seller's knowledge.", 0.0)


@dataclass(frozen=True, slots=True)
class _Cast:
    """The subjects of one role.

    of_row: (n,) the subject of each row. nats: by code, to rank by. counting: (n,) the rows that speak against it.
    """

    kind: str
    role: str
    ids: pa.Array
    of_row: Ints
    test: CopyTest
    nats: Floats
    counting: Bools

    @property
    def told(self) -> Bools:
        """By code: who is worth words."""
        return np.asarray((self.test.log_p <= WORTH_WORDS) & (self.test.texts > 0))


def tell(
    world: Wording,
    found: Copies,
    here: Copies,
    by_account: tuple[CopyTest, Floats],
    by_product: tuple[CopyTest, Floats],
    explain: Mapping[str, str],
) -> Measured:
    """Every account and product with a text of five words or more. found, here: names anywhere, and on the product.

    by_account, by_product: the test, and the nats to rank by, which make no allowance for fixed expressions. explain:
    sentences by role.
    """
    counting = found.telling & found.later & world.own
    accounts = _Cast("account", "reviewer", world.author_ids, world.account, *by_account, counting)
    products = _Cast("product", "product", world.place_ids, world.place, *by_product, found.telling)
    ring, rows = _rings(world, found, accounts)
    tables = [_assess(world, found, here, cast, ring, explain[cast.role]) for cast in (accounts, products)]
    return Measured(pa.concat_tables(tables), _links(world, rows, ring[world.text[rows]]))


def _rings(world: Wording, found: Copies, accounts: _Cast) -> tuple[Longs, Longs]:
    """The ring of each text, -1 where of none, and the suspects' rows with a text of a ring.

    Texts that are near, or that one suspect published, are one ring.
    """
    rows = np.flatnonzero(accounts.counting & accounts.told[world.account] & (found.log_p <= WORTH_WORDS))
    telling = np.zeros(world.texts, dtype=bool)
    telling[world.text[rows]] = True
    text = np.repeat(np.arange(world.texts), np.diff(world.other_ptr))
    near = telling[text] & telling[world.other]
    first = np.concatenate((world.text[rows], text[near])).astype(np.int32)
    second = np.concatenate((world.account[rows] + world.texts, world.other[near])).astype(np.int32)
    part = components(first, second, world.texts + len(world.author_ids))[: world.texts]
    ring = np.full(world.texts, -1)
    _, ring[telling] = np.unique(part[telling], return_inverse=True)
    return ring, rows


def _assess(world: Wording, found: Copies, here: Copies, cast: _Cast, ring: Longs, explain: str) -> pa.Table:
    test = cast.test
    codes = np.flatnonzero(test.texts > 0)
    by_subject = _rows_by(cast.of_row, np.flatnonzero(cast.counting))
    findings, rings = {}, np.full(len(codes), -1)
    for place in np.flatnonzero(cast.told[codes]).tolist():
        mine = by_subject.get(int(codes[place]), np.array([test.best[codes[place]]]))
        findings[place] = _finding(world, found, here, cast, int(codes[place]), mine, explain)
        rings[place] = ring[world.text[mine]].max()
    return assess(
        cast.kind,
        cast.role,
        cast.ids.take(pa.array(codes)),
        test.log_p[codes],
        log_e=test.log_e[codes],
        effect=test.copies[codes] / test.texts[codes],
        surprise=cast.nats[codes],
        ring=rings,
        trust=TRUST,
        findings=findings,
    )


def _rows_by(subject: Ints, rows: Longs) -> dict[int, Longs]:
    order = rows[np.argsort(subject[rows], kind="stable")]
    owner, first = np.unique(subject[order], return_index=True)
    parts = np.split(order, first[1:])
    return {int(code): part for code, part in zip(owner, parts, strict=False)}


def _finding(world: Wording, found: Copies, here: Copies, cast: _Cast, code: int, mine: Longs, explain: str) -> Finding:
    test, best = cast.test, int(cast.test.best[code])
    judged = here if cast.role == "product" and here.names[best] > 0 else found
    others = _others(world, best, bool(judged.near[best]))
    words = {
        "copies": f"{test.copies[code]} of {counted(int(test.texts[code]), 'text')}",
        "expected": significant(float(np.nan_to_num(test.expected[code]))),
        "words": counted(int(world.words[world.text[best]]), "word"),
        "names": counted(len(np.unique(world.home[world.account[others]])), "name"),
        "here": str(here.names[best] + 1),
        "products": counted(len(np.unique(world.place[others])), "product"),
        "alike": ", counting texts that differ in a few words" if judged.near[best] else "",
        "chance": one_in(float(judged.log_p[best])),
    }
    cited = [*mine[:MOST_CITED].tolist(), *np.setdiff1d(others, mine)[:MOST_CITED].tolist()]
    evidence = [("reviews", str(i)) for i in world.ids.take(pa.array(world.row[cited])).to_pylist()]
    return Finding(explain.format(**words), evidence, _against(world, others, cast.role))


def _others(world: Wording, row: int, near: bool) -> Longs:
    text = world.text[row]
    texts = [text, *(world.other[world.other_ptr[text] : world.other_ptr[text + 1]] if near else [])]
    rows = np.concatenate([world.rows[world.rows_ptr[one] : world.rows_ptr[one + 1]] for one in texts])
    return rows[np.lexsort((rows, world.second[rows]))]


def _against(world: Wording, others: Longs, role: str) -> list[Counter]:
    against = [RIVAL] if role == "product" else []
    if len(np.unique(world.home[world.account[others]])) == 2:
        against.append(TWO_ACCOUNTS)
    gaps = np.diff(world.second[others])
    if len(gaps) and np.median(gaps) > SLOW * DAY:
        days = significant(float(np.median(gaps)) / DAY)
        against.append(Counter(f"The text came up once in {days} days: a saying or a template would too.", SLOW_COST))
    return against


def _links(world: Wording, rows: Longs, ring: Longs) -> pa.Table:
    """Reviewer to product, one link a telling copy. rows: those of the links; ring: theirs."""
    if len(rows) == 0:
        return LINKS.empty_table()
    order = np.lexsort((rows, ring))
    rows, ring = rows[order], ring[order]
    reviews = world.ids.take(pa.array(world.row[rows])).to_pylist()
    reviewers, products = (
        ids.take(pa.array(code[rows]))
        for ids, code in ((world.author_ids, world.account), (world.place_ids, world.place))
    )
    evidence = [[("reviews", str(review))] for review in reviews]
    return linked(ring, ("account", reviewers), ("product", products), "same_text", evidence)
