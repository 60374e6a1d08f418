"""Histories small enough to check by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import ibis.expr.types as ir
import pytest

from tests.made import canonical, line, order


@pytest.fixture
def tables() -> dict[str, ir.Table]:
    """Return one regular customer, one who bought once, and one who never did."""
    orders = [
        order("o1", "regular", "2024-04-02", "10.00"),
        order("o2", "regular", "2024-04-22", "20.00"),
        order("o3", "regular", "2024-04-22", "5.00"),
        order("o4", "regular", "2024-06-21", "40.00"),
        order("o5", "once", "2024-05-02", "7.50"),
        order("o6", "regular", "2024-07-01", "999.00"),
    ]
    lines = [
        line("o1", "milk", "dairy", "10.00"),
        line("o2", "milk", "dairy", "15.00", discount=Decimal("5.00")),
        line("o2", "soap", "care", "5.00"),
        line("o4", "bread", "bakery", "40.00"),
        line("o6", "caviar", "fish", "999.00"),
    ]
    created = datetime.fromisoformat("2024-01-01")
    customers = [
        {"customer_id": name, "created_at": created} for name in ("regular", "once", "never")
    ]
    return {
        "orders": canonical("orders", orders),
        "order_lines": canonical("order_lines", lines),
        "customers": canonical("customers", customers),
    }
