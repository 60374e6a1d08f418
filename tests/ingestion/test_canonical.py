from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from contracts.names import file_digest
from contracts.schema import BATCH_COLUMNS, MONEY, NUMBER, TEXT, TIME, WHOLE, TableSchema
from contracts.tables import TABLES
from ingestion.mapping import DERIVABLE

Deliver = Callable[[str, str | bytes | pa.Table], Path]
Read = Callable[..., ir.Table]

CELLS = {TEXT: "c1", TIME: "2024-01-05", MONEY: "1.00", NUMBER: "1.5", WHOLE: "1980"}

each_table = pytest.mark.parametrize("schema", TABLES.values(), ids=list(TABLES))


def csv_of(columns: dict[str, str]) -> str:
    """Return a CSV of one row that has a readable cell in every column."""
    return "\n".join([",".join(columns), ",".join(CELLS[type_] for type_ in columns.values())])


@each_table
@pytest.mark.parametrize("only_required", [False, True], ids=["all", "required"])
def test_a_table_has_its_columns_then_the_batch_in_the_declared_types(
    deliver: Deliver, read: Read, schema: TableSchema, *, only_required: bool
) -> None:
    declared = {column.name: column.type for column in schema.columns}
    delivered = {
        column.name: column.type
        for column in schema.columns
        if not only_required or (column.required and (schema.name, column.name) not in DERIVABLE)
    }
    deliver("delivered.csv", csv_of(delivered))
    table = read(schema.name, "delivered.csv")
    assert table.schema() == ibis.schema({**declared, **BATCH_COLUMNS})
    written = table.to_pyarrow()
    assert written.column_names == [*declared, *BATCH_COLUMNS]
    [row] = written.to_pylist()
    derived = {name for table_name, name in DERIVABLE if table_name == schema.name}
    if schema.name == "orders":
        derived.add("currency")
    assert {name for name, value in row.items() if value is not None} == {
        *delivered, *derived, *BATCH_COLUMNS,
    }  # fmt: skip


def test_a_row_tells_when_and_from_which_content_it_came(deliver: Deliver, read: Read) -> None:
    path = deliver("orders.csv", "customer_id,ordered_at,amount\nc1,2024-01-05,1\n")
    [row] = read("orders", "orders.csv").to_pyarrow().to_pylist()
    assert row["ingested_at"] == datetime.fromisoformat("2024-07-01T04:30:00")
    assert row["batch_id"] == file_digest(path)[:16]


def test_a_table_is_ordered_by_its_key(deliver: Deliver, read: Read) -> None:
    deliver("customers.csv", "customer_id\nc3\nc10\nc1\nc2\n")
    rows = read("customers", "customers.csv").to_pyarrow().to_pylist()
    assert [row["customer_id"] for row in rows] == ["c1", "c10", "c2", "c3"]
