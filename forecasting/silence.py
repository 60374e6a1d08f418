"""What order histories alone say of a silence: whether it is one between orders or the last.

MBG/NBD in operational time: a customer leaves, if at all, right after an order, and who has not
left orders at an own rate. Every day without an order makes leaving more likely.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from forecasting.beta_geometric import BetaGeometric
from forecasting.customers import Customers, Matrix
from forecasting.season import Floats, Season

SILENCE_COLUMNS = (
    "left_log_odds",
    "left_log_odds_at_order",
    "weekly_order_rate",
    "silence_weeks",
    "orders_missed",
)


@dataclass(frozen=True)
class SilenceBase:
    """How the customers of a base order and leave, and the season of their orders."""

    mbg: BetaGeometric
    season: Season

    def log_odds_left(self, seen: Customers) -> Floats:
        """Return the log odds of having left after the last order.

        They are those of leaving at that order, less the log of a living customer's chance to be
        silent since.
        """
        return -self.mbg.log_odds_alive(seen.seen_in(self.season))

    def log_p_silent_until(self, day: int, seen: Customers) -> Floats:
        """Return the log chance of living customers to be silent on until a day."""
        weeks = self.season.weeks_ahead(seen.day, day - seen.day)
        return self.mbg.log_p_silent(seen.seen_in(self.season), weeks)

    def beside_silence(self, seen: Customers) -> Matrix:
        """Return the features with `SILENCE_COLUMNS` after them; weeks are operational."""
        histories, mbg = seen.seen_in(self.season), self.mbg
        rate = (mbg.r + histories.x) / (mbg.alpha + histories.t_x)
        silence = histories.T - histories.t_x
        columns = (
            -mbg.log_odds_alive(histories),
            np.log(mbg.a) - np.log(mbg.b + histories.x),
            rate,
            silence,
            rate * silence,
        )
        return np.column_stack([seen.X, *(column.astype(np.float32) for column in columns)])

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the base that `to_json` described."""
        return cls(BetaGeometric(**stored["mbg"]), Season(tuple(stored["season"]["index"])))
