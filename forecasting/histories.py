"""What customer-base models know of a customer: how often, how lately, for how long, for how much.

A purchase is a day with orders. Time is in operational weeks (`forecasting.season`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.season import Floats, Season

# A purchase is known by its day: it took place in the middle of it, on the average.
_MIDDAY = 0.5


@dataclass(frozen=True)
class Histories:
    """One entry per customer: the sufficient statistics of Fader, Hardie and Lee (2005), section 3.

    `x` purchases after the first, `t_x` weeks from first to last, `T` weeks from first to the
    snapshot; `mean_value` of all purchases, the first included.
    """

    x: Floats
    t_x: Floats
    T: Floats
    mean_value: Floats

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: npt.NDArray[np.int64] | slice) -> Histories:
        """Return the histories of these rows."""
        return Histories(self.x[rows], self.t_x[rows], self.T[rows], self.mean_value[rows])


def histories(  # noqa: PLR0913 - the facts of a history
    frequency: Floats, recency: Floats, T: Floats, mean_value: Floats, *, day: int, season: Season
) -> Histories:
    """Return histories as seen at a day, from features of the family `rfm`, which are in days."""
    first = day - T + _MIDDAY
    start = season.weeks(first)
    age = season.weeks(day) - start
    to_last = np.clip(season.weeks(first + recency) - start, 0.0, age)
    return Histories(frequency, to_last, age, mean_value)
