"""What a scan can be told."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from floorwalker.contract.errors import InputError
from floorwalker.engine.door import ENGINES

_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT])i?B", re.IGNORECASE)
_POWER = {"K": 1, "M": 2, "G": 3, "T": 4}
ENGINE_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Settings:
    """fdr: the promised false-discovery level. only: names or families of detectors.

    as_of: in UTC where it names no zone. memory: what the whole scan may use, such as "8GB".
    master: Spark's master URL.
    Raises InputError for values that make no sense.
    """

    fdr: float = 0.05
    engine: str = "duckdb"
    only: tuple[str, ...] | None = None
    as_of: datetime | None = None
    seed: int = 0
    memory: str = "8GB"
    master: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.fdr < 1:
            raise InputError(f"--fdr {self.fdr}: a false-discovery level lies between 0 and 1, such as 0.05")
        if self.engine not in ENGINES:
            raise InputError(f"--engine {self.engine}: there are {' and '.join(ENGINES)}")
        if _MEMORY.fullmatch(self.memory.strip()) is None:
            raise InputError(f"--memory {self.memory}: write it as 8GB or 500MB")

    @property
    def engine_memory(self) -> str:
        """The engine's share of the memory; the rest is for arrays."""
        found = _MEMORY.fullmatch(self.memory.strip())
        if found is None:
            raise InputError(f"--memory {self.memory}: write it as 8GB or 500MB")
        size = float(found[1]) * 1024 ** _POWER[found[2].upper()]
        return f"{int(size * ENGINE_SHARE / 1024**2)}MiB"

    def to_json(self) -> dict[str, object]:
        """As it stands in run.json."""
        as_of = self.as_of if self.as_of is None or self.as_of.tzinfo else self.as_of.replace(tzinfo=UTC)
        at = as_of.astimezone(UTC).isoformat() if as_of else None
        return {**asdict(self), "only": list(self.only) if self.only else None, "as_of": at}

    def key(self, intake: dict[str, object], version: str) -> str:
        """A fingerprint of everything that the saved steps of a scan depend on, 16 hex digits."""
        parts = {**self.to_json(), "memory": None, "master": None, "intake": intake, "version": version}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
