"""floorwalker.toml renames tables and columns, and computes columns."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from floorwalker.contract.errors import MappingError
from three_reviews import REVIEWS

RATINGS = "6,2,4,1289241911.72836\n6,5,-10,1289241941.53378\n1,15,x,1289243140.39049\n"
HEAD = '[tables.reviews]\nfrom = "ratings.csv"\nheader = false\n'
COLUMNS = """
[tables.reviews.columns]
review_id = "column0 || '-' || column1"
product_id = "column1"
reviewer_id = "column0"
rating = "column2 / 5 + 3"
posted_at = "to_timestamp(column3)"
"""


@pytest.fixture
def ratings(data: Path) -> Path:
    (data / "ratings.csv").write_text(RATINGS)
    return data


def test_a_file_without_header_becomes_reviews(ratings, take):
    (ratings / "floorwalker.toml").write_text(HEAD + COLUMNS)
    taken = take()
    assert taken.column("reviews", "rating") == [3.8, 1.0]
    assert taken.column("reviews", "review_id") == ["6-2", "6-5"]
    assert taken.column("reviews", "posted_at")[0].isoformat() == "2010-11-08T18:45:11.728360"
    assert taken.problems("reviews") == {("rating", "missing"): 1}
    assert taken["reviews"].extra == ("column2", "column3")


def test_a_mapping_may_lie_outside_of_read_only_data(ratings, take, tmp_path):
    mapping = tmp_path / "mine.toml"
    mapping.write_text(
        HEAD
        + 'names = ["source", "target", "weight", "at"]\n'
        + COLUMNS.replace("column0", "source")
        .replace("column1", "target")
        .replace("column2", "weight")
        .replace("column3", "at")
    )
    assert take(mapping=mapping)["reviews"].rows_kept == 2


def test_rows_that_the_filter_stops_are_counted_as_left_out(ratings, take):
    (ratings / "floorwalker.toml").write_text(HEAD + 'where = "column2 > 0"\n' + COLUMNS)
    one = take()["reviews"]
    assert (one.rows_read, one.rows_kept, one.rows_left_out) == (3, 1, {"left out by the mapping": 2})


def test_one_file_may_feed_two_tables(data, take):
    (data / "lines.csv").write_text("no,who,what,n,at\nA1,b,p,2,2024-01-01\nC2,b,p,-2,2024-01-02\n")
    common = 'buyer_id = "who"\n'
    (data / "floorwalker.toml").write_text(
        '[tables.orders]\nfrom = "lines.csv"\nwhere = "no not like \'C%\'"\n[tables.orders.columns]\n'
        + common
        + 'order_id = "no"\nproduct_id = "what"\nplaced_at = "at"\nquantity = "n"\n'
        + '[tables.refunds]\nfrom = "lines.csv"\nwhere = "no like \'C%\'"\n[tables.refunds.columns]\n'
        + common
        + 'refund_id = "no"\norder_id = "\'A1\'"\namount = "-n * 1.5"\nrequested_at = "at"\n'
    )
    taken = take()
    assert taken.column("orders", "order_id") == ["A1"]
    assert [str(a) for a in taken.column("refunds", "amount")] == ["3.0000"]
    assert taken["refunds"].problems == ()


def test_typed_columns_keep_their_types_in_expressions(data, take):
    table = {"id": ["a"], "p": ["p"], "u": ["u"], "stars": [10], "t": pa.array([0], pa.timestamp("s"))}
    pq.write_table(pa.table(table), data / "x.parquet")
    (data / "floorwalker.toml").write_text(
        '[tables.reviews]\nfrom = "x.parquet"\n[tables.reviews.columns]\nreview_id = "id"\n'
        'product_id = "p"\nreviewer_id = "u"\n'
        'rating = "stars / 2"\nposted_at = "t + interval 20000 day"\n'
    )
    taken = take()
    assert taken.column("reviews", "rating") == [5.0]
    assert taken.column("reviews", "posted_at")[0].isoformat() == "2024-10-04T00:00:00"


def test_a_column_of_the_source_that_bears_the_name_of_a_mapped_one_is_kept_besides(data, take):
    (data / "reviews.csv").write_text(REVIEWS)
    (data / "floorwalker.toml").write_text('[tables.reviews.columns]\nbody = "upper(body)"\n')
    taken = take()
    assert taken.rows("reviews")[0]["body"] == "GOOD"
    assert taken.rows("reviews")[0]["body_source"] == "good"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('posted_at = "colum3"', "no column 'colum3'; did you mean 'column3'"),
        ('posted_at = "column3; drop table x"', "must be one column name or one SQL expression"),
        ('posted_at = "(select 1)"', "one column name or one SQL expression"),
        ('posted_at = "column3 + (select 1)"', "no query"),
        ('posted_at = "max(column3)"', "no query, aggregate"),
        ('posted_at = "unnest([1, 2])"', "no query, aggregate"),
        ("posted_at = \"read_text('/etc/passwd')\"", "read_text may not be used"),
        ('posted_at = "now()"', "now may not be used"),
        ('posted_at = "current_date"', "current_date may not be used"),
        ('posted_at = "other.column3"', "no column 'other.column3'"),
        ('posted_at = "no_such_function(column3)"', "no_such_function"),
        ('posted_at = "column3 +"', "not a column name or an SQL expression"),
        ('posted = "column3"', "no column reviews.posted; did you mean 'posted_at'"),
        ("posted_at = 3", "valid string"),
    ],
)
def test_an_entry_that_does_not_fit_is_named_with_what_would(ratings, take, entry, words):
    toml = HEAD + "\n".join(line for line in COLUMNS.splitlines() if "posted_at" not in line) + "\n" + entry
    (ratings / "floorwalker.toml").write_text(toml)
    with pytest.raises(MappingError) as raised:
        take()
    assert words in str(raised.value)
    assert "floorwalker.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[tables.review]\n", "no table 'review'; did you mean 'reviews'"),
        ('[tables.reviews]\nfrom = "rating.csv"\n', "no 'rating.csv' in"),
        ('[tables.reviews]\nfrom = "../data/ratings.csv"\n', "no '../data/ratings.csv' in"),
        ('[tables.reviews]\nform = "ratings.csv"\n', "tables.reviews.form"),
        ("[tables.reviews]\n", "say `from = …`"),
        ("[tables", "cannot be read as TOML"),
        ("[tables.reviews]\nfrom = 'ratings.csv'\nheader = false\nnames = ['a']\n", "4 columns"),
    ],
)
def test_a_mapping_that_does_not_fit_is_one_clear_line(ratings, take, toml, words):
    (ratings / "floorwalker.toml").write_text(toml)
    with pytest.raises(MappingError) as raised:
        take()
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
