"""What flows stored, as training and scoring read it."""

from __future__ import annotations

import pyarrow as pa

from flows.names import TableRefs
from flows.project import open_project


def feature_rows(settings: str, refs: TableRefs) -> dict[str, pa.Table]:
    """Return the tables of a spine and its features, by customer and date."""
    with open_project(settings).open_lake() as lake:
        return {
            name: lake.table(ref).order_by("customer_id", "snapshot_date").to_pyarrow()
            for name, ref in refs.items()
        }
