"""`floorwalker`: the commands, and how errors leave."""

import sys

import typer

from floorwalker.contract.errors import FloorwalkerError
from floorwalker.edge.cli import check, demo, scan, world

INTERRUPTED = 3
BAD_USAGE = 2
_TYPERS_INTERRUPTED = 130

app = typer.Typer(
    name="floorwalker",
    help="Finds abuse of an online marketplace, with evidence and at a promised error rate.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for name, module in (("demo", demo), ("check", check), ("scan", scan), ("world", world)):
    app.command(name)(module.command)


def main() -> None:
    """Run a command. Exit codes: 0 done, 1 a check failed, 2 bad input or usage, 3 interrupted."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code; what went wrong is one line on stderr."""
    try:
        code = int(app(arguments, standalone_mode=False) or 0)
        if code == _TYPERS_INTERRUPTED:
            raise KeyboardInterrupt
        return code
    except FloorwalkerError as error:
        typer.echo(f"floorwalker: {error}", err=True)
        return error.exit_code
    except typer.TyperException as error:
        typer.echo(f"floorwalker: {error.format_message().rstrip('.')}; see floorwalker --help", err=True)
        return BAD_USAGE
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("floorwalker: interrupted; run the same command again to go on", err=True)
        return INTERRUPTED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"floorwalker: {where}{error.strerror or error}", err=True)
        return FloorwalkerError.exit_code
    except MemoryError:
        typer.echo("floorwalker: out of memory; give --memory less, or scan fewer tables", err=True)
        return FloorwalkerError.exit_code


if __name__ == "__main__":
    main()
