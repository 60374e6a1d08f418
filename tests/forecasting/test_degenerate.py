"""Customers and features that say nothing are learnt from and scored all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.customers import Customers
from forecasting.outlook import look_ahead
from tests.panels import AS_OF, anew, small_lessons, small_models
from training.models import CHURN, fit

SEEN = small_lessons().panel.customers_at(AS_OF)


@pytest.mark.parametrize("count", [0, 1])
def test_no_customer_or_one_is_scored(count: int) -> None:
    few = SEEN.take(slice(0, count))
    for model in small_models().values():
        forecast = model.model.forecast(few)
        outlook = look_ahead(model.model, few, forecast)
        stated = (forecast.no_order, forecast.orders, forecast.value)
        for each in (*stated, *outlook.value, *outlook.wait_days):
            assert len(each) == count
            assert np.isfinite(each).all()


def test_features_without_any_value_and_with_one_for_all_change_nothing_of_use() -> None:
    lessons = small_lessons()
    X = lessons.panel.X.copy()
    X[:, lessons.panel.feature_names.index("noise")] = np.nan
    X[:, lessons.panel.feature_names.index("opens")] = 3.0
    dull = fit(CHURN, anew(lessons, panel=replace(lessons.panel, X=X)))
    stated = dull.model.forecast(SEEN).no_order
    assert np.isfinite(stated).all()
    used = dull.model.trees[CHURN.target].plain.get_score()
    assert used.keys().isdisjoint({"noise", "opens"})


def test_a_customer_of_whom_a_feature_is_not_known_changes_no_other_customers_risk() -> None:
    X = SEEN.X.copy()
    for name in ("noise", "opens", "gap_median", "order_value_sd"):
        X[0, SEEN.names.index(name)] = np.nan
    for model in small_models().values():
        before = model.model.forecast(SEEN).no_order
        after = model.model.forecast(Customers(X, SEEN.names, SEEN.day)).no_order
        np.testing.assert_array_equal(after[1:], before[1:])
        assert np.isfinite(after[0])
