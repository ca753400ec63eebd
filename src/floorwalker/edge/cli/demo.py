"""`floorwalker demo`."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from floorwalker.edge.bar import bar

SCALE = 0.25


def command(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to put the marketplace and the run.")] = Path(
        "floorwalker-demo"
    ),
    seed: Annotated[int, typer.Option(help="Another seed, another marketplace.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the report in the browser.")] = True,
) -> None:
    """Make a small marketplace with abuse in it, scan it, and open the report.

    Example: floorwalker demo
    """
    from floorwalker.edge.python import Run
    from floorwalker.pipeline.scan import scan
    from floorwalker.pipeline.settings import Settings
    from floorwalker.sources.dataset import open_data
    from floorwalker.world import make_world

    market = out / "market"
    with bar() as progress:
        make_world(market, scale=SCALE, seed=seed, progress=lambda what, share: progress(what, int(share * 100), 100))
        (market / "truth.parquet").rename(out / "truth.parquet")
        run = Run(scan(open_data(market), out / "run", Settings(), progress))
    typer.echo(run.summary())
    if browser:
        webbrowser.open(run.report.resolve().as_uri())
