"""The training panel in memory: customers at past cutoffs, as models want them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis import _

from contracts.feature_contract import FeatureContract
from contracts.leaving import Cause
from contracts.schema import SNAPSHOT_KEY
from forecasting.customers import Customers, day_number
from forecasting.hybrid import ColdStart
from forecasting.season import DailyOrders
from training.labels import LABEL_KEY
from training.treated_rows import TreatedRows

Floats = npt.NDArray[np.float64]

# The average of fewer says nothing of the next.
_FEWEST_NEWCOMERS = 20


@dataclass(frozen=True)
class Outcomes:
    """What followed each row within a horizon: days with orders, and the value of the orders.

    `wait_days` from the cutoff to the first of them. NaN where the horizon had not passed, was not
    asked for, or a campaign treated the customer within it. `causes` say of customers under
    contract who left by which, 1 or 0; there are none where customers leave by ordering no more.
    `weight` is how much each row counts; None: all the same.
    """

    orders: Floats
    value: Floats
    wait_days: Floats
    causes: Mapping[Cause, Floats] = field(default_factory=dict)
    weight: Floats | None = None

    @property
    def is_known(self) -> npt.NDArray[np.bool_]:
        """Whether there is a label."""
        return ~np.isnan(self.orders)

    @property
    def weights(self) -> Floats:
        """How much each row counts."""
        return np.ones(len(self.orders)) if self.weight is None else self.weight

    @property
    def churned(self) -> Floats:
        """1 without an order in the horizon, or where a contract ended by any cause; else 0."""
        if self.causes:
            return np.asarray(sum(self.causes.values()), dtype=np.float64)
        return np.where(np.isnan(self.orders), np.nan, (self.orders == 0).astype(np.float64))

    @property
    def spent(self) -> Floats:
        """Value of the horizon; returns that exceed purchases count as nothing spent."""
        return np.maximum(self.value, 0.0)

    def rows(self, which: npt.NDArray[np.bool_]) -> Outcomes:
        """Return the outcomes of the rows where `which` is true."""
        causes = {cause: has_left[which] for cause, has_left in self.causes.items()}
        weight = None if self.weight is None else self.weight[which]
        return Outcomes(
            self.orders[which], self.value[which], self.wait_days[which], causes, weight
        )


@dataclass(frozen=True)
class Panel:
    """Rows of customers with at least one order before the cutoff, or with a running contract.

    `X` is (rows, features) in float32, NaN where not known, its columns those of `contract`;
    `outcomes` are by the days of their horizon. `newcomers` says by cutoff and horizon what
    customers without any order did on average, `treated` which labels campaigns took from the panel
    as it was read.
    """

    X: npt.NDArray[np.float32]
    contract: FeatureContract
    snapshot_dates: npt.NDArray[np.datetime64]
    outcomes: Mapping[int, Outcomes]
    newcomers: Mapping[tuple[date, int], ColdStart] = field(default_factory=dict)
    treated: tuple[TreatedRows, ...] = ()

    def __len__(self) -> int:
        return len(self.X)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns of `X`."""
        return self.contract.names

    @property
    def cutoffs(self) -> frozenset[date]:
        """The dates at which there are rows."""
        return frozenset(np.unique(self.snapshot_dates).astype(object).tolist())

    def feature(self, name: str) -> Floats:
        """Return one column of `X`."""
        return self.X[:, self.feature_names.index(name)].astype(np.float64)

    def rows(self, which: npt.NDArray[np.bool_]) -> Panel:
        """Return the panel of the rows where `which` is true."""
        outcomes = {days: followed.rows(which) for days, followed in self.outcomes.items()}
        return replace(
            self, X=self.X[which], snapshot_dates=self.snapshot_dates[which], outcomes=outcomes
        )

    def having(self, names: Collection[str]) -> Panel:
        """Return the panel with these features only, in the order they have."""
        places = [place for place, each in enumerate(self.contract.features) if each.name in names]
        contract = FeatureContract(tuple(self.contract.features[place] for place in places))
        return replace(self, X=self.X[:, places], contract=contract)

    def at(self, cutoffs: Collection[date]) -> Panel:
        """Return the rows of these cutoffs."""
        return self.rows(np.isin(self.snapshot_dates, np.array(list(cutoffs), "datetime64[D]")))

    def labelled(self, cutoffs: Collection[date], horizon_days: int) -> Panel:
        """Return the rows of these cutoffs that have a label of this horizon."""
        rows = self.at(cutoffs)
        is_known = rows.outcomes[horizon_days].is_known
        return rows if is_known.all() else rows.rows(is_known)

    def customers_at(self, day: date) -> Customers:
        """Return the customers of one date."""
        which = self.snapshot_dates == np.datetime64(day)
        return Customers(self.X[which], self.feature_names, day_number(day))


