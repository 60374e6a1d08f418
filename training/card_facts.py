"""What a model card says of a model beyond its judgement, as JSON can keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from forecasting.churn import gains_of
from forecasting.customers import EXPECTATION_COLUMNS
from training.by_group import by_group
from training.models import FittedModel, JudgedModel
from training.outcome_drift import outcome_alarm
from training.plots.curves import groups
from training.standings import standings
from training.treated_rows import treated_facts

_OF_HISTORY = "expectations of the order history"


def card_facts(fitted: FittedModel, *, families: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts of a card; `families` says feature -> its family."""
    judged = fitted.judged
    results, left_out = by_group(judged)
    final, twin = judged.split.final, judged.split.judged
    return {
        "as_of": str(final.as_of),
        "cutoffs": [str(day) for day in final.cutoffs],
        "holdout_cutoffs": [str(day) for day in twin.cutoffs],
        "customers": fitted.model.customers,
        "features": len(fitted.model.contract.features),
        "families": _families(judged, families),
        "standings": [
            {"approach": each.approach, "family": each.family, **each.flat()}
            for each in standings(judged.judgement)
        ],
        "groups": [asdict(each) for each in results],
        "left_out": left_out,
        "tenths": [
            asdict(each)
            for each in groups(
                judged.truth, judged.predicted, are_shares=judged.kind.name == "churn"
            )
        ],
        "treated": treated_facts(judged.holdout.treated, judged.split),
        "random_split": fitted.random_split,
        "outcomes": [{**asdict(each), "cutoff": str(each.cutoff)} for each in fitted.outcomes],
        "outcome_alarm": outcome_alarm(fitted.outcomes),
        "calibration": fitted.model.calibration.method,
        "campaign": None if judged.campaign is None else asdict(judged.campaign),
        "worth": judged.worth,
        "xgboost": version("xgboost-cpu"),
        "contract_digest": fitted.model.contract.digest,
    }


def _families(judged: JudgedModel, families: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the families of features, the mean part of the gain of all trees, most first."""
    of = {**families, **dict.fromkeys(EXPECTATION_COLUMNS, _OF_HISTORY)}
    gains: dict[str, float] = {}
    sets = gains_of(judged.model, judged.kind.target).values()
    for shares in sets:
        for feature, share in shares.items():
            family = of.get(feature, "others")
            gains[family] = gains.get(family, 0.0) + share / len(sets)
    expected = () if judged.kind.is_contract else EXPECTATION_COLUMNS
    names = [*judged.model.contract.names, *expected]
    counts: dict[str, int] = {}
    for name in names:
        family = of.get(name, "others")
        counts[family] = counts.get(family, 0) + 1
    ordered = sorted(counts, key=lambda family: (-gains.get(family, 0.0), family))
    return [
        {"family": family, "features": counts[family], "gain": gains.get(family, 0.0)}
        for family in ordered
    ]
