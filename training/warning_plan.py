"""Plans early warning by time: snapshots to learn from, and unseen weeks to be judged on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from forecasting.warning_settings import WarningSettings

_WEEK = timedelta(weeks=1)
# Alerts of the first weeks go to all who had been silent before anybody watched.
WARM_UP_WEEKS = 8
# Weeks of last orders that are judged: fewer say little, more cost history.
_FEWEST_WEEKS, _MOST_WEEKS = 4, 17


@dataclass(frozen=True)
class WarningPlan:
    """When the model is fitted, and its twin, which is judged in the weeks that follow it.

    The twin is fitted on `weeks[0]`; the last of the weeks lies the silence of the usual rule
    before `as_of`, so of every alert it is known whether it was right. `weeks` is empty where the
    history is too short to learn and to judge.
    """

    as_of: date
    weeks: tuple[date, ...]
    history_days: int
    step_days: int
    first_order_on: date

    @property
    def fits(self) -> tuple[date, ...]:
        """Days of the fits: that of the twin, if there is one, and that of the model."""
        return (*self.weeks[:1], self.as_of)

    def snapshots(self, fit_on: date) -> tuple[date, ...]:
        """Return the snapshots that a fit learns from, oldest first; all before its day."""
        steps = min(self.history_days, (fit_on - self.first_order_on).days) // self.step_days
        return tuple(fit_on - timedelta(days=self.step_days * step) for step in range(steps, 0, -1))

    @property
    def dates(self) -> list[date]:
        """The snapshots of all fits, oldest first."""
        return sorted({day for fit_on in self.fits for day in self.snapshots(fit_on)})


def plan_warning(as_of: date, first_order_on: date, settings: WarningSettings) -> WarningPlan:
    """Return the plan as of a day, for orders since another.

    Before the twin there is at least twice the silence of the usual rule to learn from.
    """
    silent_weeks = ceil(settings.silent_days / 7)
    # Warm-up; weeks of last orders; the silence after the last of them; what tells who came back.
    around = WARM_UP_WEEKS + (silent_weeks + 1) + silent_weeks
    room = (as_of - first_order_on).days // 7 - 2 * silent_weeks
    judged = min(around + _MOST_WEEKS, room)
    weeks = () if judged < around + _FEWEST_WEEKS else _weeks(as_of, judged, silent_weeks)
    return WarningPlan(as_of, weeks, settings.history_days, settings.step_days, first_order_on)


def _weeks(as_of: date, first: int, last: int) -> tuple[date, ...]:
    return tuple(as_of - _WEEK * week for week in range(first, last - 1, -1))
