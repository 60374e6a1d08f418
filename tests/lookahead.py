"""A family that looks past its date, as a careless one would: audits must find it."""

from __future__ import annotations

from typing import cast

import ibis
import ibis.expr.types as ir
import pytest
from ibis import _

from features.catalogue import FAMILIES
from features.family import Feature, FeatureFamily
from features.stream import Stream, Tables
from features.streams import ORDER_DAYS


def _with_the_next(tables: Tables) -> ir.Table:
    history = ibis.window(group_by="customer_id", order_by="occurred_at")
    return ORDER_DAYS.build(tables).mutate(next_at=_.occurred_at.lead().over(history))


NEXT_ORDER = FeatureFamily(
    name="next_order",
    stream=Stream("order_days_ahead", ("orders",), _with_the_next),
    description="When the customer orders next, which nobody can know.",
    absence="no later order",
    features=(
        Feature(
            "days_to_next_order",
            _.next_at.max(where=_.next_at >= _.snapshot_date.cast("timestamp"))
            .date()
            .delta(_.snapshot_date.max(), unit="day"),
            "days", "until the next order",
        ),
        Feature("order_days_so_far", _.count(), "days", "days with orders, which is honest"),
    ),
)  # fmt: skip


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the catalogue have the family, as if its module stood in `features/families/`."""
    monkeypatch.setitem(cast(dict[str, FeatureFamily], FAMILIES), NEXT_ORDER.name, NEXT_ORDER)
