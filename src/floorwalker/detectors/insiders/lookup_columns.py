"""Columns of steps as arrays."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.graph.slots import Floats, Longs


def codes(column: pa.ChunkedArray, names: pa.Array) -> Longs:
    """The place of each value in `names`, which holds them all."""
    found = pc.index_in(column, value_set=names)
    return np.asarray(pa.chunked_array(found).to_numpy(), dtype=np.int64) if len(column) else np.zeros(0, np.int64)


def whole(column: pa.ChunkedArray) -> Longs:
    """Whole numbers."""
    return np.asarray(pc.cast(column, pa.int64()).to_numpy(), dtype=np.int64)


def floats(column: pa.ChunkedArray) -> Floats:
    """The numbers as doubles."""
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), dtype=np.float64)
