"""Links between suspects, as rows of LINKS."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from floorwalker.detectors.measured import LINKS


def linked(
    ring: int | NDArray[np.int64],
    source: tuple[str, pa.Array],
    target: tuple[str, pa.Array],
    link: str,
    evidence: Sequence[Sequence[tuple[str, str]]],
) -> pa.Table:
    """One link a row. source, target: (kind, ids); evidence: for each link its (table, id) pairs."""
    size = len(evidence)
    return pa.table(
        {
            "ring": np.broadcast_to(np.asarray(ring, dtype=np.int64), size),
            "source_kind": pa.repeat(source[0], size),
            "source_id": source[1],
            "target_kind": pa.repeat(target[0], size),
            "target_id": target[1],
            "link": pa.repeat(link, size),
            "weight": np.ones(size),
            "evidence": [[{"table": t, "id": i} for t, i in cited] for cited in evidence],
        },
        schema=LINKS,
    )
