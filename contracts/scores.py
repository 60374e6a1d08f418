"""The row that scoring writes, one per scorable customer and `as_of`. What segments may read."""

from __future__ import annotations

REASON_RANKS = (1, 2, 3)

REASON_COLUMNS: dict[str, str] = {
    f"reason_{rank}_{part}": type_
    for rank in REASON_RANKS
    for part, type_ in (
        ("code", "string"),
        ("value", "float64"),
        ("own_normal", "float64"),
        ("direction", "string"),
    )
}

LIFECYCLE_STAGES = ("new", "active", "at_risk", "lost", "returned")

SCORE_COLUMNS: dict[str, str] = {
    "customer_id": "string",
    "as_of": "date",
    "run_id": "string",
    "churn_model": "string",
    "clv_model": "string",
    "lifecycle_stage": "string",
    "is_cold_start": "boolean",
    "churn_probability": "float64",
    "churn_voluntary_probability": "float64",
    "churn_payment_probability": "float64",
    "churn_percentile": "float64",
    "clv": "float64",
    "clv_p10": "float64",
    "clv_p50": "float64",
    "clv_p90": "float64",
    "expected_orders": "float64",
    "next_order_p10": "date",
    "next_order_p50": "date",
    "next_order_p90": "date",
    "days_overdue": "float64",
    "order_days": "float64",
    "days_since_last_order": "float64",
    "days_since_first_order": "float64",
    **REASON_COLUMNS,
}
