"""A model of contracts: probabilities that add up, parts that are explained, files that hold it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import logit

from contracts.leaving import Cause
from forecasting.calibration import NO_CALIBRATION, Calibration
from forecasting.churn import as_hybrid, gains_of, members_of_churn
from forecasting.contract_members import members_of_leaving
from forecasting.contracts import ContractModel, Leaver, LeavingForecast, share_of_trees
from forecasting.contributions import contributions
from forecasting.store import load, save
from forecasting.trees import Target
from tests.contract_panels import contract_lessons, contract_model, model_of
from tests.panels import AS_OF
from training.kinds import CONTRACT_CHURN

SEEN = contract_lessons().panel_of(CONTRACT_CHURN).customers_at(AS_OF)


@pytest.fixture(scope="module")
def model() -> ContractModel:
    return replace(model_of(contract_model()), calibration=NO_CALIBRATION)


def test_both_causes_together_are_the_probability_to_leave(model: ContractModel) -> None:
    stated = model.forecast(SEEN)
    np.testing.assert_allclose(stated.voluntary + stated.payment, stated.churn)
    assert 0 < stated.churn.min() < stated.churn.max() <= 1
    for cause in Cause:
        assert (stated.of(cause) > 0).all()


def test_causes_that_are_both_nearly_sure_stay_below_one(model: ContractModel) -> None:
    sure = replace(model, causes={cause: Leaver(intercept=4.0) for cause in Cause})
    stated = sure.forecast(SEEN)
    assert (stated.churn < 1).all()
    np.testing.assert_allclose(stated.voluntary, stated.payment)


def test_the_whole_lies_between_line_and_trees_as_they_are_weighed(model: ContractModel) -> None:
    of = {name: logit(each.voluntary) for name, each in model.approaches(SEEN).items()}
    share = share_of_trees(model.customers)
    mixed = (1 - share) * of["line"] + share * of["plain trees"]
    np.testing.assert_allclose(of["hybrid"], mixed, atol=1e-6)
    assert not np.allclose(of["line"], of["plain trees"], atol=0.1)


def test_trees_weigh_more_the_more_customers_they_learnt_from() -> None:
    assert share_of_trees(0) == 0
    assert share_of_trees(500) == pytest.approx(1 / 3)
    assert share_of_trees(1_000_000) == pytest.approx(2 / 3, abs=1e-3)


def test_who_stays_for_half_the_horizon_stays_as_long_again(model: ContractModel) -> None:
    short, long = model.forecast(SEEN), replace(model, stretch=2.0).forecast(SEEN)
    np.testing.assert_allclose(1 - long.churn, (1 - short.churn) ** 2)
    np.testing.assert_allclose(long.payment / long.churn, short.payment / short.churn)


def test_calibration_moves_both_causes_in_proportion(model: ContractModel) -> None:
    sigmoid = Calibration("sigmoid", 0.8, -0.1)
    before, after = model.forecast(SEEN), replace(model, calibration=sigmoid).forecast(SEEN)
    np.testing.assert_allclose(after.churn, sigmoid.apply(before.churn))
    np.testing.assert_allclose(after.payment / after.churn, before.payment / before.churn)


@pytest.mark.parametrize("cause", list(Cause))
def test_contributions_of_a_cause_add_up_to_its_log_odds(
    cause: Cause, model: ContractModel
) -> None:
    (explained,) = contributions(members_of_leaving(model, SEEN, cause))
    stated = model.forecast(SEEN).of(cause)
    np.testing.assert_allclose(explained.log_odds, logit(stated), atol=1e-4)
    noise = explained.names.index("noise")
    strongest = np.abs(explained.values).mean(axis=0).argmax()
    assert strongest != noise


def test_what_raises_a_price_or_a_plan_explains_is_the_commonest_cause(
    model: ContractModel,
) -> None:
    assert model.main_cause is Cause.VOLUNTARY
    assert model.other_cause is Cause.PAYMENT
    (explained,) = contributions(members_of_churn(model, SEEN))
    np.testing.assert_allclose(explained.log_odds, logit(model.forecast(SEEN).voluntary), atol=1e-4)
    *_, last = gains_of(model, Target.NO_ORDER).values()
    assert last["noise"] < last["ticket_count_90d"]


def test_a_stored_model_forecasts_the_same_to_the_bit_and_nothing_in_it_is_code(
    model: ContractModel, tmp_path: Path
) -> None:
    lasting = replace(model, stretch=1.5, calibration=Calibration("sigmoid", 0.9, 0.1))
    digest = save(lasting, tmp_path / "model")
    again = load(tmp_path / "model")
    assert isinstance(again, ContractModel)
    found, expected = again.forecast(SEEN), lasting.forecast(SEEN)
    for cause in Cause:
        np.testing.assert_array_equal(found.of(cause), expected.of(cause))
    assert again.contract == lasting.contract
    assert again.customers == lasting.customers
    assert {path.suffix for path in (tmp_path / "model").iterdir()} == {".json", ".ubj"}
    json.loads((tmp_path / "model" / "model.json").read_text())
    assert save(again, tmp_path / "again") == digest


def test_a_cause_of_which_nothing_is_known_is_stored_as_one_number(
    model: ContractModel, tmp_path: Path
) -> None:
    causes = {**model.causes, Cause.PAYMENT: Leaver(intercept=-5.0)}
    rare = replace(model, causes=causes)
    save(rare, tmp_path)
    again = load(tmp_path)
    assert isinstance(again, ContractModel)
    assert again.causes[Cause.PAYMENT] == Leaver(intercept=-5.0)
    assert not again.tells_apart(Cause.PAYMENT)
    assert members_of_leaving(again, SEEN, Cause.PAYMENT) == []


def test_nobody_and_one_customer_are_scored(model: ContractModel) -> None:
    for count in (0, 1):
        stated = model.forecast(SEEN.take(slice(0, count)))
        assert len(stated.churn) == len(stated.payment) == count


def test_a_forecast_of_nobody_leaving_can_be_levelled() -> None:
    nobody = LeavingForecast(np.zeros(2), np.zeros(2)).levelled(np.array([0.0, 0.0]))
    assert nobody.churn.tolist() == [0.0, 0.0]


def test_a_model_of_contracts_is_none_of_orders(model: ContractModel) -> None:
    with pytest.raises(TypeError, match="knows nothing of orders"):
        as_hybrid(model)
