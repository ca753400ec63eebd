"""Honest reasons for a group that looks like a ring. Each is looked for, said aloud, and lowers the score."""

import math
from collections import Counter as Counts
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.contract.figures import counted
from floorwalker.detectors.measured import Counter
from floorwalker.detectors.record import Rows
from floorwalker.detectors.reviews.honest_habits import (
    ONE_BRAND,
    ONE_BRAND_COST,
    household,
    log_loyal,
    mixed_stars,
    unordered,
)
from floorwalker.detectors.reviews.reviewing import Reviewing, named
from floorwalker.detectors.reviews.ring_tests import WIDEST
from floorwalker.detectors.reviews.views import View
from floorwalker.engine.step import Step
from floorwalker.graph.rings import COMPANY, backed
from floorwalker.graph.slots import Ints, Longs

UNORDERED_COST = math.log(1e-3)

BRAND_DEALINGS = Step(
    "brand_dealings",
    """
    with reviewers as (
        select reviewer_id from first_reviews where rating >= 4 group by reviewer_id having count(*) >= 2
    )
    select o.buyer_id, o.product_id, coalesce(nullif(p.brand, ''), p.seller_id, '') as brand
    from orders as o
    join products as p on p.product_id = o.product_id
    join reviewers as r on r.reviewer_id = o.buyer_id
    group by o.buyer_id, o.product_id, coalesce(nullif(p.brand, ''), p.seller_id, '')
    """,
)
SHARED_HOMES = Step(
    "shared_homes",
    """
    with homes as (
        select value, count(distinct account_id) as people from identifiers where kind = 'address' group by value
        having count(distinct account_id) between 2 and 8
    )
    select distinct i.account_id, i.value as home from identifiers as i join homes as h on h.value = i.value
    where i.kind = 'address'
    """,
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of the accounts beside their reviews.

    buyer, product: (m,) codes of what was bought, ordered by brand; product is -1 where nobody reviewed it.
    brand_ptr: (brands + 1,) where each brand begins. homes: rows of SHARED_HOMES.
    """

    buyer: Ints
    product: Ints
    brand_ptr: Longs
    homes: pa.Table


def read_circumstances(rows: Rows, world: Reviewing) -> Circumstances:
    """The rows of BRAND_DEALINGS and SHARED_HOMES, in the codes of `world`."""
    dealings = rows("brand_dealings", by=("buyer_id", "product_id"))
    brand = pc.fill_null(pc.index_in(dealings["brand"], world.brands), -1).to_numpy()
    order = np.argsort(brand, kind="stable")
    buyer, product = (
        pc.fill_null(pc.index_in(dealings[name], ids), -1).to_numpy().astype(np.int32)[order]
        for name, ids in (("buyer_id", world.reviewer_ids), ("product_id", world.product_ids))
    )
    brand_ptr = np.searchsorted(brand[order], np.arange(len(world.brands) + 1))
    return Circumstances(buyer, product, brand_ptr, rows("shared_homes", by=("account_id", "home")))


@dataclass(frozen=True, slots=True)
class Reasons:
    """group: what holds for a whole group. fans: by brand, what holds for those who praised that brand alone.

    fan_of: account -> the brand that it praised alone. own: account -> what holds for it by itself.
    """

    group: list[Counter]
    fans: dict[int, list[Counter]]
    fan_of: dict[int, int]
    own: dict[int, list[Counter]]

    def about(self, accounts: Ints) -> list[Counter]:
        """What holds for these members: the group's reasons, and the fans' where most of them are fans of one brand."""
        if (accounts == accounts[0]).all():
            return self._about_one(int(accounts[0]))
        brands = Counts(self.fan_of.get(int(account), -1) for account in accounts)
        brand, most = max(brands.items(), key=lambda item: (item[1], item[0]))
        return [*self.group, *(self.fans.get(brand, []) if most > len(accounts) / 2 else [])]

    def weight(self, accounts: Ints) -> float:
        """The natural log of what these reasons leave of the evidence."""
        return sum(reason.log_weight for reason in self.about(accounts))

    def weight_alone(self, account: int) -> float:
        """The same for one account."""
        return sum(reason.log_weight for reason in self._about_one(account))

    def _about_one(self, account: int) -> list[Counter]:
        fan = self.fans.get(self.fan_of.get(account, -1), [])
        return [*self.group, *fan, *self.own.get(account, [])]


def reasons(
    world: Reviewing,
    known: Circumstances,
    view: View,
    members: Ints,
    acts: Longs,
    items: Ints,
    window: int,
) -> Reasons:
    """Everything honest found for the group.

    acts: rows of `world.praise` in company. items: the view's items that members crowd. window in seconds.
    """
    ours = acts[np.isin(world.praise.account[acts], members)]
    met = np.flatnonzero(backed(view.every, window, members, least=COMPANY))
    met = met[np.isin(view.every.account[met], members) & np.isin(view.every.item[met], items)]
    rows = np.sort(view.every_row[met])
    stars = mixed_stars(world.stars[rows], "by the group")
    author = world.all.account[rows]
    in_company = world.praised[ours]
    no_orders = unordered(world, in_company, "these reviews", UNORDERED_COST)
    found = [stars, household(world, known.homes, members), no_orders]
    own: dict[int, list[Counter]] = {}
    for who in members:
        alone = [mixed_stars(world.stars[rows[author == who]], "by this account")]
        if not no_orders:
            mine = in_company[world.all.account[in_company] == who]
            alone.append(unordered(world, mine, "this account's reviews", UNORDERED_COST))
        own[int(who)] = [reason for reason in alone if reason]
    fan_of = _one_brand(world, ours)
    camps = {brand: np.array([a for a, b in fan_of.items() if b == brand]) for brand in sorted(set(fan_of.values()))}
    fans = {brand: _fans(world, known, camp, ours, brand) for brand, camp in camps.items()}
    return Reasons([r for r in found if r], fans, fan_of, own)


def _one_brand(world: Reviewing, ours: Longs) -> dict[int, int]:
    """Accounts of whose acts in company nearly all went to one brand (or seller, where no brand is known)."""
    account, brand = world.praise.account[ours], world.brand_of[world.product[world.praised[ours]]]
    known = named(world.brands)
    found = {}
    for who in np.unique(account):
        counts = np.bincount(brand[account == who])
        top = int(counts.argmax())
        if known[top] and counts[top] >= ONE_BRAND * counts.sum():
            found[int(who)] = top
    return found


def _fans(world: Reviewing, known: Circumstances, camp: Ints, ours: Longs, brand: int) -> list[Counter]:
    """One brand alone is a fans' habit; where it can be seen, dealing with it otherwise tells fans from shills."""
    loyal = _buys_otherwise(world, known, camp, ours, brand)
    weight = log_loyal(loyal, len(camp))
    seen = len(known.buyer) > 0
    text = (
        "All these products are of one brand or seller; its fans would buy and praise them too. "
        f"{loyal} of {counted(len(camp), 'account')} also dealt with it otherwise."
    )
    return [Counter(text, min(ONE_BRAND_COST + (weight if seen else min(weight, 0.0)), 0.0))]


def _buys_otherwise(world: Reviewing, known: Circumstances, members: Ints, ours: Longs, brand: int) -> int:
    """How many members dealt with the brand otherwise: bought without praising it, or praised it far from the others.

    Who is paid for praise praises whatever is bought, in the weeks of its campaign; far is beyond the widest window.
    """
    near = np.union1d(np.flatnonzero(backed(world.praise, WIDEST, members, least=COMPANY)), ours)
    pushed = near[np.isin(world.praise.account[near], members)]
    bought = slice(known.brand_ptr[brand], known.brand_ptr[brand + 1])
    mine = np.isin(known.buyer[bought], members)
    reviewed = np.isin(world.all.account, members) & (world.brand_of[world.product] == brand)
    dealt = set(zip(known.buyer[bought][mine].tolist(), known.product[bought][mine].tolist(), strict=True))
    dealt |= set(zip(world.all.account[reviewed].tolist(), world.product[reviewed].tolist(), strict=True))
    rows = world.praised[pushed]
    dealt -= set(zip(world.all.account[rows].tolist(), world.product[rows].tolist(), strict=True))
    return len({account for account, _ in dealt})
