"""Whatever a user gets wrong is answered with one clear line and the right exit code, and nothing is harmed."""

import os
import signal
import time
from pathlib import Path

import pytest
from killing import begun, command, hashes
from worker import Worker

from floorwalker.pipeline.settings import Settings
from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in

BAD_INPUT, INTERRUPTED = 2, 3


@pytest.fixture
def place(tmp_path: Path, data: Path) -> Path:
    """Beside the folder data: a file, two folders, a broken mapping."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "photo.jpg").write_text("mine")
    (tmp_path / "broken.toml").write_text("tables = = [")
    (tmp_path / "other.toml").write_text('[tables.reviews]\nfrom = "critiques"\n')
    return tmp_path


def contents(place: Path) -> dict[str, str]:
    return {str(p.relative_to(place)): p.read_text() for p in place.rglob("*") if p.is_file()}


def close(folder: Path) -> None:
    folder.chmod(0)
    if os.access(folder, os.R_OK):
        pytest.skip("this user may read everything, as root may")


MISTAKES = [
    ("check {}/nowhere", "there is no such folder"),
    ("scan {}/nowhere --out {}/run", "there is no such folder"),
    ("check {}/file", "a file must be an SQLite or DuckDB database"),
    ("check {}/empty", "holds no table of the contract"),
    ("check oracle://host/shop", "oracle is not known"),
    ("check sqlite:///{}/nowhere.db", "the database cannot be opened"),
    ("scan", "Missing argument"),
    ("scan {}/data", "Missing option '--out'"),
    ("scna {}/data", "Did you mean 'scan'"),
    ("scan {}/data --out {}/file", "is a file; name a folder"),
    ("scan {}/data --out {}/file/run", "cannot be written to: Not a directory"),
    ("scan {}/data --out {}/holiday", "is not empty and not a run"),
    ("scan {}/data --out {}/data", "is not empty and not a run"),
    ("scan {}/data --out {}/run --only nope", "--only nope: there is no such detector; there are"),
    ("scan {}/data --out {}/run --as-of yesterday", "Invalid value for '--as-of'"),
    ("scan {}/data --out {}/run --fdr 7", "lies between 0 and 1"),
    ("scan {}/data --out {}/run --fdr nan", "lies between 0 and 1"),
    ("scan {}/data --out {}/run --seed -1", "a seed is 0 or more"),
    ("scan {}/data --out {}/run --engine abacus", "there are duckdb and spark"),
    ("scan {}/data --out {}/run --memory much", "write it as 8GB"),
    ("scan {}/data --out {}/run --memory 1MB", "duckdb needs 512MB or more"),
    ("check {}/data --memory much", "write it as 8GB"),
    ("scan {}/data --out {}/run --mapping {}/nowhere.toml", "cannot be read as TOML"),
    ("scan {}/data --out {}/run --mapping {}/broken.toml", "cannot be read as TOML"),
    ("check {}/data --mapping {}/data", "cannot be read as TOML"),
    ("check {}/data --mapping {}/other.toml", "no 'critiques' in"),
    ("check {}/data --rejects {}/data", "the tables that are read lie here"),
    ("check {}/data --rejects {}/file", "cannot be written to"),
]


@pytest.mark.parametrize(("said", "words"), MISTAKES, ids=[said.replace("{}/", "") for said, _ in MISTAKES])
def test_a_mistake_is_one_clear_line_and_changes_no_file(
    floorwalker: Worker, place: Path, said: str, words: str
) -> None:
    before = contents(place)
    code, out, err = floorwalker.run(*said.replace("{}", str(place)).split())
    assert (code, out, len(err.splitlines())) == (BAD_INPUT, "", 1), err
    assert err.startswith("floorwalker: ")
    assert words in err
    assert contents(place) == before


def test_a_pipe_is_refused_and_not_waited_for(floorwalker: Worker, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "reviews.csv")
    code, _, err = floorwalker.run("check", tmp_path)
    assert (code, "no file but a pipe" in err) == (BAD_INPUT, True), err


def test_a_folder_that_may_not_be_read_is_named(floorwalker: Worker, data: Path) -> None:
    close(data)
    code, _, err = floorwalker.run("check", data)
    data.chmod(0o700)
    assert (code, len(err.splitlines())) == (BAD_INPUT, 1)
    assert err.startswith(f"floorwalker: {data}")
    assert err.endswith("cannot be read: Permission denied\n")


def test_a_part_that_may_not_be_read_is_not_left_out(floorwalker: Worker, data: Path) -> None:
    (data / "reviews" / "2024").mkdir(parents=True)
    (data / "reviews.csv").rename(data / "reviews" / "part.csv")
    close(data / "reviews" / "2024")
    code, _, err = floorwalker.run("check", data)
    (data / "reviews" / "2024").chmod(0o700)
    assert (code, "2024: cannot be read" in err) == (BAD_INPUT, True), err


def test_a_link_to_a_folder_of_parts_is_not_left_out(floorwalker: Worker, data: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (data / "reviews").mkdir()
    (data / "reviews.csv").rename(data / "reviews" / "part.csv")
    (data / "reviews" / "more").symlink_to(tmp_path / "elsewhere")
    code, _, err = floorwalker.run("check", data)
    assert (code, "a link to a folder is not followed" in err) == (BAD_INPUT, True), err


def test_bad_input_leaves_a_finished_run_as_it_is(floorwalker: Worker, data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert floorwalker.run("scan", data, "--out", run).code == 0
    before = hashes(run)
    (data / "reviews.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert floorwalker.run("scan", data, "--out", run).code == BAD_INPUT
    assert hashes(run) == before
    assert (run / "run.json").exists()


def test_a_second_scan_into_the_same_folder_is_refused_and_ctrl_c_ends_the_first_to_go_on_later(
    floorwalker: Worker, market: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    first = begun(command(market, run), run)
    second = floorwalker.run("scan", market, "--out", run)
    assert (second.code, f"by another scan (process {first.pid})" in second.err) == (BAD_INPUT, True), second
    time.sleep(0.3)
    first.send_signal(signal.SIGINT)
    out, err = first.communicate(timeout=60)
    assert first.returncode == INTERRUPTED, err
    assert (out, err) == ("", "floorwalker: interrupted; run the same command again to go on\n")
    assert not (run / "run.json").exists()
    assert floorwalker.run("scan", market, "--out", run).code == 0
    assert floorwalker.run("scan", market, "--out", tmp_path / "undisturbed").code == 0
    assert hashes(run) == hashes(tmp_path / "undisturbed")


def test_saved_steps_are_for_one_mapping_and_do_not_hang_on_what_lies_beside_the_tables(
    data: Path, tmp_path: Path
) -> None:
    keys = []
    for name in ("reviewer_id", "product_id", "product_id"):
        (data / "floorwalker.toml").write_text(f'[tables.reviews.columns]\nreviewer_id = "{name}"\n')
        intake = take_in(open_data(data), tmp_path / "out", rejects=None, spill=tmp_path / "spill")
        keys.append(Settings().key(intake.to_json(), "1"))
        (data / f"run {len(keys)}").mkdir()
    assert keys[0] != keys[1] == keys[2]
