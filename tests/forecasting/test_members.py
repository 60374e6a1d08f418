"""What members add up to is what the model states, so that explanations are of the model itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from forecasting.calibration import NO_CALIBRATION
from forecasting.churn import as_hybrid
from forecasting.contributions import contributions
from forecasting.members import members_of_risk, members_of_value
from tests.panels import AS_OF, small_lessons, small_models

SEEN = small_lessons().panel.customers_at(AS_OF)


# A base of few customers leans on corrections alone, one of many on plain trees as well.
@pytest.mark.parametrize("customers", [300, 1500, 5000])
def test_contributions_add_up_to_the_stated_risk(customers: int) -> None:
    fitted = as_hybrid(small_models()["churn"].model)
    model = replace(fitted, customers=customers, calibration=NO_CALIBRATION)
    (explained,) = contributions(members_of_risk(model, SEEN))
    np.testing.assert_allclose(expit(explained.log_odds), model.forecast(SEEN).no_order, atol=1e-5)


@pytest.mark.parametrize("customers", [300, 1500, 5000])
def test_contributions_add_up_to_the_stated_value_but_for_its_level(customers: int) -> None:
    model = replace(as_hybrid(small_models()["clv"].model), customers=customers)
    (explained,) = contributions(members_of_value(model, SEEN))
    level = np.log(model.forecast(SEEN).value) - explained.log_odds
    np.testing.assert_allclose(level, level.mean(), atol=1e-4)
