"""The command line: answers, exit codes, one clear line for what is wrong."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.edge.cli.main import run

COMMANDS = ("demo", "check", "scan", "world")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "reviews.csv").write_text(LOCKSTEP.fires["reviews"])
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    assert f"Example: floorwalker {command}" in capsys.readouterr().out


def test_a_scan_prints_its_cases_and_where_the_report_is(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data.parent / "run"
    assert run(["scan", str(data), "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "Review ring: 8 reviewers, 6 products" in printed.out
    assert "Ranked by the detectors' nulls alone: there are no past decisions (labels)." in printed.out
    assert str(out / "report.html") in printed.out
    assert printed.err == ""


def test_a_scan_says_how_soon_its_cases_would_have_been_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", str(data), "--out", str(data.parent / "run"), "--trace", "70"]) == 0
    printed = capsys.readouterr()
    assert "Half of the cases would have been named within 140 days of their first evidence row." in printed.out
    assert printed.err == ""


def test_a_scan_answers_in_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", str(data), "--out", str(data.parent / "run"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["subjects"] == 14
    assert answer["learning"]["families"] == []
    assert answer["cases"][0]["scheme"] == "review_ring"


def test_check_answers_as_a_table_and_in_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(data)]) == 0
    assert "reviews.lockstep" in capsys.readouterr().out
    assert run(["check", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tables"]["reviews"]["rows_kept"] == 1252


def test_check_strict_fails_where_a_row_is_wrong(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(data), "--strict"]) == 0
    with (data / "reviews.csv").open("a") as file:
        file.write("bad,p1,a1,7,2025-01-01T00:00:00Z\n")
    assert run(["check", str(data)]) == 0
    assert "out of range" in capsys.readouterr().out
    assert run(["check", str(data), "--strict"]) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scan", "nowhere", "--out", "run"], "nowhere"),
        (["check", "nowhere"], "nowhere"),
        (["scan"], "DATA"),
        (["frobnicate"], "frobnicate"),
        (["scan", "DATA", "--out", "RUN", "--fdr", "7"], "between 0 and 1"),
        (["scan", "DATA", "--out", "RUN", "--engine", "abacus"], "abacus"),
        (["scan", "DATA", "--out", "RUN", "--only", "reviews.nothing"], "reviews.lockstep"),
        (["scan", "DATA", "--out", "RUN", "--memory", "plenty"], "8GB"),
        (["scan", "DATA", "--out", "RUN", "--as-of", "yesterday"], "--as-of"),
        (["scan", "DATA", "--out", "RUN", "--trace", "0"], "one day or more"),
    ],
)
def test_bad_usage_is_one_clear_line_and_exit_code_2(
    arguments: list[str], says: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = [str(data) if a == "DATA" else str(data.parent / "run") if a == "RUN" else a for a in arguments]
    assert run(real) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("floorwalker: ")
    assert says in line


def test_as_of_sees_nothing_that_came_later(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", str(data), "--out", str(data.parent / "run"), "--as-of", "2025-03-01", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cases"] == []


def test_a_world_is_made_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["world", str(tmp_path / "market"), "--scale", "0.01", "--clean"]) == 0
    assert re.search(r"[\d,]+  orders", capsys.readouterr().out)


def test_the_installed_command_runs_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "floorwalker.edge.cli.main", "check", "nowhere"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
