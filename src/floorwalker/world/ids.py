"""Ids that tell nothing: a keyed one-to-one mixing of the row number, written in base 32."""

import zlib

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from floorwalker.world.draw import Ints

_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype=np.uint8)
_WIDTH = 12
ROW_BITS = 36  # a block has fewer than 2^36 rows of a kind
_MASK = np.uint64((1 << 60) - 1)


def _mixed(numbers: Ints, seed: int, kind: str) -> npt.NDArray[np.uint64]:
    """Permute the 60-bit numbers; odd factors and shifts to the right can be undone, so none collide."""
    keys = np.random.SeedSequence([seed, zlib.crc32(kind.encode())]).generate_state(4, np.uint64)
    mixed: npt.NDArray[np.uint64] = (numbers.astype(np.uint64) ^ keys[0]) & _MASK
    for key in keys[1:]:
        mixed = (mixed * (key | np.uint64(1))) & _MASK
        mixed ^= mixed >> np.uint64(29)
    return mixed


def names(numbers: Ints, *, seed: int, kind: str, prefix: str) -> pa.StringArray:
    """Return one id per number: `prefix`, then twelve characters; different for each (kind, number)."""
    mixed = _mixed(numbers, seed, kind)
    head = prefix.encode()
    text = np.empty((len(numbers), len(head) + _WIDTH), dtype=np.uint8)
    text[:, : len(head)] = np.frombuffer(head, dtype=np.uint8)
    for place in range(_WIDTH):
        text[:, len(head) + place] = _ALPHABET[(mixed >> np.uint64(5 * place)) & np.uint64(31)]
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * np.int32(text.shape[1])
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(text))


def scrambled(numbers: Ints, *, seed: int, kind: str, below: int) -> Ints:
    """Return different numbers under `below` (a power of ten) for different `numbers` under it."""
    factor, shift = np.random.SeedSequence([seed, zlib.crc32(kind.encode())]).generate_state(2, np.uint32)
    step = int(factor) % (below // 10) * 10 + 7  # ends in 7: no factor in common with a power of ten
    return np.array((numbers.astype(object) * step + int(shift)) % below, dtype=np.int64)
