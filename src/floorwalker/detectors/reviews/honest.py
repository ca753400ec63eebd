"""Honest reasons for a group that looks like a ring. Each is looked for, said aloud, and lowers the score.

A reason is a likelihood ratio, honest against bought, kept at or below one: it may speak for the accused,
never against. The rates are round numbers, stated here and not fitted to anything.
"""

import math
from collections import Counter as Counts
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import xlogy

from floorwalker.contract.figures import counted
from floorwalker.detectors.measured import Counter
from floorwalker.detectors.record import Rows
from floorwalker.detectors.reviews.reviewing import Reviewing
from floorwalker.detectors.reviews.views import View
from floorwalker.engine.step import Step
from floorwalker.graph.rings import COMPANY, backed
from floorwalker.graph.slots import DAY, Floats, Ints, Longs

BOUGHT_FIVES, BOUGHT_LESS = 0.85, 0.03
FAN_DEALS, SHILL_DEALS = 0.6, 0.1
ONE_BRAND = 0.8
ONE_BRAND_COST = math.log(1 / 20)
UNORDERED_COST = math.log(1e-3)
FAR = 45 * DAY
HOUSEHOLD = 8
HOUSEHOLD_COST = math.log(1e-4)

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
        brands = Counts(self.fan_of.get(int(account), -1) for account in accounts)
        brand, most = max(brands.items(), key=lambda item: (item[1], item[0]))
        alone = int(accounts[0]) if (accounts == accounts[0]).all() else -1
        return [
            *self.group,
            *(self.fans.get(brand, []) if most > len(accounts) / 2 else []),
            *self.own.get(alone, []),
        ]

    def weight_alone(self, account: int) -> float:
        """The same as `weight` for one account."""
        fan = self.fans.get(self.fan_of.get(account, -1), [])
        about = [*self.group, *fan, *self.own.get(account, [])]
        return sum(reason.log_weight for reason in about)

    def weight(self, accounts: Ints) -> float:
        """The natural log of what these reasons leave of the evidence."""
        return sum(reason.log_weight for reason in self.about(accounts))


def reasons(
    world: Reviewing,
    known: Circumstances,
    view: View,
    members: Ints,
    acts: NDArray[np.bool_],
    items: Ints,
    window: int,
) -> Reasons:
    """Everything honest found for the group.

    acts: mask over `world.praise`, acts in company. items: the view's items that members crowd. window in seconds.
    """
    ours = np.isin(world.praise.account, members) & acts
    met = np.isin(view.every.account, members) & np.isin(view.every.item, items)
    rows = np.sort(view.every_row[met & backed(view.every, window, members, least=COMPANY)])
    stars = mixed_stars(world.stars[rows], "by the group")
    author = world.all.account[rows]
    unordered = _no_orders(world, ours, "these reviews")
    found = [stars, _household(world, known.homes, members), unordered]
    own: dict[int, list[Counter]] = {}
    for who in members:
        alone = [mixed_stars(world.stars[rows[author == who]], "by this account")]
        if not unordered:
            alone.append(_no_orders(world, ours & (world.praise.account == who), "this account's reviews"))
        own[int(who)] = [reason for reason in alone if reason]
    fan_of = _one_brand(world, ours)
    camps = {brand: np.array([a for a, b in fan_of.items() if b == brand]) for brand in sorted(set(fan_of.values()))}
    fans = {brand: _fans(world, known, camp, ours, brand) for brand, camp in camps.items()}
    return Reasons([r for r in found if r], fans, fan_of, own)


def _one_brand(world: Reviewing, ours: NDArray[np.bool_]) -> dict[int, int]:
    """Accounts of whose acts in company nearly all went to one brand (or seller, where no brand is known)."""
    account, brand = world.praise.account[ours], world.brand_of[world.product[world.praised[ours]]]
    named = np.array([bool(name) for name in world.brands.to_pylist()])
    found = {}
    for who in np.unique(account):
        counts = np.bincount(brand[account == who])
        top = int(counts.argmax())
        if named[top] and counts[top] >= ONE_BRAND * counts.sum():
            found[int(who)] = top
    return found


