"""Chooses what trees learn from: of many features, few tell nearly all that there is to tell.

Of a large base the others cost time at every fit and at every scoring, and gain nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from contracts.reasons import NEVER_TOLD, FeatureMeaning
from forecasting.trees import Target
from training.boosting import Lesson, fit_plain
from training.lessons import Lessons
from training.panel import Panel
from training.splits import FitPlan

# Fewer rows cost little, and what they show of single features is not steady.
_FEWEST_ROWS = 100_000
# What each is of depends on the business, so both are asked.
_ASKED = (Target.NO_ORDER, Target.VALUE)
# Read by their names: by customer-base models, simple rules, peers, and whoever says who is lost.
READ_BY_NAME = frozenset(
    {
        "frequency", "recency", "T", "monetary_value", "amount_total", "days_since_last_order",
        "mean_order_value", "last_order_value", "largest_order_value", "order_value_sd",
        "gap_median", "gap_max", "gap_last", "overdue_ratio", "amount_90d", "order_count_14d",
        "order_count_30d", "order_count_60d", "order_count_90d", "order_count_180d",
        "order_count_365d",
    }
)  # fmt: skip


def with_best_features(lessons: Lessons, meanings: Mapping[str, FeatureMeaning]) -> Lessons:
    """Return the lessons with `best_features` only, where there are many rows and earlier cutoffs.

    Those of contracts stay as they are.
    """
    split = lessons.splits.get("churn")
    if split is None or split.earlier is None or lessons.contracts is not None:
        return lessons
    if len(lessons.panel.at(split.final.cutoffs)) < _FEWEST_ROWS:
        return lessons
    return lessons.of(lessons.panel.having(best_features(lessons, split.earlier, meanings)))


def best_features(
    lessons: Lessons, plan: FitPlan, meanings: Mapping[str, FeatureMeaning]
) -> frozenset[str]:
    """Return the features that tell most by a plan, and those that are needed whatever they tell.

    The most by `settings.most_features`, by the gain of plain trees. With a plan that ends before
    any trial or holdout the choice knows nothing of what models are judged by.
    """
    panel = lessons.panel
    learnt = panel.at(plan.cutoffs)
    known = learnt.rows(learnt.outcomes[plan.learnt_days].is_known)
    gains = _gains(known, plan.learnt_days, lessons)
    best = sorted(gains, key=lambda name: (-gains[name], name))[: lessons.settings.most_features]
    texts = {each.name for each in panel.contract.features if each.categories is not None}
    return frozenset({*best, *READ_BY_NAME, *texts, *_told(best, gains, meanings)})


def _gains(rows: Panel, learnt_days: int, lessons: Lessons) -> dict[str, float]:
    """Return feature -> its mean share of the gain over what is asked; 0 where no tree splits."""
    followed = rows.outcomes[learnt_days]
    labels = {Target.NO_ORDER: followed.churned, Target.VALUE: followed.spent}
    gains = dict.fromkeys(rows.feature_names, 0.0)
    for target in _ASKED:
        trees, _ = fit_plain(
            target, Lesson(labels[target], np.zeros(len(rows)), followed.weight), rows.X,
            feature_names=rows.feature_names, settings=lessons.settings, threads=lessons.threads,
        )  # fmt: skip
        gained = {
            name: float(np.sum(gain))
            for name, gain in trees.get_score(importance_type="total_gain").items()
        }
        for name, gain in gained.items():
            gains[name] += gain / sum(gained.values()) / len(_ASKED)
    return gains


def _told(
    best: list[str], gains: Mapping[str, float], meanings: Mapping[str, FeatureMeaning]
) -> set[str]:
    """Return the best feature that can be told of each meaning of which none is among the best.

    A meaning that moves the risk would have nothing to be told by otherwise.
    """
    about = {name: meanings[name].meaning for name in gains if name in meanings}
    told = {about[name] for name in best if name in about and meanings[name].told_as}
    lacking = {about[name] for name in best if name in about} - told - set(NEVER_TOLD)
    found: dict[str, str] = {}
    for name in sorted(gains, key=lambda name: (-gains[name], name)):
        if about.get(name) in lacking and meanings[name].told_as:
            found.setdefault(about[name], name)
    return set(found.values())
