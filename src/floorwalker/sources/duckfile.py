"""Tables of a DuckDB file."""

from pathlib import Path

from floorwalker.contract.errors import EngineError, InputError, StepError
from floorwalker.engine.duck import Duck, literal, quoted


def duckdb_tables(path: Path) -> list[str]:
    """Names of the base tables in the main schema. Raises InputError if the file cannot be opened."""
    duck = _attached(path, Duck(memory="1GB"))
    try:
        rows = duck.rows(
            "select table_name from duckdb_tables() where database_name = 'source' and schema_name = 'main' order by 1"
        )
        return [str(name) for (name,) in rows]
    finally:
        duck.close()


def copy_table(path: Path, table: str, target: Path, *, memory: str, spill: Path) -> None:
    """Write a table's rows, in their order, to one Parquet file. Raises InputError if it cannot be read."""
    duck = _attached(path, Duck(memory=memory, spill=spill))
    try:
        duck.save(f"select * from source.main.{quoted(table)}", target, step=table)
    except StepError as error:
        raise InputError(f"{path}: table {table} cannot be read: {error}") from error
    finally:
        duck.close()


def _attached(path: Path, duck: Duck) -> Duck:
    try:
        duck.execute(f"attach {literal(str(path.resolve()))} as source (read_only)")
    except (StepError, EngineError) as error:
        duck.close()
        raise InputError(f"{path}: cannot be opened as a DuckDB file: {error}") from error
    return duck
