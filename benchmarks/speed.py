"""How fast, and in how much memory. Each command prints a table in Markdown.

`python -m benchmarks.speed rings [--times 5]`: dense blocks against graphspot, on one graph of 600,000 edges.
`python -m benchmarks.speed edges [--sizes 10 30 100]`: dense blocks in millions of edges, each in its own process.
`python -m benchmarks.speed scan [--scales 0.1 1 10]`: a scan against one full read of the same files by DuckDB.
`python -m benchmarks.speed family [--family refunds]`: one family's steps against one full read of their tables.
`python -m benchmarks.speed staff [--acts 1000000 10000000]`: the detectors of insiders on millions of acts of staff.
"""

import argparse
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import speed_edges, speed_family, speed_rings, speed_scan, speed_staff

PARTS = {
    "rings": speed_rings,
    "edges": speed_edges,
    "scan": speed_scan,
    "family": speed_family,
    "staff": speed_staff,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    for name, part in PARTS.items():
        part.options(parts.add_parser(name))
    asked = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {_processor()} × {os.cpu_count()}, Python {platform.python_version()}\n")
    PARTS[asked.part].measure(asked)


def _processor() -> str:
    """The processor's name where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
