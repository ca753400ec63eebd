"""A folder never holds a part of an old run beside a part of a new one and a run.json that vouches for both."""

import shutil
from pathlib import Path

import pytest
from killing import command, hashes, killed_before_change
from worker import Worker


@pytest.fixture(scope="module")
def runs(floorwalker: Worker, ring: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An old run with another level, and an undisturbed one as all are to end."""
    folder = tmp_path_factory.mktemp("runs")
    assert floorwalker.run("scan", ring, "--out", folder / "old", "--fdr", "0.5").code == 0
    assert floorwalker.run("scan", ring, "--out", folder / "whole").code == 0
    return folder / "old", folder / "whole"


@pytest.mark.parametrize(
    ("change", "vouched"),
    [("os.remove scores.parquet", False), ("os.rename scores.parquet", False), ("os.rename .work", True)],
)
def test_a_scan_killed_between_two_files_vouches_for_whole_runs_only_and_goes_on(
    floorwalker: Worker, ring: Path, runs: tuple[Path, Path], tmp_path: Path, change: str, vouched: bool
) -> None:
    out, whole = tmp_path / "run", runs[1]
    shutil.copytree(runs[0], out)
    assert killed_before_change(change, command(ring, out)) == change
    assert (out / "run.json").exists() == vouched
    if vouched:
        assert hashes(out) == hashes(whole)
    assert floorwalker.run("scan", ring, "--out", out).code == 0
    assert hashes(out) == hashes(whole)
    assert {p.name for p in out.iterdir()} == {p.name for p in whole.iterdir()}
