"""Where a segment begins."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class SegmentSettings(BaseModel):
    """[segments]: who counts as valuable, and whether early warning is a segment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valuable_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.3,
        description="Share of the customers of a lifecycle stage, highest CLV first, who are "
        "valuable.",
    )
    early_warning: bool = Field(
        True,
        description="Whoever `stammkunde alerts` would tell of at the date, within `budget_share` "
        "under [warning], is a segment of every run of a shop.",
    )
