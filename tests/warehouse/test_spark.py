"""Spark as an engine of Ibis: what it reads and writes, and what it says where it cannot start."""

from __future__ import annotations

import os
import subprocess
import sys
from glob import escape
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.backends import BaseBackend

from warehouse.lake import Lake

pytestmark = pytest.mark.spark

START = (
    "import sys; from pathlib import Path; {before}"
    "from warehouse.engine import open_feature_engine as opened;"
    "from warehouse.settings import EngineSettings as Settings\n"
    "with opened(Settings(name='spark', spark={spark}), spill=Path(sys.argv[1])): pass"
)


def started(
    folder: Path, *, before: str = "", spark: dict[str, str] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    code = START.format(before=before, spark=spark or {})
    return subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=Path(__file__).parents[2],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_spark_writes_is_found_whole_and_read_in_its_order(
    spark: BaseBackend, engine: BaseBackend, tmp_path: Path
) -> None:
    numbers = [7, 3, 9, 1, 5]
    table = ibis.memtable({"number": numbers}, schema={"number": "int64"})
    ref = Lake(tmp_path, spark).write("numbers", "f1", table.order_by("number"))
    lake = Lake(tmp_path, engine)
    assert lake.find("numbers", "f1") == ref
    assert lake.row_count(ref) == 5
    assert lake.table(ref).to_pyarrow()["number"].to_pylist() == sorted(numbers)
    part = next(tmp_path.rglob("part-0.parquet/*.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    assert lake.find("numbers", "f1") is None


def test_any_sign_may_stand_in_a_path_and_files_may_differ_in_columns(
    spark: BaseBackend, tmp_path: Path
) -> None:
    folder = tmp_path / "a[1]{b,c}*?"
    folder.mkdir()
    pq.write_table(pa.table({"one": [1]}), folder / "a.parquet")
    pq.write_table(pa.table({"one": [2], "two": ["x"]}), folder / "b.parquet")
    paths = [escape(str(path)) for path in sorted(folder.iterdir())]
    rows = spark.to_pyarrow(spark.read_parquet(paths, union_by_name=True).order_by("one"))
    assert rows.to_pylist() == [{"one": 1, "two": None}, {"one": 2, "two": "x"}]


def test_two_workers_really_work(spark: BaseBackend) -> None:
    assert spark._session.sparkContext.master == "local-cluster[2,1,1024]"
    who = spark._session.sparkContext.parallelize(range(8), 8).map(lambda _: os.getppid())
    assert os.getpid() not in who.collect()


def test_nothing_listens_beyond_this_machine(spark: BaseBackend) -> None:
    java = [pid for pid in _pids() if "java" in _link(f"/proc/{pid}/exe")]
    assert java
    assert spark._session.sparkContext.uiWebUrl is None
    opened = {_link(str(file)) for pid in java for file in Path(f"/proc/{pid}/fd").glob("*")}
    doors = {
        address for inode, address in _listening().items() if f"socket:[{inode}]" in opened
    }  # fmt: skip
    assert doors
    assert all(door.endswith(LOOPBACK) for door in doors), doors


# 127.0.0.1, also as IPv6 writes it, as the kernel prints it.
LOOPBACK = "0100007F"


def _pids() -> list[str]:
    return [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:  # it has ended, or is not ours to look into
        return ""


def _listening() -> dict[str, str]:
    """Return inode -> address, in the kernel's digits, of every socket that waits for calls."""
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path("/proc/net", table).read_text().splitlines()[1:]
    ]
    return {line[9]: line[1].split(":")[0] for line in lines if line[3] == "0A"}


def test_without_pyspark_the_extra_is_named(tmp_path: Path) -> None:
    ended = started(tmp_path, before="sys.modules['pyspark'] = None;")
    assert "EngineMissing: PySpark is not installed" in ended.stderr
    assert "pip install 'stammkunde[spark]'" in ended.stderr


def test_without_java_it_is_asked_for(tmp_path: Path) -> None:
    ended = started(tmp_path, JAVA_HOME=str(tmp_path / "none"))
    assert "EngineMissing: Spark did not start" in ended.stderr
    assert "Java 17" in ended.stderr
