"""Cells of the contract's tables from numbers."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.desk_words import START


def ids(prefix: str, numbers: Any) -> pa.Array:
    """Ids (n,); below 0 none."""
    numbers = np.asarray(numbers)
    text = pc.binary_join_element_wise(prefix, pc.cast(pa.array(numbers), pa.string()), "")
    return pc.if_else(pa.array(numbers >= 0), text, pa.scalar(None, pa.string()))


def times(seconds: Any, *, known: Any = None) -> pa.Array:
    """Moments (n,), none where not known."""
    moments = START + np.asarray(seconds).astype("timedelta64[s]")
    return pa.array(moments, mask=None if known is None else ~np.asarray(known))


def words(of: tuple[str, ...] | list[str], places: Any) -> pa.Array:
    """The words at these places (n,), none where the word is empty."""
    return pa.array([word or None for word in of], pa.string()).take(pa.array(np.asarray(places)))
