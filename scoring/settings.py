"""Where the stages of scored customers begin."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ScoringSettings(BaseModel):
    """[scoring]: how score rows are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_risk_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.2, description="Share of the customers not lost, riskiest first, who are `at_risk`."
    )
