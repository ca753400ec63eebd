"""A web shop's real orders and refunds, with what a marketplace would know about them besides, made up.

Real are who bought what when for how much, and what was cancelled when. Made are deliveries, postcodes, devices,
reasons and texts; honest refunds get them in honest proportions. There are honest look-alikes: ways into the network
that dozens share, offices that share a device, and a town whose courier loses parcels for four weeks.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.refund_desk import DAY, HOUR, LOST, SOON, UNSENT, Claim, moved, parcel_of, reason_of, roster
from benchmarks.refund_phrases import free_words

Tables = dict[str, pa.Table]
TOWNS, DISTRICTS = ("N", "SE", "LE", "M", "B", "LS", "BS", "NG", "CV", "EX"), 6
TROUBLED, TROUBLE_DAYS, TROUBLE = "N", 28, 0.7
EXITS, AT_EXIT, IN_OFFICE = 20, 0.1, 0.03
NEVER = np.datetime64("NaT", "s")


@dataclass(frozen=True, slots=True)
class Market:
    """All tables but `refunds` and `returns`, the claims that these are made of, and each product's weight in grams."""

    tables: Tables
    claims: list[Claim]
    grams: dict[str, float]


def market(shop: Path, chance: np.random.Generator) -> Market:
    """The tables that examples/online_retail/prepare.py wrote to the folder `shop`, with the rest made up."""
    accounts, products, orders, refunds = (
        pq.read_table(shop / f"{name}.parquet") for name in ("accounts", "products", "orders", "refunds")
    )
    buyers = accounts.filter(pc.equal(accounts["role"], "buyer"))
    names = buyers["account_id"].to_pylist()
    orders = sent(orders, postcodes(names, chance), chance)
    heavy = chance.lognormal(np.log(350), 0.8, products.num_rows)
    grams = dict(zip(products["product_id"].to_pylist(), heavy.tolist(), strict=True))
    claims, orders = _honest(orders, refunds, products, grams, chance)
    tables = {"accounts": accounts, "products": products, "orders": orders, "staff": roster()}
    seen = _identifiers(names, chance)
    return Market({**tables, "identifiers": identifiers(seen)}, claims, grams)


def identifiers(seen: Iterable[tuple[str, str, str]]) -> pa.Table:
    """The table of (account, kind, value)."""
    return pa.table(dict(zip(("account_id", "kind", "value"), map(list, zip(*seen, strict=True)), strict=True)))


def postcodes(buyers: list[str], chance: np.random.Generator) -> dict[str, str]:
    """Where each buyer lives; some districts are much larger than others."""
    districts = [f"{town}{k}" for k in range(1, DISTRICTS + 1) for town in TOWNS]
    size = 1 / np.arange(5, len(districts) + 5)
    drawn = chance.choice(districts, len(buyers), p=size / size.sum())
    doors = chance.integers(0, [10, 26, 26], (len(buyers), 3))
    return {w: f"{d} {a}{chr(65 + b)}{chr(65 + c)}" for w, d, (a, b, c) in zip(buyers, drawn, doors, strict=True)}


def sent(orders: pa.Table, living: dict[str, str], chance: np.random.Generator) -> pa.Table:
    """The orders with `delivered_at` and `ship_postcode`; an invoice comes as one, in working hours."""
    invoices, which = np.unique(orders["invoice"].to_pylist(), return_inverse=True)
    days = np.ceil(chance.lognormal(np.log(2.4), 0.45, len(invoices)))
    later = (days * DAY + chance.uniform(8, 19, len(invoices)) * HOUR).astype("timedelta64[s]")
    placed = orders["placed_at"].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    where = [living[buyer] for buyer in orders["buyer_id"].to_pylist()]
    return orders.append_column("delivered_at", pa.array(placed + later[which])).append_column(
        "ship_postcode", pa.array(where)
    )


def own_identifiers(buyers: list[str], chance: np.random.Generator) -> list[tuple[str, str, str]]:
    """One or two devices and addresses of the network of one's own."""
    return [
        (who, kind, f"{kind}-{chance.integers(10**9, 10**10)}")
        for who in buyers
        for kind in ("device", "ip")
        for _ in range(chance.integers(1, 3))
    ]


