"""What the product and single models say of a base when they know a sample of its customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
from ibis import _
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.quality.calibration import Floats
from features.catalogue import by_stream, join_families, switched_on
from features.definitions import definitions
from flows.canonical import canonical_tables
from flows.feature_tables import build_spine, build_stream_table
from flows.panel import plan_splits
from flows.project import open_project
from forecasting.customer_base import CustomerBase
from forecasting.customers import Customers
from forecasting.season import DailyOrders
from forecasting.trees import Target
from training.fitting import fit_base, fit_hybrid, prepare
from training.labels import count_daily, label_horizons
from training.panel import Panel, read_daily, read_panel
from training.settings import TrainingSettings
from training.splits import FitPlan

OURS = "ours"
Ids = npt.NDArray[np.int64]

# Of a larger base so many rows, about, and customers accordingly.
_MOST_ROWS = 300_000
_LOGISTIC_PENALTY = 0.1
_LOGISTIC_FEATURES = (
    "days_since_last_order", "frequency", "order_count_30d", "order_count_90d", "gap_mean",
)  # fmt: skip


@dataclass(frozen=True)
class Base:
    """Customers at a date and at the cutoffs before it from which the product would learn.

    `ids` says whose the rows of `panel` are; `purchases` are all of theirs (customer_id,
    ordered_at).
    """

    panel: Panel
    ids: Ids
    plan: FitPlan
    purchases: ir.Table

    @property
    def customers(self) -> Ids:
        """Who is in the base at its date, in the order of `panel.customers_at`."""
        at_date = np.flatnonzero(self.panel.snapshot_dates == np.datetime64(self.plan.as_of))
        return self.ids[at_date]


def read_base(settings: Path, events: Path, as_of: date) -> Base:
    """Return the base of a project that has ingested, features computed as `train` does."""
    project, file = open_project(settings), str(settings)
    tables = canonical_tables.fn(file, None)
    plan = plan_splits.fn(file, tables["orders"], as_of, None)["churn"].final
    dates = [*plan.cutoffs, plan.as_of]
    spine = build_spine.fn(file, tables, dates, None, _MOST_ROWS)
    built = [
        build_stream_table.fn(
            file, stream, families, tables=tables, spine_ref=spine, dates=dates, known_at=None,
            is_sample=True,
        )
        for stream, families in by_stream(switched_on(tables)).items()
    ]  # fmt: skip
    horizons = [(cutoff, plan.learnt_days) for cutoff in plan.cutoffs]
    with project.open_lake() as lake:
        features = join_families([lake.table(ref) for ref in built])
        labels = label_horizons(
            lake.table(spine), lake.table(tables["orders"]), horizons, value="amount"
        )
        panel = read_panel(features, labels, definitions=definitions())
        rows = features.filter(_.days_since_last_order.notnull())
        ids = rows.order_by("snapshot_date", "customer_id").customer_id.to_pyarrow()
    return Base(panel, ids.to_numpy().astype(np.int64), plan, ibis.read_parquet(events))


def chances(base: Base, sample: Ids) -> dict[str, Floats]:
    """Return model -> chance of no order of every customer of the base.

    All are fitted to the customers of `sample` alone, the season too. `OURS` is what the product
    would say with so few customers; the others are single models.
    """
    learnt, plan = base.panel.rows(np.isin(base.ids, sample)), base.plan
    daily = _daily(base, sample)
    course = prepare(learnt, plan, (Target.NO_ORDER,), daily=daily, is_net=False)
    model = fit_hybrid(course, settings=TrainingSettings(), threads=2)
    seen = base.panel.customers_at(plan.as_of)
    said = model.approaches(seen)
    histories = seen.seen_in(model.base.season)
    weeks = model.base.season.weeks_ahead(seen.day, plan.horizon_days)
    return {
        OURS: said["hybrid"].no_order,
        "plain trees": said["plain trees"].no_order,
        "customer base": said["customer base"].no_order,
        "MBG/NBD": model.base.mbg.p_no_order(histories, weeks),
        "Pareto/NBD": model.base.pareto.p_no_order(histories, weeks),
        "logistic regression": _by_logistic_regression(learnt, plan, daily, seen),
    }


def _by_logistic_regression(
    learnt: Panel, plan: FitPlan, daily: DailyOrders, seen: Customers
) -> Floats:
    """Return the chances by a regression on a few features and what the base lets expect."""
    taught = [
        _regressors(learnt.customers_at(cutoff), plan.learnt_days, daily) for cutoff in plan.cutoffs
    ]
    churned = learnt.at(plan.cutoffs).outcomes[plan.learnt_days].churned
    base = fit_base(learnt.customers_at(plan.as_of), plan.horizon_days, daily=daily)
    regression = make_pipeline(
        StandardScaler(), LogisticRegression(C=_LOGISTIC_PENALTY, max_iter=500)
    )
    regression.fit(np.concatenate(taught), churned)
    asked = _regressors(seen, plan.horizon_days, daily, base=base)
    chance: Floats = regression.predict_proba(asked)[:, 1]
    return chance


def _regressors(
    customers: Customers, days: int, daily: DailyOrders, *, base: CustomerBase | None = None
) -> Floats:
    """Return (customers, regressors); the base is fitted to the customers unless it is given."""
    base = base or fit_base(customers, days, daily=daily)
    weeks = base.season.weeks_ahead(customers.day, days)
    expected = base.expect(customers.seen_in(base.season), weeks)
    known = [np.log1p(np.nan_to_num(customers.feature(name))) for name in _LOGISTIC_FEATURES]
    return np.column_stack([logit(expected.no_order), np.log(expected.orders / weeks), *known])


def _daily(base: Base, sample: Ids) -> DailyOrders:
    theirs = base.purchases.semi_join(ibis.memtable({"customer_id": sample}), "customer_id")
    timed = theirs.select("customer_id", ordered_at=_.ordered_at.cast("timestamp"))
    return read_daily(count_daily(timed, before=base.plan.as_of))
