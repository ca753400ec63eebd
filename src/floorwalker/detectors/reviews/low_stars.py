"""Who gave low stars, and what else is known of them: the traits that a hired attack has more often than buyers."""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from scipy.special import pdtrc

from floorwalker.contract.figures import counted, significant
from floorwalker.detectors.measured import Counter
from floorwalker.detectors.record import Rows
from floorwalker.detectors.reviews.bursts import PRIOR, Mask, Windows
from floorwalker.detectors.reviews.reviewing import PRAISE, Reviewing, named
from floorwalker.detectors.reviews.timeline import Timeline
from floorwalker.engine.step import Step
from floorwalker.graph.slots import DAY, Floats, Longs
from floorwalker.stats.poisson_binomial import log_tail_poisson_binomial
from floorwalker.stats.tail import EXACT

REFUND_DAYS = Step(
    "refund_days",
    """
    with reviewed as (select distinct product_id from reviews)
    select o.product_id, cast(epoch(date_trunc('second', f.requested_at)) as bigint) // 86400 as day,
        count(*) as refunds
    from refunds as f join orders as o on o.order_id = f.order_id
    join reviewed as r on r.product_id = o.product_id
    group by o.product_id, cast(epoch(date_trunc('second', f.requested_at)) as bigint) // 86400
    """,
)
LOW = 2.0
NEAR = 21 * DAY
SEASON = 90 * DAY
COMPANY = 2
MOST_BAD = math.log(1e-4)


@dataclass(frozen=True, slots=True)
class Refunds:
    """Refunds asked for, by product code and day (its first second), ordered. (m,) each."""

    product: Longs
    day: Longs
    refunds: Longs


def read_refunds(rows: Rows, world: Reviewing) -> Refunds:
    """The rows of REFUND_DAYS in the codes of `world`."""
    table = rows("refund_days", by=("product_id", "day"))
    product = pc.index_in(table["product_id"], world.product_ids).to_numpy().astype(np.int64)
    return Refunds(product, table["day"].to_numpy() * DAY, table["refunds"].to_numpy().astype(np.int64))


def refunds_rose(world: Reviewing, windows: Windows, window: int, refunds: Refunds, rise: float) -> Counter | None:
    """Refunds that rose with the low stars speak of a bad batch.

    The likelihood ratio of the refunds from NEAR before the window to its end: usual for its reviews, against `rise`
    times as many. What is usual: the product's refunds per review at other times, a review of the market's habit added.
    """
    if len(refunds.day) == 0 or rise <= 1:
        return None
    line = Timeline.of(refunds.product, refunds.day)
    one = windows.only(np.array([window]))
    asked = line.counts(line.between(one.product, one.start - NEAR, one.end), refunds.refunds)
    everything = line.counts(
        line.between(one.product, one.first[one.product] - 366 * DAY, one.end + line.span), refunds.refunds
    )
    inside, reviews = int(one.high[0] - one.low[0]), int(np.sum(world.product == one.product[0]))
    habit = refunds.refunds.sum() / len(world.stars)
    usual = inside * (int(everything[0] - asked[0]) + habit) / (reviews - inside + 1)
    gain = (rise - 1) * usual - int(asked[0]) * math.log(rise)
    if gain >= 0:
        return None
    text = f"{counted(int(asked[0]), 'refund')} asked for at the same time, where {significant(usual)} are usual."
    return Counter(f"{text} A bad batch brings both.", max(gain, MOST_BAD))


def traits(world: Reviewing, low: Mask, new: Mask) -> dict[str, Mask]:
    """Masks over `world.all`, by what is said of a reviewer who bears the trait."""
    return {
        "were by newcomers": new,
        "have no order behind them": ~world.has_order,
        "were by accounts that praised a rival of the same category within three weeks": _praised_rival(world),
        "were by accounts that gave another product of this seller low stars, too": _again(world, low),
    }


def _praised_rival(world: Reviewing) -> Mask:
    slots, seller = world.all, world.seller_of[world.product]
    praise = world.stars >= PRAISE
    group = slots.account.astype(np.int64) * (int(slots.stratum.max(initial=0)) + 1) + slots.stratum
    rivals = Timeline.of(group, slots.second)
    own = Timeline.of(group * (int(seller.max(initial=0)) + 1) + seller, slots.second)
    window = slots.second - NEAR, slots.second + NEAR
    near = rivals.counts(rivals.between(group, *window), praise)
    at_home = own.counts(own.between(group * (int(seller.max(initial=0)) + 1) + seller, *window), praise)
    return np.asarray(near > at_home)


def _again(world: Reviewing, low: Mask) -> Mask:
    """Reviews of accounts that gave low stars to another product of the same (known) seller."""
    seller = _sellers(world)
    known = seller < len(world.seller_ids)
    pair = world.all.account.astype(np.int64) * (int(seller.max(initial=0)) + 1) + seller
    _, code = np.unique(pair, return_inverse=True)
    return np.asarray(known & (np.bincount(code, low)[code] - low > 0))


