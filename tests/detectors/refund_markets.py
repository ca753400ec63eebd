"""Small honest markets with refunds, made here and knowing nothing of any detector; orders to add to them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

START = datetime(2025, 1, 1)
REASONS = ("changed_mind", "damaged", "defective", "not_as_described", "wrong_item", "not_received")
SHARES = (0.42, 0.14, 0.16, 0.15, 0.06, 0.07)

Row = dict[str, object]


@dataclass
class Shop:
    """Rows of the tables as they grow."""

    orders: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)

    def claim(
        self,
        buyer: str,
        day: float,
        reason: str,
        *,
        wait: float = 6.0,
        product: str = "p0",
        postcode: str = "10000",
        address: str = "",
        amount: float = 60.0,
        order: Row | None = None,
        refund: Row | None = None,
        parcel: Row | None = None,
    ) -> None:
        """An order that arrived on the day, a claim `wait` days later, and a parcel back unless nothing came."""
        number = len(self.orders)
        self.order(buyer, day, product=product, postcode=postcode, address=address, amount=amount, extra=order)
        asked = START + timedelta(days=day + wait)
        waived = reason in ("not_received", "empty_box")
        row: Row = {
            "refund_id": f"f{number}",
            "order_id": f"o{number}",
            "buyer_id": buyer,
            "amount": amount,
            "currency": "EUR",
            "requested_at": asked,
            "reason": reason,
            "decided_at": asked + timedelta(hours=1),
            "outcome": "approved",
            "return_waived": waived,
        }
        self.refunds.append({**row, **(refund or {})})
        if waived or (refund or {}).get("return_waived"):
            return
        back: Row = {
            "return_id": f"t{number}",
            "refund_id": f"f{number}",
            "carrier": "post",
            "tracking_number": f"T{number}",
            "expected_weight_g": 500,
            "scanned_weight_g": round(500 * (1 + 0.02 * np.sin(number))),
            "expected_postcode": "20000",
            "scanned_postcode": "20000",
            "scanned_at": asked + timedelta(days=5),
            "inspection": "ok",
        }
        self.returns.append({**back, **(parcel or {})})

    def order(
        self,
        buyer: str,
        day: float,
        *,
        product: str = "p0",
        postcode: str = "10000",
        address: str = "",
        amount: float = 60.0,
        extra: Row | None = None,
    ) -> None:
        """An order that arrived on the day."""
        came = START + timedelta(days=day)
        row: Row = {
            "order_id": f"o{len(self.orders)}",
            "buyer_id": buyer,
            "product_id": product,
            "placed_at": came - timedelta(days=3),
            "delivered_at": came,
            "amount": amount,
            "currency": "EUR",
            "ship_postcode": postcode,
            "ship_address": address or f"home of {buyer}",
        }
        self.orders.append({**row, **(extra or {})})

    def tables(self) -> dict[str, pa.Table]:
        """The tables of the contract; columns that only some rows have are null in the others."""
        return {name: _table(rows) for name, rows in vars(self).items() if rows}


def _table(rows: list[Row]) -> pa.Table:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def honest_shop(seed: int, buyers: int = 600, orders: int = 9000) -> Shop:
    """Buyers who differ in how much they buy and send back; a few parcels are lost, a few returns mixed up."""
    rng = np.random.default_rng(seed)
    shop = Shop()
    activity = rng.gamma(1.5, 1.0, buyers)
    picky = rng.gamma(0.8, 1.0 / 0.8, buyers)
    who = rng.choice(buyers, orders, p=activity / activity.sum())
    for buyer in who.tolist():
        day, amount = float(rng.uniform(10, 500)), float(np.round(np.exp(rng.normal(3.6, 0.8)), 2))
        where: dict[str, str] = {"product": f"p{rng.integers(0, 150)}", "postcode": f"{10 + buyer % 30}{buyer:03}"}
        if rng.random() > min(0.12 * picky[buyer], 0.8):
            shop.order(f"b{buyer}", day, amount=amount, **where)
            continue
        reason = str(rng.choice(REASONS, p=SHARES))
        odd: Row = {}
        if rng.random() < 0.01:
            odd = {"scanned_weight_g": 380, "inspection": "wrong_item"}
        elif rng.random() < 0.005:
            odd = {"scanned_postcode": "30000"}
        wait = float(np.exp(rng.normal(1.9, 0.9)))
        shop.claim(f"b{buyer}", day, reason, wait=wait, amount=amount, parcel=odd, **where)
    return shop
