"""Where one canonical table comes from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class SourceSettings(BaseModel):
    """[sources.<table>]: the files of one canonical table and how their columns are called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, Field(min_length=1)] = Field(
        description="CSV (also .gz) or Parquet, globs allowed; relative to the settings file."
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Canonical name = name in the source; equal names need no entry.",
    )
    timestamp_format: str | None = Field(
        None, description='Format of times that are not ISO 8601, as in "%d.%m.%Y %H:%M".'
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="Separator of a CSV; guessed where absent."
    )
