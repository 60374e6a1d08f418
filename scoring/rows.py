"""The rows that scoring writes: predictions, lifecycle stage, and how late the next order is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis import _

from contracts.scores import REASON_COLUMNS, SCORE_COLUMNS


@dataclass(frozen=True)
class Snapshot:
    """What all rows of one scoring share."""

    as_of: date
    run_id: str
    churn_model: str
    clv_model: str


@dataclass(frozen=True)
class LifecycleRules:
    """Where one lifecycle stage ends and the next begins."""

    lost_after_days: int
    new_days: int
    at_risk_share: float


def score_rows(
    features: ir.Table,
    predictions: ir.Table,
    snapshot: Snapshot,
    *,
    rules: LifecycleRules,
    cold_start: Mapping[str, float],
) -> ir.Table:
    """Return one row per scorable customer, in order of id, with all of `SCORE_COLUMNS`.

    `predictions` has customer_id and columns of the scores by their names. Customers who never
    ordered are in stage `new` and get `cold_start`, column -> value, which is the same for all of
    them, so they are not ranked. What is not known is NULL.
    """
    rows = features.left_join(predictions, "customer_id")
    rows = rows.mutate(is_cold_start=_.days_since_last_order.isnull())
    rows = rows.mutate(
        **{
            name: ibis.ifelse(_.is_cold_start, ibis.literal(value), _[name])
            for name, value in cold_start.items()
        }
    )
    rows = rows.mutate(is_lost=(_.days_since_last_order > rules.lost_after_days).fill_null(False))
    rows = rows.mutate(is_ranked=~_.is_lost & ~_.is_cold_start)
    rank = ibis.percent_rank().over(group_by="is_ranked", order_by="churn_probability")
    rows = rows.mutate(
        churn_percentile=ibis.ifelse(_.is_ranked, 100 * rank, ibis.null("float64")),
        days_overdue=(_.days_since_last_order - _.gap_median).clip(lower=0.0),
    ).mutate(lifecycle_stage=lifecycle_stage(rules))
    return complete(rows, snapshot)


def complete(rows: ir.Table, snapshot: Snapshot) -> ir.Table:
    """Return rows with all of `SCORE_COLUMNS`, in order of id; what they lack is NULL."""
    constants = {
        "as_of": snapshot.as_of,
        "run_id": snapshot.run_id,
        "churn_model": snapshot.churn_model,
        "clv_model": snapshot.clv_model,
    }
    rows = rows.mutate(
        **{name: ibis.literal(value) for name, value in constants.items()},
        order_days=_.frequency + 1,
        days_since_first_order=_["T"],
    )
    absent = {
        name: ibis.null(type_) for name, type_ in SCORE_COLUMNS.items() if name not in rows.columns
    }
    return rows.mutate(**absent).select(*SCORE_COLUMNS).cast(SCORE_COLUMNS).order_by("customer_id")


def stages_of(rows: ir.Table) -> npt.NDArray[np.str_]:
    """Return the stage of every customer who ever ordered, in order of id."""
    ordered = rows.filter(~_.is_cold_start).order_by("customer_id")
    return np.array(ordered.select("lifecycle_stage").to_pyarrow()[0].to_pylist(), dtype=str)


def with_reasons(rows: ir.Table, reasons: pa.Table) -> ir.Table:
    """Return score rows with the reasons of those customers who have any."""
    bare = rows.drop(*REASON_COLUMNS)
    return (
        bare.left_join(ibis.memtable(reasons), "customer_id")
        .select(*SCORE_COLUMNS)
        .cast(SCORE_COLUMNS)
        .order_by("customer_id")
    )


def lifecycle_stage(rules: LifecycleRules) -> ir.StringValue:
    """Return the stage of a row with the RFM and rhythm features and `churn_percentile`.

    The first that applies: `new` (no order yet, or the first one lately), `lost` (silent too
    long), `returned` (ordered lately after a break that long), `at_risk` (the highest churn
    probabilities of those not lost), `active`.
    """
    came_back = (_.gap_last > rules.lost_after_days) & (_.days_since_last_order <= rules.new_days)
    return ibis.cases(
        (_.days_since_last_order.isnull() | (_["T"] <= rules.new_days), "new"),
        (_.is_lost, "lost"),
        (came_back.fill_null(False), "returned"),
        (_.churn_percentile >= 100 * (1 - rules.at_risk_share), "at_risk"),
        else_="active",
    )
