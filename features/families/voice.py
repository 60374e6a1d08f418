"""What customers say of themselves: recommendation (NPS), preferences, and silence."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from features.family import Feature, FeatureFamily, within
from features.stream import Stream, Tables

# What is older does not count as said.
_EXPIRES_DAYS = 365
_HAS_NPS = _.nps.notnull()


def _answer_days(tables: Tables) -> ir.Table:
    """Return one event per customer and day with answers.

    Columns: answers, preferences (counts), nps (mean score of that day; NULL where none was given).
    """
    question = _.question.lower()
    return (
        tables["surveys"]
        .mutate(occurred_at=_.answered_at.truncate("D"))
        .group_by("customer_id", "occurred_at")
        .agg(
            answers=_.count(),
            preferences=_.count(where=question == "preference"),
            nps=_.score.mean(where=question == "nps"),
        )
    )


VOICE = FeatureFamily(
    name="voice",
    stream=Stream("answer_days", ("surveys",), _answer_days),
    description="Answers to surveys: recommendation, its change, and silence.",
    absence="never answered a survey",
    meaning="voice",
    features=(
        Feature("answer_count", _.answers.sum(), "answers", "answers to surveys so far", 0),
        Feature(
            "answer_count_365d", _.answers.sum(where=within(365)), "answers",
            "answers to surveys in the last 365 days", 0,
        ),
        Feature(
            "days_since_answer", _.age_days.min(), "days", "since the last answer",
            told_as="last_answer",
        ),
        Feature(
            "nps_last", _.nps.argmin(_.age_days, where=_HAS_NPS), "points",
            "last answer to how likely the customer recommends, 0 to 10",
            absence="never answered", own_normal="nps_mean", told_as="recommendation",
        ),
        Feature(
            "nps_mean", _.nps.mean(), "points", "mean of those answers", absence="never answered"
        ),
        Feature(
            "nps_change", _.nps.argmin(_.age_days, where=_HAS_NPS) - _.nps.mean(), "points",
            "last answer less the own mean", absence="never answered",
        ),
        Feature(
            "is_silent_on_nps",
            (_.count(where=_HAS_NPS & within(_EXPIRES_DAYS)) == 0).cast("int64"), "yes or no",
            "1 where no such answer came in the last 365 days: silence is a value of its own", 1,
        ),
        Feature(
            "preference_count", _.preferences.sum(where=within(_EXPIRES_DAYS)), "preferences",
            "preferences stated in the last 365 days; older ones have expired", 0,
        ),
    ),
)  # fmt: skip
