"""Forecasts of the champions for every customer of a snapshot."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from contracts.errors import ModelMissing
from contracts.feature_contract import FeatureContract
from contracts.leaving import Cause
from forecasting.contracts import ContractModel
from forecasting.customers import Customers, day_number
from forecasting.hybrid import HybridModel
from forecasting.outlook import look_ahead
from forecasting.season import Floats
from scoring.registry import Champion

# More customers of a kind that training never saw than that are worth a word.
_MANY_UNSEEN = 0.05


def read_snapshot(features: ir.Table) -> pa.Table:
    """Return the customers of one snapshot who ever ordered, with their features, by id."""
    return features.filter(_.days_since_last_order.notnull()).order_by("customer_id").to_pyarrow()


def as_customers(snapshot: pa.Table, champion: Champion, as_of: date) -> Customers:
    """Return the rows of `snapshot` as the model of `champion` reads them.

    Raises
    ------
    ModelMissing
        The snapshot lacks features that the model was fitted on.
    """
    return seen_by(champion.contract, snapshot, as_of, label=champion.label)


def seen_by(contract: FeatureContract, snapshot: pa.Table, as_of: date, *, label: str) -> Customers:
    """Return the rows of `snapshot` as a model with a contract reads them; `label` names it.

    Raises
    ------
    ModelMissing
        The snapshot lacks features that the model was fitted on.
    """
    check_features(contract, snapshot.column_names, label=label)
    return Customers(contract.matrix(snapshot), contract.names, day_number(as_of))


def check_features(contract: FeatureContract, known: Collection[str], *, label: str) -> None:
    """Check that a snapshot has what a model was fitted on; `label` names it.

    Raises
    ------
    ModelMissing
        It lacks some features.
    """
    absent = [name for name in contract.names if name not in known]
    if absent:
        raise ModelMissing(
            f"Model `{label}` was fitted with features that this snapshot lacks: "
            f"{', '.join(absent)}. Deliver the table they are from, or train again."
        )


def state_churn(model: HybridModel, seen: Customers) -> dict[str, pa.Array]:
    """Return score column -> the churn model's statement on each customer."""
    return {"churn_probability": pa.array(model.forecast(seen).no_order)}


def state_leaving(model: ContractModel, seen: Customers) -> dict[str, pa.Array]:
    """Return score column -> the probability of each cause to leave a contract."""
    forecast = model.forecast(seen)
    return {f"churn_{cause}_probability": pa.array(forecast.of(cause)) for cause in Cause}


def state_value(model: HybridModel, seen: Customers) -> dict[str, pa.Array]:
    """Return score column -> the CLV model's statement on each customer.

    Days of the next order are of customers who order within the horizon.
    """
    forecast = model.forecast(seen)
    outlook = look_ahead(model, seen, forecast)
    points = ("p10", "p50", "p90")
    return {
        "clv": pa.array(forecast.value),
        "expected_orders": pa.array(forecast.orders),
        **{
            f"clv_{point}": pa.array(value)
            for point, value in zip(points, outlook.value, strict=True)
        },
        **{
            f"next_order_{point}": _dates(seen.day, wait)
            for point, wait in zip(points, outlook.wait_days, strict=True)
        },
    }


def state_cold_start(churn: HybridModel, clv: HybridModel) -> dict[str, float]:
    """Return score column -> what is stated of customers who never ordered, if it is known."""
    stated: dict[str, float] = {}
    if churn.cold_start is not None:
        stated["churn_probability"] = churn.cold_start.no_order
    if clv.cold_start is not None:
        stated["clv"] = clv.cold_start.value
        stated["expected_orders"] = clv.cold_start.orders
    return stated


def unseen_categories(champion: Champion, seen: Customers) -> tuple[str, ...]:
    """Return what to tell of categories that more than 5 % of the customers newly have."""
    return tuple(
        f"{share:.1%} of the customers have a `{name}` that training never saw"
        for name, share in champion.contract.unseen(seen.X).items()
        if share > _MANY_UNSEEN
    )


def _dates(day: int, wait_days: Floats) -> pa.Array:
    return pa.array((day + wait_days.astype(np.int64)).astype("datetime64[D]"))
