"""`run.json` as records. Every key may be missing; what is missing is said, never guessed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, JsonValue, ValidationError, model_validator

from floorwalker.contract.errors import RunError
from floorwalker.report.words import moment, shortened

TOO_SMALL = "too small"
_TABLES = {"account": "accounts", "product": "products", "staff": "staff"}
VERDICTS = {
    "uniform": "as chance gives",
    TOO_SMALL: "more than chance gives",
    "conservative": "fewer than chance gives, so the detector is careful",
    "not enough": "too few to tell",
}
"""The verdicts of the calibration check, for a reader."""


class _Part(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


class InputFile(_Part):
    """One file that was read."""

    name: str = ""
    sha256: str = ""
    bytes: int = 0


class Input(_Part):
    """One table that was read, in rows."""

    rows: int | None = None
    kept: int | None = None
    set_aside: int | None = None
    left_out: int = 0
    files: tuple[InputFile, ...] = ()


class Health(_Part):
    """The share of a detector's p-values below .05 with its interval: about .05 when the null fits."""

    share_below_05: float | None = None
    low: float | None = None
    high: float | None = None
    tested: int | None = None
    verdict: str = ""

    @property
    def words(self) -> str:
        """The verdict for a reader."""
        return VERDICTS.get(self.verdict, shortened(self.verdict, 60))


class Suspended(_Part):
    """How often staff whom nobody lists are unusual to a detector, and how often would be believed."""

    staff: int = 0
    share: float | None = None
    highest: float | None = None


class Rule(_Part):
    """How many acts of staff one rule explains."""

    rule: str
    words: str = ""
    acts: int = 0
    share: float | None = None


class Ran(_Part):
    """A detector that ran."""

    name: str
    question: str = ""
    null: str = ""
    weaknesses: tuple[str, ...] = ()
    health: Health | None = None
    suspended: Suspended | None = None

    @property
    def too_many_small(self) -> bool:
        """More small p-values than chance gives: much abuse, or a null that does not fit."""
        return self.health is not None and self.health.verdict == TOO_SMALL


class Skipped(_Part):
    """A detector that did not run, and why."""

    name: str
    reason: str = ""


class Detectors(_Part):
    """The detectors of a run."""

    run: tuple[Ran, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class Learning(_Part):
    """Whether past decisions were learned from, and why."""

    words: tuple[str, ...] = ()


class Manifest(_Part):
    """What `run.json` says. Seconds and memory are left out: they differ from run to run."""

    floorwalker: str = ""
    engine: str = ""
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    inputs: dict[str, Input] = Field(default_factory=dict)
    absent_tables: tuple[str, ...] = ()
    detectors: Detectors = Detectors()
    assessed: dict[str, int] = Field(default_factory=dict)
    explained: tuple[Rule, ...] = ()
    learning: Learning = Learning()

    @property
    def fdr(self) -> float | None:
        """The promised share of wrong subjects, if the run states one."""
        value = self.parameters.get("fdr")
        return float(value) if isinstance(value, int | float) and 0 < value < 1 else None

    @property
    def as_of(self) -> str | None:
        """The time after which nothing was looked at; None when all was."""
        value = self.parameters.get("as_of")
        try:
            return None if value is None else f"{moment(_utc(datetime.fromisoformat(str(value))))} UTC"
        except ValueError:
            return shortened(str(value), 40)

    @property
    def null_of(self) -> dict[str, str]:
        """The named null of each detector that ran."""
        return {ran.name: ran.null for ran in self.detectors.run}

    @property
    def unassessed(self) -> dict[str, tuple[int, int]]:
        """By kind of subject: how many no detector could assess, of how many that were kept."""
        kept = {kind: self.inputs[table].kept for kind, table in _TABLES.items() if table in self.inputs}
        return {
            kind: (number - self.assessed.get(kind, 0), number)
            for kind, number in kept.items()
            if self.assessed and number is not None and number > self.assessed.get(kind, 0)
        }


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def read_manifest(run: Path) -> Manifest:
    """`run.json` of a run; `RunError` when it is missing or is no such file."""
    path = run / "run.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise RunError(
            f"{run} is not a run: run.json cannot be read; give the folder that `scan --out` wrote"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise RunError(f"{path}: {where}: {first['msg']}; scan again to write it anew") from error
