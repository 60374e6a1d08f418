"""The customers that a model was fitted on, in summary, and whether others are still like them.

Population stability index of q against p over bins: the sum of (q - p) ln(q / p).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import xgboost as xgb
from scipy.stats import chi2, norm

from contracts.feature_contract import FeatureContract, Matrix
from forecasting.season import Floats

# From there on a distribution is commonly called another one.
PSI_LIMIT = 0.2
# So many points more or fewer without a value are told.
MISSING_LIMIT = 0.05
# What the model states, beside the features.
SCORE = "score"

# How often anything at all is told of a population in which nothing moved.
_FALSE_ALARMS = 0.05
_BINS = 10
# Of more customers an even part is looked at: it says the same.
_MOST_CUSTOMERS = 20_000
# They move with the date alone, for all customers alike.
_BY_DATE = frozenset({"T", "tenure_days", "days_to_anniversary", "days_to_contract_anniversary"})


@dataclass(frozen=True)
class Distribution:
    """How the values of `customers` lay: shares of the `known` ones in bins.

    A bin holds what is above the edge before it and not above its own; the last has no end.
    """

    customers: int
    known: int
    edges: tuple[float, ...]
    shares: tuple[float, ...]

    @classmethod
    def of(cls, values: Floats, edges: tuple[float, ...] | None = None) -> Self:
        """Return the distribution of values, NaN where not known; bins are tenths unless given."""
        known = values[~np.isnan(values)]
        if edges is None:
            tenths = np.linspace(0, 1, _BINS + 1)[1:-1]
            edges = tuple(np.unique(np.quantile(known, tenths)).tolist()) if len(known) else ()
        counts = np.bincount(np.searchsorted(edges, known), minlength=len(edges) + 1)
        shares = tuple((counts / max(1, len(known))).tolist())
        return cls(len(values), len(known), edges, shares)

    @property
    def missing(self) -> float:
        """The share of the customers without a value."""
        return 1 - self.known / self.customers if self.customers else 0.0

    def psi(self, now: Self) -> float:
        """Return the population stability index of another distribution in the same bins."""
        if not self.known or not now.known:
            return 0.0
        p, q = self._smoothed(), now._smoothed()
        return float(np.sum((q - p) * np.log(q / p)))

    def _smoothed(self) -> Floats:
        counts = np.array(self.shares) * self.known + 0.5
        return np.asarray(counts / counts.sum())


@dataclass(frozen=True)
class Shift:
    """What lies otherwise than at the fit: its index, and the change of the share not known.

    One of them is beyond its limit and beyond what chance does.
    """

    name: str
    psi: float
    missing: float


@dataclass(frozen=True)
class Population:
    """Name -> distribution of each feature and of the score, and the release of XGBoost.

    Features that move with the date alone are left out.
    """

    distributions: Mapping[str, Distribution]
    xgboost: str

    @classmethod
    def learn(cls, X: Matrix, contract: FeatureContract, score: Floats) -> Self:
        """Return the summary of customers, and of what the model states of them."""
        rows = _even_part(len(X))
        found = {
            each.name: Distribution.of(X[rows, place].astype(np.float64), _codes(each.categories))
            for place, each in enumerate(contract.features)
            if each.name not in _BY_DATE
        }
        return cls({**found, SCORE: Distribution.of(score[rows])}, xgb.__version__)

    def shifts(self, X: Matrix, names: tuple[str, ...], score: Floats) -> tuple[Shift, ...]:
        """Return what of these customers lies otherwise, the score first."""
        rows = _even_part(len(X))

        def found() -> Iterator[Shift]:
            # Each is looked at twice: how its values lie, and how many are not known.
            chance = _FALSE_ALARMS / (2 * len(self.distributions))
            for name in (SCORE, *(name for name in names if name in self.distributions)):
                values = score[rows] if name == SCORE else X[rows, names.index(name)]
                then = self.distributions[name]
                now = Distribution.of(values.astype(np.float64), then.edges)
                shift = Shift(name, then.psi(now), now.missing - then.missing)
                is_other = shift.psi > max(PSI_LIMIT, _psi_by_chance(then, now, chance))
                limit = max(MISSING_LIMIT, _missing_by_chance(then, now, chance))
                if is_other or abs(shift.missing) > limit:
                    yield shift

        return tuple(found())

    @property
    def is_of_this_xgboost(self) -> bool:
        """Whether the release of XGBoost, `major.minor`, is the one of the fit."""
        return self.xgboost.split(".")[:2] == xgb.__version__.split(".")[:2]

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        found = {name: asdict(each) for name, each in self.distributions.items()}
        return {"distributions": found, "xgboost": self.xgboost}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the population that `to_json` described."""
        found = {
            name: Distribution(
                each["customers"], each["known"], tuple(each["edges"]), tuple(each["shares"])
            )
            for name, each in stored["distributions"].items()
        }
        return cls(found, stored["xgboost"])


def _psi_by_chance(then: Distribution, now: Distribution, chance: float) -> float:
    """Return what the index exceeds by chance so seldom, where nothing moved.

    It is then chi-squared over n m / (n + m), with one degree of freedom less than there are bins.
    """
    if not then.edges or not then.known or not now.known:
        return 0.0
    return float(chi2.isf(chance, len(then.edges)) * (1 / then.known + 1 / now.known))


def _missing_by_chance(then: Distribution, now: Distribution, chance: float) -> float:
    """Return what the change of a share exceeds by chance so seldom, in either direction."""
    customers = then.customers + now.customers
    if not then.customers or not now.customers:
        return 1.0
    share = 1 - (then.known + now.known) / customers
    variance = share * (1 - share) * (1 / then.customers + 1 / now.customers)
    return float(norm.isf(chance / 2) * np.sqrt(variance))


def _codes(categories: tuple[str, ...] | None) -> tuple[float, ...] | None:
    """Return edges that give every category a bin of its own, the others the last."""
    return None if categories is None else tuple(float(code) for code in range(len(categories)))


def _even_part(customers: int) -> slice:
    return slice(None, None, max(1, -(-customers // _MOST_CUSTOMERS)))
