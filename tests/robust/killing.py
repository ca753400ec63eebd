"""Scans that are killed with SIGKILL, after a time or before a given change to a file, and what they leave behind."""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

CHANGES = ("os.rename", "os.remove")


def command(data: Path, out: Path, *options: str) -> list[str]:
    """`floorwalker scan`, in a process of its own."""
    return [sys.executable, "-m", "floorwalker.edge.cli.main", "scan", str(data), "--out", str(out), *options]


def hashes(run: Path) -> dict[str, str]:
    """SHA-256 of every file of a run that must be the same each time."""
    files = [*run.glob("*.parquet"), *run.glob("rejects/*"), *run.glob("report.html")]
    return {str(p.relative_to(run)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(files)}


def seconds_of(scan: list[str]) -> float:
    """How long a scan takes that nothing disturbs, from the start of the program on."""
    begun = time.monotonic()
    subprocess.run(scan, check=True, capture_output=True)
    return time.monotonic() - begun


def begun(scan: list[str], out: Path) -> subprocess.Popen[str]:
    """A scan whose program is up and holds its folder."""
    lock = out / ".work" / "lock"
    process = subprocess.Popen(scan, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not (lock.exists() and lock.read_text() == str(process.pid)):
        time.sleep(0.005)
    return process


def killed_after(seconds: float, scan: list[str], out: Path) -> bool:
    """Kill a scan so many seconds after it took hold of its folder. Whether it still ran."""
    process = begun(scan, out)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def killed_before_change(change: str, scan: list[str]) -> str:
    """Run a scan that dies just before a change to its folder: the third one for "3", or "os.remove run.json".

    What it was about to do; empty if it ended before. Changes are heard by Python's audit hook, so the program
    is the one that users run.
    """
    process = subprocess.run([sys.executable, __file__, change, *scan[3:]], check=False, capture_output=True, text=True)
    return process.stderr.splitlines()[-1] if process.returncode == -signal.SIGKILL else ""


def phase(out: Path) -> str:
    """How far a killed scan came, by what it left."""
    work = out / ".work"
    if (out / "run.json").exists():
        return "reading the tables" if work.exists() else "the end"
    if list(out.glob("*.parquet")):
        return "between the last files"
    if list(work.glob("run/*.parquet")):
        return "writing"
    steps = sorted(work.glob("steps/*/*.parquet"), key=lambda path: path.stat().st_mtime_ns)
    if steps:
        return "after " + steps[-1].stem.split("-", 1)[1]
    return "steps" if (work / "steps").exists() else "reading the tables" if work.exists() else "nothing begun"


def _die_before(change: str, out: Path) -> None:
    done = 0

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal done
        if event in CHANGES and str(arguments[0]).startswith(str(out)):
            done += 1
            now = f"{event} {Path(str(arguments[0])).name}"
            if change in (str(done), now):
                print(now, file=sys.stderr, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


if __name__ == "__main__":
    from floorwalker.edge.cli.main import run

    _die_before(sys.argv[1], Path(sys.argv[sys.argv.index("--out") + 1]))
    sys.exit(run(sys.argv[2:]))
