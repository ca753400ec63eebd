"""`floorwalker scan`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from floorwalker.edge.bar import bar
from floorwalker.edge.cli.options import AsJson, Data, Mapping, Memory


def command(
    data: Data,
    out: Annotated[Path, typer.Option(metavar="RUN", help="The folder to write the run to.", show_default=False)],
    mapping: Mapping = None,
    fdr: Annotated[float, typer.Option(help="Of those listed, at most this share is expected to be wrong.")] = 0.05,
    engine: Annotated[str, typer.Option(help="duckdb, or spark (pip install 'floorwalker\\[spark]').")] = "duckdb",
    master: Annotated[
        str | None, typer.Option(metavar="URL", help="Spark's master; by default this machine.", show_default=False)
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="NAME,…", help="Only these detectors or families.", show_default=False)
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(metavar="TIME", help="See only what was known at that time (UTC).", show_default=False),
    ] = None,
    trace: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            help="Say when each case would first have been named: scan also as of earlier days, DAYS apart.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn by chance.")] = 0,
    memory: Memory = "8GB",
    as_json: AsJson = False,
) -> None:
    """Find abuse: tables in, ranked cases out.

    Past decisions in the table labels teach the ranking where that helps; who is listed rests on the nulls alone.

    Example: floorwalker scan data/ --out run/

    Example: floorwalker scan data/ --out run/ --trace 7
    """
    from floorwalker.edge.python import Run
    from floorwalker.pipeline.scan import scan
    from floorwalker.pipeline.settings import Settings
    from floorwalker.sources.dataset import open_data

    chosen = tuple(name.strip() for name in only.split(",") if name.strip()) if only else None
    settings = Settings(fdr, engine, chosen, as_of, seed, memory, master, trace)
    with bar() as progress:
        folder = scan(open_data(data, mapping=mapping), out, settings, progress)
    run = Run(folder)
    typer.echo(run.to_json() if as_json else run.summary())
