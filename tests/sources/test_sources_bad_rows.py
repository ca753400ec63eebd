"""Every kind of bad row is counted by table, column and reason, and none is lost."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from three_reviews import REVIEWS

GOOD = {"order_id": "o1", "buyer_id": "b1", "product_id": "p1", "placed_at": "2024-01-01T00:00:00Z"}


def orders(data, *rows):
    lines = [json.dumps({**GOOD, "order_id": f"o{i}", **row}) for i, row in enumerate(rows)]
    (data / "orders.ndjson").write_text("\n".join(lines))


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("r4,p1,u1,5,2024-01-01", "", "wrong number of fields"),
        ("r4,p1,u1,5,2024-01-01,good,more", "", "wrong number of fields"),
        ('r4,"p1"x,u1,5,2024-01-01,good', "", "broken quotation"),
        (",p1,u1,5,2024-01-01,good", "review_id", "missing"),
        ('"",p1,u1,5,2024-01-01,good', "review_id", "missing"),
        ("r4,p1,u1,7,2024-01-01,good", "rating", "out of range"),
        ("r4,p1,u1,nan,2024-01-01,good", "rating", "not a number"),
        ("r4,p1,u1,five,2024-01-01,good", "rating", "not a number"),
        ("r4,p1,u1,5,yesterday,good", "posted_at", "not a time"),
        ("r4,p1,u1,5,2024-02-30,good", "posted_at", "not a time"),
        ("r4,p1,u1,5,infinity,good", "posted_at", "not a time"),
        ("r4,p1,u1,5,42,good", "posted_at", "not a time"),
        ("r4,p1,u1,5,9999-01-01,good", "posted_at", "out of range"),
        ("r1,p1,u1,5,2024-01-01,again", "review_id", "duplicate id"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_place_and_reason(data, take, line, column, reason):
    (data / "reviews.csv").write_text(f"{REVIEWS}{line}\nr5,p1,u1,5,2024-01-01,after\n")
    taken = take()
    assert taken.problems("reviews") == {(column, reason): 1}
    assert taken["reviews"].rows_set_aside == 1
    assert taken.column("reviews", "review_id") == ["r1", "r2", "r3", "r5"]
    (reject,) = taken.rejects("reviews")
    assert (reject["file"], reject["row"], reject["column"], reject["reason"]) == ("reviews.csv", 4, column, reason)
    assert reject["outcome"] == "set aside"
    raw = json.loads(reject["raw"])
    assert raw == line if isinstance(raw, str) else "p1" in raw.values()
    (problem,) = taken["reviews"].problems
    assert (problem.examples[0].file, problem.examples[0].row) == ("reviews.csv", 4)


def test_rows_with_latin_1_bytes_are_set_aside_and_the_others_read(data, take):
    (data / "reviews.csv").write_bytes(
        REVIEWS.encode() + b"r4,p1,u1,5,2024-01-01,caf\xe9\nr5,p1,u1,5,2024-01-01,caf\xc3\xa9\n"
    )
    taken = take()
    assert taken.problems("reviews") == {("", "undecodable"): 1}
    assert taken.rejects("reviews")[0]["row"] == 4
    assert "caf\\xe9" in json.loads(taken.rejects("reviews")[0]["raw"])
    assert taken.rows("reviews")[-1]["body"] == "café"


def test_a_stray_quotation_mark_swallows_no_row(data, take):
    lines = [f"s{i},p1,u1,5,2024-01-01,plain" for i in range(50)]
    lines[10] = 's10,p1,u1,5,2024-01-01,"never closed'
    (data / "reviews.csv").write_text(REVIEWS + "\n".join(lines) + "\n")
    taken = take()
    assert taken.problems("reviews") == {("", "broken quotation"): 1}
    assert taken["reviews"].rows_kept == 52


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{not json", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b'{"a": "\xe9"}', "undecodable"),
        (b"7", "not a JSON object"),
    ],
    ids=["broken", "array", "latin-1", "number"],
)
def test_a_json_line_that_is_no_object_is_set_aside_with_its_line(data, take, line, reason):
    good = {"review_id": "r", "product_id": "p", "reviewer_id": "u", "rating": 5, "posted_at": "2024-01-01"}
    (data / "reviews.ndjson").write_bytes(json.dumps(good).encode() + b"\n\n" + line)
    taken = take()
    assert taken.problems("reviews") == {("", reason): 1}
    assert (taken["reviews"].rows_read, taken["reviews"].rows_kept) == (2, 1)
    assert taken.rejects("reviews")[0]["row"] == 3


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("quantity", "2.5", "not a whole number"),
        ("quantity", "many", "not a number"),
        ("quantity", "99999999999999999999", "out of range"),
        ("amount", "$12", "not a number"),
        ("amount", "1e30", "out of range"),
        ("delivered_at", "soon", "not a time"),
    ],
)
def test_a_bad_value_that_no_row_needs_becomes_empty_and_is_recorded(data, take, column, value, reason):
    orders(data, {}, {column: value})
    taken = take()
    assert taken.problems("orders") == {(column, reason): 1}
    assert taken["orders"].rows_kept == 2
    assert taken.column("orders", column) == [None, None]
    (reject,) = taken.rejects("orders")
    assert (reject["outcome"], reject["value"]) == ("value set to empty", value)


def test_a_word_that_is_not_one_of_the_fixed_ones_is_named_with_them(data, take):
    (data / "accounts.csv").write_text("account_id,role,created_at\na,buyer,2024-01-01\nb,boss,2024-01-01\n")
    assert take().problems("accounts") == {("role", "not one of buyer, seller"): 1}


def test_a_flag_is_true_or_false(data, take):
    head = "refund_id,order_id,buyer_id,amount,requested_at,return_waived\n"
    rows = "".join(f"f{i},o1,b1,1.50,2024-01-01,{v}\n" for i, v in enumerate(["true", "0", "", "perhaps"]))
    (data / "refunds.csv").write_text(head + rows)
    taken = take()
    assert taken.column("refunds", "return_waived") == [True, False, None, None]
    assert taken.problems("refunds") == {("return_waived", "not true or false"): 1}


def test_a_reference_to_what_is_not_there_is_a_warning_and_the_row_is_kept(data, take):
    orders(data, {"buyer_id": "a"}, {"buyer_id": "ghost"})
    (data / "accounts.csv").write_text("account_id,role,created_at\na,buyer,2024-01-01\n")
    taken = take()
    (problem,) = taken["orders"].problems
    assert (problem.column, problem.reason, problem.outcome, problem.count) == (
        "buyer_id",
        "dangling reference",
        "warning",
        1,
    )
    assert (problem.examples[0].row, problem.examples[0].value) == (2, "ghost")
    assert taken["orders"].rows_kept == 2


def test_the_first_usable_row_of_an_id_is_the_one_that_is_kept(data, take):
    orders(
        data, {"order_id": "x", "placed_at": "?"}, {"order_id": "x", "amount": "1"}, {"order_id": "x", "amount": "2"}
    )
    taken = take()
    assert [str(a) for a in taken.column("orders", "amount")] == ["1.0000"]
    assert taken["orders"].rows_set_aside == 2


def test_one_row_with_several_faults_is_counted_once_as_a_row_and_once_for_each_fault(data, take):
    orders(data, {}, {"order_id": "", "placed_at": "?", "quantity": "?"})
    taken = take()
    assert taken["orders"].rows_set_aside == 1
    assert sum(p.count for p in taken["orders"].problems) == 3


def test_examples_are_the_first_three_cut_to_sixty_characters(data, take):
    orders(data, {}, *[{"placed_at": str(i) + "?" * 99} for i in range(9)])
    (problem,) = take()["orders"].problems
    assert problem.count == 9
    assert [e.row for e in problem.examples] == [2, 3, 4]
    assert [len(e.value) for e in problem.examples] == [60] * 3


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00"),
        ("2024-01-31T10:00:00+02:00", "2024-01-31T08:00:00"),
        ("2024-01-31 10:00:00 +0200", "2024-01-31T08:00:00"),
        ("2024-01-31T10:00:00.123456", "2024-01-31T10:00:00.123456"),
        ("2024-01-31", "2024-01-31T00:00:00"),
        ("20240131", "2024-01-31T00:00:00"),
        ("1706695200", "2024-01-31T10:00:00"),
        ("1706695200.25", "2024-01-31T10:00:00.250000"),
        ("1706695200000", "2024-01-31T10:00:00"),
        ("1706695200000000", "2024-01-31T10:00:00"),
    ],
)
def test_times_are_read_as_utc(data, take, written, read):
    (data / "reviews.csv").write_text(REVIEWS.replace("2024-01-01T10:00:00Z", written))
    assert take().column("reviews", "posted_at")[0].isoformat() == read


def test_typed_times_and_numbers_are_read_by_the_same_rules(data, take):
    table = {
        "order_id": [1, 2, 3],
        "buyer_id": [7.0, 8.5, float("nan")],
        "product_id": ["p"] * 3,
        "placed_at": [1706695200] * 3,
    }
    zoned = pa.array([1706695200 * 10**6, None, 10**18], pa.timestamp("us", "Asia/Bangkok"))
    pq.write_table(pa.table({**table, "delivered_at": zoned, "quantity": [1.0, 2.5, None]}), data / "orders.parquet")
    taken = take()
    assert taken.column("orders", "order_id") == ["1", "2"]
    assert taken.column("orders", "buyer_id") == ["7.0", "8.5"]
    assert {t.isoformat() for t in taken.column("orders", "placed_at")} == {"2024-01-31T10:00:00"}
    assert [t and t.isoformat() for t in taken.column("orders", "delivered_at")] == ["2024-01-31T10:00:00", None]
    assert taken.column("orders", "quantity") == [1, None]


HOSTILE = [
    "'; drop table reviews; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "$(reboot)",
    'quote " and \\ backslash',
    " spaces around ",
    "00017",
    "17850.0",
    "1e5",
    "İstanbul ﷽ 🦊",
    "x" * 100_000,
    "a\nb\tc",
    "null",
    "NA",
    "nan",
    "{}",
    "a\x00b",
]


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_any_text_is_an_id_and_comes_through_unharmed(data, take, form):
    rows = [
        {"review_id": h, "product_id": h, "reviewer_id": h, "rating": "5", "posted_at": "2024-01-01"} for h in HOSTILE
    ]
    if form == "csv":
        import csv

        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        (data / "reviews.csv").write_text(text.getvalue(), newline="")
    elif form == "ndjson":
        (data / "reviews.ndjson").write_text("\n".join(json.dumps(row) for row in rows))
    else:
        pq.write_table(pa.Table.from_pylist(rows), data / "reviews.parquet")
    taken = take()
    for column in ("review_id", "product_id", "reviewer_id"):
        assert taken.column("reviews", column) == HOSTILE


def test_hostile_column_names_are_only_names(data, take):
    name = 'x"; drop table y; --'
    (data / "reviews.ndjson").write_text(
        json.dumps(
            {
                "review_id": "r",
                "product_id": "p",
                "reviewer_id": "u",
                "rating": 5,
                "posted_at": "2024-01-01",
                name: "v",
                "__ROW": 1,
                "Body": "b",
                "a/b~c": 1,
            }
        )
    )
    taken = take()
    row = taken.rows("reviews")[0]
    assert row[name] == "v"
    assert row["body"] == "b"
    assert row["a/b~c"] == "1"
    assert "__ROW_2" in taken["reviews"].extra


def test_empty_text_is_missing_in_every_format(data, take):
    orders(data, {"buyer_id": ""}, {"currency": ""})
    taken = take()
    assert taken.problems("orders") == {("buyer_id", "missing"): 1}
    assert taken.column("orders", "currency") == [None]
