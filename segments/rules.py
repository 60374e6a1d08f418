"""What a segment is: whom it takes, what marketing may do with them, and by which consent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from contracts.economics import Cost
from contracts.scores import SCORE_COLUMNS
from segments.vendors.labels import NEUTRAL

# Who a segment may ask for: what scoring states, and what is only known beside all others.
DERIVED_COLUMNS = {"is_valuable": "boolean", "is_told": "boolean", "days_to_anniversary": "float64"}
_NOT_ASKED = {"customer_id", "run_id"}
CONDITION_COLUMNS = {
    **{name: type_ for name, type_ in SCORE_COLUMNS.items() if name not in _NOT_ASKED},
    **DERIVED_COLUMNS,
}


class SegmentRule(BaseModel):
    """[segments.named.<name>]: a group of scored customers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    condition: str = Field(
        description="Who is in it, as an SQL condition over score columns, `is_valuable`, "
        "`is_told` (early warning names the customer) and `days_to_anniversary` (of the first "
        "order)."
    )
    label: Annotated[str, Field(pattern=NEUTRAL)] = Field(
        description="Code in the files of vendors, as `SK-07`: a name would tell them what we "
        "think of a person, and ad platforms block audiences for it. It stays with the segment."
    )
    description: str = Field("", description="Who is in it, in words.")
    action: str = Field("", description="What marketing may do.")
    purpose: Literal["marketing", "ad_matching"] = Field(
        "marketing", description="What the customers must have agreed to."
    )
    channel: str | None = Field(
        None,
        description="By which channel they are reached, and must have agreed to be; absent means "
        "that any refusal keeps a customer out.",
    )
    contact_cost: Cost | None = Field(
        None, description="Money that one contact costs; absent means that of [economics]."
    )
    offer_cost: Cost | None = Field(
        None, description="Money that a taken offer costs; absent means that of [economics]."
    )
    cap: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Most customers, those of the highest expected profit first."
    )
    is_advice: bool = Field(
        False, description="For people who phone: a list with reasons, and no holdout."
    )

    @field_validator("condition")
    @classmethod
    def _can_be_read(cls, text: str) -> str:
        # Loaded where a condition is declared: reading settings is cheap otherwise.
        from segments.conditions import read_condition  # noqa: PLC0415

        read_condition(text, CONDITION_COLUMNS)
        return text


def _ready(label: str, condition: str, description: str, action: str) -> SegmentRule:
    """Return a rule that is known to be readable: tests read it."""
    return SegmentRule.model_construct(
        label=label, condition=condition, description=description, action=action,
        purpose="marketing", channel=None, contact_cost=None, offer_cost=None, cap=None,
        is_advice=False,
    )  # fmt: skip


# In this order: a customer is in the first whose condition holds, or in none.
READY_MADE: dict[str, SegmentRule] = {
    "early_warning": _ready(
        "SK-01", "is_told",
        "silent for longer than usual, and probably gone; not yet lost by the usual rule",
        "a short personal reminder, soon",
    ),
    "valuable_at_risk": _ready(
        "SK-02", "lifecycle_stage = 'at_risk' AND is_valuable",
        "likely to leave, and among the most valuable of those", "personal contact or a good offer",
    ),
    "at_risk": _ready(
        "SK-03", "lifecycle_stage = 'at_risk'", "likely to leave", "reminder without discount",
    ),
    "valuable_hesitant": _ready(
        "SK-04",
        "lifecycle_stage IN ('active', 'returned') AND is_valuable AND churn_percentile >= 60",
        "not at risk yet, but likelier to leave than most, and among the most valuable",
        "somebody looks at each of them and decides",
    ),
    "anniversary": _ready(
        "SK-05",
        "lifecycle_stage IN ('active', 'returned') AND days_since_first_order >= 300 "
        "AND days_to_anniversary <= 7",
        "the first order is a year old, or several, within a week", "thanks, with a small present",
    ),
    "valuable_loyal": _ready(
        "SK-06", "lifecycle_stage = 'active' AND is_valuable",
        "ordering as usual, and among the most valuable of those", "thanks and early access",
    ),
    "promising_new": _ready(
        "SK-07", "lifecycle_stage = 'new' AND is_valuable",
        "first order lately, and among the most valuable of those",
        "welcome and a reason for the second order",
    ),
    "second_order_due": _ready(
        "SK-08", "order_days = 1 AND days_since_last_order BETWEEN 14 AND 90 "
        "AND lifecycle_stage IN ('new', 'active')",
        "one order so far, some weeks ago", "help with the first purchase, then a second one",
    ),
    "win_back": _ready(
        "SK-09", "lifecycle_stage = 'lost' AND is_valuable",
        "silent for too long, and among the most valuable of those", "win-back, once",
    ),
    "lost": _ready(
        "SK-10", "lifecycle_stage = 'lost'", "silent for too long", "nothing, or rarely",
    ),
}  # fmt: skip
