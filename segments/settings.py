"""Who is in which segment, how many are left alone, and where a publish is written back to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from contracts.vendors import VENDORS
from segments.rules import READY_MADE, SegmentRule

_TARGETS = f"^({'|'.join(VENDORS)})$"
# Names become names of files.
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class SegmentSettings(BaseModel):
    """[segments]: who counts as valuable, the segments themselves, and the holdout."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valuable_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.3,
        description="Share of the customers of a lifecycle stage, highest CLV first, who are "
        "valuable.",
    )
    keep_within: Annotated[float, Field(ge=0, lt=0.5)] = Field(
        0.05,
        description="Whoever was valuable or at risk at the publish before, at most 35 days ago, "
        "stays so while only just beyond the limit: by this share of the customers who are ranked. "
        "0 is off.",
    )
    early_warning: bool = Field(
        True,
        description="Whoever `stammkunde alerts` would tell of at the date, within `budget_share` "
        "under [warning], is a segment of its own, before all others.",
    )
    holdout_share: Annotated[float, Field(ge=0, le=0.5)] = Field(
        0.1,
        description="Share of the members of segments who are in no file, drawn at random and for "
        "good, so that the effect of campaigns can be told.",
    )
    holdout_key: str = Field(
        "", description="What the draw depends on beside the customers; absent: the project's name."
    )
    targets: tuple[Annotated[str, Field(pattern=_TARGETS)], ...] = Field(
        (),
        description="Marketing tools that get files of their own, beside the plain ones: "
        f"{', '.join(VENDORS)}. They need [sources.identities] and [sources.consents].",
    )
    named: dict[Name, SegmentRule] = Field(
        default_factory=dict,
        description="The segments, in the order in which a customer is put into the first that "
        "holds; absent means the ready-made ones.",
    )

    @property
    def rules(self) -> Mapping[str, SegmentRule]:
        """Name -> segment, in their order."""
        return self.named or READY_MADE


class WriteBackSettings(BaseModel):
    """[write_back]: tables of a PostgreSQL that hold what was last published; off where absent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: Annotated[str, Field(min_length=1)] | None = Field(
        None, description="Name under `[databases]` to write to; absent means files only."
    )
    # Its names in PostgreSQL: shorter ones than this are never cut off there.
    db_schema: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")] = Field(
        "stammkunde",
        alias="schema",
        description="Schema of the tables there; nothing outside it is written.",
    )
