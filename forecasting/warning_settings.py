"""Whom early warning watches, how it learns, and whom it tells of first."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class WarningSettings(BaseModel):
    """[warning]: the pool of customers who are watched, the model, and the alerts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    silent_days: Annotated[int, Field(ge=7, le=3650)] = Field(
        90,
        description="Silence after which the usual rule calls a customer lost; who has been silent "
        "for longer needs no warning.",
    )
    min_order_days: Annotated[int, Field(ge=2, le=100)] = Field(
        3, description="Customers with fewer days with orders are not watched."
    )
    budget_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.01, description="Share of the watched customers who are told of each time."
    )
    lead_exponent: Annotated[float, Field(ge=0, le=2)] = Field(
        0.0,
        description="Alerts are ranked by the probability of having left, times the days left to "
        "`silent_days` to the power of this: 0 finds most who leave, more finds fewer, earlier.",
    )
    with_training: bool = Field(
        True,
        description="Every training of a shop also judges early warning, once in `refit_days`, and "
        "shows on the churn run how early it warns.",
    )
    drawn_customers: Annotated[int, Field(ge=1_000, le=50_000_000)] = Field(
        25_000,
        description="A run that finds no model of the month fits a smaller one: of a larger base, "
        "on so many customers, watched or not.",
    )
    refit_days: Annotated[int, Field(ge=7, le=365)] = Field(
        28, description="Alerts take a model that was fitted at most so many days before."
    )
    history_days: Annotated[int, Field(ge=28, le=3650)] = Field(
        365, description="Days before the fit in which silences are learnt from."
    )
    step_days: Annotated[int, Field(ge=7, le=90)] = Field(
        21, description="Days between the snapshots of them."
    )
    panel_rows: Annotated[int, Field(ge=1_000, le=5_000_000)] = Field(
        600_000,
        description="Rows (customers at snapshots) that a fit learns from, about; of a larger base "
        "so many customers are drawn, each with all snapshots.",
    )
    judged_rows: Annotated[int, Field(ge=1_000, le=5_000_000)] = Field(
        200_000,
        description="Rows (customers at weeks) that the warning time is measured on, about; of a "
        "larger base so many customers are drawn.",
    )
    em_rounds: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="Times that labels are stated by the model, and it is fitted to them."
    )
    rounds: Annotated[int, Field(ge=1)] = Field(200, description="Trees of the model.")
    depth: Annotated[int, Field(ge=1, le=12)] = Field(5, description="Depth of a tree.")
    learning_rate: Annotated[float, Field(gt=0, le=1)] = Field(
        0.06, description="Share of each tree that is added."
    )
    min_child_weight: Annotated[float, Field(ge=0)] = Field(
        30.0, description="Least weight of a leaf; higher is smoother."
    )
