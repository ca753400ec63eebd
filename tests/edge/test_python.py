"""From Python, as in a notebook: frames in, tables out."""

from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import floorwalker as fw
from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.pipeline.trial import tables_of

REVIEWS: pa.Table = tables_of(LOCKSTEP.fires)["reviews"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> object:
    return fw.scan(fw.open({"reviews": REVIEWS}), out=tmp_path_factory.mktemp("py") / "run", fdr=0.05)


def test_the_root_has_the_promised_names_and_no_others() -> None:
    public = {name for name in dir(fw) if not name.startswith("_")}
    promised = {"open", "check", "scan", "read", "Detector"}
    errors = {name for name in fw.__all__ if name.endswith("Error")}
    assert set(fw.__all__) == promised | errors
    assert public == set(fw.__all__)
    for name in errors:
        assert issubclass(getattr(fw, name), fw.FloorwalkerError)


@pytest.mark.parametrize("kind", ["arrow", "polars", "pandas"])
def test_the_same_frames_from_any_library_give_the_same_subjects(kind: str, run: object, tmp_path: Path) -> None:
    frame = {"arrow": REVIEWS, "polars": pl.from_arrow(REVIEWS), "pandas": REVIEWS.to_pandas()}[kind]
    other = fw.scan(fw.open({"reviews": frame}), out=tmp_path / "run")
    assert other.subjects.equals(run.subjects)  # type: ignore[attr-defined]
    assert other.subjects.num_rows > 0


def test_tables_come_out_as_arrow_and_go_on_to_pandas_and_polars(run: object) -> None:
    subjects = run.subjects  # type: ignore[attr-defined]
    assert isinstance(subjects, pa.Table)
    assert isinstance(subjects.to_pandas(), pd.DataFrame)
    assert isinstance(pl.from_arrow(subjects), pl.DataFrame)


def test_check_gives_the_same_report_as_the_command() -> None:
    report = fw.check(fw.open({"reviews": REVIEWS}))
    assert report.intake.tables["reviews"].rows_kept == REVIEWS.num_rows
    assert "reviews.lockstep" in report.to_json()["detectors"]["ready"]  # type: ignore[index]


def test_a_run_that_exists_is_read_and_one_that_does_not_is_said_to_be_missing(run: object, tmp_path: Path) -> None:
    again = fw.read(run.folder)  # type: ignore[attr-defined]
    assert again.cases.equals(run.cases)  # type: ignore[attr-defined]
    with pytest.raises(fw.RunError, match="no finished run"):
        fw.read(tmp_path)


def test_a_run_and_a_case_show_themselves_in_a_notebook(run: object) -> None:
    case = run.case(run.case_ids[0])  # type: ignore[attr-defined]
    for shown in (run._repr_html_(), case._repr_html_()):  # type: ignore[attr-defined]
        assert "<table>" in shown
        assert "Review ring" in shown
    assert case.members.num_rows > 0
    assert case.events.num_rows > 0
    with pytest.raises(fw.RunError, match="no case"):
        run.case("C-none")  # type: ignore[attr-defined]


def test_what_a_notebook_shows_is_escaped(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    names = [hostile if v == "other0" else v for v in REVIEWS["reviewer_id"].to_pylist()]
    reviews = REVIEWS.set_column(REVIEWS.column_names.index("reviewer_id"), "reviewer_id", pa.array(names))
    run = fw.scan(fw.open({"reviews": reviews}), out=tmp_path / "run")
    assert hostile in run.subjects["subject_id"].to_pylist()
    assert hostile not in run.case(run.case_ids[0])._repr_html_()


def test_a_name_that_a_run_does_not_have_is_an_attribute_error(run: object) -> None:
    with pytest.raises(AttributeError, match="findings"):
        _ = run.verdicts  # type: ignore[attr-defined]
