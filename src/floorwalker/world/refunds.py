"""Money back and goods back, as it honestly happens: bad goods, lost parcels, a bad courier, a recall."""

import numpy as np

from floorwalker.world.calendar import DAY, DAYS, END, NEVER, START, after
from floorwalker.world.draw import Column, Flags, Ints, Rng, chance, one, sample, some, weighted, whole
from floorwalker.world.market import Market
from floorwalker.world.tables import code, codes
from floorwalker.world.words import claim_texts

_PICKY = np.array(
    [
        *(2.2, 2.0, 1.2, 1.1, 1.2, 0.8, 0.8, 0.7, 0.6, 0.7, 0.6, 0.6),
        *(0.3, 0.5, 0.8, 0.8, 0.9, 0.8, 0.9, 0.3, 0.5, 1.1, 0.8, 0.5),
    ]
)
_REASONS = ("changed_mind", "damaged", "not_as_described", "defective", "wrong_item", "empty_box", "not_received")
_REASON_SHARE = np.array([0.42, 0.12, 0.15, 0.16, 0.06, 0.015, 0.075])
_NO_RETURN = ("not_received", "empty_box")
_KEEP_IT_CENTS = 2000  # below this the shop often does not want the goods back
_BASE_RATE = 0.05


def ask_back(
    market: Market, rng: Rng, order: Ints, reason: Ints, requested: Ints, *, claim: Column | None = None
) -> Ints:
    """Write requests for refunds that nobody has decided yet; those after the end are left out."""
    inside = requested < END
    order, reason, requested = order[inside], reason[inside], requested[inside]
    orders = market["orders"]
    count = len(order)
    amount = orders["amount"][order]
    some = (orders["quantity"][order] > 1) & chance(rng, 0.4, count)
    no_return = np.isin(reason, codes("refunds.reason", _NO_RETURN))
    return market["refunds"].add(
        count,
        order_id=order,
        buyer_id=orders["buyer_id"][order],
        amount=np.where(some, amount // np.maximum(orders["quantity"][order], 1), amount),
        currency=orders["currency"][order],
        requested_at=requested,
        reason=reason,
        claim_text=claim_texts(rng, reason) if claim is None else claim[inside],
        outcome=code("refunds.outcome", "pending"),
        channel=weighted(rng, np.array([0.46, 0.32, 0.1, 0.12]), count),
        return_waived=no_return | ((amount < _KEEP_IT_CENTS) & chance(rng, 0.5, count)),
    )


def regret(market: Market) -> None:
    """Let honest buyers ask for their money back."""
    rng = market.rng("refunds")
    orders, goods, buyers = market["orders"], market.goods, market.buyers
    product, buyer, arrived = orders["product_id"], orders["buyer_id"], orders["delivered_at"]
    rate = _BASE_RATE * _PICKY[goods.category[product]] * buyers.returns[buyer]
    rate = np.minimum(0.75, rate * np.exp(-0.9 * goods.quality[product]))
    got: Flags = arrived != NEVER
    wants = np.flatnonzero(got & chance(rng, rate, len(buyer)))
    reason = np.array(codes("refunds.reason", _REASONS))[weighted(rng, _REASON_SHARE, len(wants))]
    ask_back(market, rng, wants, whole(reason), after(rng, arrived[wants], 8, 1.0))
    lost = np.flatnonzero(~got & (orders["placed_at"] < END - 20 * DAY))
    lost = lost[chance(rng, 0.9, len(lost))]
    missing = code("refunds.reason", "not_received")
    ask_back(market, rng, lost, np.full(len(lost), missing), after(rng, orders["placed_at"][lost] + 6 * DAY, 6))
    _bad_courier(market, rng, missing)
    _recall(market, rng)


def _fresh_requests(market: Market, order: Ints) -> Ints:
    """Return those orders for which no refund was asked before."""
    return order[~np.isin(order, market["refunds"]["order_id"])]


def _bad_courier(market: Market, rng: Rng, missing: int) -> None:
    """In one postcode area a courier loses or misplaces many parcels for some weeks."""
    orders, homes = market["orders"], market.homes
    arrived, address = orders["delivered_at"], orders["ship_address"]
    for _ in range(max(1, market.count(3))):
        begin = START + one(rng, 30, DAYS - 90) * DAY
        end = begin + one(rng, 25, 70) * DAY
        home = address[one(rng, 0, len(address) - 1)]
        there = (homes.country[address] == homes.country[home]) & (homes.area[address] == homes.area[home])
        hit = np.flatnonzero(there & (arrived >= begin) & (arrived < end))
        hit = _fresh_requests(market, hit[chance(rng, 0.22, len(hit))])
        ask_back(market, rng, hit, np.full(len(hit), missing), after(rng, arrived[hit], 2.5))


def _recall(market: Market, rng: Rng) -> None:
    """A product turns out to be unsafe; many who bought it want their money back, in a few weeks."""
    orders, goods = market["orders"], market.goods
    product = orders["product_id"]
    why = code("refunds.reason", "recall")
    for _ in range(max(1, market.count(4))):
        day = START + one(rng, 200, DAYS - 60) * DAY
        sold = np.bincount(product[orders["placed_at"] < day], minlength=len(goods))
        which = sample(rng, np.flatnonzero(sold >= np.quantile(sold, 0.97)), 1)[0]
        bought = np.flatnonzero((product == which) & (orders["delivered_at"] > 0) & (orders["delivered_at"] < day))
        bought = _fresh_requests(market, bought[chance(rng, 0.5, len(bought))])
        ask_back(market, rng, bought, np.full(len(bought), why), after(rng, np.full(len(bought), day), 5, 0.9))


def send_back(market: Market, rng: Rng, refund: Ints, *, honest: bool = True) -> Ints:
    """Write the parcels that come back for refunds; weight, postcode and inspection fit but for rare mishaps."""
    refunds, orders, goods = market["refunds"], market["orders"], market.goods
    order = refunds["order_id"][refund]
    count = len(refund)
    grams = goods.weight_g[orders["product_id"][order]] * orders["quantity"][order] + 60
    scanned = market.calendar.waking(rng, after(rng, refunds["requested_at"][refund] + DAY, 5, 0.5))
    lost = (scanned >= END) | (chance(rng, 0.015, count) & honest)
    wrong = chance(rng, 0.006, count) & honest
    station = np.array([f"{10 + 7 * n}{n}{n}0" for n in range(6)], dtype=object)
    where = rng.integers(0, 6, count)
    elsewhere = np.where(chance(rng, 0.004, count), (where + 1) % 6, where)
    weight = whole(grams * rng.normal(1, 0.025, count) * np.where(wrong, rng.uniform(0.4, 1.5, count), 1.0))
    letters = rng.choice(np.array(["SP", "PW", "NS", "BB"], dtype=object), size=count)
    digits = rng.integers(10**13, 10**14, count)
    inspected = np.where(wrong, code("returns.inspection", "wrong_item"), code("returns.inspection", "ok"))
    looked = chance(rng, 0.8, count) & ~lost
    return market["returns"].add(
        count,
        refund_id=refund,
        carrier=rng.integers(0, 4, count),
        tracking_number=letters + digits.astype(str).astype(object),
        expected_weight_g=grams,
        scanned_weight_g=np.where(lost, -1, np.maximum(weight, 1)),
        expected_postcode=station[where],
        scanned_postcode=some(~lost, station[elsewhere]),
        scanned_at=np.where(lost, NEVER, scanned),
        inspection=np.where(looked, inspected, code("returns.inspection", "none")),
    )
