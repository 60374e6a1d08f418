"""Training and scoring of a whole base beside one bare XGBoost fit and predict of the same base.

`python -m benchmarks.train FOLDER [--work FOLDER] [--repeat N]`: FOLDER is that of
`benchmarks.catalogue`; its tables are ingested and its features built once, and stay in the working
folder. Everybody reads the same 41 features, stored as Parquet.

"bare" fits 300 trees of depth 6 to all customers as of a date (no order in the next 182 days) and
predicts them. "train" is all that `stammkunde train` does once the panel is stored: twins, their
judgement with intervals, and the models. "score" states churn, value with its range and the next
order of all customers, reasons of those at risk included. Each line is a process of its own.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.bare_fit import bare_chances
from benchmarks.processes import Measured, in_a_process, measure, say, table
from benchmarks.scale_project import ingest_unjudged, scale_project
from contracts.feature_contract import FeatureContract
from features.catalogue import by_stream, switched_on
from features.meanings import meanings
from flows.canonical import canonical_tables
from flows.feature_tables import build_spine, build_stream_table, joined_features
from flows.names import TableRefs
from flows.panel import count_order_days, label, panel_dates, plan_splits
from flows.project import open_project
from flows.stored_panel import PanelRefs, read_lessons
from forecasting.customers import Customers
from forecasting.store import load, save
from scoring.explaining import explain_risk
from scoring.forecasts import state_churn, state_value
from training.kinds import KINDS
from training.labels import label_horizons
from training.lessons import Lessons
from training.models import fit

AS_OF = date(2024, 7, 1)
HORIZON_DAYS = 182
_TABLES = ("orders", "interactions", "customers", "tickets")
_WINDOWS = (14, 30, 60, 90, 180, 365)
FEATURES = (
    "frequency", "recency", "T", "days_since_last_order", "amount_total", "mean_order_value",
    "monetary_value", "order_value_sd", "last_order_value", "largest_order_value",
    "gap_mean", "gap_median", "gap_max", "gap_last", "overdue_ratio",
    *(f"order_count_{days}d" for days in _WINDOWS), *(f"amount_{days}d" for days in _WINDOWS),
    "discount_share", "open_rate", "open_rate_90d", "open_rate_90d_to_own", "days_since_open",
    "open_count_365d", "sent_count_90d", "open_rate_since_order_to_own", "open_drop_log_ratio",
    "ticket_count", "bad_ticket_count", "days_since_bad_ticket", "satisfaction_mean",
    "full_price_share",
)  # fmt: skip


def main() -> None:
    """Take every way in turn, in processes of their own, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("benchmarks/work"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--way", choices=_WAYS)
    arguments = parser.parse_args()
    if arguments.way:
        say(_WAYS[arguments.way](arguments))
        return
    _prepare(arguments)
    given = [str(arguments.data), "--work", str(arguments.work)]
    found: dict[str, list[Measured]] = {way: [] for way in _WAYS}
    for _round in range(arguments.repeat):
        for way, runs in found.items():
            runs.append(in_a_process("benchmarks.train", *given, "--way", way))
    cpus = {way: statistics.median(run.cpu for run in runs) for way, runs in found.items()}
    told = f"{len(FEATURES)} features; train and score take {_ratio(cpus):.2f} of bare"
    sys.stdout.write("\n".join([told, "", *table(found)]) + "\n")


def _ratio(cpus: dict[str, float]) -> float:
    return (cpus["train"] + cpus["score"]) / cpus["bare"]


def _prepare(arguments: argparse.Namespace) -> None:
    """Ingest, build and store what all ways read."""
    file = _project(arguments)
    if not open_project(file).store.history():
        ingest_unjudged(file, _TABLES)
    tables = canonical_tables.fn(file, None)
    _panel(file, tables)
    _snapshot(file, tables)


def _project(arguments: argparse.Namespace) -> str:
    return scale_project(arguments.data, arguments.work, horizon_days=HORIZON_DAYS)


def _built(file: str, tables: TableRefs, dates: list[date], max_rows: int | None) -> TableRefs:
    spine = build_spine.fn(file, tables, dates, None, max_rows)
    streams = by_stream(switched_on(tables))
    return {"spine": spine} | {
        stream: build_stream_table.fn(
            file, stream, families, tables=tables, spine_ref=spine, dates=dates,
            known_at=None, is_sample=max_rows is not None,
        )
        for stream, families in streams.items()
    }  # fmt: skip


def _panel(file: str, tables: TableRefs) -> PanelRefs:
    training = open_project(file).settings.training
    splits = plan_splits.fn(file, tables["orders"], AS_OF, None)
    dates = panel_dates(splits)
    max_rows = training.panel_rows * len(dates) // (training.cutoffs + 1)
    features = _built(file, tables, dates, max_rows)
    labels = label.fn(
        file, orders=tables["orders"], spine_ref=features["spine"], splits=splits, known_at=None
    )
    daily = count_order_days.fn(file, tables["orders"], AS_OF, None)
    return PanelRefs(features, labels, daily, splits)


def _snapshot(file: str, tables: TableRefs) -> pa.Table:
    """Return the 41 features of all customers who ordered, and their outcome, by id."""
    built = _built(file, tables, [AS_OF], None)
    with open_project(file).open_lake() as lake:
        labels = label_horizons(
            lake.table(built["spine"]), lake.table(tables["orders"]), [(AS_OF, HORIZON_DAYS)],
            value="amount",
        )  # fmt: skip
        rows = joined_features(lake, built).select("customer_id", "snapshot_date", *FEATURES)
        rows = rows.join(labels, ["customer_id", "snapshot_date"])
        ordered = rows.filter(rows.days_since_last_order.notnull())
        return lake.engine.to_pyarrow(ordered.order_by("customer_id"))


def _lessons(file: str, tables: TableRefs) -> Lessons:
    """Return what models learn from, of the 41 features."""
    project = open_project(file)
    with project.open_lake() as lake:
        lessons = read_lessons(project, lake, _panel(file, tables))
    panel = lessons.panel
    kept = [panel.feature_names.index(name) for name in FEATURES]
    contract = FeatureContract(tuple(panel.contract.features[place] for place in kept))
    few = type(panel)(
        panel.X[:, kept].copy(), contract, panel.snapshot_dates, panel.outcomes, panel.newcomers
    )
    return lessons.of(few)


def _bare(arguments: argparse.Namespace) -> Measured:
    file = _project(arguments)
    rows = _snapshot(file, canonical_tables.fn(file, None))
    X = np.column_stack([rows[name].to_numpy() for name in FEATURES]).astype(np.float32)
    left = (rows["orders"].to_numpy() == 0).astype(np.float32)

    def work() -> None:
        bare_chances(X, left)

    return measure(work)


def _train(arguments: argparse.Namespace) -> Measured:
    file = _project(arguments)
    lessons = _lessons(file, canonical_tables.fn(file, None))

    def work() -> None:
        for name, kind in KINDS.items():
            save(fit(kind, lessons).model, arguments.work / "models" / name)

    return measure(work)


def _score(arguments: argparse.Namespace) -> Measured:
    file = _project(arguments)
    rows = _snapshot(file, canonical_tables.fn(file, None))
    day = int(np.datetime64(AS_OF).astype(int))

    def work() -> None:
        churn, clv = (load(arguments.work / "models" / name) for name in ("churn", "clv"))
        seen = Customers(churn.contract.matrix(rows), FEATURES, day)
        stated = state_churn(churn, seen)
        state_value(clv, seen)
        risk = np.asarray(stated["churn_probability"])
        silent = seen.feature("days_since_last_order") > HORIZON_DAYS
        riskiest = risk >= np.quantile(risk[~silent], 0.8)
        stages = np.where(silent, "lost", np.where(riskiest, "at_risk", "active"))
        explain_risk(churn, seen, rows, stages=stages, meanings=meanings())

    return measure(work)


_WAYS = {"bare": _bare, "train": _train, "score": _score}


if __name__ == "__main__":
    main()
