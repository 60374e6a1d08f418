"""What campaigns do to the model that chose whom they contact, once it learns from them.

`python -m benchmarks.feedback [--customers N] [--seeds N]`: a first model is fitted before any
campaign. From then on a campaign contacts the riskiest tenth of the customers at risk every month,
and keeps half of those who would have left; one in ten is left alone. After a year a model is
trained anew in each way that `treated` under [training] has, and judged by what customers do after
that without any campaign. "no campaigns" is a model that learnt from the same customers in a world
without them, judged on the same.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Self

import ibis.expr.types as ir
import numpy as np
from ibis.backends.duckdb import Backend

from benchmarks.feedback_world import (
    FIRST_DAY,
    HORIZON_DAYS,
    Ints,
    World,
    day_of,
    make_world,
    run_campaigns,
)
from contracts.business import BusinessSettings
from contracts.economics import EconomicsSettings
from features.catalogue import build_families, by_stream, join_families, switched_on
from features.definitions import definitions
from features.spine import spine
from features.stream import Tables
from forecasting.churn import Model
from forecasting.customers import Customers, day_number
from training.kinds import CHURN
from training.labels import count_daily, label_horizons
from training.lessons import Lessons
from training.metrics import Metrics, churn_calibration, churn_ranking, of_all
from training.panel import Floats, read_daily, read_panel
from training.settings import TrainingSettings
from training.splits import FitPlan, Split, plan_fit
from training.treatment import find_treated, without_treated
from warehouse.engine import open_engine
from warehouse.settings import EngineSettings

FIRST_MODEL, AS_OF = date(2024, 12, 1), date(2026, 1, 25)
# Silent for longer is lost: neither contacted nor judged.
_LOST_AFTER_DAYS = 30
SHOP = BusinessSettings(horizon_days=HORIZON_DAYS, lost_after_days=_LOST_AFTER_DAYS)
AS_SHIPPED = TrainingSettings()
UNTOUCHED = "no campaigns"
WAYS = ("keep", "exclude", "weight")
SHOWN = {
    "lift_top_decile": "lift at 10 %", "auc": "AUC", "brier": "Brier score",
    "stated": "riskiest tenth, stated", "happened": "riskiest tenth, left",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """The metrics of every way, and the part of the rows that `weight` leaves out."""

    metrics: dict[str, Metrics]
    excluded: float


def main() -> None:
    """Run every seed with both kinds of holdout, and print a table of means and ranges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    for is_kept in (True, False):
        found = [
            run(arguments.customers, seed, is_holdout_kept=is_kept)
            for seed in range(1, arguments.seeds + 1)
        ]
        holdout = "the same for all campaigns" if is_kept else "drawn by each campaign"
        left_out = mean(each.excluded for each in found)
        told = f"holdout {holdout}; {left_out:.1%} of the rows were treated"
        sys.stdout.write("\n".join([told, "", *_table(found), ""]) + "\n")


def run(
    customers: int,
    seed: int,
    *,
    is_holdout_kept: bool = True,
    first_model: date = FIRST_MODEL,
    settings: TrainingSettings = AS_SHIPPED,
) -> Found:
    """Return how each way does in one world, with campaigns from the first model on."""
    with TemporaryDirectory() as spill, open_engine(EngineSettings(), spill=Path(spill)) as engine:
        before = make_world(customers, seed)
        first = Past.of(engine, before, first_model, settings).model("keep")
        after = run_campaigns(
            before, partial(_score, engine, first), first=first_model, until=AS_OF,
            is_holdout_kept=is_holdout_kept,
        )  # fmt: skip
        models = {UNTOUCHED: Past.of(engine, before, AS_OF, settings).model("keep")}
        past = Past.of(engine, after, AS_OF, settings)
        models |= {way: past.model(way) for way in WAYS}
        rows = past.lessons("weight").panel.at(past.plan.cutoffs).outcomes[HORIZON_DAYS]
        return Found(_judge(engine, models, after), float((~rows.is_known).mean()))


