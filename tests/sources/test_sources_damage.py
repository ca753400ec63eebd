"""Files that are not what they say end with one clear line."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from floorwalker.contract.errors import InputError
from three_reviews import REVIEWS

PARQUET = io.BytesIO()
pq.write_table(pyarrow.csv.read_csv(io.BytesIO(REVIEWS.encode() * 1)), PARQUET)
MANY = (REVIEWS + "".join(f"x{i},p1,u1,5,2024-01-01,{i * 7919}\n" for i in range(9999))).encode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("reviews.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "binary file"),
        ("reviews.csv", bytes(range(32)) * 99, "binary file"),
        ("reviews.csv", PARQUET.getvalue(), "binary file"),
        ("reviews.csv", REVIEWS.encode("utf-16"), "UTF-16"),
        ("reviews.parquet", REVIEWS.encode(), "not a Parquet file"),
        ("reviews.parquet", PARQUET.getvalue()[:-100], "cut off"),
        ("reviews.csv.gz", REVIEWS.encode(), "not a gzip file"),
        ("reviews.csv.gz", gzip.compress(MANY, mtime=0)[:-20], "damaged or cut off"),
        (
            "reviews.csv.gz",
            gzip.compress(MANY, mtime=0)[:900] + b"?" + gzip.compress(MANY, mtime=0)[901:],
            "damaged or cut off",
        ),
        ("reviews.csv.zst", pa.compress(MANY, codec="zstd", asbytes=True)[:-20], "damaged or cut off"),
        ("reviews.csv.gz", gzip.compress(b"", mtime=0), "empty"),
        ("reviews.csv", b"", "empty"),
        ("reviews.parquet", b"", "empty"),
        ("reviews.csv", REVIEWS.splitlines()[0].encode(), "no rows"),
        ("reviews.ndjson", b"\n\n", "no rows"),
        ("reviews.json", b"[]", "no rows"),
        ("reviews.json", b'[{"review_id": "a"}, {"revi', "cut off after element 1"),
        ("reviews.json", b"[" * 5000, "broken or cut off"),
        ("reviews.csv", b'review_id,"product_id\n' + b"1,2\n" * 9, "quotation in the first line"),
        ("reviews.csv", REVIEWS.replace("rating", "review_id").encode(), "no column rating"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_a_file_that_cannot_be_used_is_one_clear_line_that_names_it(data, take, name, content, words):
    (data / name).write_bytes(content)
    with pytest.raises(InputError, match=words) as raised:
        take()
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 2


def test_a_missing_column_is_named_with_the_line_that_would_add_it(data, take):
    (data / "reviews.csv").write_text(REVIEWS.replace("posted_at", "postedAt"))
    with pytest.raises(InputError) as raised:
        take()
    assert "no column posted_at" in str(raised.value)
    assert "postedAt" in str(raised.value)
    assert '[tables.reviews.columns]: posted_at = "…"' in str(raised.value)


def test_a_place_that_does_not_exist_is_named(tmp_path, take):
    with pytest.raises(InputError, match="no such folder"):
        take(tmp_path / "nowhere")


def test_a_folder_without_a_known_table_says_what_was_seen_and_what_was_expected(data, take):
    (data / "revieuws.csv").write_text(REVIEWS)
    with pytest.raises(InputError, match=r"revieuws\.csv.*accounts, identifiers"):
        take()


def test_two_files_of_one_table_are_refused(data, take):
    (data / "reviews.csv").write_text(REVIEWS)
    (data / "reviews.ndjson").write_text(json.dumps({}))
    with pytest.raises(InputError, match="both table reviews"):
        take()


def test_parts_of_two_formats_are_refused(data, take):
    (data / "reviews").mkdir()
    (data / "reviews" / "a.csv").write_text(REVIEWS)
    (data / "reviews" / "b.ndjson").write_text("{}")
    with pytest.raises(InputError, match="csv and ndjson"):
        take()


def test_a_table_without_one_usable_row_is_refused_with_the_commonest_reason(data, take):
    (data / "reviews.csv").write_text(REVIEWS.replace("2024-", "32024-"))
    with pytest.raises(InputError, match="none of its 3 rows can be used: posted_at not a time in 3, first in row 1"):
        take()
