"""What is planted into a real shop is what the page says, keeps the contract, and knows nothing of floorwalker."""

import ast
import importlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from floorwalker.edge.cli.main import run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def planting() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield importlib.import_module("benchmarks.planted_refunds")


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """Forty customers, a year of orders, every ninth cancelled."""
    folder, chance = tmp_path_factory.mktemp("shop"), np.random.default_rng(0)
    begin, size = datetime(2011, 1, 1, 9), 1200
    placed = [begin + timedelta(days=k * 0.3, hours=float(chance.uniform(0, 8))) for k in range(size)]
    who = [str(12000 + 7 * int(k)) for k in chance.integers(0, 40, size)]
    items = [f"I{k:02}" for k in chance.integers(0, 30, size)]
    orders = {
        "order_id": [f"{k}-1" for k in range(size)],
        "buyer_id": who,
        "product_id": items,
        "seller_id": ["shop"] * size,
        "placed_at": placed,
        "quantity": [2] * size,
        "amount": [4.5] * size,
        "currency": ["GBP"] * size,
        "invoice": [str(k) for k in range(size)],
    }
    cancelled = range(0, size, 9)
    refunds = {name: [orders[name][k] for k in cancelled] for name in ("order_id", "buyer_id", "amount", "quantity")}
    refunds["requested_at"] = [placed[k] + timedelta(days=8) for k in cancelled]
    refunds["invoice"] = [f"C{k}" for k in cancelled]
    names = sorted(set(items))
    products = {"product_id": names, "title": ["RED LAMP"] * 30, "price": [float(k) for k in range(1, 31)]}
    buyers = sorted(set(who))
    accounts = {"account_id": [*buyers, "shop"], "role": ["buyer"] * len(buyers) + ["seller"]}
    accounts |= {"created_at": [begin] * (len(buyers) + 1), "country": ["United Kingdom"] * (len(buyers) + 1)}
    products["seller_id"] = ["shop"] * 30
    tables = {"accounts": accounts, "products": products, "orders": orders, "refunds": refunds}
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    return folder


@pytest.mark.parametrize("stealth", ["plain", "careful"])
def test_every_client_claims_two_to_four_dear_orders_in_full_after_they_came(planting, shop, stealth):
    tables, guilty = planting.made(shop, 20, stealth, seed=1)
    orders = {row["order_id"]: row for row in tables["orders"].to_pylist()}
    old = {row["order_id"] for row in planting.made(shop, 0, stealth, seed=1)[0]["orders"].to_pylist()}
    claims = [row for row in tables["refunds"].to_pylist() if row["order_id"] not in old]
    assert len(guilty) == 20
    assert {row["buyer_id"] for row in claims} == guilty
    assert all(row["amount"] == orders[row["order_id"]]["amount"] for row in claims)
    assert all(row["requested_at"] > orders[row["order_id"]]["delivered_at"] for row in claims)
    assert all(orders[row["order_id"]]["product_id"] >= "I17" for row in claims)
    assert {sum(row["buyer_id"] == who for row in claims) for who in guilty} <= {2, 3, 4}
    days = [orders[row["order_id"]]["placed_at"] for row in claims]
    assert max(days) - min(days) <= timedelta(days=planting.STEALTH[stealth].window)


def test_half_of_the_clients_are_customers_and_keep_their_orders(planting, shop):
    plain, _ = planting.made(shop, 0, "plain", seed=1)
    tables, guilty = planting.made(shop, 20, "plain", seed=1)
    assert len(guilty & set(plain["accounts"]["account_id"].to_pylist())) == 10
    assert tables["orders"].slice(0, plain["orders"].num_rows).equals(plain["orders"])


def test_the_same_seed_makes_the_same_market_and_another_one_another(planting, shop):
    first, second, other = (planting.made(shop, 20, "careful", seed)[0] for seed in (1, 1, 2))
    assert all(first[name].equals(second[name]) for name in first)
    assert not first["refunds"].equals(other["refunds"])


def test_the_tables_keep_the_contract(planting, shop, tmp_path):
    tables, _ = planting.made(shop, 20, "careful", seed=0)
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    assert run(["check", str(tmp_path), "--strict"]) == 0


def test_what_is_planted_knows_neither_the_detectors_nor_the_worlds():
    for path in [*ROOT.glob("benchmarks/refund_*.py"), ROOT / "benchmarks" / "planted_refunds.py"]:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        names = {node.module or "" for node in tree if isinstance(node, ast.ImportFrom)}
        assert not [name for name in names if name.startswith("floorwalker.")]
