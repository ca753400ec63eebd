"""The most memory that this process held at once since it was last asked. A JVM's memory is not in it."""

import re
import sys
from contextlib import suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


def reset_peak() -> None:
    """Begin to measure anew, where the system can (Linux: proc(5), clear_refs 5)."""
    with suppress(OSError):
        _CLEAR.write_text("5")


def peak_memory_mb() -> float | None:
    """Peak resident memory in MB: since `reset_peak` on Linux, since the start elsewhere, None where unknown."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s*(\d+) kB", _STATUS.read_text())
        if found:
            return int(found[1]) * 1024 / 1e6
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - Windows has none

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1e6 if sys.platform == "darwin" else used * 1024 / 1e6
