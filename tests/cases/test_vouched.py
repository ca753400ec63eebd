"""Vouches beside the refunds that they speak of, in a run."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from floorwalker.cases.grouping import Case, Member
from floorwalker.cases.vouched import pleaded, vouched
from floorwalker.contract import run
from floorwalker.detectors.record import Rows
from floorwalker.detectors.refunds.vouches import VOUCHES
from floorwalker.pipeline.measure import opened, rows_of, run_steps
from floorwalker.pipeline.trial import MEMORY, tables_of
from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in

CLIENTS = tuple(
    Member(k, "account", f"b{k}", "refund_gang", "client", probability=0.99, log_q=-9.0, listed=True) for k in range(3)
)
GANG = Case("C-gang", "refund_gang", CLIENTS, frozenset())


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    """Twelve vouches in one channel, each for the refund of one buyer, b0 to b11."""
    folder = Path(tmp_path_factory.mktemp("vouched"))
    tables = open_data(tables_of(VOUCHES.fires))
    take_in(tables, folder / "tables", rejects=None, spill=folder / "spill", memory=MEMORY)
    with opened(folder, "vouched", engine="duckdb", memory=MEMORY) as workspace:
        run_steps(workspace, (VOUCHES,))
        yield rows_of(workspace)


def test_every_vouch_is_there_and_names_the_case_of_its_refunds_buyer(rows: Rows) -> None:
    found = vouched(rows, [GANG])
    assert found.schema == run.VOUCHES
    of_case = {row["post_id"]: row["case_id"] for row in found.to_pylist()}
    assert of_case == {f"v{k}": "C-gang" if k < 3 else None for k in range(12)}


def test_what_the_vouches_of_a_case_come_to_is_said_with_its_interval(rows: Rows) -> None:
    found = vouched(rows, [GANG])
    own = [row for row in found.to_pylist() if row["case_id"]]
    expected = sum(row["probability"] * row["refund_amount"] for row in own)
    (text,) = pleaded(found, seed=0).values()
    assert f"come to {expected:,.2f} EUR in telegram refunds" in text
    assert "at 95 %" in text


def test_a_run_whose_cases_nobody_vouches_for_says_nothing_of_it(rows: Rows) -> None:
    found = vouched(rows, [])
    assert found.num_rows == 12
    assert pleaded(found, seed=0) == {}
    assert pa.compute.all(pa.compute.is_null(found["case_id"])).as_py()
