"""What order histories alone say of the time ahead: two customer-base models, season, Gamma-Gamma.

Pareto/NBD ranks cohorts better, MBG/NBD is better calibrated on growing bases: the mean of both is
never much worse than the better one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from forecasting.beta_geometric import BetaGeometric
from forecasting.gamma_gamma import GammaGamma
from forecasting.histories import Histories
from forecasting.pareto import ParetoNbd
from forecasting.season import (
    DAYS_PER_WEEK,
    NO_SEASON,
    DailyOrders,
    Floats,
    Season,
    learn_season,
)

# The likelihood of so many customers says what that of millions says: totals to about 1 %. At past
# cutoffs fewer will do, as the trees correct what is expected there.
_MOST_FITTED = 30_000
_MOST_FITTED_NEAR = 8_000
_FEWEST_ORDERS = 1e-6
_LEAST_PROBABILITY = 1e-5


@dataclass(frozen=True)
class Expectations:
    """One entry per customer: what is expected of the horizon, from the order history alone.

    `orders` are purchases (days with orders), `no_order` the probability of none, `order_value` the
    value of each. Of both models apart: probability to be alive, and log of the orders expected
    over `orders`.
    """

    orders: Floats
    no_order: Floats
    order_value: Floats
    alive_mbg: Floats
    alive_pareto: Floats
    log_mbg: Floats
    log_pareto: Floats

    @property
    def value(self) -> Floats:
        """Value expected in the horizon."""
        return self.orders * self.order_value

    def rows(self, which: npt.NDArray[np.bool_]) -> Expectations:
        """Return the expectations of the customers where `which` is true."""
        return Expectations(*(getattr(self, each.name)[which] for each in fields(self)))


@dataclass(frozen=True)
class CustomerBase:
    """Models of a base as it was known at one date, for one horizon.

    `level` brings the mean of both models' logarithms back to the mean of their totals;
    `value_share` is what remains of an order's amount in the basis of value (1 for revenue).
    """

    mbg: BetaGeometric
    pareto: ParetoNbd
    gamma_gamma: GammaGamma
    season: Season
    level: float = 1.0
    value_share: float = 1.0

    @classmethod
    def fit(
        cls, seen: Histories, *, season: Season, weeks: float, start: CustomerBase | None = None
    ) -> Self:
        """Return the models of these customers; `start` is a later base to look near first."""
        few = _few(seen, _MOST_FITTED if start is None else _MOST_FITTED_NEAR)
        mbg = BetaGeometric.fit(few, start=start.mbg if start else None)
        pareto = ParetoNbd.fit(few, start=start.pareto if start else None)
        gamma_gamma = GammaGamma.fit(few.x + 1, few.mean_value)
        by_mbg, by_pareto = (
            np.maximum(model.expected_orders(few, weeks), _FEWEST_ORDERS) for model in (mbg, pareto)
        )
        level = float((by_mbg + by_pareto).sum() / 2 / np.sqrt(by_mbg * by_pareto).sum())
        return cls(mbg, pareto, gamma_gamma, season, level)

    def expect(self, seen: Histories, weeks: float) -> Expectations:
        """Return what to expect of each customer in the `weeks` ahead."""
        mbg = np.maximum(self.mbg.expected_orders(seen, weeks), _FEWEST_ORDERS)
        pareto = np.maximum(self.pareto.expected_orders(seen, weeks), _FEWEST_ORDERS)
        orders = self.level * np.sqrt(mbg * pareto)
        chances = [model.p_no_order(seen, weeks) for model in (self.mbg, self.pareto)]
        no_order = expit(np.mean([logit(_bounded(chance)) for chance in chances], axis=0))
        return Expectations(
            orders=orders,
            no_order=no_order,
            order_value=self.value_share
            * self.gamma_gamma.expected_value(seen.x + 1, seen.mean_value),
            alive_mbg=self.mbg.p_alive(seen),
            alive_pareto=self.pareto.p_alive(seen),
            log_mbg=np.log(mbg / orders),
            log_pareto=np.log(pareto / orders),
        )

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the base that `to_json` described."""
        return cls(
            mbg=BetaGeometric(**stored["mbg"]),
            pareto=ParetoNbd(**stored["pareto"]),
            gamma_gamma=GammaGamma(**stored["gamma_gamma"]),
            season=Season(tuple(stored["season"]["index"])),
            level=stored["level"],
            value_share=stored["value_share"],
        )


def season_of(orders: DailyOrders, see: Callable[[Season], Histories]) -> Season:
    """Return the season of a base, learnt twice: the second time with models that know the first.

    `see` returns the base's histories in the operational time of a season.
    """
    season = NO_SEASON
    for _ in range(2):
        by_age = BetaGeometric.fit(_few(see(season), _MOST_FITTED_NEAR)).repeat_orders_by_age(
            np.arange(len(orders) + 1) / DAYS_PER_WEEK
        )
        season = learn_season(orders, by_age)
        if season == NO_SEASON:
            break
    return season


def _few(seen: Histories, most: int) -> Histories:
    return seen.take(slice(None, None, max(1, -(-len(seen) // most))))


def _bounded(probability: Floats) -> Floats:
    return np.clip(probability, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
