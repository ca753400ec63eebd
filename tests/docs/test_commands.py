"""What the pages say about the command line is what the command line has."""

import re
from pathlib import Path

import pytest
import typer.main

from floorwalker.edge.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/README.md")])
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def options(command: str) -> set[str]:
    given = [param for param in COMMANDS[command].params if param.param_type_name == "option"]
    return {name for param in given for name in (*param.opts, *param.secondary_opts) if name.startswith("--")}


def sections() -> dict[str, str]:
    text = (ROOT / "docs" / "guide" / "commands.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_command_has_its_section_and_no_other() -> None:
    assert sections().keys() == COMMANDS.keys()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_in_its_table_and_no_other(command: str) -> None:
    rows = [line for line in sections()[command].splitlines() if line.startswith("| `--")]
    shown = {name for row in rows for name in re.findall(r"(--[a-z-]+)", row.split("|")[1])}
    assert shown == options(command) - {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_line_that_a_page_shows_exists(page: Path) -> None:
    for block in re.findall(
        r"^```(?:sh|console)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    ):
        for line in re.findall(r"^(?:\$ )?floorwalker (.+)$", block, re.MULTILINE):
            command, *rest = line.split("#")[0].split()
            assert set(re.findall(r"--[a-z-]+", " ".join(rest))) <= options(command)
