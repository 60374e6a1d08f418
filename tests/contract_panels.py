"""Made customers under contract in memory, and the models that are fitted to them."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from contracts.business import BusinessSettings
from contracts.economics import EconomicsSettings
from contracts.feature_contract import FeatureContract
from contracts.leaving import Cause
from forecasting.contracts import ContractModel
from forecasting.season import DailyOrders
from tests.panels import HORIZON_DAYS, QUICK, SPLIT
from training.kinds import CONTRACT_CHURN
from training.lessons import Lessons
from training.models import FittedModel, fit
from training.panel import Outcomes, Panel

CUSTOMERS = 600
COMPANY = BusinessSettings(kind="contract", horizon_days=HORIZON_DAYS)
DATES = SPLIT.dates


@cache
def contract_lessons(customers: int = CUSTOMERS, *, unpaid: bool = True) -> Lessons:
    """Return what a model of contracts learns from: dear monthly plans are left, complaints help.

    Small contracts fail to be paid, where `unpaid`. What is in `noise` says nothing.
    """
    panel = make_contract_panel(customers, unpaid=unpaid)
    nothing = DailyOrders(0, np.zeros(1), np.zeros(1))
    return Lessons(
        panel, nothing, {"churn": SPLIT}, COMPANY, EconomicsSettings(), QUICK, threads=1,
        contracts=panel,
    )  # fmt: skip


@cache
def contract_model() -> FittedModel:
    """Return the model of these customers, and its twin."""
    return fit(CONTRACT_CHURN, contract_lessons())


def model_of(fitted: FittedModel) -> ContractModel:
    """Return a fitted model as what it is."""
    assert isinstance(fitted.model, ContractModel)
    return fitted.model


def make_contract_panel(customers: int, *, unpaid: bool) -> Panel:
    """Return all customers at all dates of the split, with what followed."""
    random = np.random.default_rng(4)
    rows = customers * len(DATES)
    price, tickets = random.normal(40, 10, rows), random.poisson(0.5, rows).astype(float)
    plan = random.choice(["monthly", "yearly"], rows, p=[0.3, 0.7])
    days = random.uniform(1, 900, rows)
    voluntary = _chance(-3.2 + 1.8 * (plan == "monthly") + 1.2 * tickets + (price - 40) / 12)
    payment = _chance(-3.4 - (price - 40) / 7) if unpaid else np.zeros(rows)
    drawn = random.random(rows)
    table = pa.table(
        {
            "contract_price": price, "plan": plan, "ticket_count_90d": tickets,
            "contract_days": days, "days_to_contract_anniversary": (365 - days) % 365,
            "noise": random.normal(size=rows),
        }
    )  # fmt: skip
    contract = FeatureContract.learn(table, {})
    causes = {
        Cause.VOLUNTARY: (drawn < voluntary).astype(float),
        Cause.PAYMENT: ((drawn >= voluntary) & (drawn < voluntary + payment)).astype(float),
    }
    stayed = 1 - causes[Cause.VOLUNTARY] - causes[Cause.PAYMENT]
    followed = Outcomes(2 * stayed, 2 * price * stayed, np.full(rows, 1.0), causes)
    dates = np.repeat(np.array(DATES, "datetime64[D]"), customers)
    return Panel(contract.matrix(table), contract, dates, {HORIZON_DAYS: followed})


def _chance(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-log_odds)) * 0.9, dtype=np.float64)
