"""What can be registered and what it states, whatever customers leave: a shop or a contract."""

from __future__ import annotations

from forecasting.contract_members import members_of_leaving
from forecasting.contracts import ContractModel, LeavingForecast
from forecasting.contributions import Part
from forecasting.customers import Customers
from forecasting.hybrid import Forecast, HybridModel
from forecasting.members import members_of_risk
from forecasting.trees import Target, gain_shares

Model = HybridModel | ContractModel
# Both say `churn`, the probability to leave within the horizon.
Statement = Forecast | LeavingForecast


def stated_names(model: Model) -> tuple[str, ...]:
    """Return the parts of what a model states of each customer, by their names in a `Statement`."""
    if isinstance(model, ContractModel):
        return ("churn", "voluntary", "payment")
    return ("no_order", "orders", "value")


def as_hybrid(model: Model) -> HybridModel:
    """Return a model that is known to be one of orders.

    Raises
    ------
    TypeError
        It is one of contracts.
    """
    if isinstance(model, ContractModel):
        raise TypeError("A model of contracts knows nothing of orders to come.")
    return model


def members_of_churn(model: Model, seen: Customers) -> list[Part]:
    """Return what adds up to the log odds of leaving; of contracts, by the commonest cause."""
    if isinstance(model, ContractModel):
        return members_of_leaving(model, seen, model.main_cause)
    return list(members_of_risk(model, seen))


def gains_of(model: Model, target: Target) -> dict[str, dict[str, float]]:
    """Return set of trees -> feature -> its part of the gain of all splits of the set.

    The last set knows features only; of contracts it is that of the commonest cause.
    """
    if isinstance(model, ContractModel):
        return {
            f"trees, {cause}": gain_shares(leaver.trees)
            for cause, leaver in sorted(
                model.causes.items(), key=lambda each: each[0] is model.main_cause
            )
            if leaver.trees is not None
        }
    trees = model.trees[target]
    return {
        "corrections of the order history": gain_shares(trees.corrections),
        "plain trees": gain_shares(trees.plain),
    }
