"""`floorwalker check`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from floorwalker.edge.bar import bar
from floorwalker.edge.cli.options import AsJson, Data, Mapping, Memory


def command(
    data: Data,
    mapping: Mapping = None,
    memory: Memory = "4GB",
    strict: Annotated[bool, typer.Option(help="Exit with 1 where any row cannot be used as it is.")] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to keep the rows that cannot be used.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read the tables against the contract: what is there, what is wrong, which detectors can run.

    Example: floorwalker check data/
    """
    from floorwalker.pipeline.check import check
    from floorwalker.sources.dataset import open_data
    from floorwalker.sources.report import check_table

    with bar() as progress:
        report = check(open_data(data, mapping=mapping), rejects=rejects, memory=memory, progress=progress)
    if as_json:
        typer.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False))
    else:
        console = Console()
        console.print(check_table(report.intake))
        for line in report.detector_lines():
            typer.echo(line)
    if strict and report.problems:
        raise typer.Exit(1)
