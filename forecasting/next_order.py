"""When the next order comes, if one comes within the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.customer_base import CustomerBase
from forecasting.histories import Histories
from forecasting.season import Floats


@dataclass(frozen=True)
class NextOrder:
    """The wait of customers from a day on, of those who order within the horizon.

    `faster` is how many times as often as their history lets expect they are expected to order.
    """

    base: CustomerBase
    seen: Histories
    day: int
    horizon_days: int
    faster: Floats

    def days_until(self, level: float) -> Floats:
        """Return after how many whole days an order has come with a probability of `level`."""
        share = level * self._ordered_within(self._weeks)
        longer = np.expm1(-np.log1p(-share) / (self.base.mbg.r + self.seen.x))
        return self._as_days((self.base.mbg.alpha + self.seen.T) * longer / self.faster)

    def places(self, wait_days: Floats) -> Floats:
        """Return at which level of its distribution each wait lies, 0 to 1; NaN of none."""
        season = self.base.season
        waited = season.weeks(self.day + wait_days + 0.5) - season.weeks(self.day)
        ordered = self._ordered_within(np.minimum(waited, self._weeks))
        return np.asarray(ordered / self._ordered_within(self._weeks))

    @property
    def _weeks(self) -> float:
        return self.base.season.weeks_ahead(self.day, self.horizon_days)

    def _ordered_within(self, weeks: Floats | float) -> Floats:
        """Return the chance that a living customer has ordered: 1 - ((a+T)/(a+T+w))^(r+x)."""
        share = self.faster * weeks / (self.base.mbg.alpha + self.seen.T)
        return np.asarray(-np.expm1(-(self.base.mbg.r + self.seen.x) * np.log1p(share)))

    def _as_days(self, weeks: Floats) -> Floats:
        """Return operational weeks from the day on as whole calendar days within the horizon."""
        ahead = np.arange(self.horizon_days + 1)
        elapsed = self.base.season.weeks(self.day + ahead) - self.base.season.weeks(self.day)
        return np.minimum(np.floor(np.interp(weeks, elapsed, ahead)), self.horizon_days - 1)
