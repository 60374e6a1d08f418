"""What customers' texts say, of tickets and of surveys: lately, at worst, and against the own mean.

Tickets and surveys are families of their own: either table may be absent.
"""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from features.family import Feature, FeatureFamily, ratio, within
from features.stream import Stream, Tables

_YEAR = within(365)
_HALF_YEAR = within(180)
_HAS_NEGATIVE = _.negatives > 0
# Days have one event each, so that none is a tie.
_LAST = (_.total / _.texts).argmin(_.age_days)
_MEAN = ratio(_.total.sum(), _.texts.sum())


def _text_days(texts: ir.Table) -> ir.Table:
    """Return one event per customer and day with texts that say something.

    Columns: texts, negatives (counts), total (sum of sentiment), worst (least sentiment).
    """
    return (
        texts.filter(_.sentiment.notnull())
        .group_by("customer_id", occurred_at=_.occurred_at.truncate("D"))
        .agg(
            texts=_.count(),
            negatives=_.count(where=_.sentiment < 0),
            total=_.sentiment.sum(),
            worst=_.sentiment.min(),
        )
    )


def _ticket_days(tables: Tables) -> ir.Table:
    return _text_days(tables["tickets"].mutate(occurred_at=_.opened_at))


def _survey_days(tables: Tables) -> ir.Table:
    return _text_days(tables["surveys"].mutate(occurred_at=_.answered_at))


def _features(of: str, texts: str, *, tone: str) -> tuple[Feature, ...]:
    """Return the features of the texts of one table, their names beginning with `of`.

    `tone` is how a reason tells whether they got better.
    """
    scale = "-1 to 1"
    return (
        Feature(
            f"{of}_sentiment_mean", _MEAN, scale, f"mean of all {texts} so far, -1 bad to 1 good"
        ),
        Feature(
            f"{of}_sentiment_mean_180d",
            ratio(_.total.sum(where=_HALF_YEAR), _.texts.sum(where=_HALF_YEAR)), scale,
            f"mean of the {texts} of the last 180 days",
            absence=f"no text among the {texts} of the last 180 days",
            own_normal=f"{of}_sentiment_mean", told_as=tone,
        ),
        Feature(
            f"{of}_sentiment_last", _LAST, scale, f"mean of the {texts} of the last day with one",
            own_normal=f"{of}_sentiment_mean",
        ),
        Feature(
            f"{of}_sentiment_change", _LAST - _MEAN, scale,
            "that of the last day less the own mean so far",
        ),
        Feature(
            f"{of}_sentiment_min_365d", _.worst.min(where=_YEAR), scale,
            f"the worst of the {texts} of the last 365 days",
            absence=f"no text among the {texts} of the last 365 days",
        ),
        Feature(
            f"negative_{of}_text_count_365d", _.negatives.sum(where=_YEAR), texts,
            f"{texts} of the last 365 days whose text says more bad than good", 0,
        ),
        Feature(
            f"days_since_negative_{of}_text", _.age_days.min(where=_HAS_NEGATIVE), "days",
            f"since the last of the {texts} whose text says more bad than good",
            absence=f"none of the {texts} is negative",
        ),
    )  # fmt: skip


TICKET_SENTIMENT = FeatureFamily(
    name="ticket_sentiment",
    stream=Stream("ticket_text_days", ("tickets",), _ticket_days),
    description="What the texts of service tickets say, good or bad.",
    absence="no ticket with a text that says something",
    meaning="service",
    features=_features("ticket", "tickets", tone="ticket_tone"),
)

SURVEY_SENTIMENT = FeatureFamily(
    name="survey_sentiment",
    stream=Stream("survey_text_days", ("surveys",), _survey_days),
    description="What free answers to surveys say, good or bad.",
    absence="no answer with a text that says something",
    meaning="voice",
    features=_features("survey", "answers", tone="answer_tone"),
)