@dataclass(frozen=True, slots=True)
class Attackers:
    """Accounts with low reviews (a,), by code; days: on which they gave low stars.

    hits: the most of these days with low stars in company, on one seller. expected: days in company by chance.
    rows: mask over `world.all`, what was written on those.
    """

    account: Longs
    days: Longs
    hits: Longs
    expected: Floats
    log_p: Floats
    rows: Mask


def assess_accounts(world: Reviewing, low: Mask) -> Attackers:
    """One test for each account with low stars: whether they fall on one seller in company more often than chance.

    In company: COMPANY other accounts gave the product low stars within NEAR. The null: each low review of an account
    is in company as often as low reviews of other sellers are in its category and time, or as the product's pace of
    low stars at other times makes it, whichever is more; what an account wrote in one day counts once
    (Poisson-binomial), times the sellers that it hit.
    """
    second, rows = world.all.second, np.flatnonzero(low)
    near = _near(world, low, rows)
    hit = np.zeros(len(low), dtype=np.bool_)
    hit[rows] = near > COMPANY
    seller = _sellers(world)
    chance = np.maximum(_company_elsewhere(world, seller, hit, low, rows), _by_pace(world, low, rows, near))
    size = int(seller.max(initial=0)) + 1
    account, owner = np.unique(world.all.account[rows], return_inverse=True)
    visits, visit = np.unique(np.stack((owner, second[rows] // DAY)), axis=1, return_inverse=True)
    probability = -np.expm1(np.bincount(visit, np.log1p(-chance)))
    met = np.unique(np.stack((owner, seller[rows], second[rows] // DAY))[:, hit[rows]], axis=1)
    pairs, on_seller = np.unique(met[0] * size + met[1], return_counts=True)
    best = np.zeros(len(account), dtype=np.int64)
    np.maximum.at(best, pairs // size, on_seller)
    sellers = np.bincount(pairs // size, minlength=len(account))
    days = np.bincount(visits[0], minlength=len(account)).astype(np.int64)
    log_p = log_tail_poisson_binomial(best, probability, np.concatenate(([0], np.cumsum(days))), EXACT)
    log_p = np.minimum(log_p + np.log(np.maximum(sellers, 1)), 0.0)
    worst = np.zeros(len(low), dtype=np.bool_)
    worst[rows] = hit[rows] & np.isin(owner * size + seller[rows], pairs[on_seller == best[pairs // size]])
    expected: Floats = np.bincount(visits[0], probability, len(account)).astype(np.float64)
    return Attackers(account.astype(np.int64), days, best, expected, log_p, worst)


def _near(world: Reviewing, low: Mask, rows: Longs) -> Longs:
    """How many low reviews the product of each of `rows` has within NEAR, itself included."""
    line = Timeline.of(world.product[low], world.all.second[low])
    second = world.all.second[rows]
    around = line.between(world.product[rows].astype(np.int64), second - NEAR, second + NEAR)
    return np.asarray(around[1] - around[0])


def _by_pace(world: Reviewing, low: Mask, rows: Longs, near: Longs) -> Floats:
    """The chance of company where the product has low stars at the pace of its other times: a bad product has many."""
    slots, product = world.all, world.product
    first = np.full(len(world.product_ids), np.iinfo(np.int64).max)
    np.minimum.at(first, product, slots.second)
    life = int(slots.second.max(initial=0)) - first[product[rows]]
    others = np.bincount(product[low], minlength=len(first))[product[rows]] - near
    mean = others * 2 * NEAR / np.maximum(life - 2 * NEAR, 2 * NEAR)
    return np.asarray(np.minimum(pdtrc(COMPANY - 1, mean), 0.999))


def _sellers(world: Reviewing) -> Longs:
    """The seller of each row; a product without one is a seller of its own."""
    seller = world.seller_of[world.product].astype(np.int64)
    known = named(world.seller_ids)[seller]
    return np.where(known, seller, len(world.seller_ids) + world.product)


def _company_elsewhere(world: Reviewing, seller: Longs, hit: Mask, low: Mask, rows: Longs) -> Floats:
    """For each of `rows`: the share in company of low reviews of other sellers, of its category within SEASON."""
    stratum, second = world.all.stratum.astype(np.int64), world.all.second
    hits, all_ = np.zeros(len(rows)), np.zeros(len(rows))
    for sign, group in ((1, stratum), (-1, stratum * (int(seller.max(initial=0)) + 1) + seller)):
        line = Timeline.of(group, second)
        places = line.between(group[rows], second[rows] - SEASON, second[rows] + SEASON)
        hits += sign * line.counts(places, hit)
        all_ += sign * line.counts(places, low)
    overall = (hit.sum() + 0.5) / (low.sum() + 1)
    return np.asarray((hits + PRIOR * overall) / (all_ + PRIOR))
