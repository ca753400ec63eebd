"""A gang that gets its clients' money back for dear goods, planted into a market of `benchmarks.refund_market`.

Half of its clients are customers of the shop and keep their honest orders, half are new. Each orders two to four dear
items within the gang's weeks, and claims each one back in full, so many days after it came as the gang's recipe says.
The recipe is one of three: it was never received; it was missing from the parcel; a parcel is sent back that weighs
next to nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.refund_desk import DAY, HOUR, LOST, Claim, moved, parcel_of, reason_of
from benchmarks.refund_market import Market, Tables, identifiers, own_identifiers, postcodes, sent
from benchmarks.refund_phrases import free_words, from_script

DEAR = 0.6
RECIPES = (LOST, "Items missing", "No longer wanted")


@dataclass(frozen=True, slots=True)
class Stealth:
    """How a gang hides.

    window: days. wait_spread: hours. to_the_letter: share of claims that follow the recipe in reason and text. shared:
    share of clients seen on the gang's own devices or addresses of the network; sharers: how many of these it has.
    ordinary: the most ordinary orders that a new client has.
    """

    window: int
    wait_spread: float
    to_the_letter: float
    shared: float
    sharers: int
    ordinary: int


STEALTH = {"plain": Stealth(25, 6, 0.9, 0.75, 1, 0), "careful": Stealth(70, 36, 0.5, 0.35, 3, 3)}


@dataclass(frozen=True, slots=True)
class Jobs:
    """What the clients bought, (n,): who, the row of the real order that it is like, when (datetime64[s])."""

    who: np.ndarray
    row: np.ndarray
    placed: np.ndarray


def planted(
    market: Market, size: int, stealth: Stealth, seed: int, chance: np.random.Generator
) -> tuple[Tables, list[Claim], frozenset[str]]:
    """The market's tables with the gang's orders, accounts and devices; all claims; and who the clients are.

    seed: turns over recipes, and what the clients share (a device, or an address of the network).
    """
    orders = market.tables["orders"]
    placed = orders["placed_at"].to_numpy().astype("datetime64[s]")
    first, last = placed.min() + np.timedelta64(60, "D"), placed.max() - np.timedelta64(stealth.window + 20, "D")
    begin = moved(first, chance.random() * (last - first).astype(float))
    old, new = _clients(market, size, begin, chance)
    claimed = _dear(market, [*old, *new], begin, stealth, chance)
    ordinary = _ordinary(new, placed, begin, stealth, chance)
    living = dict(zip(orders["buyer_id"].to_pylist(), orders["ship_postcode"].to_pylist(), strict=True))
    living |= postcodes(new, chance)
    dear, others = (_orders(orders, jobs, living, mark, chance) for jobs, mark in ((claimed, "7"), (ordinary, "6")))
    claims = _claims(market, dear, stealth, RECIPES[seed % 3], chance)
    seen = [*own_identifiers(new, chance), *_shared([*old, *new], ("device", "ip")[seed % 2], stealth, chance)]
    accounts = market.tables["accounts"]
    tables = {
        **market.tables,
        "accounts": pa.concat_tables([accounts, _accounts(new, [dear, others], accounts.schema, chance)]),
        "orders": pa.concat_tables([orders, dear, others]),
        "identifiers": pa.concat_tables([market.tables["identifiers"], identifiers(seen)]),
    }
    return tables, [*market.claims, *claims], frozenset([*old, *new])


def _clients(
    market: Market, size: int, begin: np.datetime64, chance: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Customers of the shop who have bought before, and names for new ones from between those that are taken."""
    orders = market.tables["orders"]
    before = orders.filter(pc.less(orders["placed_at"], pa.scalar(begin.item(), orders["placed_at"].type)))
    known = np.unique(before["buyer_id"].to_pylist())
    taken = {int(who) for who in market.tables["accounts"]["account_id"].to_pylist() if who.isdigit()}
    free = sorted(set(range(min(taken), max(taken))) - taken)
    old = chance.choice(known, size // 2, replace=False).tolist()
    return old, [str(who) for who in chance.choice(free, size - size // 2, replace=False)]


def _dear(
    market: Market, clients: list[str], begin: np.datetime64, stealth: Stealth, chance: np.random.Generator
) -> Jobs:
    """Two to four dear orders a client: what somebody else bought one day, at the same hour and price."""
    orders, products = market.tables["orders"], market.tables["products"]
    prices = np.array(products["price"].to_pylist(), dtype=float)
    dear = set(products.filter(pa.array(prices >= np.quantile(prices, DEAR)))["product_id"].to_pylist())
    like = np.flatnonzero([item in dear for item in orders["product_id"].to_pylist()])
    who = np.repeat(clients, chance.integers(2, 5, len(clients)))
    row = chance.choice(like, len(who))
    day = begin.astype("datetime64[D]") + chance.integers(0, stealth.window, len(who))
    return Jobs(who, row, _hour(orders, row) + day.astype("datetime64[s]"))


def _ordinary(
    new: list[str], placed: np.ndarray, begin: np.datetime64, stealth: Stealth, chance: np.random.Generator
) -> Jobs:
    """What new clients buy for themselves within the gang's weeks and the month before."""
    who = np.repeat(np.array(new, dtype=str), chance.integers(0, stealth.ordinary + 1, len(new)))
    near = np.flatnonzero((placed >= moved(begin, -30 * DAY)) & (placed < moved(begin, stealth.window * DAY)))
    row = chance.choice(near, len(who))
    return Jobs(who, row, placed[row])


def _hour(orders: pa.Table, row: np.ndarray) -> np.ndarray:
    placed = orders["placed_at"].to_numpy().astype("datetime64[s]")[row]
    return placed - placed.astype("datetime64[D]").astype("datetime64[s]")


def _orders(orders: pa.Table, jobs: Jobs, living: dict[str, str], mark: str, chance: np.random.Generator) -> pa.Table:
    like = orders.take(pa.array(jobs.row, pa.int64())).drop_columns(["delivered_at", "ship_postcode"])
    invoices = [f"{mark}{k:05}" for k in range(len(jobs.who))]
    own = {"order_id": [f"{name}-1" for name in invoices], "invoice": invoices, "buyer_id": jobs.who.tolist()}
    columns = {**dict(zip(like.column_names, like.columns, strict=True)), **own, "placed_at": jobs.placed}
    made = pa.table({name: columns[name] for name in like.column_names}, schema=like.schema)
    return sent(made, living, chance).cast(orders.schema) if made.num_rows else orders.slice(0, 0)


def _claims(market: Market, dear: pa.Table, stealth: Stealth, recipe: str, chance: np.random.Generator) -> list[Claim]:
    """Each dear order claimed back in full after the recipe's wait, in waking hours."""
    products = market.tables["products"]
    titles = dict(zip(products["product_id"].to_pylist(), products["title"].to_pylist(), strict=True))
    wait, scripts = chance.uniform(1, 6) * DAY, chance.choice(3, 2, replace=False)
    claims = []
    for order in dear.to_pylist():
        came = np.datetime64(order["delivered_at"], "s")
        asked = moved(came, max(HOUR, wait + chance.normal(0, stealth.wait_spread * HOUR)))
        asked = max(_waking(asked, chance), moved(came, HOUR))
        if chance.random() < stealth.to_the_letter:
            reason, text = recipe, from_script(recipe, int(chance.choice(scripts)), chance)
        else:
            reason = reason_of(0, chance)
            text = free_words(reason, titles[order["product_id"]] or "goods", chance)
        parcel = parcel_of(reason, chance)
        parcel = "light" if parcel == "sound" else parcel
        weight = market.grams[order["product_id"]] * order["quantity"]
        about = (order["order_id"], order["buyer_id"], order["amount"], asked, order["order_id"], reason, text)
        claims.append(Claim(*about, weight, parcel))
    return claims


def _waking(asked: np.datetime64, chance: np.random.Generator) -> np.datetime64:
    day = asked.astype("datetime64[D]").astype("datetime64[s]")
    hour = (asked - day).astype(float) / HOUR
    return asked if 7 <= hour < 21 else moved(day, chance.uniform(8, 20) * HOUR)


def _shared(
    clients: Sequence[str], kind: str, stealth: Stealth, chance: np.random.Generator
) -> list[tuple[str, str, str]]:
    values = [f"{kind}-{chance.integers(10**9, 10**10)}" for _ in range(stealth.sharers)]
    return [(who, kind, str(chance.choice(values))) for who in clients if chance.random() < stealth.shared]


def _accounts(new: list[str], bought: list[pa.Table], like: pa.Schema, chance: np.random.Generator) -> pa.Table:
    """The new clients, who opened their accounts up to forty days before they first bought."""
    rows = [row for table in bought for row in table.select(["buyer_id", "placed_at"]).to_pylist()]
    first = {who: min(row["placed_at"] for row in rows if row["buyer_id"] == who) for who in new}
    opened = [first[who] - timedelta(days=chance.uniform(0, 40)) for who in new]
    made = {"account_id": new, "role": "buyer", "created_at": opened, "country": "United Kingdom"}
    columns = {name: value if isinstance(value, list) else [value] * len(new) for name, value in made.items()}
    return pa.table(columns, schema=like)
