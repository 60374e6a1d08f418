"""Reasons for the risk of the customers who need them, by the churn model that scored them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import logit

from contracts.reasons import ORDER_HISTORY, FeatureMeaning
from contracts.scores import REASON_COLUMNS
from forecasting.contributions import PARAMETRIC, Member, contributions, reference
from forecasting.customers import EXPECTATION_COLUMNS, Customers, beside_expectations
from forecasting.hybrid import HybridModel
from forecasting.trees import Target
from scoring.reasons import top_reasons

# Enough to say what the customers who are not lost share.
_REFERENCE_CUSTOMERS = 2_000
_AT_ONCE = 20_000


def explain_risk(
    model: HybridModel,
    seen: Customers,
    snapshot: pa.Table,
    *,
    stages: npt.NDArray[np.str_],
    meanings: Mapping[str, FeatureMeaning],
) -> pa.Table:
    """Return customer_id and `REASON_COLUMNS` of the customers in stage `at_risk`.

    `seen`, `snapshot` and `stages` hold the same customers in the same order. Exact reasons cost
    more than the scores, so they are for those whose risk somebody will act on. They say how a
    customer differs from those who are not lost. What customer-base models state, or let expect,
    is about the order history.
    """
    ordered = FeatureMeaning(ORDER_HISTORY)
    of_columns = {**meanings, **dict.fromkeys((PARAMETRIC, *EXPECTATION_COLUMNS), ordered)}
    shared = _shared(model, seen, np.flatnonzero(stages != "lost"))
    places = np.flatnonzero(stages == "at_risk")
    parts = []
    for begin in range(0, len(places), _AT_ONCE):
        rows = places[begin : begin + _AT_ONCE]
        (explained,) = contributions(_members(model, seen.take(rows)), chunk_rows=_AT_ONCE)
        told = snapshot.take(rows)
        reasons = top_reasons(explained, shared, told, meanings=of_columns)
        parts.append(reasons.add_column(0, "customer_id", told["customer_id"]))
    if not parts:
        names = {"customer_id": pa.string(), **{n: _ARROW[t] for n, t in REASON_COLUMNS.items()}}
        return pa.table({name: pa.array([], type_) for name, type_ in names.items()})
    return pa.concat_tables(parts)


_ARROW = {"string": pa.string(), "float64": pa.float64()}


def _shared(
    model: HybridModel, seen: Customers, places: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    few = places[:: max(1, len(places) // _REFERENCE_CUSTOMERS)]
    return reference(contributions(_members(model, seen.take(few))))


def _members(model: HybridModel, seen: Customers) -> list[Member]:
    """Return both sets of trees as the model weighs them."""
    trees = model.trees[Target.NO_ORDER]
    shares = model.shares
    expected = model.expect(seen)
    weeks = model.base.season.weeks_ahead(seen.day, model.horizon_days)
    corrected = Member(
        trees.corrections,
        beside_expectations(seen, expected, weeks),
        (*seen.names, *EXPECTATION_COLUMNS),
        base_margin=logit(expected.no_order),
        weight=(1 - shares.plain) * shares.correction_of_churn,
        margin_weight=1 - shares.plain,
    )
    plain = Member(
        trees.plain, seen.X, seen.names, base_margin=np.full(len(seen), trees.intercept),
        weight=shares.plain, margin_weight=shares.plain,
    )  # fmt: skip
    return [corrected, plain] if shares.plain else [corrected]
