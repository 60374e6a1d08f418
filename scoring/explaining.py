"""Reasons for the risk of the customers who need them, by the churn model that scored them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from contracts.reasons import ORDER_HISTORY, FeatureMeaning
from contracts.scores import REASON_COLUMNS
from forecasting.churn import Model
from forecasting.contract_members import members_of_leaving
from forecasting.contracts import ContractModel
from forecasting.contributions import PARAMETRIC, Part, contributions, reference
from forecasting.customers import EXPECTATION_COLUMNS, Customers
from forecasting.members import members_of_risk
from scoring.reasons import top_reasons

# Enough to say what the customers who are not lost share.
_REFERENCE_CUSTOMERS = 2_000
_AT_ONCE = 20_000
# The stage of those whose risk is explained.
AT_RISK = "at_risk"


def explain_risk(
    model: Model,
    seen: Customers,
    told: pa.Table,
    *,
    stages: npt.NDArray[np.str_],
    meanings: Mapping[str, FeatureMeaning],
) -> pa.Table:
    """Return customer_id and `REASON_COLUMNS` of the customers in stage `AT_RISK`.

    `seen` and `stages` hold the same customers in the same order, `told` has the features of those
    in that stage, in this order, with customer_id. Exact reasons cost more than the scores, so they
    are for those whose risk somebody will act on. They say how a customer differs from those who
    are not lost. What customer-base models state, or let expect, is about the order history. Who
    may leave by two causes is told of the likelier one.
    """
    ordered = FeatureMeaning(ORDER_HISTORY)
    of_columns = {**meanings, **dict.fromkeys((PARAMETRIC, *EXPECTATION_COLUMNS), ordered)}
    parts, at_risk = [], np.flatnonzero(stages == AT_RISK)
    for places, members_of in _by_cause(model, seen, at_risk):
        shared = _shared(members_of, seen, np.flatnonzero(stages != "lost"))
        for begin in range(0, len(places), _AT_ONCE):
            rows = places[begin : begin + _AT_ONCE]
            (explained,) = contributions(members_of(seen.take(rows)), chunk_rows=_AT_ONCE)
            of_rows = told.take(np.searchsorted(at_risk, rows))
            reasons = top_reasons(explained, shared, of_rows, meanings=of_columns)
            parts.append(reasons.add_column(0, "customer_id", of_rows["customer_id"]))
    if not parts:
        names = {"customer_id": pa.string(), **{n: _ARROW[t] for n, t in REASON_COLUMNS.items()}}
        return pa.table({name: pa.array([], type_) for name, type_ in names.items()})
    return pa.concat_tables(parts)


_ARROW = {"string": pa.string(), "float64": pa.float64()}


def _by_cause(
    model: Model, seen: Customers, places: npt.NDArray[np.intp]
) -> Iterator[tuple[npt.NDArray[np.intp], Callable[[Customers], Sequence[Part]]]]:
    """Yield the places of customers with what adds up to their risk, where there are any."""
    if not isinstance(model, ContractModel):
        if len(places):
            yield places, partial(members_of_risk, model)
        return
    stated = model.forecast(seen.take(places))
    main, other = model.main_cause, model.other_cause
    is_other = stated.of(other) > stated.of(main)
    if not model.tells_apart(other):
        is_other[:] = False
    for cause, which in ((main, ~is_other), (other, is_other)):
        if which.any():
            yield places[which], partial(members_of_leaving, model, cause=cause)


def _shared(
    members_of: Callable[[Customers], Sequence[Part]],
    seen: Customers,
    places: npt.NDArray[np.intp],
) -> npt.NDArray[np.float64]:
    few = places[:: max(1, len(places) // _REFERENCE_CUSTOMERS)]
    return reference(contributions(members_of(seen.take(few))))
