"""One campaign: what it changed beside whom it left alone, or what is missing to say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from training.uplift import FEWEST, Arms, RiskGroup, by_risk


@dataclass(frozen=True)
class Campaign:
    """A campaign that chose customers: some were treated, the holdout was left alone.

    `starts_on` is not after the first contact.
    """

    campaign_id: str
    name: str | None
    starts_on: date
    last_contact_on: date
    treated: int
    holdout: int

    @property
    def has_both_arms(self) -> bool:
        """Whether anybody was contacted, and anybody left alone."""
        return self.treated > 0 and self.holdout > 0

    def missing(self, as_of: date, *, horizon_days: int, lag_days: int) -> str | None:
        """Return what is missing to say what it changed; None where nothing is.

        Orders may take `lag_days` to arrive.
        """
        if not self.has_both_arms:
            return "nobody was left alone" if self.treated else "nobody was contacted"
        if min(self.treated, self.holdout) < FEWEST:
            return f"it takes {FEWEST} customers in each arm"
        known_on = self.last_contact_on + timedelta(days=horizon_days + lag_days)
        if known_on > as_of:
            return (
                f"what its customers did in the {horizon_days} days after its last contact, on "
                f"{self.last_contact_on}, is known on {known_on}; orders are known up to {as_of}"
            )
        return None


@dataclass(frozen=True)
class CampaignUplift:
    """What a campaign changed: `whole` counts all its customers, `groups` those with a risk.

    The risk is that of the scores that were published as of `scored_as_of`; None: there were none
    when it began. `unscored` customers have no risk, `mean_risk` is of the treated and of the
    holdout. With something `missing` there is no more.
    """

    campaign: Campaign
    missing: str | None = None
    whole: Arms | None = None
    scored_as_of: date | None = None
    groups: tuple[RiskGroup, ...] = ()
    unscored: int = 0
    mean_risk: tuple[float, float] | None = None


def measure_uplift(
    campaign: Campaign, followed: pa.Table, *, scored_as_of: date | None
) -> CampaignUplift:
    """Return what a campaign changed.

    `followed` has a row per customer: is_treated, has_left, and risk (NULL where none was stated).
    """
    is_treated, has_left = (
        followed[name].to_numpy().astype(bool) for name in ("is_treated", "has_left")
    )
    whole = Arms.count(is_treated, has_left)
    if not whole.are_enough:
        fault = f"it takes {FEWEST} customers under contract in each arm"
        return CampaignUplift(campaign, missing=fault)
    if scored_as_of is None:
        return CampaignUplift(campaign, whole=whole)
    risk = followed["risk"].to_numpy().astype(np.float64)
    is_scored = ~np.isnan(risk)
    arms = (is_scored & is_treated, is_scored & ~is_treated)
    means = [float(risk[arm].mean()) for arm in arms if arm.any()]
    return CampaignUplift(
        campaign, whole=whole, scored_as_of=scored_as_of,
        groups=by_risk(is_treated[is_scored], has_left[is_scored], risk[is_scored]),
        unscored=int((~is_scored).sum()),
        mean_risk=(means[0], means[1]) if len(means) == 2 else None,
    )  # fmt: skip
