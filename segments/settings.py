"""Where a segment begins."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class SegmentSettings(BaseModel):
    """[segments]: how many customers count as valuable."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valuable_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.3,
        description="Share of the customers of a lifecycle stage, highest CLV first, who are "
        "valuable.",
    )
