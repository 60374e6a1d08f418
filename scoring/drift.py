"""Whether the customers who are scored are still like those that a model was fitted on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from forecasting.churn import Model
from forecasting.customers import Customers
from forecasting.population import MISSING_LIMIT, PSI_LIMIT, SCORE, Population, Shift
from forecasting.season import Floats

# The features that are named in one sentence.
_MOST_NAMED = 3


@dataclass(frozen=True)
class Drift:
    """What is otherwise than when the model of `label` was fitted.

    `fitted_with` is the release of XGBoost, where it is not the one that scores.
    """

    label: str
    shifts: tuple[Shift, ...] = ()
    fitted_with: str | None = None

    def told(self) -> tuple[str, ...]:
        """Return it in sentences, none where all is as it was."""
        return tuple(self._sentences())

    def to_json(self) -> dict[str, Any]:
        """Return what the manifest says: index and change of the missing share by name."""
        return {
            "population_stability_index": {
                each.name: round(each.psi, 4) for each in self.shifts if each.psi > PSI_LIMIT
            },
            "missing_share_change": {
                each.name: round(each.missing, 4)
                for each in self.shifts
                if abs(each.missing) > MISSING_LIMIT
            },
            "fitted_with_xgboost": self.fitted_with,
        }

    def _sentences(self) -> Iterator[str]:
        since = f"than when {self.label} was fitted"
        moved = [each for each in self.shifts if each.psi > PSI_LIMIT]
        for score in (each for each in moved if each.name == SCORE):
            yield f"scores lie otherwise {since} (PSI {score.psi:.2f})"
        others = sorted((each for each in moved if each.name != SCORE), key=lambda each: -each.psi)
        if others:
            named = ", ".join(f"`{each.name}` ({each.psi:.2f})" for each in others[:_MOST_NAMED])
            yield f"{_count(len(others))} distributed otherwise {since}, by PSI first {named}"
        missing = sorted(
            (each for each in self.shifts if abs(each.missing) > MISSING_LIMIT),
            key=lambda each: -abs(each.missing),
        )
        if missing:
            named = ", ".join(
                f"`{each.name}` ({100 * each.missing:+.0f} points)"
                for each in missing[:_MOST_NAMED]
            )
            yield f"{_count(len(missing))} more or less often not known {since}: first {named}"
        if self.fitted_with is not None:
            yield f"{self.label} was fitted with XGBoost {self.fitted_with}, another release"


def drift_of(model: Model, seen: Customers, score: Floats, *, label: str) -> Drift:
    """Return how customers and their scores differ from those of the fit.

    Nothing is known of models of releases that did not keep their population.
    """
    known: Population | None = model.population
    if known is None:
        return Drift(label)
    fitted_with = None if known.is_of_this_xgboost else known.xgboost
    return Drift(label, known.shifts(seen.X, seen.names, score), fitted_with)


def _count(features: int) -> str:
    return "1 feature is" if features == 1 else f"{features} features are"
