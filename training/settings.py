"""How the models are fitted, and how much there must be to learn from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class TrainingSettings(BaseModel):
    """[training]: panel, trees and the least amount of data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cutoffs: Annotated[int, Field(ge=1, le=36)] = Field(
        6, description="Past cutoffs to learn from, newest first, before the holdout cutoff."
    )
    cutoff_step_days: Annotated[int, Field(ge=1)] = Field(
        30, description="Days between these cutoffs."
    )
    min_history_days: Annotated[int, Field(ge=1)] = Field(
        30, description="Days of orders that must lie before the oldest cutoff."
    )
    label_lag_days: Annotated[int, Field(ge=0, le=365)] = Field(
        0,
        description="Days that orders may take to arrive: no outcome is learnt from or judged by "
        "before so many days have passed after its horizon.",
    )
    treated: Literal["weight", "exclude", "keep"] = Field(
        "weight",
        description="Rows whose customer a campaign contacted within the horizon, by `contacts`: "
        '"weight" neither learns from nor judges by those of campaigns with a holdout, lets the '
        'holdout count for them, and takes other campaigns as business as usual; "exclude" leaves '
        'out all of them; "keep" takes them as if nobody had been contacted.',
    )
    min_customers: Annotated[int, Field(ge=2)] = Field(
        100, description="Fewer customers with orders in the panel are not learnt from."
    )
    min_churners: Annotated[int, Field(ge=1)] = Field(
        20, description="Least number of churners, and of customers who stayed, in the panel."
    )
    panel_rows: Annotated[int, Field(ge=1_000, le=1_000_000)] = Field(
        200_000,
        description="Rows (customers at cutoffs) that one fit learns from, about; of a larger base "
        "so many customers are drawn, each with all cutoffs.",
    )
    most_features: Annotated[int, Field(ge=10, le=1_000)] = Field(
        64,
        description="Features that models of more than 100,000 rows learn from: those by which "
        "trees of earlier cutoffs gain most, beside texts and the order history. What no model "
        "reads is not computed when customers are scored.",
    )
    rounds: Annotated[int, Field(ge=1)] = Field(
        75, description="Trees per set; every target has two sets."
    )
    depth: Annotated[int, Field(ge=1, le=12)] = Field(4, description="Depth of a tree.")
    learning_rate: Annotated[float, Field(gt=0, le=1)] = Field(
        0.1, description="Share of each tree that is added."
    )
    min_child_weight: Annotated[float, Field(ge=0)] = Field(
        20.0, description="Least weight of a leaf; higher is smoother."
    )
    bootstrap_rounds: Annotated[int, Field(ge=20)] = Field(
        200, description="Resamples behind every interval."
    )
    search_trials: Annotated[int, Field(ge=0, le=10_000)] = Field(
        0,
        description="Settings of the trees to try before training, at cutoffs before the holdout; "
        "0 takes the settings as they are.",
    )
    search_seconds: Annotated[float, Field(gt=0)] = Field(
        600.0, description="No further settings are tried after so many seconds."
    )
    learning_curve: bool = Field(
        False,
        description="Fit every model to 100, 200, 500, 1,000 ... customers as well, up to all of "
        "them, to see whether more would help; takes about as long as training again.",
    )
    seed: int = Field(1, description="Seed of trees, resamples and of who is drawn.")
