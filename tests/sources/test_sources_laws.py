"""Laws that hold for any data: every row is accounted for, and no damage ends in anything but a clear line."""

import csv
import io
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from floorwalker.contract.errors import FloorwalkerError
from floorwalker.contract.tables import REVIEWS
from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in
from floorwalker.sources.records import TableIntake

NAMES = ["review_id", "product_id", "reviewer_id", "rating", "posted_at", "removed_at", "body"]
FREE = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
FIELDS = st.tuples(
    FREE | st.sampled_from(["a", "b", "c"]),
    FREE,
    FREE,
    st.sampled_from(["1", "5", "4.5", "7", "x", "", "nan", "1e400"]),
    st.sampled_from(["2024-01-01", "1706695200", "2024-02-30", "", "x", "0001-01-01", "99999999999999999"]),
    st.sampled_from(["2024-01-01", "", "x"]),
    FREE,
)
GOOD = [
    (f"r{i}", f"p{i % 7}", f"u{i % 5}", str(1 + i % 5), f"2024-01-{1 + i % 28:02d}", "", 'a "b",\nc' * (i % 3))
    for i in range(60)
]
DAMAGE = st.lists(
    st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=2), st.integers(0, 3)), min_size=1, max_size=8
)
SETTINGS = settings(
    deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)


def taken(name: str, content: bytes) -> tuple[TableIntake, list[dict[str, object]], int]:
    """The report on one file, its kept rows, and the number of rows in rejects/ that were set aside."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "data").mkdir()
        (root / "data" / name).write_bytes(content)
        intake = take_in(
            open_data(root / "data"), root / "out", rejects=root / "rejects", spill=root / "spill", memory="1GB"
        )
        rejects = root / "rejects" / "reviews.parquet"
        aside = (
            {r["row"] for r in pq.read_table(rejects).to_pylist() if r["outcome"] == "set aside"}
            if rejects.exists()
            else set()
        )
        return intake.tables["reviews"], pq.read_table(root / "out" / "reviews.parquet").to_pylist(), len(aside)


def check_accounted(one: TableIntake, kept: list[dict[str, object]], aside: int) -> None:
    assert one.rows_read == one.rows_kept + one.rows_set_aside + sum(one.rows_left_out.values())
    assert one.rows_kept == len(kept)
    assert one.rows_set_aside == aside
    assert len({row["review_id"] for row in kept}) == len(kept)
    assert all(row[name] is not None for row in kept for name in REVIEWS.required)


def as_csv(rows) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([NAMES, *rows])
    return text.getvalue().encode()


def as_parquet(rows, compression: str = "zstd") -> bytes:
    buffer = io.BytesIO()
    columns = zip(*rows, strict=True)
    pq.write_table(pa.table([pa.array(c, pa.string()) for c in columns], NAMES), buffer, compression=compression)
    return buffer.getvalue()


def damaged(content: bytes, damage) -> bytes:
    """Bytes overwritten, flipped, removed and inserted."""
    data = bytearray(content)
    for place, junk, how in damage:
        at = place % len(data)
        if how == 0:
            data[at] ^= 1 << (junk[0] % 8)
        elif how == 1:
            data[at : at + len(junk)] = junk
        elif how == 2:
            data[at:at] = junk
        else:
            del data[at : min(at + junk[0], at + len(data) - 1)]
    return bytes(data)


def unless_refused(name: str, content: bytes) -> tuple[tuple[TableIntake, list[dict[str, object]], int] | None, str]:
    """What was taken in, or the words with which it was refused."""
    try:
        return taken(name, content), ""
    except FloorwalkerError as error:
        return None, str(error)


@settings(SETTINGS, max_examples=40)
@given(st.lists(FIELDS, min_size=1, max_size=12), st.sampled_from(["csv", "parquet"]))
def test_every_row_is_kept_or_set_aside_with_a_reason(rows, form):
    done, refusal = unless_refused(f"reviews.{form}", as_csv(rows) if form == "csv" else as_parquet(rows))
    if done is None:
        assert "can be used" in refusal
        return
    assert done[0].rows_read == len(rows)
    check_accounted(*done)
    names = iter([row[0] for row in rows])
    assert all(str(row["review_id"]) in names for row in done[1]), "in the order of the file"


@settings(SETTINGS, max_examples=80)
@given(DAMAGE)
def test_a_damaged_csv_file_loses_no_line_without_a_word(damage):
    content = damaged(as_csv(GOOD), damage)
    done, refusal = unless_refused("reviews.csv", content)
    assert "\n" not in refusal
    if done is not None:
        check_accounted(*done)
        assert done[0].rows_read <= content.count(b"\n") + content.count(b"\r")


@settings(SETTINGS, max_examples=80)
@given(DAMAGE, st.sampled_from(["none", "snappy", "zstd", "gzip"]))
def test_a_damaged_parquet_file_is_read_or_refused_in_one_line(damage, compression):
    done, refusal = unless_refused("reviews.parquet", damaged(as_parquet(GOOD, compression), damage))
    assert "\n" not in refusal
    if done is not None:
        check_accounted(*done)
