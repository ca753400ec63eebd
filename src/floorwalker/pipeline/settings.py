"""What a scan can be told."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from floorwalker.contract.errors import InputError
from floorwalker.engine.door import ENGINES

_MEMORY = re.compile(r"(\d{1,9}(?:\.\d+)?)\s*([MGT])i?B", re.IGNORECASE)
_MIB = {"M": 1, "G": 1024, "T": 1024**2}
_LEAST_MIB = {"duckdb": 512, "spark": 1024}
ENGINE_SHARE = 0.6
CENTURY = 36_525  # days


def engine_share(memory: str, engine: str = "duckdb") -> str:
    """The engine's share of the whole memory, such as "8GB"; the rest is for arrays. Raises InputError."""
    found = _MEMORY.fullmatch(memory.strip())
    if found is None:
        raise InputError(f"--memory {memory}: write it as 8GB or 500MB")
    size = float(found[1]) * _MIB[found[2].upper()]
    if size < _LEAST_MIB[engine]:
        raise InputError(f"--memory {memory}: {engine} needs {_LEAST_MIB[engine]}MB or more")
    return f"{int(size * ENGINE_SHARE)}MiB"


@dataclass(frozen=True, slots=True)
class Settings:
    """fdr: the promised false-discovery level. only: names or families of detectors.

    as_of: in UTC where it names no zone. memory: what the whole scan may use, such as "8GB".
    master: Spark's master URL. trace_days: when each case would first have been named, in steps of so many days.
    Raises InputError for values that make no sense.
    """

    fdr: float = 0.05
    engine: str = "duckdb"
    only: tuple[str, ...] | None = None
    as_of: datetime | None = None
    seed: int = 0
    memory: str = "8GB"
    master: str | None = None
    trace_days: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.fdr < 1:
            raise InputError(f"--fdr {self.fdr}: a false-discovery level lies between 0 and 1, such as 0.05")
        if self.engine not in ENGINES:
            raise InputError(f"--engine {self.engine}: there are {' and '.join(ENGINES)}")
        if self.seed < 0:
            raise InputError(f"--seed {self.seed}: a seed is 0 or more")
        if self.trace_days is not None and not 1 <= self.trace_days <= CENTURY:
            raise InputError(f"--trace {self.trace_days}: a step is one day or more, and no more than a century")
        engine_share(self.memory, self.engine)

    @property
    def engine_memory(self) -> str:
        """The engine's share of the memory."""
        return engine_share(self.memory, self.engine)

    @property
    def until(self) -> datetime | None:
        """as_of, in UTC."""
        if self.as_of is None:
            return None
        return self.as_of.astimezone(UTC) if self.as_of.tzinfo else self.as_of.replace(tzinfo=UTC)

    def to_json(self) -> dict[str, object]:
        """As it stands in run.json."""
        at = self.until.isoformat() if self.until else None
        return {**asdict(self), "only": list(self.only) if self.only else None, "as_of": at}

    def key(self, intake: dict[str, object], version: str) -> str:
        """A fingerprint of everything that the saved steps of a scan depend on, 16 hex digits.

        What lies beside the tables is not among it: it may be the run itself.
        """
        read = {name: value for name, value in intake.items() if name != "ignored"}
        parts = {**self.to_json(), "memory": None, "master": None, "intake": read, "version": version}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
