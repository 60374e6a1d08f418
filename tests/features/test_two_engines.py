"""Every feature on Spark is what it is on DuckDB: integers equal, floats to 1e-9, types equal."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend

from features.catalogue import FAMILIES, build_families, by_stream
from features.spine import spine
from features.stream import known_by
from tests.features.compare import assert_same
from tests.made import INGESTED, canonical, random_tables

pytestmark = pytest.mark.spark

SNAPSHOT = date(2024, 7, 1)
STREAMS = by_stream(FAMILIES)
ONE_DATE = ("order_days", "tickets", "contracts")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of made canonical tables as Parquet."""
    folder = tmp_path_factory.mktemp("made")
    for name, rows in random_tables(4, rows=300, around=SNAPSHOT).items():
        pq.write_table(canonical(name, rows).to_pyarrow(), folder / f"{name}.parquet")
    return folder


def tables_of(folder: Path, engine: BaseBackend) -> dict[str, ir.Table]:
    return {
        path.stem: known_by(engine.read_parquet(path), INGESTED.replace(tzinfo=UTC))
        for path in folder.glob("*.parquet")
    }


def write_features(
    stream: str, folder: Path, engine: BaseBackend, *, only_date: date | None
) -> str:
    """Write a stream's features as `engine` computes them; return the pattern of the files."""
    tables = tables_of(folder, engine)
    days = [SNAPSHOT] if only_date else [date(2024, 3, 1), SNAPSHOT]
    rows = spine(tables["customers"], tables["orders"], days, consents=tables["consents"])
    built = build_families(STREAMS[stream], rows, tables, only_date=only_date)
    part = folder / engine.name / stream / str(only_date) / "part.parquet"
    part.parent.mkdir(parents=True)
    engine.to_parquet(built, part, compression="zstd")
    return str(part if part.is_file() else part / "*.parquet")


# With one date events are joined otherwise: those of days, since an order, and known later.
@pytest.mark.parametrize(
    ("stream", "only_date"),
    [*((stream, None) for stream in STREAMS), *((stream, SNAPSHOT) for stream in ONE_DATE)],
)
def test_both_engines_say_the_same(
    stream: str, only_date: date | None, made: Path, engine: Backend, spark: BaseBackend
) -> None:
    one, other = (
        engine.read_parquet(write_features(stream, made, each, only_date=only_date)).to_pyarrow()
        for each in (engine, spark)
    )
    assert one.num_rows > 3
    assert_same(other, one)
