"""Made people for files of marketing tools: at example.com, with numbers kept free for fiction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pyarrow as pa

from segments.vendors.recipients import RECIPIENTS

JANE: dict[str, object] = {
    "customer_id": "c1",
    "email": "jane@example.com",
    "phone": "030 23125012",
    "first_name": "Jane",
    "last_name": "Groß",
    "street": "Hauptstr. 1",
    "postal_code": "01067",
    "city": "München",
    "country": "DE",
    "as_of": date(2026, 11, 1),
    "lifecycle_stage": "at_risk",
    "churn_probability": 0.123456,
    "churn_percentile": 99.94,
    "clv": 1234567.891,
    "days_overdue": 12.0,
    "next_order_p50": date(2026, 12, 1),
    "consent_state": "granted",
    "consent_at": datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
    "consent_channel": None,
    "consent_basis": "consent",
    "consent_entry": "e1",
    "ad_user_data": "granted",
    "ad_personalization": "granted",
}


def recipients(*changes: Mapping[str, object]) -> pa.Table:
    """Return people who are all as Jane but for the changes, a row each: c1, c2 ..."""
    rows = [
        {**JANE, "customer_id": f"c{number}", "email": f"jane{number}@example.com", **change}
        for number, change in enumerate(changes, start=1)
    ]
    return pa.Table.from_pylist(rows, schema=RECIPIENTS)
