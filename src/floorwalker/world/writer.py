"""One Parquet file per table from many blocks, sorted by time, in little memory.

Blocks are laid down as Arrow files whose record batches are slices of time; a table is then written slice by
slice, each slice gathered from all blocks and sorted again.
"""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from floorwalker.world.export import schema
from floorwalker.world.tables import TABLES, Table

_LATEST = np.iinfo(np.int64).max
_SLICES = 256  # at most; one per block while there are fewer blocks


class Shelves:
    """Takes the tables of block after block, and writes the finished files."""

    def __init__(self, out: Path, blocks: int) -> None:
        """Prepare the folder `out` for `blocks` blocks."""
        self._out, self._parts, self._blocks = out, out / ".parts", blocks
        self._edges: dict[str, npt.NDArray[np.int64]] = {}
        shutil.rmtree(self._parts, ignore_errors=True)
        self._parts.mkdir(parents=True)

    def lay_down(self, block: int, table: Table, rows: pa.Table) -> None:
        """Keep the sorted `rows` of one block, cut into slices of time; the first block sets the cuts."""
        times = rows[table.time].cast(pa.int64()).fill_null(_LATEST).to_numpy()
        if table.name not in self._edges:
            slices = min(self._blocks, _SLICES)
            cuts = np.linspace(0, len(times), slices + 1)[1:-1].astype(np.int64)
            self._edges[table.name] = times[cuts] if len(times) else np.zeros(slices - 1, dtype=np.int64)
        places = np.searchsorted(times, self._edges[table.name], side="left")
        bounds = [0, *places.tolist(), len(times)]
        options = ipc.IpcWriteOptions(compression="lz4")
        with ipc.new_file(self._part(table, block), rows.schema, options=options) as file:
            for first, last in pairwise(bounds):
                piece = rows.slice(first, last - first).combine_chunks()
                file.write_batch(pa.RecordBatch.from_struct_array(piece.to_struct_array().combine_chunks()))

    def finish(self) -> dict[str, int]:
        """Write all files, remove the parts, and return the number of rows of each table."""
        rows = {table.name: self._write(table) for table in TABLES.values()}
        shutil.rmtree(self._parts)
        return rows

    def _part(self, table: Table, block: int) -> str:
        return str(self._parts / f"{table.name}-{block}.arrow")

    def _write(self, table: Table) -> int:
        parts = [Path(self._part(table, block)) for block in range(self._blocks)]
        blocks = [ipc.open_file(pa.memory_map(str(part))) for part in parts]
        target = self._out / f"{table.name}.parquet"
        unfinished = target.with_suffix(".unfinished")
        order = [(name, "ascending") for name in table.order]
        rows = 0
        with pq.ParquetWriter(unfinished, schema(table), compression="zstd", compression_level=1) as writer:
            for number in range(blocks[0].num_record_batches):
                piece = pa.Table.from_batches([block.get_batch(number) for block in blocks])
                writer.write_table(piece if self._blocks == 1 else piece.sort_by(order), row_group_size=262_144)
                rows += len(piece)
        del blocks
        for part in parts:
            part.unlink()
        unfinished.replace(target)
        return rows
