"""With --as-of nothing is seen that was not known at that time."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from floorwalker.contract.tables import TABLES
from floorwalker.sources.as_of import COMES_WITH, hidden_by

DAY = datetime(2024, 1, 10)


def write(data, table, *rows):
    (data / f"{table}.ndjson").write_text("\n".join(json.dumps(row) for row in rows))


def refund(i, requested, **more):
    return {"refund_id": i, "order_id": "o", "buyer_id": "b", "amount": 1, "requested_at": requested, **more}


def test_rows_of_later_days_are_left_out_and_counted(data, take):
    write(data, "refunds", refund("a", "2024-01-09"), refund("b", "2024-01-10"), refund("c", "2024-01-10T00:00:01"))
    one = take(as_of=DAY)["refunds"]
    assert (one.rows_read, one.rows_kept, one.rows_left_out) == (3, 2, {"after --as-of": 1})


@pytest.mark.parametrize(
    "as_of", [DAY.replace(tzinfo=UTC), DAY.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=7)))]
)
def test_a_time_with_a_zone_is_the_same_moment(data, take, as_of):
    write(data, "refunds", refund("a", "2024-01-09T23:59:59"), refund("b", "2024-01-10T00:00:01"))
    assert take(as_of=as_of).column("refunds", "refund_id") == ["a"]


def test_a_decision_of_a_later_day_is_not_known_nor_who_made_it(data, take):
    decided = {"outcome": "denied", "staff_id": "s", "return_waived": True}
    write(
        data,
        "refunds",
        refund("early", "2024-01-01", decided_at="2024-01-05", **decided),
        refund("late", "2024-01-01", decided_at="2024-01-15", **decided),
    )
    early, late = take(as_of=DAY).rows("refunds")
    assert (early["outcome"], early["staff_id"], early["return_waived"]) == ("denied", "s", True)
    assert [late[c] for c in ("decided_at", "outcome", "staff_id", "return_waived")] == [None] * 4


def test_an_account_closed_later_has_no_status_yet(data, take):
    account = {"role": "buyer", "created_at": "2024-01-01", "status": "banned"}
    write(data, "accounts", {"account_id": "a", **account, "closed_at": "2024-02-01"}, {"account_id": "b", **account})
    assert take(as_of=DAY).column("accounts", "status") == [None, "banned"]


def test_a_review_removed_later_is_still_there(data, take):
    review = {"review_id": "r", "product_id": "p", "reviewer_id": "u", "rating": 5, "posted_at": "2024-01-01"}
    write(data, "reviews", {**review, "removed_at": "2024-02-01"})
    assert take(as_of=DAY).column("reviews", "removed_at") == [None]


def test_a_table_that_begins_later_is_empty_but_there(data, take):
    write(data, "refunds", refund("a", "2024-02-01"))
    taken = take(as_of=DAY)
    assert taken["refunds"].rows_kept == 0
    assert taken.rows("refunds") == []


def test_a_duplicate_that_comes_later_is_not_known_either(data, take):
    write(data, "refunds", refund("a", "2024-02-01"), refund("a", "2024-01-01"))
    taken = take(as_of=DAY)
    assert taken["refunds"].rows_set_aside == 0
    assert taken["refunds"].rows_kept == 1


def test_every_other_time_of_every_table_is_hidden_until_it_is_reached():
    for table in TABLES.values():
        for column in table.columns:
            if column.kind == "time" and column.name != table.since:
                assert column.name in hidden_by(table.name, column.name)


def test_the_table_of_what_comes_with_a_time_names_real_columns():
    for (table, time), columns in COMES_WITH.items():
        assert {time, *columns} <= {c.name for c in TABLES[table].columns}
