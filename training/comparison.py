"""Holds a registered version against the champion, on the same customers at risk."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contracts.errors import FeaturesChanged, ModelMissing
from forecasting.churn import Model
from forecasting.customers import Customers
from training.at_risk import who_is_judged
from training.judgement import Interval, advantage_over
from training.lessons import Lessons
from training.model_kind import ModelKind
from training.registered import Registered

GONE = "its stored files are gone, or are not those that were registered"


@dataclass(frozen=True)
class Comparison:
    """The interval of the headline metric of a version less the champion's.

    `part` says what stood for the champion: its `model`, or its `twin` where the model has seen
    what both are judged by.
    """

    champion: str
    part: str
    difference: Interval


@dataclass(frozen=True)
class Incomparable:
    """Why nothing can be said; `stays` is whether the champion keeps its place all the same."""

    champion: str
    reason: str
    stays: bool


def compare(
    kind: ModelKind, lessons: Lessons, version: Registered, champion: Registered
) -> Comparison | Incomparable:
    """Return how a version does beside the champion on the holdout of the lessons.

    Neither has seen what follows the holdout: of the version its twin is judged, of the champion
    the model if its data end early enough, else its twin.
    """
    split, panel = lessons.splits[kind.name], lessons.panel_of(kind)
    days, asked = split.judged.horizon_days, split.final.horizon_days
    if champion.horizon_days != asked:
        fault = f"it looks {champion.horizon_days} days ahead, and {asked} are asked for"
        return Incomparable(champion.version, fault, stays=False)
    seen = panel.customers_at(split.holdout)
    try:
        X = panel.contract.recode(seen.X, champion.contract, model=champion.label)
        if (part := champion.blind_to(split.holdout)) is None:
            fault = f"it learnt from what followed {split.holdout}, by which both are to be judged"
            return Incomparable(champion.version, fault, stays=True)
        theirs, ours = champion.load(part), version.load("twin")
    except FeaturesChanged as error:
        fault = f"{len(error.changed)} of its features changed or are gone: {error.named}"
        return Incomparable(champion.version, fault, stays=False)
    except ModelMissing:
        return Incomparable(champion.version, GONE, stays=False)
    if type(theirs) is not type(ours):
        fault = "it is for customers who leave otherwise: see `kind` under [business]"
        return Incomparable(champion.version, fault, stays=False)
    holdout = panel.at([split.holdout])
    here, _ = who_is_judged(kind, holdout, lessons.business, days)
    followed = holdout.outcomes[days].rows(here)
    theirs = _over(theirs, days)
    difference = advantage_over(
        kind.label(followed),
        kind.stated(ours.forecast(seen))[here],
        kind.stated(theirs.forecast(Customers(X, champion.contract.names, seen.day)))[here],
        headline=kind.headline, rank=kind.rank, weight=followed.weight,
        resamples=lessons.settings.bootstrap_rounds, seed=lessons.settings.seed,
    )  # fmt: skip
    return Comparison(champion.version, part, difference)


def _over(model: Model, days: int) -> Model:
    """Return the same model for another horizon, as it would be had it been asked for that."""
    stretch = model.stretch * days / model.horizon_days
    return replace(model, horizon_days=days, stretch=stretch)
