"""JSON as records: one object a line (NDJSON), or one array of objects. Parsing the objects is left to SQL."""

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path

from floorwalker.contract.errors import InputError
from floorwalker.sources.files import text_blocks

LONGEST_RECORD = 1 << 26
_BATCH = 10_000
_SPACE = re.compile(r"[ \t\r\n]*")
_MARK = re.compile(r"[ \t\r\n]*([,\]])")


def json_records(path: Path) -> Iterator[list[bytes]]:
    """The text of each record, in batches; blank lines come as empty text, so that a position is a line number.

    Raises InputError for an array that cannot be read on, or a record of more than 64 MB.
    """
    with text_blocks(path) as blocks:
        first = next(blocks)
        if first.lstrip()[:1] == b"[":
            yield from _elements(path, _chain(first, blocks))
        else:
            yield from _lines(path, _chain(first, blocks))


def _chain(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from blocks


def _lines(path: Path, blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        if len(rest) > LONGEST_RECORD:
            raise InputError(f"{path}: a line is longer than 64 MB; NDJSON has one object a line")
        yield lines
    if rest:
        yield [rest]


def _elements(path: Path, blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
    decoder, source = json.JSONDecoder(), _decoded(path, blocks)
    text, at, count, batch = next(source).lstrip(), 1, 0, list[bytes]()
    while True:
        try:
            start = _SPACE.match(text, at).end()  # type: ignore[union-attr]
            if text.startswith("]", start) and not count:
                break
            _, end = decoder.raw_decode(text, start)
            mark = _MARK.match(text, end)
            if mark is None:
                raise ValueError
        except (ValueError, RecursionError) as error:
            more = next(source, "")
            if not more or len(text) - at > LONGEST_RECORD:
                raise InputError(f"{path}: the JSON array is broken or cut off after element {count}") from error
            text, at = text[at:] + more, 0
            continue
        batch.append(text[start:end].encode())
        count, at = count + 1, mark.end()
        if len(batch) == _BATCH:
            yield batch
            batch = []
        if mark.group(1) == "]":
            break
    yield batch


def _decoded(path: Path, blocks: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the JSON array holds bytes that are no UTF-8; save it as UTF-8") from error
