"""Opens Spark, for data that outgrow one machine. The only module that knows Spark.

Every node must see the folder of the project under the same path, as on a shared file system.
"""

from __future__ import annotations

import atexit
import os
import re
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
from ibis.backends.pyspark import Backend
from ibis.formats.pyarrow import PyArrowData
from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession

from contracts.errors import EngineMissing
from warehouse.settings import EngineSettings

_LOOPBACK = "127.0.0.1"

# What values must not depend on, and what is shown nowhere.
_ALWAYS = {
    "spark.sql.ansi.enabled": "true",
    # The quick reader knows no BYTE_STREAM_SPLIT, as DuckDB writes numbers.
    "spark.sql.parquet.enableVectorizedReader": "false",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
}

# A sign that `glob.escape` keeps from being a pattern, and those that are one for Hadoop.
_ESCAPED = re.compile(r"\[([*?[])\]")
_PATTERN = re.compile(r"([*?\[\]{}\\])")


class SparkEngine(Backend):  # type: ignore[misc]
    """Ibis on Spark, whose Parquet calls mean what those of DuckDB do."""

    def __init__(self) -> None:
        super().__init__()
        self._views: list[str] = []

    def read_parquet(
        self,
        paths: str | Path | Sequence[str | Path],
        /,
        *,
        union_by_name: bool = False,
        hive_partitioning: bool = False,  # noqa: ARG002 - columns that folders name are not read
    ) -> ir.Table:
        """Return the rows of Parquet files or folders, whose names are escaped by `glob`."""
        listed = [paths] if isinstance(paths, str | Path) else paths
        taken = [_PATTERN.sub(r"\\\1", _ESCAPED.sub(r"\1", str(path))) for path in listed]
        frame = self._session.read.option("mergeSchema", union_by_name).parquet(*taken)
        name = f"parquet_{uuid.uuid4().hex}"
        frame.createTempView(name)
        self._views.append(name)
        return self.table(name)

    def drop_views(self) -> None:
        """Forget what `read_parquet` named; others of the session keep theirs."""
        for name in self._views:
            self._session.catalog.dropTempView(name)

    def to_pyarrow(self, expr: ir.Expr, /) -> Any:
        """Return a table, column or value; not by way of pandas, whose types are others."""
        rows = expr.as_table()
        self._run_pre_execute_hooks(rows)
        found = self._session.sql(self.compile(rows)).toArrow()
        return expr.__pyarrow_result__(PyArrowData.convert_table(found, rows.schema()))

    def to_parquet(self, table: ir.Table, path: str | Path, /, **_: str) -> None:
        """Write a table to the new folder `path`, in parts whose names follow its order."""
        self._run_pre_execute_hooks(table)
        self._session.sql(self.compile(table)).write.parquet(str(path))


@contextmanager
def open_spark(settings: EngineSettings, *, spill: Path) -> Iterator[SparkEngine]:
    """Open Spark as an engine; a process starts it once, in seconds, and keeps it to its end.

    Raises
    ------
    EngineMissing
        Java is not installed or too old.
    """
    engine = SparkEngine()
    engine.register_options()
    engine.do_connect(_session(settings, spill))
    try:
        yield engine
    finally:
        engine.drop_views()


def _session(settings: EngineSettings, spill: Path) -> SparkSession:
    spill.mkdir(parents=True, exist_ok=True)
    wanted = {**_defaults(settings, spill), **settings.spark, **_ALWAYS}
    # Workers would otherwise take whichever Python is on their PATH.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("stammkunde")
    for name, value in wanted.items():
        builder = builder.config(name, value)
    is_first = SparkSession.getActiveSession() is None
    try:
        session = builder.getOrCreate()
    except PySparkRuntimeError as error:
        if error.getCondition() != "JAVA_GATEWAY_EXITED":
            raise
        raise EngineMissing(
            "Spark did not start", remedy="Install Java 17 or newer, and let JAVA_HOME name it"
        ) from None
    if is_first:  # workers that merely lose their master say so at length
        atexit.register(session.stop)
    return session


def _defaults(settings: EngineSettings, spill: Path) -> dict[str, str]:
    """Return what holds where [engine.spark] says nothing: this machine alone, and no open door."""
    master = settings.spark.get("spark.master", f"local[{settings.threads}]")
    own: dict[str, str] = {
        "spark.master": master,
        "spark.driver.memory": f"{int(settings.memory_gb * 1024)}m",
        "spark.local.dir": str(spill),
        "spark.sql.warehouse.dir": str(spill / "spark-warehouse"),
        "spark.ui.enabled": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_log_settings()}",
    }
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", _LOOPBACK)
        own |= {"spark.driver.host": _LOOPBACK, "spark.driver.bindAddress": _LOOPBACK}
    return own


def _log_settings() -> Any:
    return files("warehouse") / "log4j2.properties"
