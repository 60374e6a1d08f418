"""CDNOW: real orders without ids, several of them on one day."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.schema import BATCH_COLUMNS
from ingestion.derive import derive_customers


def test_cdnow_counts_and_sums_are_the_published_ones(
    shared_data: Path, read: Callable[..., ir.Table]
) -> None:
    path = str(shared_data / "cdnow" / "cdnow_transactions.csv.gz")
    orders = read("orders", path, columns={"ordered_at": "date"}).mutate(
        **{name: ibis.null(type_) for name, type_ in BATCH_COLUMNS.items()}
    )
    facts = orders.agg(
        rows=_.count(),
        order_ids=_.order_id.nunique(),
        total=_.amount.sum(),
        first_customer=_.customer_id.min(),
        first_day=_.ordered_at.min().strftime("%Y-%m-%d"),
        last_day=_.ordered_at.max().strftime("%Y-%m-%d"),
    )
    assert facts.to_pyarrow().to_pylist() == [
        {
            "rows": 67_591,
            "order_ids": 67_591,
            "total": Decimal("2500315.63"),
            "first_customer": "00001",
            "first_day": "1997-01-01",
            "last_day": "1998-06-30",
        }
    ]
    assert derive_customers(orders).count().to_pyarrow().as_py() == 23_570
