"""From ties to findings: words, evidence rows, and links between the suspects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from floorwalker.contract.figures import counted, significant
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import LINKS, Counter, Finding, Measured, assess
from floorwalker.detectors.reviews.honest_habits import RIVAL
from floorwalker.detectors.reviews.reviewing import Reviewing, cited, named
from floorwalker.detectors.reviews.ring_search import Ring, same_people
from floorwalker.detectors.reviews.ring_subjects import Subjects, Ties
from floorwalker.detectors.reviews.ring_tests import WIDEST
from floorwalker.graph.slots import DAY, Floats, Ints, Longs, Slots

ENOUGH_VISITS = 2
ENOUGH_PRAISE = 3
MOST_NATS = 40.0


@dataclass(frozen=True, slots=True)
class _Cast:
    """The subjects of one role. of_row: the subject's code of each row of praise; assessed, nats: by code."""

    kind: str
    role: str
    ids: pa.Array
    ties: Ties
    of_row: Ints
    assessed: NDArray[np.bool_]
    nats: Floats
    words: Callable[[Ring, int, Longs], dict[str, str]]
    against: Callable[[Ring, Longs], list[Counter]]


def tell(
    world: Reviewing, rings: list[Ring], subjects: Subjects, surprise: Floats, explain: Mapping[str, str]
) -> Measured:
    """Everybody assessed: accounts with two visits, products with three praises, their sellers.

    surprise: nats by account code, to rank those whom no ring claims. explain: sentences by role.
    """
    casts = _casts(world, subjects, np.minimum(0.5 * surprise, MOST_NATS))
    people = same_people(rings)
    tables = [_assess(world, rings, people, subjects.rows, cast, explain[cast.role]) for cast in casts]
    return Measured(pa.concat_tables(tables), _links(world, people, subjects))