@dataclass(frozen=True)
class Past:
    """What is known of a world as of a day, stored in an engine."""

    engine: Backend
    plan: FitPlan
    settings: TrainingSettings
    tables: Tables
    features: ir.Table

    @classmethod
    def of(cls, engine: Backend, world: World, as_of: date, settings: TrainingSettings) -> Self:
        """Store what is known of a world before a day."""
        plan = plan_fit(
            as_of=as_of, first_order_on=FIRST_DAY, horizon_days=HORIZON_DAYS,
            cutoffs=settings.cutoffs, step_days=settings.cutoff_step_days,
            min_history_days=settings.min_history_days,
        )  # fmt: skip
        assert plan is not None
        tables = _stored(engine, world, as_of)
        features = _features(engine, tables, [*plan.cutoffs, as_of])
        return cls(engine, plan, settings, tables, features)

    def model(self, way: str) -> Model:
        """Return the churn model that learns in a way from what is known."""
        return self.lessons(way).model(CHURN, self.plan)

    def lessons(self, way: str) -> Lessons:
        """Return what a model learns from."""
        orders, contacts = self.tables["orders"], self.tables["contacts"]
        asked = [(cutoff, self.plan.learnt_days) for cutoff in self.plan.cutoffs]
        labels = self._keep("labels", label_horizons(self.features, orders, asked, value="amount"))
        if way != "keep":
            treated = find_treated(labels, contacts, are_weighted=way == "weight")
            labels = self._keep(
                "untreated", without_treated(labels, self._keep("treated", treated))
            )
        return Lessons(
            read_panel(self.features, labels, definitions=definitions()),
            read_daily(count_daily(orders, before=self.plan.as_of)),
            {CHURN.name: Split(self.plan, self.plan)}, SHOP, EconomicsSettings(), self.settings,
            threads=2,
        )  # fmt: skip

    def _keep(self, name: str, table: ir.Table) -> ir.Table:
        return self.engine.create_table(name, table, overwrite=True)


def _score(engine: Backend, model: Model, world: World, day: date) -> tuple[Ints, Floats]:
    """Return who is at risk on a day, and how likely they are to leave by a model."""
    seen = _features(engine, _stored(engine, world, day), [day])
    # The base is that of all customers, so all are stated and some are looked at.
    rows = seen.filter(seen.days_since_last_order.notnull()).order_by("customer_id").to_pyarrow()
    X = model.contract.matrix(rows)
    risk = model.forecast(Customers(X, model.contract.names, day_number(day))).churn
    who = np.array([int(name[1:]) for name in rows["customer_id"].to_pylist()])
    here = rows["days_since_last_order"].to_numpy() <= _LOST_AFTER_DAYS
    return who[here], risk[here]


def _judge(engine: Backend, models: dict[str, Model], world: World) -> dict[str, Metrics]:
    """Return how well models tell who orders no more after `AS_OF`, nobody being contacted."""
    found = {}
    for way, model in models.items():
        who, risk = _score(engine, model, world, AS_OF)
        left = (~world.stays(who, day_of(AS_OF))).astype(np.float64)
        top = np.argsort(-risk, kind="stable")[: len(who) // 10]
        found[way] = {
            **of_all(churn_ranking(left, risk), left),
            **of_all(churn_calibration(left, risk), left),
            "stated": float(risk[top].mean()),
            "happened": float(left[top].mean()),
        }
    return found


def _stored(engine: Backend, world: World, before: date) -> Tables:
    """Return the tables of a world, known before a day, in an engine."""
    return {
        name: engine.create_table(name, table, overwrite=True)
        for name, table in world.tables(before).items()
    }


def _features(engine: Backend, tables: Tables, dates: list[date]) -> ir.Table:
    """Return the features of all customers at dates, in an engine."""
    rows = engine.create_table(
        "spine", spine(tables["customers"], tables["orders"], dates), overwrite=True
    )
    streams = [
        engine.create_table(f"of_{stream}", build_families(names, rows, tables), overwrite=True)
        for stream, names in by_stream(switched_on(tables)).items()
    ]
    name = f"features_{len(dates)}"
    return engine.create_table(name, join_families(streams), overwrite=True)


def _table(found: list[Found]) -> list[str]:
    """Return a row per way: the mean of each metric over the worlds, and its range."""
    lines = [f"| `treated` | {' | '.join(SHOWN.values())} |", "| --- |" + " ---: |" * len(SHOWN)]
    for way in (UNTOUCHED, *WAYS):
        cells = []
        for metric in SHOWN:
            values = [each.metrics[way][metric] for each in found]
            cells.append(f"{mean(values):.3f} ({min(values):.3f} to {max(values):.3f})")
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
