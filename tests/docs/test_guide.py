"""The guide's cells run as they stand, its mapping is valid, and its tables are the contract's."""

import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from floorwalker.contract.run import FILES
from floorwalker.contract.tables import TABLES
from floorwalker.edge.cli.main import run
from floorwalker.sources.mapping import TableMapping, read_mapping

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"


def cells(page: str, *languages: str) -> list[tuple[str, str]]:
    found = re.findall(r"^```(\w+)\n(.*?)^```", (GUIDE / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [(language, text) for language, text in found if language in languages]


def rows(page: str) -> dict[str, list[str]]:
    """The table rows of a page that begin with a name in backquotes: name -> the other cells."""
    lines = (GUIDE / page).read_text(encoding="utf-8").splitlines()
    split = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| `")]
    return {first.strip("` "): rest for first, *rest in split}


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom_and_finds_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen: dict[str, Any] = {}
    for language, text in cells("notebook.md", "sh", "python"):
        if language == "sh":
            assert [run(line.split()[1:]) for line in text.splitlines() if line.startswith("floorwalker ")] == [0]
        else:
            with warnings.catch_warnings(action="error"):
                exec(compile(text, "notebook.md", "exec"), seen)  # noqa: S102 - our own page
    assert seen["run"].cases.num_rows > 0
    assert "<table" in seen["run"]._repr_html_()
    assert "<table" in seen["case"]._repr_html_()


def test_the_page_on_tables_names_every_table_and_column_and_which_are_required() -> None:
    shown = rows("own-tables.md")
    for name, table in TABLES.items():
        assert names(shown[name][0]) == [column.name for column in table.columns]
        assert tuple(re.findall(r"\*\*`([^`]+)`\*\*", shown[name][0])) == table.required


def test_the_page_on_tables_names_the_fixed_words_of_every_column_that_has_some() -> None:
    fixed = {f"{t.name}.{c.name}": list(c.choices) for t in TABLES.values() for c in t.columns if c.choices}
    assert {name: names(row[0]) for name, row in rows("own-tables.md").items() if "." in name} == fixed


def test_the_page_on_tables_explains_every_key_of_a_mapping() -> None:
    keys = {field.alias or name for name, field in TableMapping.model_fields.items()}
    assert keys <= rows("own-tables.md").keys()
    (example,) = (text for _, text in cells("own-tables.md", "toml"))
    assert all(re.search(rf"^{key} =|\.{key}\]", example, re.MULTILINE) for key in keys)


@pytest.mark.parametrize("page", ["docs/guide/own-tables.md", "README.md"])
def test_the_mappings_that_are_shown_can_be_read(page: str, tmp_path: Path) -> None:
    found = cells(str(ROOT / page), "toml")
    assert found
    for _, text in found:
        path = tmp_path / "floorwalker.toml"
        path.write_text(text, encoding="utf-8")
        assert read_mapping(path).tables["reviews"].columns["rating"]


def test_the_mapping_of_the_guide_reads_what_it_describes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ((_, text),) = cells("own-tables.md", "toml")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "feedback.txt").write_text("1;p;a;8;1700000000;shop\n2;p;b;-8;1700000001;test\n", "utf-8")
    (tmp_path / "floorwalker.toml").write_text(text, encoding="utf-8")
    assert run(["check", str(tmp_path), "--strict"]) == 0
    assert re.search(r"reviews +2 +1 +0 +1", capsys.readouterr().out)


def test_the_page_on_runs_names_every_file_and_its_columns() -> None:
    shown = rows("reading-a-run.md")
    described = {name.removesuffix(".parquet"): names(row[1]) for name, row in shown.items() if "parquet" in name}
    assert described == {name: schema.names for name, schema in FILES.items()}
