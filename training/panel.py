"""The training panel in memory: customers at past cutoffs, as XGBoost wants them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis import _

from contracts.feature_contract import FeatureContract
from contracts.schema import SNAPSHOT_KEY

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Rows of customers with at least one order before the cutoff.

    `X` is (rows, features) in float32, NaN where not known, its columns those of `contract`; the
    other arrays have one entry a row.
    """

    X: npt.NDArray[np.float32]
    contract: FeatureContract
    snapshot_dates: npt.NDArray[np.datetime64]
    churned: Floats
    value: Floats

    def __len__(self) -> int:
        return len(self.X)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns of `X`."""
        return self.contract.names

    def feature(self, name: str) -> Floats:
        """Return one column of `X`."""
        return self.X[:, self.feature_names.index(name)].astype(np.float64)

    def rows(self, which: npt.NDArray[np.bool_]) -> Panel:
        """Return the panel of the rows where `which` is true."""
        return Panel(
            self.X[which], self.contract, self.snapshot_dates[which], self.churned[which],
            self.value[which],
        )  # fmt: skip

    def at(self, cutoffs: Collection[date]) -> Panel:
        """Return the rows of these cutoffs."""
        return self.rows(np.isin(self.snapshot_dates, np.array(list(cutoffs), "datetime64[D]")))


def read_panel(features: ir.Table, labels: ir.Table, *, definitions: Mapping[str, str]) -> Panel:
    """Return features and labels, both keyed by customer and cutoff, as one panel in key order.

    `definitions` says feature -> what stands for how it is defined.
    """
    rows = (
        features.join(labels, SNAPSHOT_KEY)
        .filter(_.days_since_last_order.notnull())
        .order_by("snapshot_date", "customer_id")
        .to_pyarrow()
    )
    contract = FeatureContract.learn(rows.select(features.columns), definitions)
    dates = rows["snapshot_date"].to_numpy().astype("datetime64[D]")
    return Panel(
        contract.matrix(rows), contract, dates, _floats(rows["churned"]), _floats(rows["value"])
    )


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), dtype=np.float64)
