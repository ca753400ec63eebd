"""The tree of errors. Each message says what is wrong, where, and what to do.

FloorwalkerError              exit code 1
├── InputError                exit code 2: the data, the mapping or the command line is not usable
│   └── MappingError          floorwalker.toml names what is not there, or holds a bad expression
├── StepError                 a named SQL step failed; carries the step's name and its SQL
├── DetectorError             a detector's record is wrong (found when it is loaded)
├── EngineError               the engine is missing, was refused something, or ran out of memory
└── RunError                  a folder that is not a run, or a run that cannot be continued
"""


class FloorwalkerError(Exception):
    """Anything that floorwalker says to its user instead of a traceback."""

    exit_code = 1


class InputError(FloorwalkerError):
    """The data or the command line cannot be used as it is."""

    exit_code = 2


class MappingError(InputError):
    """`floorwalker.toml` and the data do not fit together."""


class StepError(FloorwalkerError):
    """A named SQL step failed; `step` and `sql` say which and what."""

    def __init__(self, step: str, sql: str, reason: str) -> None:
        super().__init__(f"step {step} failed: {reason}")
        self.step = step
        self.sql = sql


class DetectorError(FloorwalkerError):
    """A detector's record does not hold together."""


class EngineError(FloorwalkerError):
    """The engine is missing or out of means."""


class RunError(FloorwalkerError):
    """A folder that is not a run, or a run that cannot be continued."""

    exit_code = 2
