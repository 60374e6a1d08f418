"""Where validation draws its lines."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ValidationSettings(BaseModel):
    """[validation]: gates that stop a run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_order_silence_days: Annotated[int, Field(ge=1)] = Field(
        14,
        description="Longest time between the last order and the date of the run; after a longer "
        "one the feed is stale, and everybody would look as if leaving.",
    )
