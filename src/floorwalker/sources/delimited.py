"""CSV and TSV (RFC 4180) as Arrow batches of text, with every record accounted for.

A record whose quotation is broken (text after a closing quote, or a quote that is never closed) is one bad
*line*: reading goes on with the next line, so that a stray quote cannot swallow the rows after it.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from floorwalker.contract.errors import InputError, MappingError
from floorwalker.sources.files import text_blocks
from floorwalker.sources.wording import one_line

LONGEST_RECORD = 1 << 24
Numbers = np.ndarray[Any, np.dtype[np.int64]]
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_QUOTE, _NEWLINE, _RETURN = 34, 10, 13


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that could not become a row: its number in the file, why, and its text."""

    row: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Good rows as text columns, with their numbers in the file; and the bad ones between them."""

    numbers: Numbers
    columns: list[pa.Array]
    broken: list[Broken]


def delimiter_of(header: bytes) -> str:
    """The separator that a first line uses most."""
    return max(",;\t|", key=lambda mark: header.count(mark.encode()))


class DelimitedFile:
    """One CSV file. `names` replaces a missing header."""

    def __init__(self, path: Path, *, delimiter: str | None, header: bool, names: list[str] | None) -> None:
        self.path = path
        first = self._first_block()
        self.delimiter = delimiter or delimiter_of(first.splitlines()[0] if first else b"")
        mark = re.escape(self.delimiter.encode())
        one = rb'(?:"(?:[^"]|"")*+"(?=[\r\n' + mark + rb']|\Z)|(?!")[^\r\n' + mark + rb"]*+)"
        self._record = re.compile(one + rb"(?:" + mark + one + rb")*+(?:\r\n|\n|\r|\Z)")
        fields = self._fields(first)
        self._skip = header
        if names is not None and len(names) != len(fields):
            raise MappingError(f"{path}: `names` has {len(names)} names, the file has {len(fields)} columns")
        self.names = names or (fields if header else [f"column{i}" for i in range(len(fields))])

    def rows(self) -> Iterator[Rows]:
        """Batches of rows in the file's order. Raises InputError where the file cannot be read on."""
        rest, self._done = b"", 0
        with text_blocks(self.path) as blocks:
            for block in blocks:
                text = rest + block
                cut = regular_end(text, ord(self.delimiter))
                if cut:
                    yield self._parse(text[:cut], None, [])
                    rest = text[cut:]
                else:
                    rows, rest = self._irregular(text, last=False)
                    yield rows
            rows, _ = self._irregular(rest, last=True)
            yield rows

    def _first_block(self) -> bytes:
        with text_blocks(self.path) as blocks:
            return next(blocks).lstrip(b"\r\n")

    def _fields(self, first: bytes) -> list[str]:
        record = self._record.match(first)
        if record is None:
            raise InputError(f"{self.path}: the quotation in the first line is broken")
        try:
            text = record.group().decode("utf-8")
            return next(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter), [])
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{self.path}: the first line cannot be read: {error}") from error

    def _irregular(self, text: bytes, last: bool) -> tuple[Rows, bytes]:
        """Record by record, so that the good ones beside a broken one are read; and the text that is left."""
        good, numbers, broken, at = list[bytes](), list[int](), list[Broken](), 0
        while at < len(text):
            record = self._record.match(text, at)
            if not last and (record is None or record.end() == len(text)) and len(text) - at < LONGEST_RECORD:
                break
            whole = record or _LINE.match(text, at)
            line = whole.group() if whole else text[at:]
            at += len(line)
            if not line.strip(b"\r\n"):
                continue
            self._done += 1
            if record is not None and _is_utf8(line):
                good.append(line)
                numbers.append(self._done)
            else:
                reason = "undecodable" if record is not None else "broken quotation"
                broken.append(Broken(self._done - self._skip, reason, shown(line)))
        return self._parse(b"".join(good), np.array(numbers, np.int64), broken), text[at:]

    def _parse(self, piece: bytes, numbers: Numbers | None, broken: list[Broken]) -> Rows:
        """Fields of whole records; `numbers` are theirs, by default they go on from the last."""
        if not piece.strip(b"\r\n"):
            return Rows(np.empty(0, np.int64), [], broken)
        labels = [str(i) for i in range(len(self.names))]
        header = int(self._skip and (self._done == 0 if numbers is None else 1 in numbers))
        wrong: list[tuple[int, str]] = []

        def note(row: Any) -> str:
            wrong.append((row.number, row.text))
            return "skip"

        try:
            table = pyarrow.csv.read_csv(
                io.BytesIO(piece if piece.endswith((b"\n", b"\r")) else piece + b"\n"),
                read_options=pyarrow.csv.ReadOptions(
                    use_threads=False, column_names=labels, skip_rows_after_names=header, block_size=len(piece) + 2
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=note
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types={name: pa.string() for name in labels}, null_values=[""],
                    strings_can_be_null=True, quoted_strings_can_be_null=True, check_utf8=False,
                ),
            )  # fmt: skip
        except (pa.ArrowException, UnicodeDecodeError, MemoryError) as error:
            raise InputError(f"{self.path}: cannot be read near row {self._done}: {one_line(str(error))}") from error
        if numbers is None:
            count = header + table.num_rows + len(wrong)
            numbers = np.arange(self._done + 1, self._done + count + 1)
            self._done += count
        numbers = numbers - self._skip
        broken += [Broken(int(numbers[n - 1]), "wrong number of fields", text) for n, text in wrong]
        kept = np.delete(numbers, [n - 1 for n, _ in wrong])[header:]
        return Rows(kept, [c.combine_chunks() for c in table.columns], broken)


def regular_end(text: bytes, delimiter: int) -> int:
    """The end of the last whole record of `text`, if all before it is regular; else 0.

    Regular is UTF-8 whose every quote is where RFC 4180 allows one.
    """
    data = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    newlines = np.flatnonzero(data == _NEWLINE)
    outside = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    if not len(outside):
        return 0
    end = int(outside[-1]) + 1
    quotes = quotes[quotes < end]
    edges = np.array([delimiter, _NEWLINE, _RETURN, _QUOTE], np.uint8)
    before = np.where(quotes > 0, data[quotes - 1], _NEWLINE)[0::2]
    after = data[quotes[1::2] + 1]
    regular = bool(np.isin(before, edges).all() and np.isin(after, edges).all())
    return end if regular and _is_utf8(text[:end]) else 0


def decoded(numbers: Numbers, columns: list[pa.Array], broken: Iterable[Broken] = ()) -> Rows:
    """Bytes as text columns; rows that hold bytes which are no UTF-8 join the broken ones."""
    try:
        return Rows(numbers, [c.cast(pa.large_string()) for c in columns], list(broken))
    except pa.ArrowInvalid:
        pass
    good = np.ones(len(numbers), bool)
    for column in columns:
        good &= np.fromiter((_is_utf8(v) for v in column.to_pylist()), bool, len(numbers))
    found = []
    for position in np.flatnonzero(~good):
        values = [c[int(position)].as_py() or b"" for c in columns]
        found.append(Broken(int(numbers[position]), "undecodable", shown(b",".join(values))))
    kept = pa.array(good)
    return Rows(numbers[good], [c.filter(kept).cast(pa.large_string()) for c in columns], [*broken, *found])


def _is_utf8(value: bytes | None) -> bool:
    try:
        return value is None or value.decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def shown(line: bytes) -> str:
    """A broken line as text; bytes that are no UTF-8 in hexadecimal."""
    return line.decode("utf-8", "backslashreplace").rstrip("\r\n")
