"""What scoring tells of customers who are not like those that the model was fitted on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecasting.churn import Model
from forecasting.customers import Customers
from scoring.drift import Drift, drift_of
from tests.panels import AS_OF, FEW, lessons_of, small_models


def model() -> Model:
    return small_models()["churn"].model


def seen() -> Customers:
    return lessons_of(FEW).panel.customers_at(AS_OF)


def drift(of: Model, customers: Customers) -> Drift:
    return drift_of(of, customers, model().forecast(customers).churn, label="churn/3")


def test_customers_of_the_fit_are_no_news() -> None:
    assert drift(model(), seen()).told() == ()
    assert drift(model(), seen()).to_json() == {
        "population_stability_index": {}, "missing_share_change": {}, "fitted_with_xgboost": None,
    }  # fmt: skip


def test_what_is_distributed_otherwise_or_not_known_any_more_is_told() -> None:
    X = seen().X.copy()
    opens, noise = (seen().names.index(name) for name in ("opens", "noise"))
    X[:, opens] += 3
    X[::2, noise] = np.nan
    found = drift(model(), replace(seen(), X=X))
    told = "\n".join(found.told())
    assert "1 feature is distributed otherwise than when churn/3 was fitted" in told
    assert "by PSI first `opens` (" in told
    assert "1 feature is more or less often not known than when churn/3 was fitted" in told
    assert "first `noise` (+50 points)" in told
    stated = found.to_json()
    assert set(stated["missing_share_change"]) == {"noise"}
    assert stated["population_stability_index"]["opens"] > 0.2


def test_another_xgboost_is_told() -> None:
    population = model().population
    assert population is not None
    found = drift(replace(model(), population=replace(population, xgboost="1.7.6")), seen())
    assert found.told() == ("churn/3 was fitted with XGBoost 1.7.6, another release",)
    assert found.to_json()["fitted_with_xgboost"] == "1.7.6"


def test_of_a_model_that_did_not_keep_its_population_nothing_is_told() -> None:
    assert drift(replace(model(), population=None), seen()).told() == ()