def read_panel(features: ir.Table, labels: ir.Table, *, definitions: Mapping[str, str]) -> Panel:
    """Return features and labels as one panel in key order.

    `features` are keyed by customer and cutoff, `labels` by horizon too; rows without a label stay.
    Labels may have a `weight`, as those of `training.treatment.without_treated` do.
    `definitions` says feature -> what stands for how it is defined.
    """
    newcomers = _read_newcomers(features, labels)
    ordered = features.filter(_.days_since_last_order.notnull())
    return _read(ordered, labels, definitions, newcomers=newcomers)


def read_contract_panel(
    features: ir.Table, labels: ir.Table, who: ir.Table, *, definitions: Mapping[str, str]
) -> Panel:
    """Return the customers under contract with features and labels as one panel in key order.

    `who` and `labels` are of `training.contract_labels`; whether they ever ordered does not matter.
    """
    return _read(features.semi_join(who, SNAPSHOT_KEY), labels, definitions, newcomers={})


def _read(
    features: ir.Table,
    labels: ir.Table,
    definitions: Mapping[str, str],
    *,
    newcomers: Mapping[tuple[date, int], ColdStart],
) -> Panel:
    key = list(SNAPSHOT_KEY)
    outcome_names = [name for name in labels.columns if name not in LABEL_KEY]
    causes = [cause for cause in Cause if cause in outcome_names]
    rows = features.order_by("snapshot_date", "customer_id").to_pyarrow()
    contract = FeatureContract.learn(rows.select(features.columns), definitions)
    horizons = labels.select("horizon_days").distinct().to_pyarrow()["horizon_days"].to_pylist()
    outcomes = {}
    for days in sorted(horizons):
        followed = labels.filter(_.horizon_days == days).drop("horizon_days")
        known = (
            features.select(*key)
            .left_join(followed, key)
            .select(*key, *outcome_names)
            .order_by("snapshot_date", "customer_id")
            .to_pyarrow()
        )
        outcomes[days] = Outcomes(
            _floats(known["orders"]),
            _floats(known["value"]),
            _floats(known["wait_days"]),
            {cause: _floats(known[cause]) for cause in causes},
            _floats(known["weight"]) if "weight" in outcome_names else None,
        )
    dates = rows["snapshot_date"].to_numpy().astype("datetime64[D]")
    return Panel(contract.matrix(rows), contract, dates, outcomes, newcomers)


def _read_newcomers(features: ir.Table, labels: ir.Table) -> dict[tuple[date, int], ColdStart]:
    """Return what customers without an order did on average, where there are enough of them."""
    never = features.filter(_.days_since_last_order.isnull()).select(*SNAPSHOT_KEY)
    averages = (
        never.join(labels.filter(_.orders.notnull()), SNAPSHOT_KEY)
        .group_by("snapshot_date", "horizon_days")
        .agg(
            customers=_.count(),
            no_order=(_.orders == 0).cast("float64").mean(),
            orders=_.orders.mean(),
            value=ibis.greatest(_.value, 0.0).mean(),
        )
        .filter(_.customers >= _FEWEST_NEWCOMERS)
        .to_pyarrow()
    )
    return {
        (row["snapshot_date"], row["horizon_days"]): ColdStart(
            row["no_order"], row["orders"], row["value"]
        )
        for row in averages.to_pylist()
    }


def read_daily(counted: ir.Table) -> DailyOrders:
    """Return what `training.labels.count_daily` counted, days without an order included."""
    rows = counted.order_by("day").to_pyarrow()
    days = rows["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    counts = {}
    for name in ("first_orders", "repeat_orders"):
        counts[name] = np.zeros(int(days[-1] - days[0]) + 1)
        counts[name][days - days[0]] = _floats(rows[name])
    return DailyOrders(int(days[0]), counts["first_orders"], counts["repeat_orders"])


def weighted_mean(values: Floats, weight: Floats | None) -> float:
    """Return the mean of values that count so much; None: all the same."""
    return float(values.mean() if weight is None else np.average(values, weights=weight))


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), dtype=np.float64)
