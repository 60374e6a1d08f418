"""Customers are drawn whole, and the same ones always."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from features.catalogue import FAMILIES, build_families, by_stream
from features.sample import of_customers, sample_customers
from features.spine import spine
from tests.features.compare import assert_same
from tests.made import canonical, random_tables

DATES = [date(2024, month, 1) for month in (5, 6, 7)]


def spine_of(ids: list[str]) -> ir.Table:
    rows = [(who, day) for who in ids for day in DATES]
    return ibis.memtable(
        pa.table({"customer_id": [who for who, _ in rows], "snapshot_date": [d for _, d in rows]})
    )


def drawn(engine: Backend, ids: list[str], share: float, seed: int = 1) -> list[str]:
    rows = sample_customers(spine_of(ids), share=share, seed=seed)
    return sorted(engine.to_pyarrow(rows)["customer_id"].to_pylist())


def test_a_customer_is_drawn_with_all_dates_or_none(engine: Backend) -> None:
    ids = [f"c{n}" for n in range(2000)]
    found = drawn(engine, ids, 0.25)
    assert all(found.count(who) == len(DATES) for who in set(found))
    # Four standard deviations of 2,000 draws at a quarter.
    assert abs(len(set(found)) - 500) < 4 * (2000 * 0.25 * 0.75) ** 0.5


def test_who_is_drawn_depends_on_id_and_seed_alone(engine: Backend) -> None:
    ids = [f"c{n}" for n in range(500)]
    few, many = set(drawn(engine, ids, 0.2)), set(drawn(engine, ids, 0.5))
    assert few < many
    assert set(drawn(engine, ids[::-1][:250], 0.2)) == few & set(ids[::-1][:250])
    assert set(drawn(engine, ids, 0.2, seed=2)) != few
    assert drawn(engine, ids, 1) == sorted(ids * len(DATES))
    assert drawn(engine, ids, 0) == []


@pytest.mark.parametrize("stream", by_stream(FAMILIES))
def test_a_sample_has_the_features_that_all_would_have(stream: str, engine: Backend) -> None:
    rows = random_tables(7, rows=150, around=DATES[-1])
    tables = {name: canonical(name, each) for name, each in rows.items()}
    whole = spine(tables["customers"], tables["orders"], DATES)
    sample = sample_customers(whole, share=0.5, seed=3)
    names = by_stream(FAMILIES)[stream]
    alone = engine.to_pyarrow(build_families(names, sample, of_customers(tables, sample)))
    among = engine.to_pyarrow(build_families(names, whole, tables))
    ids = set(alone["customer_id"].to_pylist())
    assert 0 < len(ids) < 8
    chosen = [who in ids for who in among["customer_id"].to_pylist()]
    assert_same(alone, among.filter(pa.array(chosen)))
