"""Made publishes: folders of an outbox with few customers, as scoring would leave them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from contracts.scores import SCORE_COLUMNS
from segments.destinations.outbox import Publish, write

AS_OF = date(2024, 7, 1)

_TYPES = {
    "string": pa.string(), "date": pa.date32(), "boolean": pa.bool_(), "float64": pa.float64(),
}  # fmt: skip
_SCORES = pa.schema([(name, _TYPES[type_]) for name, type_ in SCORE_COLUMNS.items()])
_CONTACTS = pa.schema([
    ("campaign_id", pa.string()), ("customer_id", pa.string()),
    ("contacted_at", pa.timestamp("us")), ("channel", pa.string()), ("arm", pa.string()),
])  # fmt: skip


def published(
    outbox: Path,
    run_id: str,
    clvs: Mapping[str, float | None],
    *,
    segments: Mapping[str, list[str]] | None = None,
    held_out: tuple[str, ...] = (),
    as_of: date = AS_OF,
    label: str = "SK-03",
    project: str = "shop",
) -> Path:
    """Write the folder of a run: customers with their CLVs, and who is in which segment."""
    segments = segments or {}
    rows = [
        {
            "customer_id": customer, "as_of": as_of, "run_id": run_id, "churn_model": "churn v3",
            "lifecycle_stage": "at_risk", "is_cold_start": False, "churn_probability": 0.1 + 0.2,
            "clv": clv, "next_order_p50": date(2024, 8, 1),
        }
        for customer, clv in clvs.items()
    ]  # fmt: skip
    members = {
        name: pa.table(
            {"customer_id": pa.array(customers, pa.string()), "clv": [1.0] * len(customers)}
        )
        for name, customers in segments.items()
    }
    contacts = [
        {
            "campaign_id": f"{name} {as_of}", "customer_id": customer, "arm": arm,
            "contacted_at": datetime(as_of.year, as_of.month, as_of.day),  # noqa: DTZ001 - UTC
        }
        for arm, groups in (("treated", segments), ("holdout", {"at_risk": held_out}))
        for name, customers in groups.items()
        for customer in customers
    ]  # fmt: skip
    facts = {"project": project, "segments": {name: {"label": label} for name in segments}}
    content = Publish(
        as_of, run_id,
        scores=pa.Table.from_pylist(rows, schema=_SCORES), segments=members,
        contacts=pa.Table.from_pylist(contacts, schema=_CONTACTS),
        arms=pa.table({"customer_id": pa.array([], pa.string())}), facts=facts,
    )  # fmt: skip
    return write(outbox, content)
