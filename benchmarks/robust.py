"""What a scan withstands. Each command prints a table in Markdown and exits with 1 where a promise did not hold.

`python -m benchmarks.robust kills [--times 20] [--scale 0.1] [--engine duckdb]`: `kill -9` at random moments of a
scan, and between its last files; the restart must end with the same bytes as an undisturbed scan.
`python -m benchmarks.robust mutate [--times 2000]`: changed inputs through `check`, every fifth one through `scan`.
`python -m benchmarks.robust engines [--scale 0.1]`: the same subjects on DuckDB and Spark, and the seconds of both.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "robust"))

from benchmarks import robust_engines, robust_kills, robust_mutate

PARTS = {"kills": robust_kills, "mutate": robust_mutate, "engines": robust_engines}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    for name, part in PARTS.items():
        part.options(parts.add_parser(name))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="robust-") as folder:
        return int(PARTS[asked.part].measure(Path(folder), asked))


if __name__ == "__main__":
    sys.exit(main())
