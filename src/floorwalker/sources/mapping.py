"""`floorwalker.toml`: how somebody's tables and columns are called in the contract."""

import difflib
import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from floorwalker.contract.errors import MappingError
from floorwalker.contract.table import Table
from floorwalker.contract.tables import TABLES
from floorwalker.sources.wording import one_line

FILE = "floorwalker.toml"


class TableMapping(BaseModel):
    """One `[tables.NAME]`: where its rows come from and what its columns are made of."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    origin: str | None = Field(None, alias="from")
    format: Literal["parquet", "csv", "tsv", "ndjson", "json"] | None = None
    header: bool = True
    names: list[str] | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    where: str | None = None
    columns: dict[str, str] = {}

    @property
    def layout(self) -> tuple[object, ...]:
        """What decides how a file is read; tables of one layout share the reading."""
        return self.format, self.header, tuple(self.names or ()), self.delimiter


class Mapping(BaseModel):
    """A whole mapping file. `path` is where it was read from, for messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: dict[str, TableMapping] = {}
    path: str = FILE

    @property
    def sha256(self) -> str:
        """Of what it says, however it is laid out."""
        return hashlib.sha256(self.model_dump_json(include={"tables"}, by_alias=True).encode()).hexdigest()

    def table(self, name: str) -> TableMapping:
        """What is said about a table; nothing, if nothing is."""
        return self.tables.get(name) or TableMapping.model_validate({})


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises MappingError naming the entry that is wrong."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(f"{path}: cannot be read as TOML: {error}") from error
    try:
        mapping = Mapping.model_validate({**entries, "path": str(path)})
    except ValidationError as error:
        first = error.errors()[0]
        entry = ".".join(str(part) for part in first["loc"])
        raise MappingError(f"{path}: {entry}: {first['msg'].lower()}") from error
    for name, entry_ in mapping.tables.items():
        _check_names(mapping.path, name, entry_)
    return mapping


def _check_names(path: str, name: str, entry: TableMapping) -> None:
    table: Table | None = TABLES.get(name)
    if table is None:
        raise MappingError(f"{path}: the contract has no table {name!r}{nearest(name, TABLES)}")
    known = [c.name for c in table.columns]
    for column in entry.columns:
        if column not in known:
            raise MappingError(f"{path}: the contract has no column {name}.{column}{nearest(column, known)}")


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for whoever misspelt a name: the nearest one, and which there are."""
    listed = [one_line(str(k)) for k in known]
    close = difflib.get_close_matches(name, listed, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    shown = ", ".join(listed[:40]) + (", …" if len(listed) > 40 else "")
    return f"{hint} (there are: {shown or 'none'})"
