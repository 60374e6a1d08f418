"""Who is seen at which date."""

from __future__ import annotations

from datetime import date, datetime

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from features.spine import spine
from tests.made import Row, canonical


def seen(
    engine: Backend, tables: dict[str, ir.Table], days: list[date], ledger: list[Row] | None = None
) -> set[tuple[str, date]]:
    consents = None if ledger is None else canonical("consents", ledger)
    rows = spine(tables["customers"], tables["orders"], days, consents=consents)
    return {
        (row["customer_id"], row["snapshot_date"]) for row in engine.to_pyarrow(rows).to_pylist()
    }


def entry(customer_id: str, status: str, day: str, purpose: str = "profiling") -> Row:
    return {
        "customer_id": customer_id, "status": status, "purpose": purpose,
        "changed_at": datetime.fromisoformat(day),
    }  # fmt: skip


def test_customer_exists_from_the_day_after_creation(
    engine: Backend, tables: dict[str, ir.Table]
) -> None:
    created, after = date(2024, 1, 1), date(2024, 1, 2)
    found = seen(engine, tables, [created, after])
    assert found == {("regular", after), ("once", after), ("never", after)}


def test_first_order_makes_a_customer_where_creation_is_unknown_or_later(
    engine: Backend, tables: dict[str, ir.Table]
) -> None:
    late = datetime.fromisoformat("2024-12-31")
    customers: list[Row] = [{"customer_id": "regular"}, {"customer_id": "once", "created_at": late}]
    tables = {**tables, "customers": canonical("customers", customers)}
    found = seen(engine, tables, [date(2024, 4, 2), date(2024, 4, 3), date(2024, 5, 3)])
    assert found == {
        ("regular", date(2024, 4, 3)), ("regular", date(2024, 5, 3)), ("once", date(2024, 5, 3)),
    }  # fmt: skip


def test_objection_to_profiling_takes_the_customer_out_of_every_date(
    engine: Backend, tables: dict[str, ir.Table]
) -> None:
    days = [date(2024, 5, 3), date(2024, 7, 1)]
    ledger = [entry("regular", "granted", "2024-01-01"), entry("regular", "objected", "2024-06-30")]
    assert {who for who, _ in seen(engine, tables, days, ledger)} == {"once", "never"}


def test_consent_given_again_brings_the_customer_back(
    engine: Backend, tables: dict[str, ir.Table]
) -> None:
    ledger = [entry("once", "withdrawn", "2024-01-01"), entry("once", "granted", "2024-02-01")]
    found = seen(engine, tables, [date(2024, 7, 1)], ledger)
    assert ("once", date(2024, 7, 1)) in found


def test_objection_to_marketing_alone_does_not_stop_scoring(
    engine: Backend, tables: dict[str, ir.Table]
) -> None:
    ledger = [entry("once", "objected", "2024-01-01", purpose="marketing")]
    assert ("once", date(2024, 7, 1)) in seen(engine, tables, [date(2024, 7, 1)], ledger)
