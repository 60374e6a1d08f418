"""Nothing that happened, or became known, after the date can change a feature."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from features.catalogue import FAMILIES, build_family
from features.events import STREAMS, known_by
from features.spine import spine
from tests.made import INGESTED, Row, canonical

SNAPSHOT = date(2024, 7, 1)
MIDNIGHT = datetime.fromisoformat("2024-07-01T00:00:00")
# Said in another zone on purpose: what counts is the moment.
KNOWN_AT = INGESTED.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=9)))

CUSTOMERS = st.sampled_from(["c1", "c2", "c3"])
MONEY = st.decimals(min_value=-50, max_value=500, places=2)


@st.composite
def orders(draw: st.DrawFn, *, prefix: str, first: datetime, days: int) -> list[Row]:
    moments = draw(
        st.lists(
            st.tuples(CUSTOMERS, st.integers(0, days * 86_400 - 1), MONEY), min_size=1, max_size=12
        )
    )
    return [
        {
            "order_id": f"{prefix}{number}", "customer_id": customer,
            "ordered_at": first + timedelta(seconds=second), "amount": amount,
        }
        for number, (customer, second, amount) in enumerate(moments)
    ]  # fmt: skip


def known(past: list[Row], poison: list[Row]) -> dict[str, ir.Table]:
    """Return the tables as known at the time; every order has a line of its own."""
    rows = [*past, *poison]
    lines = [
        {
            "order_id": row["order_id"], "product_id": f"p{number % 4}",
            "category": f"k{number % 3}", "amount": row["amount"], "discount": Decimal("1.00"),
            "ingested_at": row.get("ingested_at", INGESTED),
        }
        for number, row in enumerate(rows)
    ]  # fmt: skip
    created = datetime.fromisoformat("2023-01-01")
    customers = [{"customer_id": name, "created_at": created} for name in ("c1", "c2", "c3")]
    tables = {
        "orders": canonical("orders", rows),
        "order_lines": canonical("order_lines", lines),
        "customers": canonical("customers", customers),
    }
    return {name: known_by(table, KNOWN_AT) for name, table in tables.items()}


def features(family: str, tables: dict[str, ir.Table], engine: Backend) -> pa.Table:
    rows = build_family(family, spine(tables["customers"], tables["orders"], [SNAPSHOT]), tables)
    return engine.to_pyarrow(rows)


@pytest.mark.parametrize("family", FAMILIES)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    past=orders(prefix="past", first=MIDNIGHT - timedelta(days=500), days=500),
    future=orders(prefix="future", first=MIDNIGHT, days=400),
    late=orders(prefix="late", first=MIDNIGHT - timedelta(days=500), days=500),
    delay=st.integers(1, 10_000_000),
)
def test_the_future_and_the_unknown_change_nothing(
    family: str,
    engine: Backend,
    past: list[Row],
    future: list[Row],
    late: list[Row],
    delay: int,
) -> None:
    for row in late:
        row["ingested_at"] = INGESTED + timedelta(microseconds=delay)
    clean = features(family, known(past, []), engine)
    poisoned = features(family, known(past, [*future, *late]), engine)
    assert poisoned.equals(clean)
    assert clean.num_rows == 3


def test_every_stream_dates_its_events() -> None:
    tables = known([], [])
    for stream in STREAMS.values():
        assert {"customer_id", "occurred_at"} <= set(stream.build(tables).columns)


def test_an_order_in_the_last_second_before_midnight_counts(engine: Backend) -> None:
    last = {"order_id": "o1", "customer_id": "c1", "amount": Decimal("9.00")}
    before = known([{**last, "ordered_at": MIDNIGHT - timedelta(seconds=1)}], [])
    at = known([{**last, "ordered_at": MIDNIGHT}], [])
    assert features("rfm", before, engine).to_pylist()[0]["amount_total"] == 9
    assert features("rfm", at, engine).to_pylist()[0]["amount_total"] == 0
