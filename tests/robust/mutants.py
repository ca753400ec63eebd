"""Tables that something happened to: bytes flipped, cut off, put in, in every format that is read."""

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

FORMATS = ("parquet", "csv", "csv.gz", "csv.zst", "ndjson", "ndjson.gz", "ndjson.zst")
TOKENS = (
    *(
        b'"',
        b'""',
        b"\n",
        b"\r",
        b"\r\n",
        b",",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\\",
    ),
    *(b"null", b"NaN", b"-1e999", b"'; drop table reviews; --", b"<script>", b"=", b"\xf0\x9f\x92\xa3"),
)
MAPPING = """
[tables.{table}]
from = "{file}"
where = "{key} is not null"

[tables.{table}.columns]
{key} = "{key}"
{column} = "{column}"
"""


@dataclass(frozen=True)
class Mutant:
    """A folder of tables of which one file was changed. rows: how many the table must have, if that can be known."""

    folder: Path
    said: str
    table: str
    file: str
    rows: int | None


def originals(market: Path, rows: int) -> dict[str, pa.Table]:
    """The first rows of each table of a market."""
    return {path.stem: pq.read_table(path).slice(0, rows) for path in sorted(market.glob("*.parquet"))}


def mutant(seed: int, tables: dict[str, pa.Table], folder: Path) -> Mutant:
    """Write one table, and a second one unharmed; the same seed gives the same bytes."""
    rng = np.random.default_rng(seed)
    table, other = (str(name) for name in rng.choice(sorted(tables), 2, replace=False))
    form = str(rng.choice(FORMATS))
    path, plain = folder / f"{table}.{form}", encoded(tables[table], form.partition(".")[0])
    (folder / f"{other}.csv").write_bytes(encoded(tables[other], "csv"))
    what = rng.choice(["bytes", "packed bytes", "mapping"], p=[0.7, 0.15, 0.15])
    if what == "mapping":
        path.write_bytes(packed(plain, form))
        columns = tables[table].column_names
        text = MAPPING.format(table=table, file=path.name, key=columns[0], column=rng.choice(columns[1:]))
        changed, how = changed_bytes(rng, text.encode())
        (folder / "floorwalker.toml").write_bytes(changed)
        return Mutant(folder, f"mapping of {path.name}: {how}", table, "floorwalker.toml", None)
    if what == "bytes":
        plain, how = changed_bytes(rng, plain)
        path.write_bytes(packed(plain, form))
        return Mutant(folder, f"{path.name}: {how}", table, path.name, records(plain, form.partition(".")[0]))
    data, how = changed_bytes(rng, packed(plain, form))
    path.write_bytes(data)
    return Mutant(folder, f"{path.name}: {how} after packing", table, path.name, None)


def encoded(table: pa.Table, form: str) -> bytes:
    """A table as the bytes of a Parquet, CSV or NDJSON file."""
    sink = pa.BufferOutputStream()
    if form == "parquet":
        pq.write_table(table, sink, row_group_size=50)
    elif form == "csv":
        pa_csv.write_csv(table, sink, pa_csv.WriteOptions(quoting_style="needed"))
    else:
        lines = [json.dumps(row, default=str, ensure_ascii=False) for row in table.to_pylist()]
        sink.write("".join(line + "\n" for line in lines).encode())
    return sink.getvalue().to_pybytes()


def packed(data: bytes, form: str) -> bytes:
    """The bytes as a name ending in .gz or .zst promises them."""
    if form.endswith(".gz"):
        return gzip.compress(data, mtime=0)
    return pa.compress(data, codec="zstd", asbytes=True) if form.endswith(".zst") else data


def changed_bytes(rng: np.random.Generator, data: bytes) -> tuple[bytes, str]:
    """Flip, cut, put in, take out or repeat; and which of these it was."""
    at = int(rng.integers(len(data)))
    end = min(len(data), at + int(rng.integers(1, 60)))
    how = str(rng.choice(["flip", "flips", "cut off", "token", "noise", "taken out", "repeated"]))
    changed = bytearray(data)
    if how in ("flip", "flips"):
        for place in rng.integers(len(data), size=1 if how == "flip" else 20):
            changed[place] ^= 1 << int(rng.integers(8))
    elif how == "cut off":
        del changed[at:]
    elif how == "taken out":
        del changed[at:end]
    else:
        token = TOKENS[int(rng.integers(len(TOKENS)))]
        changed[at:at] = {"token": token, "noise": rng.bytes(end - at), "repeated": data[at:end]}[how]
    return bytes(changed), f"{how} at byte {at}"


def records(data: bytes, form: str) -> int | None:
    """How many records the bytes hold, counted another way; None where only a reader of the format could say."""
    if form == "parquet" or b'"' in data * (form == "csv") or data.lstrip()[:1] == b"[":
        return None
    body = data.removeprefix(b"\xef\xbb\xbf")
    if form == "csv":
        return len([line for line in re.split(rb"\r\n|\n|\r", body) if line]) - 1
    return len([line for line in body.split(b"\n") if line.strip()])


def complaint(one: Mutant, code: int, out: str, err: str, rejects: Path) -> str:
    """What is wrong with an answer of `check --json --rejects`, or nothing."""
    if code == 2:
        return _unclear(one, out, err)
    if code != 0 or err:
        return f"exit code {code}: {err!r}"
    for name, table in json.loads(out)["tables"].items():
        lost = _lost(table, one.rows if name == one.table else None, rejects / f"{name}.parquet")
        if lost:
            return f"{name}: {lost}"
    return ""


def scan_complaint(one: Mutant, checked: tuple[int, str, str], scanned: tuple[int, str, str], run: Path) -> str:
    """What is wrong with an answer of `scan --json` to what `check` has answered, or nothing."""
    code, out, err = scanned
    if code != checked[0] or (code not in (0, 2)):
        return f"check ended with {checked[0]}, scan with {code}: {err!r}"
    if code == 2:
        whole = (run / "run.json").exists()
        return "it left a run" if whole else _unclear(one, out, err)
    inputs = json.loads((run / "run.json").read_text())["inputs"]
    read = {name: table["rows_read"] for name, table in json.loads(checked[1])["tables"].items()}
    told = {name: table["kept"] + table["set_aside"] + table["left_out"] for name, table in inputs.items()}
    return f"stderr {err!r}" if err else "" if read == told else f"check read {read}, scan accounts for {told}"


def _unclear(one: Mutant, out: str, err: str) -> str:
    clear = err.startswith("floorwalker: ") and len(err.splitlines()) == 1 and not out
    named = any(name in err for name in (one.file, one.table, str(one.folder)))
    return "" if clear and named else f"unclear: {err!r} {out[:80]!r}"


def _lost(table: dict[str, Any], rows: int | None, rejects: Path) -> str:
    read, kept, aside = (table[name] for name in ("rows_read", "rows_kept", "rows_set_aside"))
    if read != kept + aside + sum(table["rows_left_out"].values()):
        return f"{read} rows read, {kept} kept, {aside} set aside, {table['rows_left_out']} left out"
    if rows is not None and read != rows:
        return f"{read} rows read, {rows} records there"
    written = pq.read_table(rejects).to_pylist() if rejects.exists() else []
    named = len({(row["file"], row["row"]) for row in written if row["outcome"] == "set aside"})
    return "" if named == aside else f"{aside} rows set aside, {named} in rejects"
