"""Tables of one snapshot are read one by one, and say the same as joined."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pyarrow as pa

from contracts.feature_contract import FeatureContract
from scoring.snapshot import SnapshotTables

DAY = date(2024, 7, 1)


def table(ids: list[str], **columns: list[float | str | None]) -> ibis.Table:
    return ibis.memtable(pa.table({"customer_id": ids, "snapshot_date": [DAY] * 4, **columns}))


# Stored in an order of its own each; c3 never ordered.
SNAPSHOT = SnapshotTables([
    table(["c4", "c2", "c1", "c3"], country=["de", "at", None, "de"]),
    table(["c2", "c3", "c4", "c1"], days_since_last_order=[5.0, None, 7.0, 9.0], gap=[2, 0, 4, 1]),
])  # fmt: skip
JOINED = pa.table(
    {
        "country": [None, "at", "de"],
        "gap": [1.0, 2.0, 4.0],
        "days_since_last_order": [9.0, 5.0, 7.0],
    }
)


def test_who_ordered_is_read_in_order_of_id_whatever_the_order_of_the_tables() -> None:
    whole = FeatureContract.learn(JOINED, {})
    few = FeatureContract.learn(JOINED.select(["gap"]), {})
    customers, (first, second) = SNAPSHOT.read([whole, few])
    assert customers.to_pylist() == ["c1", "c2", "c4"]
    np.testing.assert_array_equal(first, whole.matrix(JOINED))
    np.testing.assert_array_equal(second, [[1], [2], [4]])


def test_only_who_is_named_is_read() -> None:
    whole = FeatureContract.learn(JOINED, {})
    customers, [X] = SNAPSHOT.read([whole], pa.chunked_array([["c4", "c1", "unknown"]]))
    assert customers.to_pylist() == ["c1", "c4"]
    np.testing.assert_array_equal(X, whole.matrix(JOINED)[[0, 2]])


def test_some_columns_are_those_of_all_customers() -> None:
    rows = SNAPSHOT.having("gap", "country").order_by("customer_id").to_pyarrow().to_pylist()
    assert rows[2:] == [
        {"customer_id": "c3", "gap": 0, "country": "de"},
        {"customer_id": "c4", "gap": 4, "country": "de"},
    ]


def test_all_features_of_some_customers_stand_together() -> None:
    rows = SNAPSHOT.of(pa.array(["c1", "c4"])).to_pylist()
    assert [(row["customer_id"], row["country"], row["gap"]) for row in rows] == [
        ("c1", None, 1), ("c4", "de", 4),
    ]  # fmt: skip
