"""One detector on one small set of tables: for its author, and for the suite that every detector passes."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from floorwalker.cases.judge import judge
from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector, Example
from floorwalker.pipeline.measure import measure, opened, run_steps
from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in

MEMORY = "1GB"


def tables_of(example: Example) -> dict[str, pa.Table]:
    """The tables of an example, every column as text."""
    tables = {}
    for name, text in example.items():
        head = text.split("\n", 1)[0].split(",")
        types = pa_csv.ConvertOptions(column_types=dict.fromkeys(head, pa.string()), strings_can_be_null=True)
        tables[name] = pa_csv.read_csv(pa.BufferReader(text.encode()), convert_options=types)
    return tables


def trial(detector: Detector, tables: Mapping[str, object], *, engine: str = "duckdb") -> Measured:
    """What the detector measures on tables by name. Raises FloorwalkerError."""
    with tempfile.TemporaryDirectory(prefix="floorwalker-") as folder:
        work = Path(folder)
        take_in(open_data(tables), work / "tables", rejects=None, spill=work / "spill", memory=MEMORY)
        with opened(work, "trial", engine=engine, memory=MEMORY) as workspace:
            run_steps(workspace, (detector,))
            return measure(workspace, detector)


def listed(detector: Detector, measured: Measured, fdr: float = 0.05) -> set[tuple[str, str]]:
    """Whom a run with this detector alone would list: (subject kind, subject id)."""
    rows = judge([(detector, measured.assessed)]).listed_subjects(fdr)
    return {(row["subject_kind"], row["subject_id"]) for row in rows.to_pylist()}
