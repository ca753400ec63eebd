"""Tables of SQLite and PostgreSQL as streams of Arrow batches (ADBC)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pyarrow as pa

from floorwalker.contract.errors import InputError
from floorwalker.engine.duck import quoted
from floorwalker.sources.files import reading
from floorwalker.sources.frames import Stream

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

SCHEMES = ("sqlite", "postgresql", "postgres")
_TYPED = frozenset(
    {
        "int2",
        "int4",
        "int8",
        "float4",
        "float8",
        "bool",
        "text",
        "varchar",
        "bpchar",
        "date",
        "timestamp",
        "timestamptz",
    }
)


def without_password(url: str) -> str:
    """A database's address as it may be shown."""
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":…@") if parts.password else url


def database_streams(url: str) -> dict[str, Stream]:
    """The base tables of a database: name -> how to read it, in the schema that its search path names.

    Raises InputError for an address that cannot be opened.
    """
    with reading(without_password(url), "the database cannot be opened"), closing(_connect(url)) as connection:
        return {name: _stream(url, name, sql) for name, sql in _queries(connection, _is_sqlite(url)).items()}


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return "sqlite:///" + quote(str(path.resolve()))


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def _connect(url: str) -> "Connection":
    # ADBC's modules import pandas and polars where they are installed, which takes seconds
    from adbc_driver_postgresql import dbapi as postgresql  # type: ignore[import-untyped]  # noqa: PLC0415
    from adbc_driver_sqlite import dbapi as sqlite  # noqa: PLC0415

    if _is_sqlite(url):
        path = url.removeprefix("sqlite:///")
        path = path if path.startswith("/") else "/" + quote(str(Path(path).resolve())).lstrip("/")
        return sqlite.connect(f"file:{path}?mode=ro")
    connection: Connection = postgresql.connect(url)
    with connection.cursor() as cursor:
        for setting in ("default_transaction_read_only = on", "synchronize_seqscans = off", "timezone = 'UTC'"):
            cursor.execute(f"set {setting}")
    connection.commit()
    return connection


def _queries(connection: "Connection", sqlite: bool) -> dict[str, str]:
    with connection.cursor() as cursor:
        if sqlite:
            cursor.execute(
                "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c"
                " where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, c.cid"
            )
            described = [(t, c, "any") for t, c in cursor.fetchall()]
        else:
            cursor.execute(
                "select c.table_name::text, c.column_name::text, c.udt_name::text"
                " from information_schema.columns c join information_schema.tables t using (table_schema, table_name)"
                " where c.table_schema::text = current_schema()::text and t.table_type = 'BASE TABLE'"
                " order by c.table_name, c.ordinal_position"
            )
            described = cursor.fetchall()
    selected: dict[str, list[str]] = {}
    for table, column, kind in described:
        selected.setdefault(table, []).append(_selected(column, kind))
    return {table: f"select {', '.join(columns)} from {quoted(table)}" for table, columns in selected.items()}


def _selected(column: str, kind: str) -> str:
    """Types that both sides mean alike are read as such, all others as their text; SQLite's are per value."""
    name = quoted(column)
    if kind == "any":
        return f"case typeof({name}) when 'blob' then hex({name}) else cast({name} as text) end as {name}"
    return name if kind in _TYPED else f"{name}::text as {name}"


def _stream(url: str, table: str, sql: str) -> Stream:
    @contextmanager
    def opened() -> Iterator[Iterator[pa.RecordBatch]]:
        what = f"{without_password(url)}: table {table}"
        with reading(what), closing(_connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            yield iter(cursor.fetch_record_batch())

    return opened


def check_scheme(url: str) -> None:
    """Raises InputError for a database that cannot be read."""
    scheme = url.split(":", 1)[0]
    if scheme not in SCHEMES:
        raise InputError(
            f"{without_password(url)}: {scheme} is not known; use sqlite:///FILE or postgresql://USER@HOST/DB"
        )