def _casts(world: Reviewing, subjects: Subjects, nats: Floats) -> list[_Cast]:
    slots = world.praise
    product = world.product[world.praised]
    seller = world.seller_of[product]
    days = np.unique(np.stack((slots.account, slots.second // DAY)), axis=1)[0]
    praises = np.bincount(product, minlength=len(world.product_ids))
    praised = praises >= ENOUGH_PRAISE
    on_product = np.bincount(product, nats[slots.account], len(praises)) / (praises + ENOUGH_PRAISE)
    of_seller = np.zeros(len(world.seller_ids))
    np.maximum.at(of_seller, world.seller_of, on_product)
    sold = named(world.seller_ids)
    sold &= np.bincount(world.seller_of, praised, len(sold)) > 0
    visits = np.bincount(days, minlength=slots.accounts)
    who = subjects.reviewers, subjects.products, subjects.sellers

    def popular(ring: Ring, rows: Longs) -> list[Counter]:
        return _popular(slots, ring, rows)

    return [
        _Cast(
            "account",
            "reviewer",
            world.reviewer_ids,
            who[0],
            slots.account,
            visits >= ENOUGH_VISITS,
            nats,
            _part,
            _nothing,
        ),
        _Cast("product", "product", world.product_ids, who[1], product, praised, on_product, _praise, popular),
        _Cast("account", "seller", world.seller_ids, who[2], seller, sold, of_seller, _praise, _rival),
    ]


def _assess(
    world: Reviewing, rings: list[Ring], people: Ints, rows: list[Longs], cast: _Cast, explain: str
) -> pa.Table:
    codes = np.flatnonzero(cast.assessed)
    findings = {}
    for place in np.flatnonzero(cast.ties.told[codes]).tolist():
        code = int(codes[place])
        number = cast.ties.ring[code]
        mine = rows[number][cast.of_row[rows[number]] == code]
        text = explain.format(**_ring(rings[number]), **cast.words(rings[number], code, mine))
        against = [*rings[number].reasons.about(world.praise.account[mine]), *cast.against(rings[number], mine)]
        findings[place] = Finding(text, cited(world, world.praised[mine]), against)
    return assess(
        cast.kind,
        cast.role,
        cast.ids.take(pa.array(codes)),
        cast.ties.log_p[codes],
        log_e=cast.ties.log_e[codes],
        effect=cast.ties.effect[codes],
        surprise=np.maximum(np.minimum(-cast.ties.log_p, MOST_NATS), cast.nats)[codes],
        ring=np.where(cast.ties.ring >= 0, people[cast.ties.ring], -1)[codes] if len(rings) else None,
        weight=cast.ties.weight[codes],
        findings=findings,
    )


def _nothing(ring: Ring, rows: Longs) -> list[Counter]:
    return []


def _rival(ring: Ring, rows: Longs) -> list[Counter]:
    return [RIVAL]


def _popular(slots: Slots, ring: Ring, rows: Longs) -> list[Counter]:
    """A product that at least as many others praised in the same weeks may be popular by itself."""
    item, times = slots.item[rows[0]], slots.second[rows]
    here = slots.by_item[slots.item_ptr[item] : slots.item_ptr[item + 1]]
    margin = ring.window_days * DAY
    near = (slots.second[here] >= times.min() - margin) & (slots.second[here] <= times.max() + margin)
    others = int(near.sum()) - len(rows)
    if others < len(rows):
        return []
    return [
        Counter(f"{counted(others, 'other account')} praised it in the same weeks: it may be popular by itself.", 0.0)
    ]


def _ring(ring: Ring) -> dict[str, str]:
    return {
        "size": counted(len(ring.group.members), "account"),
        "pairs": counted(ring.group.pairs, "pair"),
        "expected_pairs": significant(ring.group.expected_pairs),
        "window": significant(ring.window_days),
        "meeting": str(ring.test.meeting),
        "lagged": significant(ring.test.lagged),
    }


def _part(ring: Ring, account: int, _: Longs) -> dict[str, str]:
    place = int(np.searchsorted(ring.membership.account, account))
    return {
        "hits": str(ring.membership.hits[place]),
        "visits": counted(int(ring.membership.visits[place]), "day"),
        "expected": significant(float(ring.membership.expected[place])),
        "near": significant(WIDEST / DAY),
        "what": "a product" if ring.view == "product" else "a product of a seller",
        "also": _also(int(ring.membership.tools[place]), int(ring.membership.words[place])),
    }


def _also(tools: int, words: int) -> str:
    """What the account shares with others of the group."""
    used = f" It uses a device, network or purse of {counted(tools, 'other')} of the group." if tools else ""
    said = f" It wrote, word for word, what {counted(words, 'other')} of the group wrote." if words else ""
    return used + said


def _praise(ring: Ring, _: int, rows: Longs) -> dict[str, str]:
    return {"reviews": counted(len(rows), "review")}


def _links(world: Reviewing, people: Ints, subjects: Subjects) -> pa.Table:
    """Reviewer to product, one link a review; product to seller, one a product."""
    tables = []
    for number, rows in enumerate(subjects.rows):
        product = world.product[world.praised[rows]]
        evidence = [[review] for review in cited(world, world.praised[rows])]
        reviewers = world.reviewer_ids.take(pa.array(world.praise.account[rows]))
        products = world.product_ids.take(pa.array(product))
        tables.append(linked(int(people[number]), ("account", reviewers), ("product", products), "praised", evidence))
        pushed = np.unique(product[subjects.products.told[product]])
        pushed = pushed[subjects.sellers.told[world.seller_of[pushed]]]
        products = world.product_ids.take(pa.array(pushed))
        sellers = world.seller_ids.take(pa.array(world.seller_of[pushed]))
        tables.append(
            linked(int(people[number]), ("product", products), ("account", sellers), "sold_by", [[]] * len(pushed))
        )
    return pa.concat_tables(tables) if tables else LINKS.empty_table()
