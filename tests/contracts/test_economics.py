"""What a campaign costs and brings, for a number, an array and a column alike."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from ibis import _
from ibis.backends.duckdb import Backend
from pydantic import ValidationError

from contracts.economics import Campaign, EconomicsSettings

CAMPAIGN = Campaign(contact_cost=1, offer_cost=10, acceptance=0.5, acceptance_trials=20)


def test_a_contact_brings_what_its_outcomes_bring_by_their_chance() -> None:
    kept, left, loyal = 100 - 10 - 1, -1, -10 - 1
    assert CAMPAIGN.expected_profit(0.2, 100.0) == pytest.approx(
        0.2 * (0.5 * kept + 0.5 * left) + 0.8 * loyal
    )


def test_a_column_brings_what_an_array_brings(engine: Backend) -> None:
    churn, value = np.array([0.0, 0.2, 0.9, 1.0]), np.array([50.0, 100.0, 5.0, 300.0])
    table = engine.create_table(
        "scored", pa.table({"place": range(4), "churn": churn, "value": value})
    )
    brought = table.mutate(brought=CAMPAIGN.expected_profit(_.churn, _.value)).order_by("place")
    found = engine.to_pyarrow(brought)["brought"].to_numpy()
    assert found == pytest.approx(CAMPAIGN.expected_profit(churn, value))


def test_absent_costs_are_shares_of_what_a_customer_is_worth() -> None:
    campaign = EconomicsSettings().campaign(200.0)
    assert (campaign.contact_cost, campaign.offer_cost) == pytest.approx((1, 10))
    assert campaign.beta == pytest.approx((6, 14))


def test_stated_costs_stand_whatever_a_customer_is_worth() -> None:
    campaign = EconomicsSettings(contact_cost=0, offer_cost=7.5).campaign(200.0)
    assert (campaign.contact_cost, campaign.offer_cost) == (0, 7.5)


def test_customers_who_are_worth_less_than_nothing_make_no_cost_negative() -> None:
    campaign = EconomicsSettings().campaign(-3.0)
    assert (campaign.contact_cost, campaign.offer_cost) == (0, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contact_cost", -0.01), ("contact_cost", "inf"), ("offer_cost", -1),
        ("offer_cost", "nan"), ("acceptance", 0), ("acceptance", 1), ("acceptance", 30),
        ("acceptance_trials", 0), ("acceptence", 0.3),
    ],
)  # fmt: skip
def test_what_cannot_be_a_cost_or_a_share_is_refused(name: str, value: float | str) -> None:
    with pytest.raises(ValidationError, match=name):
        EconomicsSettings.model_validate({name: value})
