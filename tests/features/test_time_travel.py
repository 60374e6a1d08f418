"""A feature that looks past its date differs when it is made of what lay before."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from ibis.backends.duckdb import Backend

from features.catalogue import FAMILIES, build_families
from features.comparison import count_differences
from features.spine import spine
from features.time_travel import features_on, undated
from tests.lookahead import NEXT_ORDER, plant
from tests.made import canonical, order

DAY = date(2024, 7, 1)


def test_a_feature_that_looks_past_its_date_is_found(
    engine: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    days = [("a", "2024-06-01"), ("a", "2024-07-09"), ("b", "2024-06-02"), ("c", "2024-07-02")]
    orders = canonical(
        "orders", [order(f"o{number}", who, day, "5.00") for number, (who, day) in enumerate(days)]
    )
    created = datetime.fromisoformat("2024-01-01")
    customers = [{"customer_id": who, "created_at": created} for who in "abc"]
    tables = {"orders": orders, "customers": canonical("customers", customers)}
    seen = spine(tables["customers"], orders, [DAY])
    built = build_families([NEXT_ORDER.name], seen, tables)
    differences = count_differences(built, features_on(DAY, [NEXT_ORDER.name], tables))
    assert engine.to_pyarrow(differences).to_pylist() == [
        {"matched_rows": 3, "unmatched_rows": 0, "days_to_next_order": 1, "order_days_so_far": 0}
    ]


def test_families_of_attributes_without_a_date_are_known() -> None:
    assert undated(FAMILIES) == ["profile"]
