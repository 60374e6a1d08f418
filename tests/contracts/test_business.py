from __future__ import annotations

import pytest
from pydantic import ValidationError

from contracts.business import BusinessSettings


def test_absent_horizons_follow_the_churn_horizon() -> None:
    business = BusinessSettings(horizon_days=60)
    assert (business.value_horizon_days, business.new_days) == (60, 60)


def test_stated_horizons_stand() -> None:
    business = BusinessSettings(horizon_days=60, clv_horizon_days=365, new_for_days=14)
    assert (business.value_horizon_days, business.new_days) == (365, 14)


def test_value_adds_up_amounts_or_margins() -> None:
    assert BusinessSettings().value_column == "amount"
    assert BusinessSettings(value_basis="margin").value_column == "margin"


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_horizon_outside_a_day_to_ten_years_is_refused(days: int) -> None:
    with pytest.raises(ValidationError, match="horizon_days"):
        BusinessSettings(horizon_days=days)


def test_misspelt_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="horizont_days"):
        BusinessSettings.model_validate({"horizont_days": 90})
