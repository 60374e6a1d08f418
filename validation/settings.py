"""Where validation draws its lines."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ValidationSettings(BaseModel):
    """[validation]: gates that stop a run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_rejected_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.02,
        description="Largest share of the rows of a delivered table that may be kept out; above "
        "it the delivery is refused. Holds as well for rows that refer to nothing, and for "
        "optional values that cannot be read.",
    )
    max_shrinking: Annotated[float, Field(ge=0, le=1)] = Field(
        0.2,
        description="Largest share by which one delivery may shrink a table; accept more once with "
        "`stammkunde ingest --accept-volume TABLE`.",
    )
    max_growth: Annotated[float, Field(gt=0)] = Field(
        2.0,
        description="Largest share by which one delivery may let a table grow: 2.0 is three times "
        "as many rows. Accept more once with `stammkunde ingest --accept-volume TABLE`.",
    )
    max_order_silence_days: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="Longest time between the last order and the date of the run; after a longer "
        "one the feed is stale, and everybody would look as if leaving. Absent means learnt: three "
        "times the longest time between two days with orders in the year before, at least 3 days "
        "and at most 14.",
    )


DEFAULTS = ValidationSettings()
