"""A synthetic marketplace with known abuse, made block by block."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, isfinite
from pathlib import Path

from floorwalker.contract.errors import InputError
from floorwalker.contract.words import SCHEMES
from floorwalker.world.abuse import commit
from floorwalker.world.catalogue import list_products, stock_shelves
from floorwalker.world.crowds import gather
from floorwalker.world.desk import answer_requests
from floorwalker.world.everyday import everyday
from floorwalker.world.export import exported
from floorwalker.world.identity import open_accounts
from floorwalker.world.letters import correspond
from floorwalker.world.market import Market
from floorwalker.world.orders import shop
from floorwalker.world.people import move_in
from floorwalker.world.policing import police
from floorwalker.world.refunds import regret
from floorwalker.world.reviews import mirror_listings, review_life
from floorwalker.world.staff import hire
from floorwalker.world.tables import TABLES
from floorwalker.world.writer import Shelves

LARGEST_BLOCK = 1.0  # scale units
_LIFE = (
    ("goods", stock_shelves),
    ("people", move_in),
    ("accounts", open_accounts),
    ("products", list_products),
    ("orders", shop),
    ("reviews", review_life),
    ("crowds", gather),
    ("listings", mirror_listings),
    ("refunds", regret),
    ("staff", hire),
    ("cases", answer_requests),
    ("work", everyday),
    ("measures", police),
    ("messages", correspond),
)


@dataclass(frozen=True)
class WorldSummary:
    """What was written: rows per table; schemes planted and subjects that take part in them."""

    rows: Mapping[str, int]
    planted: Mapping[str, int]
    subjects: Mapping[str, int]


def make_world(
    out: Path,
    *,
    scale: float = 1.0,
    seed: int = 0,
    clean: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> WorldSummary:
    """Write a marketplace of 600,000 × `scale` orders over two years, and what is wrong in it, to the folder `out`.

    Each table of the contract becomes `<table>.parquet`; `truth.parquet` names who takes part in which scheme.
    A `clean` world is honest life only, with all its honest oddities, and an empty truth. The same arguments
    give the same bytes. `progress` is told what is being made and the share that is done (0–1).
    Raises InputError when `scale` is not a number above 0, `seed` is negative, or `out` cannot be a folder.
    """
    if not (isfinite(scale) and scale > 0):
        raise InputError(f"scale is {scale}; give a number above 0, such as 0.1")
    if seed < 0:
        raise InputError(f"seed is {seed}; give a whole number of 0 or more")
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; name a folder to write the world to")
    blocks = ceil(scale / LARGEST_BLOCK)
    return build(out, blocks=blocks, size=scale / blocks, seed=seed, clean=clean, tell=progress or _silent)


def build(
    out: Path, *, blocks: int, size: float, seed: int, clean: bool, tell: Callable[[str, float], None]
) -> WorldSummary:
    """Write a world of so many blocks, each of scale `size`."""
    shelves = Shelves(out, blocks)
    planted: Counter[str] = Counter()
    subjects: Counter[str] = Counter()
    steps = _LIFE if clean else (*_LIFE, ("abuse", commit))
    for block in range(blocks):
        market = Market(seed, block, size)
        for number, (step, happen) in enumerate(steps):
            tell(step, 0.8 * (block + 0.6 * number / len(steps)) / blocks)
            happen(market)
        for table in TABLES.values():
            shelves.lay_down(block, table, exported(market, table))
        _count(market, planted, subjects)
    tell("files", 0.8)
    rows = shelves.finish()
    tell("done", 1.0)
    return WorldSummary(rows, dict(planted), dict(subjects))


def _silent(step: str, done: float) -> None:
    """Tell nobody."""


def _count(market: Market, planted: Counter[str], subjects: Counter[str]) -> None:
    truth = market["truth"]
    pairs = set(zip(truth["scheme"].tolist(), truth["ring_id"].tolist(), strict=True))
    planted.update(SCHEMES[scheme] for scheme, _ in pairs)
    subjects.update(SCHEMES[scheme] for scheme in truth["scheme"].tolist())
