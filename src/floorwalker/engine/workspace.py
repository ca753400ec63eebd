"""Saved steps that survive `kill -9`: what was finished is read again, what was half done is done anew."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from floorwalker.contract.errors import EngineError, RunError
from floorwalker.engine.disk import sync
from floorwalker.engine.door import Engine
from floorwalker.engine.peak import peak_memory_mb, reset_peak
from floorwalker.engine.step import BoundStep, Value

_MARK = "floorwalker-steps"


class Timing(NamedTuple):
    """What one step cost. `reused`: it was finished by an earlier, killed run."""

    name: str
    seconds: float
    peak_memory_mb: float | None
    reused: bool


class Workspace:
    """One folder of finished steps for one `key`, the fingerprint of inputs, parameters and version.

    A step's file is named by the fingerprint of its SQL, its parameters and all that it reads, and gets that
    name only when it is whole and on disk. One process at a time may use the folder.
    """

    def __init__(self, folder: Path, engine: Engine, key: str) -> None:
        """Other keys' leftovers in `folder` are removed. Raises RunError for a folder with anything else in it."""
        self._engine = engine
        self._key = key
        self._folder = folder / quote(key, safe="")
        self._saved: dict[str, tuple[str, Path]] = {}
        self.timings: list[Timing] = []
        _claim(folder)
        _clear(p for p in folder.iterdir() if p.name not in (_MARK, self._folder.name))
        self._folder.mkdir(exist_ok=True)
        _clear(self._folder.glob("*.half"))

    def run(self, steps: Sequence[BoundStep], params: Mapping[str, Value]) -> None:
        """Save each step's rows and make them readable under its name. Raises StepError, EngineError."""
        for step in steps:
            sql = step.text(self._engine.dialect, params)
            read = [self._saved[name][0] if name in self._saved else f"{name} of {self._key}" for name in step.reads]

            def save(path: Path, step: BoundStep = step, sql: str = sql) -> None:
                self._engine.save(step.name, sql, path)

            self._finish(step.name, _fingerprint(self._engine.name, sql, *read), save)

    def keep(self, name: str, make: Callable[[], pa.Table]) -> pa.Table:
        """Rows that `make` computes from tables saved before: computed once, then read again.

        What `make` looks at cannot be seen, so it is called again if anything saved before it has changed.
        """

        def save(path: Path) -> None:
            pq.write_table(make(), path, compression="zstd", coerce_timestamps="us")

        before = [f"{known} {mark}" for known, (mark, _) in self._saved.items() if known != name]
        self._finish(name, _fingerprint("arrays", self._key, *before), save)
        return self.table(name)

    def table(self, name: str, columns: Sequence[str] | None = None, order_by: Sequence[str] = ()) -> pa.Table:
        """Rows of a saved table, ordered by `order_by` ascending (text by its bytes), NULLs last.

        Raises EngineError for a table that was not saved here.
        """
        if name not in self._saved:
            raise EngineError(f"there is no saved table {name!r}; saved so far: {', '.join(self._saved) or 'none'}")
        wanted = None if columns is None else list(dict.fromkeys([*columns, *order_by]))
        rows = pq.read_table(self._saved[name][1], columns=wanted)
        if order_by:
            rows = rows.sort_by([(column, "ascending") for column in order_by])
        return rows if columns is None else rows.select(list(columns))

    def _finish(self, name: str, mark: str, save: Callable[[Path], None]) -> None:
        path = self._folder / f"{mark}-{quote(name, safe='')}.parquet"
        reset_peak()
        start = time.monotonic()
        reused = path.exists()
        if not reused:
            half = path.with_suffix(f".{os.getpid()}.half")
            save(half)
            sync(half)
            half.rename(path)
            sync(self._folder)
        self._engine.bind(name, path)
        self._saved[name] = (mark, path)
        self.timings.append(Timing(name, time.monotonic() - start, peak_memory_mb(), reused))


def _fingerprint(*parts: str) -> str:
    whole = sha256()
    for part in parts:
        whole.update(sha256(part.encode()).digest())
    return whole.hexdigest()[:24]


def _claim(folder: Path) -> None:
    """Make sure that all in `folder` is ours, before anything in it is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / _MARK
    if not mark.exists() and any(folder.iterdir()):
        raise RunError(f"{folder} holds files that are no saved steps of floorwalker; name another folder")
    mark.touch()


def _clear(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
