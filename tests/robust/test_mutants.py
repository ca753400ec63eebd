"""Whatever happened to a file: an answer in one line, or every row accounted for; never a traceback."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutants import FORMATS, Mutant, complaint, encoded, mutant, originals, packed, scan_complaint
from worker import Worker

from floorwalker.contract.tables import TABLES

BLOCKS, EACH = 2, 15
VALUES = st.none() | st.text(max_size=12) | st.integers() | st.floats() | st.datetimes() | st.booleans()
OFTEN = st.sampled_from(["r1", "r2", "2024-01-01", "5", "buyer", "9e999", "-0", "2024-02-30T25:00", "\0", "'; --"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, pa.Table]:
    """A table of the contract with its required columns, some others, and anything in them."""
    table = TABLES[draw(st.sampled_from(sorted(TABLES)))]
    others = draw(st.sets(st.sampled_from([c.name for c in table.columns] + ["", "note", "__row", "Rating "])))
    size = draw(st.integers(0, 5))
    columns: dict[str, list[Any]] = {}
    for name in dict.fromkeys([*table.required, *sorted(others)]):
        values = draw(st.lists(OFTEN | VALUES, min_size=size, max_size=size))
        columns[name] = [None if v is None else str(v) for v in values]
    return table.name, pa.table({name: pa.array(v, pa.string()) for name, v in columns.items()})


@pytest.mark.parametrize("block", range(BLOCKS))
def test_changed_bytes_are_told_and_lose_no_row(floorwalker: Worker, market: Path, tmp_path: Path, block: int) -> None:
    original = originals(market, 100)
    for seed in range(block * EACH, (block + 1) * EACH):
        place = tmp_path / str(seed)
        (place / "data").mkdir(parents=True)
        one = mutant(seed, original, place / "data")
        answer = floorwalker.run("check", one.folder, "--json", "--rejects", place / "rejects")
        assert complaint(one, *answer, place / "rejects") == "", one.said
        if seed % 10 == 0:
            scanned = floorwalker.run("scan", one.folder, "--out", place / "run", "--json")
            assert scan_complaint(one, answer, scanned, place / "run") == "", one.said


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=tables(), form=st.sampled_from(FORMATS))
def test_any_table_is_read_or_refused_in_one_line_and_no_row_is_lost(
    floorwalker: Worker, tmp_path_factory: pytest.TempPathFactory, made: tuple[str, pa.Table], form: str
) -> None:
    name, table = made
    folder = tmp_path_factory.mktemp("any")
    (folder / "data").mkdir()
    path = folder / "data" / f"{name}.{form}"
    path.write_bytes(packed(encoded(table, form.partition(".")[0]), form))
    answer = floorwalker.run("check", folder / "data", "--json", "--rejects", folder / "rejects")
    one = Mutant(folder / "data", form, name, path.name, table.num_rows)
    assert complaint(one, *answer, folder / "rejects") == ""
