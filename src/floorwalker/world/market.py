"""One block of the market while it is being made: its ledgers, calendar, people, goods and streams of chance."""

import zlib
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from floorwalker.world import ids
from floorwalker.world.calendar import NEVER, Calendar
from floorwalker.world.draw import NOBODY, Column, Flags, Floats, Ints, Rng, whole
from floorwalker.world.tables import PREFIXES, TABLES, Table

_EMPTY = {
    "ref": NOBODY,
    "any": NOBODY,
    "token": NOBODY,
    "home": NOBODY,
    "time": np.int64(NEVER),
    "money": np.int64(0),
    "number": np.int64(-1),
    "flag": np.bool_(False),
    "word": np.int8(-1),
    "text": None,
}


class Ledger:
    """The rows of one table so far, as numbers (references are row numbers, words are codes) and texts."""

    def __init__(self, table: Table) -> None:
        """Start an empty ledger with the columns of `table`."""
        self._empty = {f.name: _EMPTY[f.holds] for f in table.fields if f.holds in _EMPTY}
        self._parts: dict[str, list[Column]] = {name: [] for name in self._empty}
        self.rows = 0

    def add(self, rows: int, **columns: object) -> Ints:
        """Append `rows` rows and return their numbers; a column that is not given stays empty."""
        for name, empty in self._empty.items():
            kind = object if empty is None else np.asarray(empty).dtype
            value = np.asarray(columns.pop(name, empty), dtype=kind)
            self._parts[name].append(np.array(np.broadcast_to(value, rows)))
        if columns:
            raise KeyError(*columns)
        self.rows += rows
        return np.arange(self.rows - rows, self.rows, dtype=np.int64)

    def __getitem__(self, name: str) -> Column:
        """Return a column; writing into it changes the ledger."""
        parts = self._parts[name]
        if len(parts) != 1:
            kind = object if self._empty[name] is None else np.asarray(self._empty[name]).dtype
            self._parts[name] = parts = [np.concatenate(parts) if parts else np.empty(0, kind)]
        return parts[0]


@dataclass
class Homes:
    """Postal addresses: the place in a country, and how its holder writes it."""

    country: Ints
    area: Ints  # postcode area, 0–39 within the country
    unit: Ints  # rest of the postcode
    street: Ints
    number: Ints
    style: Ints  # 0 plain, 1 to 3 other ways to write the same address

    def add(self, **columns: Ints) -> Ints:
        """Append homes and return their numbers."""
        start = len(self.country)
        for name, values in columns.items():
            setattr(self, name, np.concatenate([getattr(self, name), values]))
        return np.arange(start, len(self.country), dtype=np.int64)


@dataclass
class Buyers:
    """What drives each buyer; row numbers are those of `accounts`, where buyers come first."""

    home: Ints
    opened: Ints  # account opened
    start: Ints  # active in the two years from … to …
    end: Ints
    activity: Floats
    tastes: Ints  # (buyers, 3) categories
    brand: Ints
    reviews: Floats  # chance to review a purchase
    leniency: Floats
    sitting: Ints  # days between the evenings at which reviews are written, 0 for no habit
    returns: Floats  # how readily goods are sent back, 1 on average
    taken: Flags  # already plays a part in some scheme

    def __len__(self) -> int:
        """Return the number of buyers."""
        return len(self.home)


@dataclass
class Goods:
    """What drives each product and seller; sellers are numbered from 0, their accounts follow the buyers."""

    category: Ints
    brand: Ints
    seller: Ints
    listed: Ints
    appeal: Floats
    half_life: Floats  # weeks
    quality: Floats
    weight_g: Ints
    companion: Ints
    brand_edges: Ints  # products of brand b: brand_edges[b] to brand_edges[b + 1]
    category_edges: Ints
    seller_size: Floats
    closed: Ints  # (sellers, 2) suspended from … to …, NEVER where never
    merged: Flags  # shows the reviews of a sibling listing

    def __len__(self) -> int:
        """Return the number of products."""
        return len(self.category)


@dataclass
class Roster:
    """The staff at work: team, shift and tools; row numbers are those of `staff`."""

    team: Ints
    shift: Ints  # 0 from 8, 1 from 16, 2 from 0 o'clock UTC
    started: Ints
    ended: Ints
    device: Column
    ip: Column
    home_ip: Column
    specialist_of: dict[int, int] = field(default_factory=dict)  # seller -> staff
    recall_desk: Ints = field(default_factory=lambda: whole([]))
    taken: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))


class Market:
    """A block of the market. `buyers`, `goods`, `homes` and `roster` are set by the parts that make them."""

    buyers: Buyers
    goods: Goods
    homes: Homes
    roster: Roster

    def __init__(self, seed: int, block: int, scale: float) -> None:
        """Open the ledgers of block number `block`, which holds `scale` times 600,000 orders."""
        self.seed, self.block, self.scale = seed, block, scale
        self.ledgers = {name: Ledger(table) for name, table in TABLES.items()}
        self.calendar = Calendar(self.rng("calendar"))
        self.rings = 0
        self.guilty_sellers: list[int] = []  # clients of review rings: other stories may join theirs
        self.cleared_sellers: list[int] = []  # looked into and found honest: in no story at all

    def rng(self, part: str) -> Rng:
        """Return the stream of chance of one part of life; no part disturbs another's."""
        key = (self.block, zlib.crc32(part.encode()))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def __getitem__(self, table: str) -> Ledger:
        """Return the ledger of a table."""
        return self.ledgers[table]

    def seller_account(self, seller: Ints) -> Ints:
        """Return the accounts of sellers."""
        return seller + len(self.buyers)

    def public_ids(self, entity: str, rows: Ints) -> pa.StringArray:
        """Return the ids under which the world knows rows of a kind."""
        numbers = (self.block << ids.ROW_BITS) + rows
        return ids.names(numbers, seed=self.seed, kind=entity, prefix=PREFIXES[entity])

    def count(self, at_scale_one: float) -> int:
        """Return how many of something this block holds, in proportion to its size."""
        return round(at_scale_one * self.scale)
