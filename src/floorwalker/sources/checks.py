"""How a raw value becomes a value of the contract, and what is wrong with one that does not: SQL, per column.

Ids and text are the text of the source, unchanged. Empty text and NaN count as missing everywhere.

Times are UTC. Read are: timestamps (with a zone: converted), dates, ISO 8601 text with or without an offset,
eight digits as YYYYMMDD, and longer whole numbers, with or without a fraction, as Unix time: below 10^11 in
seconds, below 10^14 in milliseconds, else in microseconds. A time before 1900 or after 2199 is out of range.
"""

from floorwalker.contract.table import Column, Kind
from floorwalker.engine.duck import literal

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "U", "FLOAT", "DOUBLE", "DECIMAL")
_EARLIEST, _LATEST = "timestamp '1900-01-01'", "timestamp '2200-01-01'"
_SAID: dict[Kind, str] = {
    "time": "not a time",
    "number": "not a number",
    "integer": "not a number",
    "decimal": "not a number",
    "flag": "not true or false",
}


def filled(raw: str, source_type: str) -> str:
    """The raw value, NULL where it is empty text or no number."""
    if source_type == "VARCHAR":
        return f"nullif({raw}, '')"
    if source_type in ("DOUBLE", "FLOAT"):
        # not isnan(): DuckDB 2.0 answers it from Parquet's statistics, which leave NaN out
        return f"(case when cast({raw} as varchar) = 'nan' then null else {raw} end)"
    return raw


def cast(column: Column, raw: str, source_type: str) -> str:
    """The value in the contract's type, NULL where it cannot be one."""
    if column.kind == "time":
        return _time(raw, source_type)
    if column.kind == "integer" and source_type in ("DOUBLE", "FLOAT", "VARCHAR"):
        return f"(case when {_double(raw)} = floor({_double(raw)}) then try_cast({raw} as bigint) end)"
    return f"try_cast({raw} as {column.sql_type})"


def problem(column: Column, raw: str, value: str) -> str:
    """Why a row's value cannot be used (SQL text or NULL), given its raw and its cast value."""
    cases = [f"when {raw} is null then {literal('missing') if column.required else 'null'}"]
    if column.kind == "time":
        outside = f"{value} < {_EARLIEST} or {value} >= {_LATEST}"
        cases += [f"when {value} is null then 'not a time'", f"when {outside} then 'out of range'"]
    elif column.kind in ("number", "integer", "decimal"):
        cases.append(f"when coalesce(not isfinite({_double(raw)}), true) then 'not a number'")
        if column.kind == "integer":
            cases.append(f"when {_double(raw)} <> floor({_double(raw)}) then 'not a whole number'")
        cases.append(f"when {value} is null{_outside(column, value)} then 'out of range'")
    else:
        cases.append(f"when {value} is null then {literal(_SAID.get(column.kind, 'not a text'))}")
    if column.choices:
        words = ", ".join(literal(word) for word in column.choices)
        cases.append(f"when {value} not in ({words}) then {literal('not one of ' + ', '.join(column.choices))}")
    return f"case {' '.join(cases)} end"


def _outside(column: Column, value: str) -> str:
    low = f" or {value} < {column.low!r}" if column.low is not None else ""
    return low + (f" or {value} > {column.high!r}" if column.high is not None else "")


def _double(raw: str) -> str:
    return f"try_cast({raw} as double)"


def _time(raw: str, source_type: str) -> str:
    if source_type == "TIMESTAMP WITH TIME ZONE":
        return f"({raw} at time zone 'UTC')"
    if source_type.startswith(("TIMESTAMP", "DATE")):
        return f"try_cast({raw} as timestamp)"
    if not (source_type.startswith(_NUMBERS) and source_type != "UUID"):
        raw = raw if source_type == "VARCHAR" else f"cast({raw} as varchar)"
        iso = f"try_cast(regexp_replace({raw}, ' ([+-][0-9:]+)$', '\\1') as timestamptz) at time zone 'UTC'"
        return f"(case when {raw}[5] in ('-', '/') then {iso} else {_digits(raw)} end)"
    return _digits(f"cast(try_cast({raw} as decimal(24, 6)) as varchar)")


def _digits(text: str) -> str:
    date = f"try_strptime({text}[:8], '%Y%m%d')"
    scaled = f"case when {_double(text)} < 1e11 then 1e6 when {_double(text)} < 1e14 then 1e3 else 1 end"
    unix = f"make_timestamp(try_cast(round({_double(text)} * {scaled}) as bigint))"
    return (
        f"(case when regexp_full_match({text}, '[0-9]{{8}}([.]0+)?') then {date}"
        f" when regexp_full_match({text}, '[1-9][0-9]{{8,16}}([.][0-9]*)?') then {unix} end)"
    )
