"""Ledgers of numbers -> Arrow tables with the columns of the contract, sorted."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from floorwalker.world import ids
from floorwalker.world.calendar import NEVER
from floorwalker.world.draw import Column, Flags, Ints
from floorwalker.world.market import Homes, Ledger, Market
from floorwalker.world.phrases import CITIES, STREETS
from floorwalker.world.tables import COUNTRIES, KINDS, Field, Table

_ENTITY_OF_KIND = {"seller": "account"}
_ARROW = {
    "time": pa.timestamp("us"),
    "money": pa.decimal128(18, 2),
    "number": pa.int64(),
    "flag": pa.bool_(),
}


def schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a table."""
    return pa.schema([(field.name, _ARROW.get(field.holds, pa.string())) for field in table.fields])


def exported(market: Market, table: Table) -> pa.Table:
    """Return the rows of a table as the contract wants them, sorted by time and then id."""
    writer = _Writer(market, market[table.name])
    columns = [writer.column(field) for field in table.fields]
    rows = pa.Table.from_arrays(columns, schema=schema(table))
    return rows.sort_by([(name, "ascending") for name in table.order])


class _Writer:
    def __init__(self, market: Market, ledger: Ledger) -> None:
        self._market, self._ledger = market, ledger

    def column(self, field: Field) -> pa.Array:
        make = getattr(self, f"_{field.holds}")
        array: pa.Array = make(field)
        return array

    def _names(self, entity: str, rows: Ints, missing: Flags | None = None) -> pa.Array:
        array = self._market.public_ids(entity, rows)
        return array if missing is None or not missing.any() else _blank(array, missing)

    def _key(self, field: Field) -> pa.Array:
        return self._names(field.of, np.arange(self._ledger.rows, dtype=np.int64))

    def _ref(self, field: Field) -> pa.Array:
        rows = self._ledger[field.name]
        return self._names(field.of, np.maximum(rows, 0), rows < 0)

    def _any(self, field: Field) -> pa.Array:
        kinds, rows = self._ledger[field.of], self._ledger[field.name]
        names = np.full(len(rows), None, dtype=object)
        for kind in np.unique(kinds):
            here = kinds == kind
            entity = _ENTITY_OF_KIND.get(KINDS[kind], KINDS[kind])
            names[here] = self._names(entity, rows[here]).to_numpy(zero_copy_only=False)
        return pa.array(names, pa.string())

    def _time(self, field: Field) -> pa.Array:
        values = self._ledger[field.name]
        seconds = values - values % 1_000_000
        return pa.array(seconds.view("datetime64[us]"), pa.timestamp("us"), mask=values == NEVER)

    def _money(self, field: Field) -> pa.Array:
        cents = self._ledger[field.name]
        words = np.zeros((len(cents), 2), dtype="<i8")
        words[:, 0] = cents
        return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(words)])

    def _number(self, field: Field) -> pa.Array:
        values = self._ledger[field.name]
        return pa.array(values, pa.int64(), mask=values < 0)

    def _flag(self, field: Field) -> pa.Array:
        return pa.array(self._ledger[field.name])

    def _word(self, field: Field) -> pa.Array:
        codes = self._ledger[field.name]
        return pa.array(field.words, pa.string()).take(pa.array(codes, pa.int8(), mask=codes < 0))

    def _text(self, field: Field) -> pa.Array:
        return pa.array(self._ledger[field.name], pa.string())

    def _home(self, field: Field) -> pa.Array:
        return pa.array(addresses(self._market.homes)).take(pa.array(self._ledger[field.name]))

    def _postcode(self, field: Field) -> pa.Array:
        return pa.array(postcodes(self._market.homes)).take(pa.array(self._ledger[field.of]))

    def _token(self, field: Field) -> pa.Array:
        kinds, codes = self._ledger[field.of], self._ledger[field.name]
        values = np.full(len(codes), None, dtype=object)
        for number, kind in enumerate(_TOKEN_KINDS):
            here = np.flatnonzero(kinds == number)
            values[here] = _tokens(self._market, kind, codes[here])
        return pa.array(values, pa.string())


_TOKEN_KINDS = ("email", "phone", "address", "device", "ip", "card", "bank_account", "payment_handle", "tax_id")
_TOKEN_PREFIX = {
    "device": "dev-",
    "card": "tok_",
    "bank_account": "IB",
    "payment_handle": "@pay.",
    "tax_id": "TX",
    "email": "em-",
    "phone": "ph-",
}


def _blank(array: pa.Array, missing: Flags) -> pa.Array:
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), array)


def _tokens(market: Market, kind: str, codes: Ints) -> Column:
    """Return the values behind codes: what accounts wrote where it is that, else one token per code."""
    if kind == "address":
        return addresses(market.homes)[codes]
    if kind == "ip":
        return _networks(market, codes)
    accounts = market["accounts"]
    if kind in ("email", "phone") and len(codes) and codes.max() < accounts.rows:
        return np.asarray(accounts[kind][codes])
    numbers = (market.block << 50) + codes
    tokens: Any = ids.names(numbers, seed=market.seed, kind=kind, prefix=_TOKEN_PREFIX[kind])
    return np.asarray(tokens.to_numpy(zero_copy_only=False))


def _networks(market: Market, codes: Ints) -> Column:
    mixed = (codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.uint64(
        (market.seed * 7919 + market.block) % 2**63
    )
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    parts = [(mixed >> np.uint64(shift)) % np.uint64(254) + np.uint64(1) for shift in (8, 20, 34, 48)]
    first, *others = (part.astype(str).astype(object) for part in parts)
    return np.asarray(first + "." + others[0] + "." + others[1] + "." + others[2])


def postcodes(homes: Homes) -> Column:
    """Return the postcode of each home, in the manner of its country."""
    area, unit = homes.area, homes.unit
    digits = np.char.zfill((10 + 2 * area).astype(str), 2).astype(object)
    rest = np.char.zfill(unit.astype(str), 3).astype(object)
    dash = np.where(np.isin(homes.country, [COUNTRIES.index("PL")]), "-", "").astype(object)
    british = homes.country == COUNTRIES.index("GB")
    letters = np.array([chr(65 + n) for n in range(26)], dtype=object)
    inward = (unit % 10).astype(str).astype(object) + letters[unit // 10 % 26] + letters[unit // 26 % 26]
    outward = letters[area % 26] + letters[area * 7 % 26] + (1 + area % 9).astype(str).astype(object)
    return np.asarray(np.where(british, outward + " " + inward, digits + dash + rest))


def addresses(homes: Homes) -> Column:
    """Return each home's address as its holder writes it."""
    street = np.array(STREETS, dtype=object)[homes.street]
    short = np.array([name.replace("Street", "St").replace("Road", "Rd") for name in STREETS], dtype=object)
    number = homes.number.astype(str).astype(object)
    city = np.array(CITIES, dtype=object)[homes.area % len(CITIES)]
    tail = ", " + postcodes(homes) + " " + city
    forms = [
        number + " " + street + tail,
        short[homes.street] + " " + number + tail,
        "No. " + number + ", " + street + tail,
        number + " " + street + ", " + city,
    ]
    return np.asarray(np.choose(homes.style, np.array(forms, dtype=object)))
