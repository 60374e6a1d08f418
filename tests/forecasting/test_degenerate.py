"""Customers and features that say nothing are learnt from and scored all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.churn import as_hybrid
from forecasting.customers import Customers
from forecasting.hybrid import HybridModel
from forecasting.outlook import look_ahead
from tests.panels import AS_OF, anew, small_lessons, small_models
from training.kinds import CHURN
from training.models import FittedModel, fit

SEEN = small_lessons().panel.customers_at(AS_OF)


def hybrid(fitted: FittedModel) -> HybridModel:
    return as_hybrid(fitted.model)


@pytest.mark.parametrize("count", [0, 1])
def test_no_customer_or_one_is_scored(count: int) -> None:
    few = SEEN.take(slice(0, count))
    for model in map(hybrid, small_models().values()):
        forecast = model.forecast(few)
        outlook = look_ahead(model, few, forecast)
        stated = (forecast.no_order, forecast.orders, forecast.value)
        for each in (*stated, *outlook.value, *outlook.wait_days):
            assert len(each) == count
            assert np.isfinite(each).all()


def test_features_without_any_value_and_with_one_for_all_change_nothing_of_use() -> None:
    lessons = small_lessons()
    X = lessons.panel.X.copy()
    X[:, lessons.panel.feature_names.index("noise")] = np.nan
    X[:, lessons.panel.feature_names.index("opens")] = 3.0
    dull = hybrid(fit(CHURN, anew(lessons, panel=replace(lessons.panel, X=X))))
    stated = dull.forecast(SEEN).no_order
    assert np.isfinite(stated).all()
    used = dull.trees[CHURN.target].plain.get_score()
    assert used.keys().isdisjoint({"noise", "opens"})


def test_a_customer_of_whom_a_feature_is_not_known_changes_no_other_customers_risk() -> None:
    X = SEEN.X.copy()
    for name in ("noise", "opens", "gap_median", "order_value_sd"):
        X[0, SEEN.names.index(name)] = np.nan
    for model in map(hybrid, small_models().values()):
        before = model.forecast(SEEN).no_order
        after = model.forecast(Customers(X, SEEN.names, SEEN.day)).no_order
        np.testing.assert_array_equal(after[1:], before[1:])
        assert np.isfinite(after[0])
