"""Spark: the same steps when one machine is outgrown. pyspark is untyped, so it stays behind this front."""

import logging
import os
import re
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from floorwalker.contract.errors import EngineError, StepError
from floorwalker.engine.plain import plain_type

try:
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark import SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
except ImportError as error:
    raise EngineError("the engine spark needs pyspark: pip install 'floorwalker[spark]'") from error

_NO_JAVA = "the engine spark needs Java 17 or newer: install it, and let JAVA_HOME or PATH lead to it"
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT])i?B?", re.IGNORECASE)
_MIB = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}
_LEAST_MIB = 512
# how Spark names what plain_type calls otherwise
_AS_DUCKDB = {"TIMESTAMP": "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NTZ": "TIMESTAMP"}
_AS_SPARK = {"TIMESTAMP": "TIMESTAMP_NTZ"}
_SESSION = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # few files: partitions are merged up to the advisory size before parallelism is thought of
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


class SparkEngine:
    """Spark SQL behind the engine's door: in this process's own JVM, or on a cluster's `master`."""

    name = "spark"
    dialect = "spark"

    def __init__(self, *, memory: str, spill: Path, master: str) -> None:
        """`memory` is the driver's heap, at least 512MB. Raises EngineError where Java is missing or too old."""
        launch = _launch(memory, spill, master)
        self._log = spill / "jvm.log"
        running = SparkSession.getActiveSession()
        # a session that is there already (a notebook's) is the user's: share its cluster, never stop it
        self._owned = running is None
        try:
            self._session: Any = running.newSession() if running else _start(launch, self._log)
        except (PySparkException, OSError) as error:
            raise EngineError(_refusal(self._log, master, error)) from error
        for key, value in _SESSION.items():
            self._session.conf.set(key, value)

    def bind(self, table: str, path: Path) -> None:
        """See Engine."""
        with _named(table, f"read {path}"):
            frame = self._session.read.option("__globPaths__", "false").parquet(str(path.resolve()))
            _plain(frame).createOrReplaceTempView(_quoted(table))

    def save(self, step: str, sql: str, path: Path) -> None:
        """See Engine."""
        with _named(step, sql):
            frame = _plain(self._session.sql(sql)).hint("rebalance")
            frame.write.parquet(str(path.resolve()), mode="error", compression="zstd")

    def arrow(self, step: str, sql: str) -> pa.Table:
        """See Engine."""
        with _named(step, sql), warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # pyspark leaves its socket to the collector
            return _plain(self._session.sql(sql)).toArrow()

    def close(self) -> None:
        """See Engine. A JVM of our own ends, and its memory and spill files with it."""
        if not self._owned:
            return
        gateway = self._session.sparkContext._gateway
        self._session.stop()
        _end(gateway)
        self._log.unlink(missing_ok=True)


def _start(launch: dict[str, str], log: Path) -> Any:
    builder: Any = SparkSession.builder
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    logging.getLogger("SQLQueryContextLogger").disabled = True  # it prints each failure as a page of JSON
    for key, value in {**launch, **_SESSION}.items():
        builder = builder.config(key, value)
    with _stderr_to(log):
        return builder.getOrCreate()


@contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    """What the JVM prints on its way up, and a stack trace where it is too old, goes to a file of the spill folder."""
    ours = os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 2)
            yield
    finally:
        os.dup2(ours, 2)
        os.close(ours)


def _refusal(log: Path, master: str, error: Exception) -> str:
    """Why no session came up, from what the JVM said before it ended."""
    said = log.read_text("utf-8", "replace") if log.exists() else ""
    log.unlink(missing_ok=True)
    thrown = re.search(r"^(?:Exception in thread \S+ |Error: )(.+)$", said, re.MULTILINE)
    if thrown is None or "UnsupportedClassVersion" in said:
        return f"{_NO_JAVA} ({_first_line(error)})"
    return f"Spark cannot be started on {master}: {thrown[1]}"


def _end(gateway: Any) -> None:
    gateway.shutdown()
    gateway.proc.stdin.close()  # the JVM leaves when its standard input ends
    gateway.proc.wait(timeout=60)
    SparkContext._gateway = SparkContext._jvm = None


def _launch(memory: str, spill: Path, master: str) -> dict[str, str]:
    """What can only be said before the JVM starts."""
    spill.mkdir(parents=True, exist_ok=True)
    quiet = Path(__file__).with_name("log4j2.properties")
    settings = {
        "spark.master": master,
        "spark.app.name": "floorwalker",
        "spark.driver.memory": f"{_mebibytes(memory)}m",
        "spark.driver.maxResultSize": "0",
        "spark.driver.extraJavaOptions": f'-Dlog4j2.configurationFile="{quiet.as_uri()}" -Duser.timezone=UTC',
        "spark.local.dir": str(spill.resolve()),
        "spark.log.level": "OFF",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(spill.resolve()),
        "spark.sql.shuffle.partitions": "64",
        "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    }
    if master.startswith("local"):  # nothing listens beyond this machine; a cluster must reach its driver
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return settings


def _mebibytes(memory: str) -> int:
    parsed = _MEMORY.fullmatch(memory.strip())
    size = int(float(parsed[1]) * _MIB[parsed[2].upper()]) if parsed else 0
    if size < _LEAST_MIB:
        raise EngineError(f"Spark cannot be opened with memory {memory!r}: give a size of at least 512MB, such as 8GB")
    return size


def _plain(frame: Any) -> Any:
    """The same rows with the types of `plain`."""
    columns = []
    for field in frame.schema.fields:
        kind = field.dataType.simpleString().upper()
        wanted = plain_type(_AS_DUCKDB.get(kind, kind))
        wanted = _AS_SPARK.get(wanted, wanted)
        name = _quoted(field.name)
        columns.append(name if wanted == kind else f"cast({name} as {wanted}) as {name}")
    return frame.selectExpr(*columns)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


@contextmanager
def _named(step: str, sql: str) -> Iterator[None]:
    try:
        yield
    except (PySparkException, Py4JError, pa.ArrowException) as error:
        _release(error)
        if "OutOfMemoryError" in str(error):
            raise EngineError(f"step {step} needs more memory; raise --memory") from error
        raise StepError(step, sql, _reason(error)) from error


def _release(error: BaseException | None) -> None:
    """Let go of what the frames of a failed call still hold: pyspark's open socket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        while error is not None:
            traceback.clear_frames(error.__traceback__)
            error = error.__context__


def _reason(error: Exception) -> str:
    causes = re.findall(r"^\s*Caused by: (.+)$", str(error), re.MULTILINE)
    return causes[-1] if causes else _first_line(error)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
