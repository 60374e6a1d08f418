"""Columns that several tools take alike: scores, and the proof of consent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from segments.vendors.recipients import Recipient
from segments.vendors.target import Cell, Column, Kind


def score_columns(
    header: Callable[[str], str],
    *,
    day: Callable[[date | None], Cell] = lambda value: value,
    empty_means: str = "",
) -> tuple[Column, ...]:
    """Return the columns of scores, `header` naming each from the name that scoring gives it."""
    day_kind = Kind.DATE if day(date(2026, 1, 1)) == date(2026, 1, 1) else Kind.MOMENT
    values: tuple[tuple[str, Kind, Callable[[Recipient], Cell]], ...] = (
        ("lifecycle_stage", Kind.TEXT, lambda one: one.lifecycle_stage),
        ("churn_probability", Kind.NUMBER, lambda one: rounded(one.churn_probability, 4)),
        ("churn_percentile", Kind.NUMBER, lambda one: rounded(one.churn_percentile, 1)),
        ("clv", Kind.NUMBER, lambda one: rounded(one.clv, 2)),
        ("days_overdue", Kind.NUMBER, lambda one: rounded(one.days_overdue, 0)),
        ("next_order", day_kind, lambda one: day(one.next_order_p50)),
        ("as_of", day_kind, lambda one: day(one.as_of)),
    )
    return tuple(
        Column(header(name), kind, value, empty_means=empty_means) for name, kind, value in values
    )


def proof_columns(header: Callable[[str], str]) -> tuple[Column, ...]:
    """Return what proves that a customer may be contacted: when, on what basis, which entry."""
    return (
        Column(header("consent_at"), Kind.MOMENT, lambda one: one.consent_at),
        Column(header("consent_basis"), Kind.TEXT, lambda one: one.consent_basis),
        Column(header("consent_entry"), Kind.TEXT, lambda one: one.consent_entry),
    )


def refusal(one: Recipient) -> str | None:
    """Return why somebody who said no is in no file, whoever let them in."""
    return None if one.consent_state in {None, "granted"} else "consent refused"


def ad_refusal(one: Recipient) -> str | None:
    """Return why no ad platform may have somebody; unknown is no."""
    for name, said in (
        ("ad_user_data", one.ad_user_data), ("ad_personalization", one.ad_personalization),
    ):  # fmt: skip
        if said != "granted":
            return f"{name} not granted"
    return None


def rounded(value: float | None, digits: int) -> Decimal | None:
    """Return a number with so many digits behind the sign; None for what is no number."""
    if value is None or value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124
        return None
    number = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits))
    return abs(number) if number.is_zero() else number


def at_noon(day: date | None) -> datetime | None:
    """Return noon UTC of a day: the same day from Honolulu to Auckland, or nearly."""
    return None if day is None else datetime.combine(day, time(12), tzinfo=UTC)


def spoken(prefix: str) -> Callable[[str], str]:
    """Return what makes headers such as `SK Churn Probability`."""
    return lambda name: f"{prefix} {name.replace('_', ' ').title().replace('Clv', 'CLV')}"
