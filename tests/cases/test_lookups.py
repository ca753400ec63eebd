"""What is said of a case from the tables: its evidence as events, and the money at stake."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from floorwalker.cases.events import CASE_EVIDENCE, EVENT_STEPS
from floorwalker.cases.money import GAINERS, MONEY
from floorwalker.contract.run import EVENTS
from floorwalker.engine.step import bind
from floorwalker.pipeline.measure import opened
from floorwalker.pipeline.trial import MEMORY, tables_of
from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in

TABLES = {
    "products": "product_id,seller_id\np1,s1\n",
    "orders": "order_id,buyer_id,product_id,placed_at,amount,currency\n"
    + "".join(f"o{k},b1,p1,2025-01-01T10:00:00Z,{k}00.50,EUR\n" for k in range(1, 6)),
    "refunds": "refund_id,order_id,buyer_id,amount,currency,requested_at,reason,claim_text,outcome\n"
    "f1,o1,b1,100.50,EUR,2025-01-05T10:00:00Z,empty_box,<b>nothing</b> in it,approved\n"
    "f2,o2,b1,200.50,EUR,2025-01-06T10:00:00Z,defective,,approved\n"
    "f3,o3,b1,300.50,EUR,2025-01-07T10:00:00Z,defective,,approved\n"
    "f4,o4,b1,400.50,EUR,2025-01-08T10:00:00Z,defective,,denied\n"
    "f5,o5,b1,500.50,EUR,2025-01-09T10:00:00Z,defective,,approved\n",
    "returns": "return_id,refund_id,expected_weight_g,scanned_weight_g,scanned_at,inspection\n"
    "t2,f2,1000,995,2025-01-10T10:00:00Z,none\n"
    "t3,f3,1000,12,2025-01-10T10:00:00Z,none\n"
    "t5,f5,1000,400,2025-01-10T10:00:00Z,ok\n",
    "posts": "post_id,source,body,channel,author,posted_at\nq1,telegram,+1 fast,refunds,fan,2025-01-11T10:00:00Z\n",
    "messages": "message_id,sender_id,recipient_id,sent_at,body\nm1,s1,b1,2025-01-11T10:00:00Z,hello\n",
    "staff_actions": "action_id,staff_id,at,action,object_kind,object_id\n"
    "a1,w1,2025-01-05T11:00:00Z,approve_refund,refund,f1\n",
    "tickets": "ticket_id,opened_at,kind,subject_kind,subject_id,assigned_to,assigned_by\n"
    "k1,2025-01-05T10:30:00Z,refund,refund,f1,w1,self\n",
    "reviews": "review_id,product_id,reviewer_id,rating,posted_at\nr1,p1,b1,5,2025-01-20T10:00:00Z\n",
}
CITED = [
    *(("refunds", f"f{k}") for k in range(1, 6)),
    *(("returns", f"t{k}") for k in (2, 3, 5)),
    *(("posts", "q1"), ("messages", "m1"), ("staff_actions", "a1"), ("tickets", "k1"), ("reviews", "r1")),
]


def looked_up(folder: Path, gaining: list[tuple[str, str, datetime]]) -> tuple[pa.Table, pa.Table]:
    """The events of one case that cites all rows, and its money. gaining: (case, seller, since)."""
    take_in(open_data(tables_of(TABLES)), folder / "tables", rejects=None, spill=folder / "spill", memory=MEMORY)
    with opened(folder, "lookups", engine="duckdb", memory=MEMORY) as workspace:
        sources, ids = zip(*CITED, strict=True)
        workspace.keep("case_evidence", lambda: pa.table({"case_id": ["C"] * len(ids), "source": sources, "id": ids}))
        workspace.keep("pushed_products", lambda: those([], "product_id"))
        workspace.keep("gaining_sellers", lambda: those(gaining, "seller_id"))
        workspace.run(bind(EVENT_STEPS, CASE_EVIDENCE), {})
        workspace.run(bind([MONEY], GAINERS | CASE_EVIDENCE), {})
        nullable = [workspace.table(step.name, order_by=("id",)) for step in EVENT_STEPS]
        events = pa.concat_tables(nullable, promote_options="permissive")
        return events, workspace.table(MONEY.name, order_by=("case_id", "currency"))


def those(rows: list[tuple[str, str, datetime]], whose: str) -> pa.Table:
    types = (pa.string(), pa.string(), pa.timestamp("us"))
    arrays = [pa.array([row[k] for row in rows], kind) for k, kind in enumerate(types)]
    return pa.table(arrays, names=["case_id", whose, "since"])


@pytest.fixture
def found(tmp_path: Path) -> tuple[pa.Table, pa.Table]:
    return looked_up(tmp_path, [])


def test_every_cited_row_of_every_table_is_an_event(found: tuple[pa.Table, pa.Table]) -> None:
    rows = found[0].to_pylist()
    assert sorted((row["source"], row["id"]) for row in rows) == sorted(CITED)
    assert set(EVENTS.names) - {"table"} <= set(rows[0])


def test_a_refund_says_how_much_was_asked_for_and_what_came_of_it(found: tuple[pa.Table, pa.Table]) -> None:
    (refund,) = [row for row in found[0].to_pylist() if row["id"] == "f1"]
    assert (refund["what"], refund["detail"]) == ("refund approved", "100.50 EUR empty_box <b>nothing</b> in it")


def test_a_parcel_says_what_it_weighed_and_should_have_weighed(found: tuple[pa.Table, pa.Table]) -> None:
    (parcel,) = [row for row in found[0].to_pylist() if row["id"] == "t3"]
    assert parcel["what"] == "parcel scanned"
    assert parcel["detail"].startswith("12 g of 1000 g")


def test_the_money_at_stake_is_what_was_refunded_less_what_came_back(found: tuple[pa.Table, pa.Table]) -> None:
    """f1 never came back and f3 came as a letter; f2 weighs right, f5 was found in order, f4 was denied."""
    (row,) = found[1].to_pylist()
    assert Decimal(row["cents"]) / 100 == Decimal("401.00")


@pytest.mark.parametrize(("since", "sales"), [("2025-01-01T09:00:00", "1502.50"), ("2025-01-01T11:00:00", "0")])
def test_what_a_beneficiary_sells_from_then_on_is_at_stake(tmp_path: Path, since: str, sales: str) -> None:
    _, money = looked_up(tmp_path, [("C", "s1", datetime.fromisoformat(since))])
    (row,) = money.to_pylist()
    assert Decimal(row["cents"]) / 100 == Decimal("401.00") + Decimal(sales)
