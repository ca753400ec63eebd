"""Files on disk: what format a name promises, whether the content keeps the promise, and the bytes of a text."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa

from floorwalker.contract.errors import FloorwalkerError, InputError
from floorwalker.sources.wording import one_line

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
}
_PACKED = {".gz": ("gzip", b"\x1f\x8b"), ".zst": ("zstd", b"\x28\xb5\x2f\xfd")}
_BLOCK = 1 << 23


def format_of(path: Path) -> str | None:
    """The format that a file's name promises, or None for a name of no known format."""
    packed = path.suffix.lower() in _PACKED
    kind = FORMATS.get(Path(path.stem).suffix.lower() if packed else path.suffix.lower())
    return None if packed and kind == "parquet" else kind


def table_name(path: Path) -> str:
    """`reviews` of `reviews.csv.gz`, of `reviews.parquet` and of the folder `reviews`."""
    return path.name.split(".")[0].lower()


def parts_of(path: Path, fmt: str | None) -> tuple[list[Path], str]:
    """The files of a table and their one format. Raises InputError for a mixture, or for none."""
    files = sorted(_below(path)) if path.is_dir() else [path]
    kinds = {fmt or format_of(f) or "" for f in files}
    if not files or "" in kinds:
        raise InputError(f"{path}: no table in a known format ({', '.join(FORMATS)}; text also as .gz or .zst)")
    if len(kinds) > 1:
        raise InputError(f"{path}: part files of one table must have one format, not {' and '.join(sorted(kinds))}")
    return files, kinds.pop()


def _below(folder: Path) -> Iterator[Path]:
    """The files in a folder and its folders, but for those whose name begins with a dot or an underscore."""
    for path in folder.iterdir():
        if path.name.startswith((".", "_")):
            continue
        if not path.is_dir():
            yield path
        elif path.is_symlink():
            raise InputError(f"{path}: a link to a folder is not followed inside a table; put the files here")
        else:
            yield from _below(path)


def sha256_of(path: Path) -> tuple[str, int]:
    """SHA-256 and length of a file's bytes. Raises InputError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def check_content(path: Path, fmt: str) -> None:
    """Refuse a file that is empty or plainly not what its name says. Raises InputError."""
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: this is no file but a pipe or a device")
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            file.seek(max(0, path.stat().st_size - 4))
            tail = file.read()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not head:
        raise InputError(f"{path}: the file is empty")
    if fmt == "parquet":
        if not head.startswith(b"PAR1"):
            raise InputError(f"{path}: this is not a Parquet file, whatever its name says")
        if tail != b"PAR1":
            raise InputError(f"{path}: the Parquet file is cut off: its end is missing; export it again")
    elif path.suffix.lower() in _PACKED:
        codec, magic = _PACKED[path.suffix.lower()]
        if not head.startswith(magic):
            raise InputError(f"{path}: this is not a {codec} file, whatever its name says")
    else:
        check_text(path, head)


def check_text(path: Path, head: bytes) -> None:
    """Refuse bytes that no text begins with. Raises InputError."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path}: the text is UTF-16; save it as UTF-8")
    if head.startswith(
        (b"PAR1", b"\x89PNG", b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"SQLite format 3\0", b"\xff\xd8\xff")
    ):
        raise InputError(f"{path}: this is a binary file, not the text that its name promises")
    control = sum(byte < 9 or 13 < byte < 27 for byte in head)
    if control > len(head) // 10:
        raise InputError(f"{path}: this is a binary file, not the text that its name promises")


@contextmanager
def reading(what: str, failure: str = "cannot be read to its end, it is damaged or cut off") -> Iterator[None]:
    """Around every foreign reader: whatever it raises on damaged input becomes one InputError naming `what`."""
    try:
        yield
    except FloorwalkerError:
        raise
    except Exception as error:
        raise InputError(f"{what}: {failure} ({_words(error)})") from error


@contextmanager
def text_blocks(path: Path) -> Iterator[Iterator[bytes]]:
    """The decompressed bytes of a text file in blocks, without a byte-order mark.

    Raises InputError for a compressed file that is truncated or damaged.
    """
    packed = _PACKED.get(path.suffix.lower())
    with reading(str(path)), pa.OSFile(str(path)) as raw:
        yield _blocks(path, pa.CompressedInputStream(raw, packed[0]) if packed else raw)


def _blocks(path: Path, stream: IO[bytes]) -> Iterator[bytes]:
    block = bytes(stream.read(_BLOCK))
    if not block:
        raise InputError(f"{path}: the file is empty")
    check_text(path, block[:4096])
    yield block.removeprefix(b"\xef\xbb\xbf")
    while block := bytes(stream.read(_BLOCK)):
        yield block


def _words(error: BaseException) -> str:
    return one_line((str(error).splitlines() or [type(error).__name__])[0])
