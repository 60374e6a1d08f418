"""The hybrid model: customer-base models, trees that correct them, and plain trees, together.

The order history carries what is known of the time ahead, however short the past; trees learn how
reality differs from it. Small bases lean on the history, large ones on the trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from contracts.feature_contract import FeatureContract
from forecasting.calibration import NO_CALIBRATION, Calibration
from forecasting.customer_base import CustomerBase, Expectations
from forecasting.customers import Customers, beside_expectations
from forecasting.intervals import STATED, Levels
from forecasting.population import Population
from forecasting.season import Floats
from forecasting.trees import Target, Trees

# Rows at a time: bounds the memory of wide matrices, changes no result.
_ROWS_AT_ONCE = 100_000
_LEAST = 1e-9
_LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True)
class Forecast:
    """Of the horizon, one entry per customer: probability of no order, days with orders, value."""

    no_order: Floats
    orders: Floats
    value: Floats

    @property
    def churn(self) -> Floats:
        """The probability to leave: a shop is left by ordering no more."""
        return self.no_order

    def levelled(self, churn: Floats) -> Forecast:
        """Return the same forecast with other probabilities to leave."""
        return replace(self, no_order=churn)


@dataclass(frozen=True)
class ColdStart:
    """What is stated of a customer who has not ordered yet: what such customers did on average."""

    no_order: float
    orders: float
    value: float


@dataclass(frozen=True)
class Shares:
    """How far trees are followed, by the customers and the horizon they learnt from."""

    correction_of_counts: float
    correction_of_churn: float
    plain: float

    @property
    def plain_value(self) -> float:
        """What plain trees of value weigh, beside corrected value and corrected counts."""
        return self.plain * 2 / 3

    @classmethod
    def of(cls, customers: int, stretch: float) -> Shares:
        """Return the shares for a base of so many customers.

        Corrections of logarithms of counts and value are followed by n / (n + 1000), those of log
        odds by n / (n + 200). Plain trees weigh nothing up to 1,000 customers and half from 2,000;
        less where what they say is stretched to a longer horizon than they learnt from.
        """
        of_size = float(np.clip((customers - 1000) / 1000, 0.0, 1.0)) / 2
        return cls(
            correction_of_counts=customers / (customers + 1000),
            correction_of_churn=customers / (customers + 200),
            plain=of_size / float(np.sqrt(stretch)),
        )


@dataclass(frozen=True)
class HybridModel:
    """Models of one base, for one horizon.

    `trees` may lack targets; what then remains of them is what the order history says. `stretch` is
    the horizon over the horizon that the trees learnt from (1, but for short histories).
    """

    horizon_days: int
    contract: FeatureContract
    base: CustomerBase
    trees: Mapping[Target, Trees]
    customers: int
    stretch: float = 1.0
    calibration: Calibration = NO_CALIBRATION
    value_levels: Levels = STATED
    wait_levels: Levels = STATED
    cold_start: ColdStart | None = None
    population: Population | None = None

    @property
    def shares(self) -> Shares:
        """How far the trees are followed."""
        return Shares.of(self.customers, self.stretch)

    def forecast(self, seen: Customers) -> Forecast:
        """Return the forecast of the customers of one snapshot, all of them together.

        Together, because totals of orders and value are brought to those of the corrected counts,
        which alone keep them: of logarithms and of Tweedie trees the totals drift.
        """
        return self.approaches(seen)["hybrid"]

    def expect(self, seen: Customers) -> Expectations:
        """Return what the order histories alone let expect."""
        season = self.base.season
        weeks = season.weeks_ahead(seen.day, self.horizon_days)
        return self.base.expect(seen.seen_in(season), weeks)

    def approaches(self, seen: Customers) -> dict[str, Forecast]:
        """Return the forecasts of the parts, and of all together as "hybrid".

        The parts: "customer base", "corrected" (by trees), "plain trees".
        """
        parts = [
            self._parts(seen.take(slice(begin, begin + _ROWS_AT_ONCE)))
            for begin in range(0, len(seen), _ROWS_AT_ONCE)
        ] or [self._parts(seen)]
        whole = {
            name: Forecast(
                *(
                    np.concatenate([getattr(part[name], what) for part in parts])
                    for what in ("no_order", "orders", "value")
                )
            )
            for name in parts[0]
        }
        together = _levelled(whole["hybrid"], whole["corrected counts"])
        calibrated = replace(together, no_order=self.calibration.apply(together.no_order))
        return {**whole, "hybrid": calibrated}

    def _parts(self, seen: Customers) -> dict[str, Forecast]:
        season = self.base.season
        weeks = season.weeks_ahead(seen.day, self.horizon_days)
        expected = self.base.expect(seen.seen_in(season), weeks)
        base = Forecast(expected.no_order, expected.orders, expected.value)
        corrected = self._corrected(seen, expected, weeks)
        counts = Forecast(
            corrected.no_order, corrected.orders, corrected.orders * expected.order_value
        )
        plain = self._plain(seen, base)
        return {
            "customer base": base,
            "corrected": corrected,
            "corrected counts": counts,
            "plain trees": plain,
            "hybrid": self._together(corrected, counts, plain),
        }

    def _corrected(self, seen: Customers, expected: Expectations, weeks: float) -> Forecast:
        X = beside_expectations(seen, expected, weeks)
        of_counts, of_churn = self.shares.correction_of_counts, self.shares.correction_of_churn
        stated = {
            target: margin + share * (self.trees[target].corrected(X, margin) - margin)
            if target in self.trees
            else margin
            for target, (margin, share) in {
                Target.NO_ORDER: (logit(expected.no_order), of_churn),
                Target.ORDERS: (np.log(expected.orders), of_counts),
                Target.VALUE: (np.log(np.maximum(expected.value, _LEAST)), of_counts),
            }.items()
        }
        return _forecast(stated)

    def _plain(self, seen: Customers, absent: Forecast) -> Forecast:
        """Return what plain trees say, stretched to the horizon; of targets without, `absent`."""
        stated = {target: trees.stated_plainly(seen.X) for target, trees in self.trees.items()}
        if Target.NO_ORDER in stated:
            chance = np.clip(expit(stated[Target.NO_ORDER]), _LEAST_PROBABILITY, 1.0)
            stated[Target.NO_ORDER] = logit(_inside(chance**self.stretch))
        for target in (Target.ORDERS, Target.VALUE):
            if target in stated:
                stated[target] = stated[target] + np.log(self.stretch)
        return _forecast({**_links(absent), **stated})

    def _together(self, corrected: Forecast, counts: Forecast, plain: Forecast) -> Forecast:
        """Return means on the scale of the links: of log odds and of logarithms."""
        weight = self.shares.plain
        first, second, third = _links(corrected), _links(counts), _links(plain)
        mixed = {target: (1 - weight) * first[target] + weight * third[target] for target in Target}
        of_value = self.shares.plain_value
        mixed[Target.VALUE] = (1 - of_value) / 2 * (
            first[Target.VALUE] + second[Target.VALUE]
        ) + of_value * third[Target.VALUE]
        return _forecast(mixed)


def _levelled(forecast: Forecast, counts: Forecast) -> Forecast:
    """Return the forecast with the totals of the corrected counts."""
    return Forecast(
        forecast.no_order,
        forecast.orders * _ratio(counts.orders.sum(), forecast.orders.sum()),
        forecast.value * _ratio(counts.value.sum(), forecast.value.sum()),
    )


def _ratio(wanted: float, has: float) -> float:
    return wanted / has if has > 0 else 1.0


def _links(forecast: Forecast) -> dict[Target, Floats]:
    return {
        Target.NO_ORDER: logit(_inside(forecast.no_order)),
        Target.ORDERS: np.log(np.maximum(forecast.orders, _LEAST)),
        Target.VALUE: np.log(np.maximum(forecast.value, _LEAST)),
    }


def _forecast(stated: Mapping[Target, Floats]) -> Forecast:
    return Forecast(
        expit(stated[Target.NO_ORDER]),
        np.exp(stated[Target.ORDERS]),
        np.exp(stated[Target.VALUE]),
    )


def _inside(probability: Floats) -> Floats:
    return np.clip(probability, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