def mixed_stars(stars: Floats, whose: str) -> Counter | None:
    """Stars of all kinds on the items that were crowded, counted without regard to the stars by which they were found.

    Bought praise is nearly all fives; buyers, and testers of free products, give a mix. The best mix with BOUGHT_FIVES
    or more, and BOUGHT_LESS or fewer of three stars and below, against the best of any mix, which is given ln(n + 1)
    for its freedom.
    """
    written = _fives_fours_less(stars)
    share = written / max(len(stars), 1)
    less = min(share[2], BOUGHT_LESS)
    five = max((1 - less) * share[0] / max(share[0] + share[1], 1e-9), BOUGHT_FIVES)
    bought = np.array([five, 1 - five - less, less])
    weight = float(np.sum(xlogy(written, bought) - xlogy(written, share))) + math.log(len(stars) + 1)
    if len(stars) == 0 or weight >= 0:
        return None
    total = counted(len(stars), "review")
    mix = f"{int(written[1])} gave four stars and {int(written[2])} three or fewer"
    return Counter(f"Of {total} {whose} on products where they met {mix}: honest people give such a mix.", weight)


def _fives_fours_less(stars: Floats) -> Floats:
    return np.array([np.sum(stars >= 5), np.sum((stars >= 4) & (stars < 5)), np.sum(stars < 4)], dtype=np.float64)


def _fans(world: Reviewing, known: Circumstances, camp: Ints, ours: NDArray[np.bool_], brand: int) -> list[Counter]:
    """One brand alone is a fans' habit; where it can be seen, dealing with it otherwise tells fans from shills."""
    loyal = _buys_otherwise(world, known, camp, ours, brand)
    share = (FAN_DEALS / SHILL_DEALS, (1 - FAN_DEALS) / (1 - SHILL_DEALS))
    weight = -loyal * math.log(share[0]) - (len(camp) - loyal) * math.log(share[1])
    seen = len(known.buyer) > 0
    text = (
        "All these products are of one brand or seller; its fans would buy and praise them too. "
        f"{loyal} of {counted(len(camp), 'account')} also dealt with it otherwise."
    )
    return [Counter(text, min(ONE_BRAND_COST + (weight if seen else min(weight, 0.0)), 0.0))]


def _buys_otherwise(world: Reviewing, known: Circumstances, members: Ints, ours: NDArray[np.bool_], brand: int) -> int:
    """How many members dealt with the brand otherwise: bought without praising it, or praised it far from the others.

    Who is paid for praise praises whatever is bought, in the weeks of its campaign; FAR is wider than any window.
    """
    near = backed(world.praise, FAR, members, least=COMPANY) | ours
    pushed = np.isin(world.praise.account, members) & near
    bought = slice(known.brand_ptr[brand], known.brand_ptr[brand + 1])
    mine = np.isin(known.buyer[bought], members)
    reviewed = np.isin(world.all.account, members) & (world.brand_of[world.product] == brand)
    dealt = set(zip(known.buyer[bought][mine].tolist(), known.product[bought][mine].tolist(), strict=True))
    dealt |= set(zip(world.all.account[reviewed].tolist(), world.product[reviewed].tolist(), strict=True))
    rows = world.praised[pushed]
    dealt -= set(zip(world.all.account[rows].tolist(), world.product[rows].tolist(), strict=True))
    return len({account for account, _ in dealt})


def _household(world: Reviewing, homes: pa.Table, members: Ints) -> Counter | None:
    if len(members) > HOUSEHOLD:
        return None
    mine = homes.filter(pc.is_in(homes["account_id"], world.reviewer_ids.take(pa.array(members))))
    if mine.num_rows == 0:
        return None
    most = max(pc.value_counts(mine["home"].combine_chunks()).field("counts").to_pylist())
    if most < 0.8 * len(members):
        return None
    return Counter(
        f"{most} of the {len(members)} accounts live at one address: a household buys alike.", HOUSEHOLD_COST
    )


def _no_orders(world: Reviewing, ours: NDArray[np.bool_], whose: str) -> Counter | None:
    """Where most reviews have an order, those who praise without are most often the marketplace's own testers."""
    bought = world.has_order[world.praised[ours]]
    if len(bought) < COMPANY or bought.mean() > 0.2 or world.has_order.mean() < 0.5:
        return None
    return Counter(f"Most of {whose} have no order behind them, as in a sampling programme.", UNORDERED_COST)
