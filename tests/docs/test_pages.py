"""Pages lead to what is there, and the detectors' pages say what their records say."""

import re
import runpy
import struct
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/README.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file_of_the_project(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target.split("#")[0]).is_file()] == []


def test_the_pages_of_the_detectors_are_what_their_records_say() -> None:
    pages: dict[Path, str] = runpy.run_path(str(ROOT / "docs" / "generate.py"))["pages"]()
    stale = [path.name for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    assert stale == [], "run: python docs/generate.py"
    assert sorted((ROOT / "docs" / "detectors").glob("*.md")) == sorted(pages)


def test_every_decision_is_in_the_index_under_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    notes = sorted(folder.glob("[0-9]*.md"))
    lines = [f"- [{note.read_text('utf-8').splitlines()[0].removeprefix('# ')}]({note.name})" for note in notes]
    assert [line for line in (folder / "README.md").read_text("utf-8").splitlines() if line.startswith("- ")] == lines


def test_the_picture_is_a_small_png() -> None:
    picture = (ROOT / "docs" / "images" / "report.png").read_bytes()
    width, height = struct.unpack(">II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 250_000
    assert 800 <= width <= 1600
    assert height <= 2000
