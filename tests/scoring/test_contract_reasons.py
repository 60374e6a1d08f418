"""Reasons for the risk of leaving a contract: those of the likelier cause."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contracts.leaving import Cause
from contracts.reasons import FeatureMeaning
from scoring.explaining import explain_risk
from tests.contract_panels import contract_lessons, contract_model, model_of
from tests.panels import AS_OF
from training.kinds import CONTRACT_CHURN

MODEL = model_of(contract_model())
SEEN = contract_lessons().panel_of(CONTRACT_CHURN).customers_at(AS_OF)
STATED = MODEL.forecast(SEEN)
SNAPSHOT = pa.table(
    {
        "customer_id": [f"c{number:03}" for number in range(len(SEEN))],
        "contract_price": SEEN.feature("contract_price"),
    }
)
# The price is told, and nothing else.
MEANINGS = {
    **dict.fromkeys(SEEN.names, FeatureMeaning("profile")),
    "contract_price": FeatureMeaning("spend", "order_value"),
}


def directions(who: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> set[str]:
    """Return how the price is told of these customers, all others being active."""
    stages = np.where(who, "at_risk", "active")
    at_risk = SNAPSHOT.take(np.flatnonzero(who))
    told = explain_risk(MODEL, SEEN, at_risk, stages=stages, meanings=MEANINGS)
    assert sorted(told["customer_id"].to_pylist()) == [f"c{n:03}" for n in np.flatnonzero(who)]
    return set(pc.drop_null(told["reason_1_direction"]).to_pylist())


def test_the_likelier_cause_is_explained() -> None:
    """A small contract is not paid, and is not ended: one price, two reasons."""
    is_small = SEEN.feature("contract_price") < 30
    by_payment = STATED.of(Cause.PAYMENT) > STATED.of(Cause.VOLUNTARY)
    assert min((is_small & by_payment).sum(), (is_small & ~by_payment).sum()) > 10
    assert directions(is_small & by_payment) == {"raises"}
    assert directions(is_small & ~by_payment) == {"lowers"}


def test_nobody_at_risk_needs_no_reasons() -> None:
    assert directions(np.full(len(SEEN), False)) == set()
