"""What the company means by its words: the settings that labels, scores and segments share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Days = Annotated[int, Field(ge=1, le=3650)]


class BusinessSettings(BaseModel):
    """[business]: horizons and the basis of value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["shop", "contract"] = Field(
        "shop",
        description="How customers leave: those of a shop stop ordering, those under contract "
        "(table `subscriptions`) end it or do not pay.",
    )
    payment_failure_reasons: tuple[str, ...] = Field(
        (
            "payment_failure",
            "payment_failed",
            "payment failure",
            "payment failed",
            "non_payment",
            "nonpayment",
            "unpaid",
            "involuntary",
            "Zahlungsausfall",
            "Zahlungsverzug",
            "Nichtzahlung",
        ),
        description="Values of `end_reason` in `subscriptions`, in any case, that mean that a "
        "contract ended for want of payment; every other end is voluntary.",
    )
    horizon_days: Days = Field(
        90,
        description="Churn means no order in this many days from the snapshot date on; of "
        "contracts, that none runs at the end of these days.",
    )
    clv_horizon_days: Days | None = Field(
        None, description="Days that customer value looks ahead; absent means `horizon_days`."
    )
    lost_after_days: Days | None = Field(
        None,
        description="Silent for longer is lost; absent means learnt: the longest break of nine in "
        "ten repeat customers, at least `horizon_days`.",
    )
    new_for_days: Days | None = Field(
        None,
        description="A customer is new for this many days after the first order, or after the "
        "contract began; absent means `horizon_days`.",
    )
    value_basis: Literal["revenue", "margin"] = Field(
        "revenue", description="What customer value adds up: order amounts, or order margins."
    )

    net_refunds: bool = Field(
        True,
        description="Take from customer value what was paid back within its horizon for orders of "
        "it, where `refunds` are delivered.",
    )

    @property
    def is_contract(self) -> bool:
        """Whether customers leave by the end of their contracts."""
        return self.kind == "contract"

    @property
    def value_horizon_days(self) -> int:
        """Days that customer value looks ahead."""
        return self.clv_horizon_days or self.horizon_days

    @property
    def new_days(self) -> int:
        """Days for which a customer counts as new."""
        return self.new_for_days or self.horizon_days

    @property
    def value_column(self) -> str:
        """Column of `orders` that customer value adds up."""
        return "amount" if self.value_basis == "revenue" else "margin"
