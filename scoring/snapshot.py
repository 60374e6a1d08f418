"""The customers of one snapshot, read from the tables of its features one after another.

Joined they would be sorted and held twice as wide tables; of a million customers that is the most
memory of a whole run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from contracts.feature_contract import FeatureContract, Matrix
from contracts.schema import SNAPSHOT_KEY

# Who has none has never ordered, and no model reads it.
_ORDERED = "days_since_last_order"

Order = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SnapshotTables:
    """Tables keyed by customer and the one snapshot date, all of the same customers."""

    tables: Sequence[ir.Table]

    @property
    def feature_names(self) -> frozenset[str]:
        """All features that the tables have."""
        return frozenset(name for table in self.tables for name in table.columns)

    def read(
        self, contracts: Sequence[FeatureContract], customers: pa.ChunkedArray | None = None
    ) -> tuple[pa.Array, list[Matrix]]:
        """Return customers in order of id, and the matrix of each contract in that order.

        They are those who ever ordered where none are named. The tables have all features of the
        contracts. Memory is that of the matrices and of one table.
        """
        known = self.having(_ORDERED).to_pyarrow()
        by_id = _by_id(known)
        named = known[_ORDERED].is_valid() if customers is None else _is_in(known, customers)
        is_read = named.to_numpy()[by_id]
        found = known["customer_id"].take(by_id[is_read]).combine_chunks()
        matrices = [np.empty((len(found), len(each.features)), np.float32) for each in contracts]
        for table in self.tables:
            rows = table.to_pyarrow()
            order = _by_id(rows)[is_read]
            for contract, X in zip(contracts, matrices, strict=True):
                contract.fill(X, rows, order)
        return found, matrices

    def having(self, *names: str) -> ir.Table:
        """Return columns of all customers, those without orders too; the key is among them."""
        asked = [table for table in self.tables if set(names) & set(table.columns)]
        rows = reduce(lambda left, right: left.join(right, SNAPSHOT_KEY), asked)
        return rows.select("customer_id", *names)

    def of(self, customers: pa.Array) -> pa.Table:
        """Return all features of some customers, in order of id."""
        asked = ibis.memtable(pa.table({"customer_id": customers}))
        columns: dict[str, pa.ChunkedArray] = {}
        for table in self.tables:
            rows = table.semi_join(asked, "customer_id").order_by("customer_id").to_pyarrow()
            columns |= {name: rows[name] for name in rows.column_names}
        return pa.table(columns)


def _is_in(rows: pa.Table, customers: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.is_in(rows["customer_id"], value_set=customers)


def _by_id(rows: pa.Table) -> Order:
    return np.asarray(pc.sort_indices(rows["customer_id"]).to_numpy().astype(np.int64))
