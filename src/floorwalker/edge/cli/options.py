"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA", help="A folder of tables, a database file, or a database's URL.", show_default=False
    ),
]
Mapping = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="A mapping file; by default floorwalker.toml in the data folder.", show_default=False
    ),
]
Memory = Annotated[str, typer.Option(metavar="SIZE", help="How much memory to use, such as 4GB.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
