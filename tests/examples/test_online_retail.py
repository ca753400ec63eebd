"""A web shop's cancellations find the purchase that they cancel, and no line is lost."""

import runpy
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from floorwalker.edge.cli.main import run

PREPARE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "online_retail" / "prepare.py"))["prepare"]
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SHOP = """\
1,84029a,RED MUG,12,2011-01-03 09:00:00,2.50,100.0,France
1,84029A,RED MUG,2,2011-01-03 09:00:00,2.50,100.0,France
2,84029A,RED MUG,12,2011-01-05 09:00:00,3.00,100.0,France
3,22000,BOX,5,2011-01-05 10:00:00,1.25,200.0,France
C4,84029A,RED MUG,-4,2011-01-06 09:00:00,2.50,100.0,France
C5,84029A,RED MUG,-8,2011-01-07 09:00:00,2.50,100.0,France
C6,84029A,RED MUG,-12,2011-01-08 09:00:00,2.75,100.0,France
C7,84029A,RED MUG,-3,2011-01-09 09:00:00,2.50,100.0,France
C8,84029A,RED MUG,-1,2011-01-10 09:00:00,2.50,200.0,France
C9,22000,BOX,-6,2011-01-10 10:00:00,1.25,200.0,France
C10,33000,"LAMP, GREEN",-1,2011-01-11 09:00:00,7.00,100.0,France
11,33000,"LAMP, GREEN",1,2011-01-12 09:00:00,7.00,100.0,France
12,33000,"LAMP, GREEN",2,2011-01-12 10:00:00,7.00,,France
C13,33000,"LAMP, GREEN",-2,2011-01-13 10:00:00,7.00,,France
14,POST,POSTAGE,1,2011-01-13 11:00:00,18.00,100.0,France
C15,D,Discount,-1,2011-01-13 12:00:00,5.00,100.0,France
16,33000,lost,-9,2011-01-13 13:00:00,0,,France
C17,M,Manual,-1,2011-01-13 14:00:00,9.00,200.0,France
C18,BANK CHARGES,Bank Charges,-1,2011-01-13 15:00:00,9.00,,France
19,22000,BOX,1,2011-01-13 16:00:00,0,200.0,France
"""


@pytest.fixture
def shop(tmp_path: Path):
    def prepared(text: str):
        (tmp_path / "lines.csv").write_text(HEAD + text, encoding="utf-8")
        kinds = PREPARE(tmp_path / "lines.csv", tmp_path / "out")
        return kinds, {path.stem: pq.read_table(path).to_pylist() for path in (tmp_path / "out").glob("*.parquet")}

    return prepared


def cancelled(tables) -> dict[str, str]:
    return {row["refund_id"]: row["order_id"] for row in tables["refunds"]}


def test_a_purchase_is_cancelled_in_parts_until_nothing_is_left_and_at_its_own_price_first(shop):
    _, tables = shop(SHOP)
    assert cancelled(tables) == {"C4-1": "1-1", "C5-1": "1-1", "C6-1": "2-1"}
    assert [row["amount"] for row in tables["refunds"]] == [Decimal("10.00"), Decimal("20.00"), Decimal("33.00")]


def test_the_latest_purchase_with_enough_left_is_the_one(shop):
    lines = [f"{n},22000,BOX,{quantity},2011-01-0{n} 09:00:00,1,1,France" for n, quantity in ((1, 5), (2, 5), (3, 1))]
    _, tables = shop("\n".join([*lines, "C4,22000,BOX,-3,2011-01-04 09:00:00,1,1,France"]))
    assert cancelled(tables) == {"C4-1": "2-1"}


def test_nothing_matches_before_the_purchase_by_another_customer_or_above_what_was_bought(shop):
    kinds, tables = shop(SHOP)
    why = {row["invoice"]: row["why"] for row in tables["_set_aside"]}
    assert why["C10"] == "cancellation of an item bought only later"
    assert why["C8"] == "cancellation of an item never bought"
    assert why["C7"] == why["C9"] == "cancellation of more than any purchase has left"
    assert kinds["cancellation of more than any purchase has left"] == 2


def test_every_line_is_of_one_kind_and_in_one_table(shop):
    kinds, tables = shop(SHOP)
    assert sum(kinds.values()) == len(SHOP.splitlines())
    assert len(tables["orders"]) == kinds["order"] == 5
    assert len(tables["refunds"]) == kinds["refund: cancellation of an earlier purchase"] == 3
    assert {row["invoice"]: row["why"] for row in tables["_set_aside"] if row["line"] > 13} == {
        "12": "sale without a customer",
        "C13": "cancellation without a customer",
        "14": "postage or carriage",
        "C15": "discount",
        "16": "negative quantity, no cancellation",
        "C17": "adjustment by hand or bad debt",
        "C18": "bank charge, fee or commission",
        "19": "sale free of charge",
    }


def test_a_line_that_cannot_be_read_is_set_aside_with_its_number(shop):
    kinds, tables = shop(
        "1,22000,BOX,many,2011-01-03 09:00:00,1,1,France\n2,22000,BOX,1,2011-01-03 09:00:00,1,1,France"
    )
    assert kinds == {"unreadable": 1, "order": 1, "refund: cancellation of an earlier purchase": 0}
    assert [(row["line"], row["why"]) for row in tables["_set_aside"]] == [(2, "unreadable")]


def test_the_tables_keep_the_contract(shop, tmp_path, capsys):
    shop(SHOP)
    assert run(["check", str(tmp_path / "out"), "--strict"]) == 0
    assert "not used" not in capsys.readouterr().out


def test_other_columns_are_named(tmp_path):
    (tmp_path / "lines.csv").write_text("InvoiceNo,StockCode\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column Description, Quantity"):
        PREPARE(tmp_path / "lines.csv", tmp_path / "out")
