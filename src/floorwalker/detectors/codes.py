"""Names as codes."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.graph.slots import Ints


def coded(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Codes from 0 in the order of the names, and the names by code."""
    encoded = column.combine_chunks().dictionary_encode()
    order = pc.array_sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[encoded.indices.to_numpy(zero_copy_only=False)], encoded.dictionary.take(order)
