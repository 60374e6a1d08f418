"""What a campaign that tries to keep customers costs and brings: the settings, and the formula."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import numpy.typing as npt

# Numbers, arrays and columns of tables: the formula is the same for all.
Amount = TypeVar("Amount", float, "npt.NDArray[np.float64]", "ir.FloatingValue")

Cost = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]

# The proportions of Verbraken, Verbeke and Baesens 2013 (1 and 10 for a customer worth 200). They
# fit any currency and any size of basket, as an amount would not.
_CONTACT_SHARE, _OFFER_SHARE = 0.005, 0.05


@dataclass(frozen=True)
class Campaign:
    """Who is contacted costs `contact_cost`; who takes the offer costs `offer_cost`, in money.

    Of churners the share `acceptance` takes the offer and stays; it is as surely known as from
    `acceptance_trials` offers. Who would have stayed anyway takes the offer always.
    """

    contact_cost: float
    offer_cost: float
    acceptance: float
    acceptance_trials: float

    @property
    def beta(self) -> tuple[float, float]:
        """Both parameters of the beta distribution of the acceptance."""
        accepted = self.acceptance * self.acceptance_trials
        return accepted, self.acceptance_trials - accepted

    def costing(self, *, contact: float | None, offer: float | None) -> Campaign:
        """Return the same campaign at other costs; None leaves a cost as it is."""
        return replace(
            self,
            contact_cost=self.contact_cost if contact is None else contact,
            offer_cost=self.offer_cost if offer is None else offer,
        )

    def expected_profit(self, churn: Amount, value: Amount) -> Amount:
        """Return the profit of contacting each customer, over not contacting; below zero is a loss.

        With p the probability of churn, v the value of a customer who stays, a the acceptance, d
        and f the costs of offer and contact:

            profit = p a (v - d) - (1 - p) d - f

        which is the profit of a campaign per contact, before fixed costs, of Neslin, Gupta,
        Kamakura, Lu and Mason 2006 (Journal of Marketing Research 43, 204-211) for one customer.
        With the outcome (0 or 1) in the place of p, it is what the contact brings given that.
        """
        lost_on_loyal = (1 - churn) * self.offer_cost
        kept = churn * (value - self.offer_cost) * self.acceptance
        return kept - lost_on_loyal - self.contact_cost


class EconomicsSettings(BaseModel):
    """[economics]: costs and effect of a campaign that tries to keep customers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact_cost: Cost | None = Field(
        None,
        description="Money that one contact costs, in the currency of the project; absent means "
        "0.5 % of the mean customer value.",
    )
    offer_cost: Cost | None = Field(
        None,
        description="Money that the offer (voucher, discount) costs when a customer takes it; "
        "absent means 5 % of the mean customer value.",
    )
    acceptance: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.3, description="Share of the contacted churners who take the offer and stay."
    )
    acceptance_trials: Annotated[float, Field(ge=1, le=1e6)] = Field(
        20,
        description="Offers to churners that `acceptance` is known from; fewer spread it wider "
        "around its mean.",
    )

    def campaign(self, mean_value: float) -> Campaign:
        """Return the campaign for customers worth `mean_value` each, on average, if they stay."""
        worth = max(mean_value, 0.0)
        return Campaign(
            contact_cost=_CONTACT_SHARE * worth if self.contact_cost is None else self.contact_cost,
            offer_cost=_OFFER_SHARE * worth if self.offer_cost is None else self.offer_cost,
            acceptance=self.acceptance,
            acceptance_trials=self.acceptance_trials,
        )
