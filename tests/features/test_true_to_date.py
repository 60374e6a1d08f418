"""Nothing that happened, or became known, after the date can change a feature of any family."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts.schema import SNAPSHOT_KEY
from contracts.tables import TABLES
from features.catalogue import FAMILIES, build_families, by_stream
from features.spine import spine
from features.stream import known_by
from features.time_travel import features_on
from tests.features.compare import assert_same
from tests.made import INGESTED, Row, canonical, random_tables

SNAPSHOT = date(2024, 7, 1)
MIDNIGHT = datetime.fromisoformat("2024-07-01T00:00:00")
# Said in another zone on purpose: what counts is the moment.
KNOWN_AT = INGESTED.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=9)))
STREAMS = by_stream(FAMILIES)
SEEDS = (1, 2, 3)


def tables_of(rows: dict[str, list[Row]], *, known_at: datetime | None) -> dict[str, ir.Table]:
    return {name: known_by(canonical(name, each), known_at) for name, each in rows.items()}


def features(
    stream: str,
    tables: dict[str, ir.Table],
    engine: Backend,
    *,
    days: Sequence[date] = (SNAPSHOT,),
    only_date: date | None = None,
) -> pa.Table:
    rows = spine(tables["customers"], tables["orders"], days)
    built = build_families(STREAMS[stream], rows, tables, only_date=only_date)
    return engine.to_pyarrow(built)


def is_past(table: str, row: Row) -> bool:
    time = TABLES[table].occurred_at
    dated = time is None or table == "customers" or row[time] < MIDNIGHT
    return bool(dated and row["ingested_at"] <= INGESTED)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("stream", STREAMS)
def test_the_future_and_the_unknown_change_nothing(stream: str, seed: int, engine: Backend) -> None:
    poisoned = random_tables(seed, rows=120, around=SNAPSHOT)
    clean = {name: [row for row in rows if is_past(name, row)] for name, rows in poisoned.items()}
    expected = features(stream, tables_of(clean, known_at=None), engine)
    assert_same(features(stream, tables_of(poisoned, known_at=KNOWN_AT), engine), expected)
    assert expected.num_rows > 4
    numbers = [name for name in expected.column_names[2:] if expected[name].null_count < 4]
    assert numbers, "the made data must give the family something to say"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("stream", STREAMS)
def test_tables_cut_off_at_the_date_give_the_same_features(
    stream: str, seed: int, engine: Backend
) -> None:
    tables = tables_of(random_tables(seed, rows=120, around=SNAPSHOT), known_at=None)
    then = features_on(SNAPSHOT, STREAMS[stream], tables).order_by(SNAPSHOT_KEY)
    assert_same(features(stream, tables, engine), engine.to_pyarrow(then))


@pytest.mark.parametrize("stream", STREAMS)
def test_one_date_is_computed_without_the_join_and_says_the_same(
    stream: str, engine: Backend
) -> None:
    tables = tables_of(random_tables(4, rows=200, around=SNAPSHOT), known_at=None)
    alone = features(stream, tables, engine, only_date=SNAPSHOT)
    assert_same(alone, features(stream, tables, engine))
    among = features(stream, tables, engine, days=(date(2024, 3, 1), SNAPSHOT, date(2024, 9, 1)))
    chosen = [day == SNAPSHOT for day in among["snapshot_date"].to_pylist()]
    assert_same(among.filter(pa.array(chosen)), alone)


@pytest.mark.parametrize("stream", STREAMS)
def test_the_order_of_rows_changes_nothing(stream: str, engine: Backend) -> None:
    rows = random_tables(5, rows=200, around=SNAPSHOT)
    turned = {name: each[::-1] for name, each in rows.items()}
    expected = features(stream, tables_of(rows, known_at=None), engine)
    assert_same(features(stream, tables_of(turned, known_at=None), engine), expected)


def test_every_stream_dates_its_events() -> None:
    tables = tables_of(random_tables(1, rows=3, around=SNAPSHOT), known_at=None)
    for family in FAMILIES.values():
        columns = family.stream.build(tables).columns
        assert {"customer_id", "occurred_at"} <= set(columns)
        for time, others in family.stream.known_later.items():
            assert {time, *others} <= set(columns)


def test_an_order_in_the_last_second_before_midnight_counts(engine: Backend) -> None:
    last = {"order_id": "o1", "customer_id": "c1", "amount": Decimal("9.00")}
    who = [{"customer_id": "c1", "created_at": MIDNIGHT - timedelta(days=9)}]
    for time, amount in ((MIDNIGHT - timedelta(seconds=1), 9), (MIDNIGHT, 0)):
        rows = {"customers": who, "orders": [{**last, "ordered_at": time}]}
        found = features("order_days", tables_of(rows, known_at=None), engine)
        assert found.to_pylist()[0]["amount_total"] == amount
