"""The folder of a run: one scan at a time, and never a part of one run beside a part of another.

run.json says that a run is whole: it is the first file of an old run to go and the last of a new one to come.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from floorwalker.contract.errors import RunError
from floorwalker.contract.run import FILES
from floorwalker.engine.disk import sync

MANIFEST = "run.json"
REPORT = "report.html"
REJECTS = "rejects"
_WORK = ".work"
_DONE = ".work.done"
_LOCK = "lock"
_BELONGS = (MANIFEST, REPORT, REJECTS, *(f"{name}.parquet" for name in FILES))


@contextmanager
def claimed(out: Path) -> Iterator[Path]:
    """Hold `out` for one scan; yield the folder in it for work, which a killed scan leaves to the next.

    Raises RunError for a folder that cannot be made, holds anything but a run, or is held by another scan.
    """
    try:
        _check_ours(out)
        work = out / _WORK
        work.mkdir(parents=True, exist_ok=True)
        lock = os.open(work / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise RunError(f"{out}: cannot be written to: {error.strerror or error}; name another folder") from error
    try:
        _hold(lock, work / _LOCK, out)
        shutil.rmtree(out / _DONE, ignore_errors=True)
        yield work
    finally:
        os.close(lock)


def retire(out: Path) -> None:
    """Take an old run, or what a killed scan had published, out of the folder `out`."""
    for name in _BELONGS:
        path = out / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        if name == MANIFEST:
            sync(out)


def publish(written: Path, out: Path) -> None:
    """Move a whole run from the work folder of `out` to `out`, run.json last; the work folder goes."""
    for path in sorted(written.iterdir(), key=lambda path: path.name == MANIFEST):
        sync(path)
        if path.name == MANIFEST:
            sync(out)
        path.rename(out / path.name)
    sync(out)
    (out / _WORK).rename(out / _DONE)  # half removed under its own name it would look like work to go on with
    shutil.rmtree(out / _DONE, ignore_errors=True)


def _check_ours(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise RunError(f"{out} is a file; name a folder for the run")
    ours = {MANIFEST, _WORK, _DONE}
    if out.is_dir() and (there := {path.name for path in out.iterdir()}) and not there & ours:
        raise RunError(f"{out} is not empty and not a run of floorwalker; name another folder")


def _hold(lock: int, path: Path, out: Path) -> None:
    """Lock the open file at `path`; the system lets go of it when this process ends, however it ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _busy(out, os.read(lock, 20).decode()) from error
    if not (path.exists() and os.path.samestat(path.stat(), os.fstat(lock))):  # its scan ended just now
        raise _busy(out, "")
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())


def _busy(out: Path, process: str) -> RunError:
    who = f"another scan (process {process})" if process else "another scan"
    return RunError(f"{out} is being written by {who}; wait for it or name another folder")
