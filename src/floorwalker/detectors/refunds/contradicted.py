"""Signs: of each claim, whether something speaks against it, and whether that could be asked at all."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.detectors.codes import coded
from floorwalker.detectors.refunds.claims import NEVER, Claims
from floorwalker.detectors.refunds.innocent import Circumstances, circumstances
from floorwalker.detectors.refunds.reasons import EMPTY, NOT_RECEIVED, OPINION, RECALL, REMORSE, saying
from floorwalker.graph.slots import DAY, Bools, Longs

AT_ONCE = 600
"""Ten minutes: nobody opens, tries and complains, or looks for a parcel, in less."""
WEEKS = 28 * DAY
SELDOM, MOSTLY, SOMETIMES, FALSELY = (0.05,), (0.8,), (0.2, 0.5, 0.8), (0.6,)
"""Shares of false claims that may show a sign, each as likely."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that may speak against claims. asked, shown: (n,), shown only where asked.

    rates: the shares of an abuser's false claims that may show it, each as likely. around: what lowers blame for it.
    said: the words, with {shown}, {asked} and {expected}. habit: whether honest people differ in it so much that it is
    believed with the other habits only.
    """

    name: str
    said: str
    rates: tuple[float, ...]
    asked: Bools
    shown: Bools
    around: Circumstances
    habit: bool = False


def surroundings(claims: Claims) -> Circumstances:
    """Product, address, category and price, and postcode area within four weeks, by long and by short prefix."""
    when = np.where(claims.delivered != NEVER, claims.delivered, claims.requested)
    weeks = (when - when.min(initial=0 if not len(when) else int(when.max()))) // WEEKS
    postcode = claims.rows["ship_postcode"]
    country = _codes(claims.rows["country"])
    kinds = [_codes(claims.rows["product_id"]), _codes(claims.rows["ship_address"])]
    price = claims.rows["order_amount"].fill_null(0.0).to_numpy()
    band = np.floor(np.sqrt(np.sqrt(np.maximum(price, 0.0)))).astype(np.int64)
    kinds.append(_codes(claims.rows["category"]) * 1000 + np.minimum(band, 999))
    for length in (2, 3):
        area = _codes(pc.utf8_slice_codeunits(postcode, 0, length))
        place = (area * (int(country.max(initial=0)) + 2) + country + 1) * (int(weeks.max(initial=0)) + 1) + weeks
        kinds.append(np.where(area >= 0, place, -1))
    return circumstances(claims.buyer, kinds)


def _codes(column: pa.ChunkedArray) -> Longs:
    code, names = coded(column)
    blank = np.array(pc.equal(names, "").to_pylist(), dtype=bool)
    return np.where(blank[code], -1, code).astype(np.int64) if len(blank) else code.astype(np.int64)


def claim_signs(claims: Claims, around: Circumstances) -> list[Sign]:
    """What is claimed, how often and when."""
    missing, empty = saying(claims.reason, NOT_RECEIVED), saying(claims.reason, EMPTY)
    remorse, recall = saying(claims.reason, REMORSE), saying(claims.reason, RECALL)
    came, stated = claims.delivered != NEVER, claims.reason != ""
    nothing = came & (missing | empty)
    wait = np.where(came, claims.requested - claims.delivered, 0)
    goods = came & stated & ~missing & ~empty & ~recall
    opinion = goods & saying(claims.reason, OPINION)
    hasty = came & stated & ~recall & ~remorse & np.where(missing, (wait >= 0) & (wait < AT_ONCE), wait < AT_ONCE)
    return [
        Sign(
            "nothing",
            "{shown} of {asked} on delivered orders say that nothing came or that the box was empty, "
            "where {expected} would",
            SOMETIMES,
            came & stated,
            nothing,
            around,
        ),
        Sign(
            "word",
            "{shown} of {asked} say that goods came damaged or not as described, where {expected} would",
            MOSTLY,
            goods,
            opinion,
            around,
            habit=True,
        ),
        Sign(
            "hasty",
            "{shown} of {asked} came before the delivery or within ten minutes of it, where {expected} would",
            SELDOM,
            came & stated & ~recall & ~remorse,
            hasty,
            around,
        ),
    ]
