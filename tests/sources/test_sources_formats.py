"""A table may be Parquet, CSV, TSV or JSON, packed or not, one file or a folder of parts."""

import csv
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from floorwalker.contract.tables import TABLES
from floorwalker.sources.dataset import open_data
from three_reviews import REVIEWS

ROWS = list(csv.DictReader(io.StringIO(REVIEWS)))
NDJSON = "\n".join(json.dumps(row) for row in ROWS)


def zstd(text: bytes) -> bytes:
    return pa.compress(text, codec="zstd", asbytes=True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("reviews.csv", REVIEWS.encode()),
        ("reviews.csv", b"\xef\xbb\xbf" + REVIEWS.replace("\n", "\r\n").encode()),
        ("reviews.csv", REVIEWS.replace(",", ";").encode()),
        ("reviews.csv", REVIEWS.rstrip("\n").encode()),
        ("reviews.csv.gz", gzip.compress(REVIEWS.encode(), mtime=0)),
        ("reviews.csv.zst", zstd(REVIEWS.encode())),
        ("reviews.tsv", REVIEWS.replace(",", "\t").encode()),
        ("reviews.ndjson", NDJSON.encode()),
        ("reviews.jsonl.gz", gzip.compress(NDJSON.encode(), mtime=0)),
        ("reviews.ndjson.zst", zstd(NDJSON.encode())),
        ("reviews.json", NDJSON.encode()),
        ("reviews.json", json.dumps(ROWS, indent=2).encode()),
        ("REVIEWS.CSV", REVIEWS.encode()),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_every_text_format_gives_the_same_rows(data, take, name, content):
    (data / name).write_bytes(content)
    taken = take()
    assert taken.column("reviews", "review_id") == ["r1", "r2", "r3"]
    assert taken.column("reviews", "rating") == [5.0, 4.0, 1.0]
    assert [t.isoformat() for t in taken.column("reviews", "posted_at")] == [
        f"2024-01-0{day}T10:00:00" for day in (1, 2, 3)
    ]
    assert taken["reviews"].problems == ()


def test_parquet_keeps_its_own_types_for_extra_columns(data, take):
    table = pyarrow.csv.read_csv(io.BytesIO(REVIEWS.encode())).append_column("votes", pa.array([1, 2, 3]))
    pq.write_table(table, data / "reviews.parquet")
    taken = take()
    assert taken.column("reviews", "votes") == [1, 2, 3]
    assert taken["reviews"].extra == ("votes",)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "ndjson"])
def test_a_folder_of_parts_is_one_table_in_the_order_of_the_names(data, take, suffix):
    (data / "reviews").mkdir()
    for i, row in enumerate(ROWS):
        path = data / "reviews" / f"part-{i}.{suffix}"
        if suffix == "parquet":
            pq.write_table(pa.table({k: [v] for k, v in row.items()}), path)
        elif suffix == "csv":
            path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
        else:
            path.write_text(json.dumps(row))
    taken = take()
    assert taken.column("reviews", "review_id") == ["r1", "r2", "r3"]
    assert [o.name for o in taken["reviews"].origins] == [f"part-{i}.{suffix}" for i in range(3)]


def test_parts_may_have_their_columns_in_another_order_and_lack_optional_ones(data, take):
    (data / "reviews").mkdir()
    (data / "reviews" / "a.csv").write_text(REVIEWS)
    (data / "reviews" / "b.csv").write_text(
        "posted_at,rating,reviewer_id,product_id,review_id\n2024-02-01,2,u9,p9,r9\n"
    )
    taken = take()
    assert taken.rows("reviews")[-1]["review_id"] == "r9"
    assert taken.rows("reviews")[-1]["body"] is None


def test_rows_keep_the_order_of_the_source(data, take):
    count = 150_000
    ids = [f"r{(i * 7919) % count}" for i in range(count)]
    ids[5], ids[140_000] = "", ids[17]
    rows = {"review_id": ids, "product_id": ["p"] * count, "reviewer_id": ["u"] * count, "rating": [5] * count}
    pq.write_table(
        pa.table({**rows, "posted_at": ["2024-01-01"] * count}), data / "reviews.parquet", row_group_size=9999
    )
    taken = take()
    assert taken.column("reviews", "review_id") == [r for i, r in enumerate(ids) if i not in (5, 140_000)]


def test_every_table_of_the_contract_is_written_with_all_its_columns_and_types(data, take):
    (data / "reviews.csv").write_text(REVIEWS)
    taken = take()
    types = {"VARCHAR": "string", "TIMESTAMP": "timestamp[us]", "BIGINT": "int64", "DOUBLE": "double"}
    types |= {"DECIMAL(18,4)": "decimal128(18, 4)", "BOOLEAN": "bool"}
    for name, table in TABLES.items():
        schema = pq.read_schema(taken.out / f"{name}.parquet")
        assert schema.names[: len(table.columns)] == [c.name for c in table.columns]
        assert [str(schema.field(c.name).type) for c in table.columns] == [types[c.sql_type] for c in table.columns]
    assert "reviews" not in taken.intake.absent
    assert "orders" in taken.intake.absent


def test_quoted_fields_may_hold_separators_quotes_and_line_ends(data, take):
    (data / "reviews.csv").write_text(REVIEWS + 'r4,p2,u3,3,2024-01-04,"say ""hi"", twice,\nplease"\n')
    assert take().rows("reviews")[-1]["body"] == 'say "hi", twice,\nplease'


def test_an_inch_mark_inside_a_field_is_just_a_character(data, take):
    (data / "reviews.csv").write_text(REVIEWS + 'r4,p2,u3,3,2024-01-04,a 5" pipe\n')
    assert take().rows("reviews")[-1]["body"] == 'a 5" pipe'


def test_blocks_of_a_large_file_join_without_a_seam(data, take):
    body = "x" * 2000 + '\n""' + "y" * 2000
    lines = [f'r{i},p1,u{i},5,2024-01-01,"{body}"' for i in range(6000)]
    (data / "reviews.csv").write_text(REVIEWS.splitlines()[0] + "\n" + "\n".join(lines) + "\n")
    taken = take()
    assert taken["reviews"].rows_kept == 6000
    assert set(taken.column("reviews", "body")) == {body.replace('""', '"')}


def test_keys_that_come_late_in_ndjson_are_found(data, take):
    (data / "reviews.ndjson").write_text(
        NDJSON + "\n" + json.dumps({**ROWS[0], "review_id": "r9", "helpful": {"a": 1}})
    )
    assert take().rows("reviews")[-1]["helpful"] == '{"a":1}'


def test_sha256_is_that_of_the_file(data, take):
    (data / "reviews.csv").write_text(REVIEWS)
    origin = take()["reviews"].origins[0]
    assert (origin.sha256, origin.bytes) == (__import__("hashlib").sha256(REVIEWS.encode()).hexdigest(), len(REVIEWS))


def test_what_is_not_used_is_named(data):
    (data / "reviews.csv").write_text(REVIEWS)
    (data / "notes.txt").write_text("hello")
    assert open_data(data).ignored == ("notes.txt",)


def test_a_folder_whose_name_holds_signs_of_sql_and_globs_is_read(tmp_path: Path, take):
    folder = tmp_path / "it's [1] *?"
    folder.mkdir()
    pq.write_table(pyarrow.csv.read_csv(io.BytesIO(REVIEWS.encode())), folder / "reviews.parquet")
    assert take(folder)["reviews"].rows_kept == 3
