"""Two runs of one market, compared."""

from pathlib import Path

import pyarrow.parquet as pq

from floorwalker.contract.run import FILES


def differences(one: Path, other: Path) -> list[str]:
    """The names of the files of two runs whose rows are not equal, in their order and to the last bit."""
    tables = [{name: pq.read_table(run / f"{name}.parquet") for name in FILES} for run in (one, other)]
    return [name for name in FILES if not tables[0][name].equals(tables[1][name])]
