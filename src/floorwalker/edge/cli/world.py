"""`floorwalker world`."""

from pathlib import Path
from typing import Annotated

import typer

from floorwalker.edge.bar import bar


def command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write the tables to.", show_default=False)],
    scale: Annotated[float, typer.Option(help="1 is 600,000 orders.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed, another marketplace.")] = 0,
    clean: Annotated[bool, typer.Option(help="Honest life only.")] = False,
) -> None:
    """Make a synthetic marketplace with known abuse, and the truth about it.

    Example: floorwalker world market/ --scale 0.1
    """
    from floorwalker.world import make_world

    with bar() as progress:
        made = make_world(
            out, scale=scale, seed=seed, clean=clean, progress=lambda what, share: progress(what, int(share * 100), 100)
        )
    for table, rows in made.rows.items():
        typer.echo(f"{rows:>12,}  {table}")
