"""Where one canonical table comes from."""

from __future__ import annotations

import codecs
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _is_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"`{name}` is no known encoding") from None


class SourceSettings(BaseModel):
    """[sources.<table>]: the files of one canonical table and how their columns are called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, Field(min_length=1)] = Field(
        description="CSV, JSON Lines (also .gz) or Parquet; globs allowed; relative to the file of "
        "settings."
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Canonical name = name in the source; equal names need no entry.",
    )
    timestamp_format: str | None = Field(
        None, description='Format of times that are not ISO 8601, as in "%d.%m.%Y %H:%M".'
    )
    encoding: Annotated[str, AfterValidator(_is_encoding)] = Field(
        "utf-8", description='Encoding of a CSV, such as "cp1252" (German Windows) or "utf-16".'
    )
    skip_lines: Annotated[int, Field(ge=0)] = Field(
        0, description="Lines before the header of a CSV."
    )
    decimal: Literal[".", ","] = Field(
        ".", description="Decimal sign of numbers in text; blanks and currency signs may surround."
    )
    thousands: Literal[".", ",", "'"] | None = Field(
        None, description="Sign that parts thousands, if it is not a blank, which always may."
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="Separator of a CSV; guessed where absent."
    )

    @model_validator(mode="after")
    def _signs_differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError(f"`decimal` and `thousands` are both `{self.decimal}`")
        return self
