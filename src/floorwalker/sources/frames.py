"""Data frames as streams of Arrow batches."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, runtime_checkable

import pyarrow as pa

from floorwalker.contract.errors import InputError
from floorwalker.sources.files import reading

Stream = Callable[[], AbstractContextManager[Iterator[pa.RecordBatch]]]


@runtime_checkable
class ArrowTable(Protocol):
    """Anything that speaks the Arrow C stream interface: polars, pandas and arrow tables."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream as a PyCapsule."""
        ...


def frame_stream(name: str, frame: object) -> Stream:
    """How to read a frame. Raises InputError if it is no table."""
    if not isinstance(frame, ArrowTable):
        raise InputError(f"table {name}: {type(frame).__name__} is no polars, pandas or arrow table")

    @contextmanager
    def opened() -> Iterator[Iterator[pa.RecordBatch]]:
        with reading(f"table {name}"):
            yield iter(pa.RecordBatchReader.from_stream(frame))

    return opened
