"""What must outlive a crash is brought to the disk before it is named as done."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Bring a file, or a folder and the files in it, to the disk."""
    for part in path.iterdir() if path.is_dir() else ():
        _sync_one(part)
    _sync_one(path)


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
