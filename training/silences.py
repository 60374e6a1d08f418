"""Silences of customers at past snapshots, and whether an order ended them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
from ibis import _

from contracts.feature_contract import FeatureContract
from contracts.schema import SNAPSHOT_KEY
from forecasting.customers import Customers, Matrix
from forecasting.season import Days, Floats

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Silences:
    """Rows of watched customers at snapshots, by snapshot and customer.

    `X` is (rows, features), NaN where not known, its columns those of `contract`. Days are counted
    from 1970-01-01: `snapshot`, `last_order` before it and `next_order` from it on, NaN where none
    had come by the end of the data. `customer` numbers the customers.
    """

    X: Matrix
    contract: FeatureContract
    snapshot: Days
    customer: Days
    next_order: Floats

    def __len__(self) -> int:
        return len(self.X)

    @property
    def last_order(self) -> Days:
        """Day of the last order before the snapshot."""
        return self.snapshot - self.feature("days_since_last_order").astype(np.int64)

    def feature(self, name: str) -> Floats:
        """Return one column of `X`."""
        return self.X[:, self.contract.names.index(name)].astype(np.float64)

    def rows(self, which: Rows) -> Silences:
        """Return the rows where `which` is true."""
        return replace(
            self, X=self.X[which], snapshot=self.snapshot[which], customer=self.customer[which],
            next_order=self.next_order[which],
        )  # fmt: skip

    def known_before(self, day: int) -> Silences:
        """Return the rows of snapshots before a day, without orders from that day on."""
        before = self.rows(self.snapshot < day)
        return replace(
            before, next_order=np.where(before.next_order < day, before.next_order, np.nan)
        )

    def by_snapshot(self) -> Iterator[tuple[Rows, Customers]]:
        """Yield the rows of each snapshot, oldest first, and its customers."""
        for day in np.unique(self.snapshot):
            which = self.snapshot == day
            yield which, Customers(self.X[which], self.contract.names, int(day))


def follow_silences(spine: ir.Table, orders: ir.Table, *, before: date) -> ir.Table:
    """Return the rows of a spine with `next_order_on`: the first order day from the snapshot on.

    NULL where no order came before the day `before`.
    """
    days = orders.select("customer_id", ordered_on=_.ordered_at.date()).distinct()
    days = days.filter(_.ordered_on < before)
    rows = spine.select(*SNAPSHOT_KEY)
    later = [rows.customer_id == days.customer_id, days.ordered_on >= rows.snapshot_date]
    followed = rows.join(days, later).group_by(*SNAPSHOT_KEY).agg(next_order_on=_.ordered_on.min())
    return rows.left_join(followed, SNAPSHOT_KEY).select(*SNAPSHOT_KEY, "next_order_on")


def read_silences(
    features: ir.Table,
    followed: ir.Table,
    *,
    definitions: Mapping[str, str],
    contract: FeatureContract | None = None,
) -> Silences:
    """Return features and what `follow_silences` found of the same rows.

    `definitions` says feature -> what stands for how it is defined. `contract` is that of a model
    which is to read them; without, one is learnt.
    """
    key = list(SNAPSHOT_KEY)
    rows = features.order_by("snapshot_date", "customer_id").to_pyarrow()
    ends = (
        features.select(*key)
        .left_join(followed, key)
        .select(*key, "next_order_on")
        .order_by("snapshot_date", "customer_id")
        .to_pyarrow()
    )
    contract = contract or FeatureContract.learn(rows.select(features.columns), definitions)
    _names, customer = np.unique(rows["customer_id"].to_numpy(), return_inverse=True)
    next_order = ends["next_order_on"].to_numpy().astype("datetime64[D]")
    return Silences(
        X=contract.matrix(rows),
        contract=contract,
        snapshot=rows["snapshot_date"].to_numpy().astype("datetime64[D]").astype(np.int64),
        customer=customer.astype(np.int64),
        next_order=np.where(np.isnat(next_order), np.nan, next_order.astype(np.float64)),
    )


def read_base(histories: ir.Table, day: date) -> Customers:
    """Return customers with orders at a day, from features of the family `rfm`."""
    ordered = histories.filter(_.days_since_last_order.notnull())
    rows = ordered.order_by("customer_id").to_pyarrow()
    contract = FeatureContract.learn(rows, {})
    number = int(np.datetime64(day).astype(int))
    return Customers(contract.matrix(rows), contract.names, number)
