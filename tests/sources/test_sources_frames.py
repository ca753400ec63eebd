"""Data frames and databases give the same rows as files."""

import io
import os
import sqlite3
import uuid
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest

from floorwalker.contract.errors import InputError
from three_reviews import REVIEWS

ARROW = pyarrow.csv.read_csv(io.BytesIO(REVIEWS.encode()))
POSTGRES = os.environ.get("FLOORWALKER_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")


@pytest.mark.parametrize(
    "frame",
    [
        ARROW,
        pl.read_csv(io.BytesIO(REVIEWS.encode())),
        pl.read_csv(io.BytesIO(REVIEWS.encode()), try_parse_dates=True),
        pd.read_csv(io.BytesIO(REVIEWS.encode())),
        pd.read_csv(io.BytesIO(REVIEWS.encode()), parse_dates=["posted_at"]).astype({"product_id": "category"}),
        ARROW.slice(0, 2).to_batches()[0],
    ],
    ids=["arrow", "polars", "polars-times", "pandas", "pandas-types", "batch"],
)
def test_frames_are_taken_in(take, frame):
    taken = take({"reviews": frame})
    assert taken.column("reviews", "review_id")[:2] == ["r1", "r2"]
    assert taken.column("reviews", "posted_at")[0].isoformat() == "2024-01-01T10:00:00"
    assert taken.problems("reviews") == {}
    assert taken["reviews"].origins == take({"reviews": frame})["reviews"].origins


def test_ids_that_pandas_made_floats_keep_that_text(take):
    frame = pd.read_csv(
        io.StringIO("review_id,product_id,reviewer_id,rating,posted_at\n1,2,17850.0,5,2024-01-01\n2,2,,5,2024-01-01\n")
    )
    taken = take({"reviews": frame})
    assert taken.column("reviews", "reviewer_id") == ["17850.0"]
    assert taken.problems("reviews") == {("reviewer_id", "missing"): 1}


@pytest.mark.parametrize("frame", [[1, 2], {"a": [1]}, "text", None])
def test_what_is_no_frame_is_refused(take, frame):
    with pytest.raises(InputError, match="table reviews"):
        take({"reviews": frame})


def test_an_empty_frame_has_no_rows(take):
    with pytest.raises(InputError, match="no rows"):
        take({"reviews": ARROW.slice(0, 0)})


def sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table reviews (review_id, product_id, reviewer_id, rating, posted_at, body)")
        connection.executemany(
            "insert into reviews values (?, ?, ?, ?, ?, ?)", ARROW.to_pandas().astype(str).to_numpy().tolist()
        )
        connection.execute("insert into reviews values (?, ?, ?, ?, ?, ?)", (17, 2.5, b"\xff\x00", 4, 1704103200, None))
        connection.execute("create table other (x)")
    connection.close()


@pytest.mark.parametrize("form", ["path", "url"])
def test_sqlite_is_read_with_a_type_for_each_value(take, tmp_path, form):
    path = tmp_path / "shop [1].db"
    sqlite(path)
    taken = take(path if form == "path" else f"sqlite:///{path}")
    assert taken.column("reviews", "review_id") == ["r1", "r2", "r3", "17"]
    assert taken.rows("reviews")[3]["product_id"] == "2.5"
    assert taken.rows("reviews")[3]["reviewer_id"] == "FF00"
    assert taken.rows("reviews")[3]["posted_at"].isoformat() == "2024-01-01T10:00:00"
    assert taken.intake.ignored == ("other",)


def test_a_duckdb_file_is_read(take, tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.register("given", ARROW)
        connection.execute("create table reviews as from given")
        connection.execute("create view orders as select * from read_text('/etc/passwd')")
    taken = take(path)
    assert taken.column("reviews", "review_id") == ["r1", "r2", "r3"]
    assert "orders" in taken.intake.absent


def test_a_file_that_is_no_database_is_refused(take, tmp_path):
    (tmp_path / "shop.db").write_text(REVIEWS)
    with pytest.raises(InputError, match="must be an SQLite or DuckDB database"):
        take(tmp_path / "shop.db")


@pytest.mark.parametrize(
    "url",
    ["mysql://root@127.0.0.1/x", "sqlite:////no/such/file.db", "postgresql://nobody:secret@127.0.0.1:1/nothing"],
)
def test_a_database_that_cannot_be_opened_is_one_line_without_its_password(take, url):
    with pytest.raises(InputError) as raised:
        take(url)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.fixture
def schema():
    """A schema of our own in a running PostgreSQL."""
    from adbc_driver_postgresql import dbapi

    try:
        connection = dbapi.connect(POSTGRES)
    except dbapi.Error as error:
        pytest.skip(f"no PostgreSQL answers at {POSTGRES}: {str(error).splitlines()[0]}")
    name = f"floorwalker_{uuid.uuid4().hex[:12]}"
    with connection, connection.cursor() as cursor:
        cursor.execute(f"create schema {name}")
        connection.commit()
        yield name, cursor, connection
        connection.rollback()
        cursor.execute(f"drop schema {name} cascade")
        connection.commit()


@pytest.mark.postgres
def test_postgresql_is_read_from_the_schema_of_the_search_path(take, schema):
    name, cursor, connection = schema
    cursor.execute(
        f"create table {name}.reviews (review_id uuid, product_id bigint, reviewer_id text, rating numeric(3,1),"
        ' posted_at timestamptz, tags text[], "O\'Brien ""x""" int)'
    )
    cursor.execute(
        f"insert into {name}.reviews values ('00000000-0000-0000-0000-000000000001', 9, '''; drop table x', 4.5,"  # noqa: S608
        " '2024-01-01 12:00:00+02', '{a}', 1), (null, 9, 'u', 4.5, '2024-01-01', null, null)"
    )
    connection.commit()
    taken = take(f"{POSTGRES}?options=-csearch_path%3D{name}")
    row = taken.rows("reviews")[0]
    assert row["review_id"] == "00000000-0000-0000-0000-000000000001"
    assert (row["product_id"], row["reviewer_id"], row["rating"]) == ("9", "'; drop table x", 4.5)
    assert row["posted_at"].isoformat() == "2024-01-01T10:00:00"
    assert taken.problems("reviews") == {("review_id", "missing"): 1}
    assert taken.rejects("reviews")[0]["row"] == 2


def test_text_that_is_no_utf_8_in_a_frame_is_set_aside(take):
    bad = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xe9")])
    table = pa.concat_tables(
        [ARROW, pa.table({**{c: ARROW[c].slice(0, 1) for c in ARROW.column_names}, "review_id": bad})]
    )
    taken = take({"reviews": table})
    assert taken.problems("reviews") == {("", "undecodable"): 1}
    assert taken["reviews"].rows_kept == 3