def _identifiers(buyers: list[str], chance: np.random.Generator) -> list[tuple[str, str, str]]:
    exits = [(who, "ip", f"exit-{chance.integers(EXITS)}") for who in buyers if chance.random() < AT_EXIT]
    sharing = [who for who in buyers if chance.random() < IN_OFFICE]
    offices = [(who, kind, f"{kind}-office-{k // 3}") for k, who in enumerate(sharing) for kind in ("device", "ip")]
    return [*own_identifiers(buyers, chance), *exits, *offices]


def _honest(
    orders: pa.Table, refunds: pa.Table, products: pa.Table, grams: dict[str, float], chance: np.random.Generator
) -> tuple[list[Claim], pa.Table]:
    """The real refunds as claims, and the orders, some of which never came or came late.

    One invoice is one contact, with one reason for what came and one for what had not come yet; who writes about an
    order again says the same again.
    """
    titles = dict(zip(products["product_id"].to_pylist(), products["title"].to_pylist(), strict=True))
    item, quantity, living = (orders[name].to_pylist() for name in ("product_id", "quantity", "ship_postcode"))
    scanned = orders["delivered_at"].to_numpy().astype("datetime64[s]")
    comes, begin = scanned.copy(), chance.choice(scanned)
    claims = []
    said: dict[int, str] = {}
    for contact, rows, lines in _contacts(orders, scanned, refunds):
        asked, last = np.datetime64(lines[0]["requested_at"], "s"), scanned[rows].max()
        whole = np.array([quantity[k] == line["quantity"] for k, line in zip(rows, lines, strict=True)])
        troubled = town(living[rows[0]]) == TROUBLED and begin <= last < moved(begin, TROUBLE_DAYS * DAY)
        reason = _reason((asked - last).astype(float) / DAY, troubled, bool(whole.all()), chance)
        reason = next((said[k] for k in rows if k in said), reason)
        said |= dict.fromkeys(rows.tolist(), reason)
        comes[rows[whole]] = _came(reason, asked, comes[rows[whole]], chance)
        text, parcel = free_words(reason, titles[item[rows[0]]] or "goods", chance), parcel_of(reason, chance)
        for line, k in zip(lines, rows, strict=True):
            about = (line["order_id"], line["buyer_id"], line["amount"], asked, contact, reason, text)
            claims.append(Claim(*about, grams[item[k]] * line["quantity"], parcel))
    place = orders.schema.get_field_index("delivered_at")
    return claims, orders.set_column(place, "delivered_at", pa.array(comes))


def _contacts(
    orders: pa.Table, scanned: np.ndarray, refunds: pa.Table
) -> Iterator[tuple[str, np.ndarray, list[dict[str, Any]]]]:
    """Contact, rows of `orders`, and refunds: of one invoice those for what had come by then, or had not."""
    row = {order: k for k, order in enumerate(orders["order_id"].to_pylist())}
    parts = defaultdict(list)
    for refund in refunds.to_pylist():
        k = row[refund["order_id"]]
        parts[refund["invoice"], bool(np.datetime64(refund["requested_at"]) < scanned[k])].append((k, refund))
    for (invoice, _), found in parts.items():
        yield invoice, np.array([k for k, _ in found]), [refund for _, refund in found]


def _reason(days: float, troubled: bool, whole: bool, chance: np.random.Generator) -> str:
    """So many days after it came, where the courier is in trouble or not, for whole lines or for parts of them."""
    reason = LOST if troubled and 0 <= days < SOON and chance.random() < TROUBLE else reason_of(days, chance)
    return "Items missing" if reason == LOST and not whole else reason


def town(postcode: str) -> str:
    """The letters that a postcode begins with."""
    return postcode.split(maxsplit=1)[0].rstrip("0123456789")


def _came(reason: str, asked: np.datetime64, comes: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """When it came after all, for what was cancelled or is said to be lost: never, later, or as the scan says."""
    if reason == UNSENT:
        return np.full(len(comes), NEVER)
    if reason != LOST:
        return comes
    how = chance.random()
    late = np.full(len(comes), moved(asked, chance.uniform(1, 6) * DAY))
    return np.full(len(comes), NEVER) if how < 0.45 else late if how < 0.65 else comes
