"""Kinds of columns that many canonical tables have, each with its rules."""

from __future__ import annotations

from contracts.rules import (
    Between,
    Matches,
    NotFuture,
    NotNull,
    RefersTo,
    Rule,
    Severity,
    Unique,
)
from contracts.schema import MONEY, NUMBER, TEXT, TIME, Column

_EARLIEST, _LATEST = "1970-01-01", "2100-01-01"

# More than this in one row is a slipped decimal sign, not an order.
_MOST_MONEY = 10_000_000


def key_column(name: str, description: str) -> Column:
    """Return the key of a table: there, and once in a delivery."""
    remedy = "Deliver each key once; the last row of a key counted."
    rules = (NotNull(), Unique(remedy=remedy))
    return Column(name, TEXT, description, required=True, rules=rules)


def customer_column() -> Column:
    """Return the customer that a row is about; `customers` has it, or will."""
    remedy = "Deliver the missing customers, or leave `customers` out: it is then derived."
    known = RefersTo(table="customers", column="customer_id", remedy=remedy)
    return Column(
        "customer_id", TEXT, "who; text, kept as it is", required=True, rules=(NotNull(), known)
    )


def happened(name: str, description: str, *, required: bool = True) -> Column:
    """Return the time of a fact: it has happened."""
    remedy = f"Check the date format of `{name}`, and `time_zone`."
    rules: tuple[Rule, ...] = (Between(minimum=_EARLIEST, remedy=remedy), NotFuture(remedy=remedy))
    if required:
        rules = (NotNull(), *rules)
    return Column(name, TIME, description, required=required, rules=rules)


def planned(name: str, description: str, *, required: bool = False) -> Column:
    """Return a time that may lie ahead."""
    remedy = f"Check the date format of `{name}`."
    range_ = Between(minimum=_EARLIEST, maximum=_LATEST, remedy=remedy)
    rules: tuple[Rule, ...] = (NotNull(), range_) if required else (range_,)
    return Column(name, TIME, description, required=required, rules=rules)


def money(name: str, description: str, *, required: bool = False) -> Column:
    """Return an amount of money: below zero is told, out of all proportion is rejected."""
    returns = f"Negative `{name}`: returns belong into `refunds`; see `negative_amounts`."
    slipped = f"Check the decimal sign of `{name}`."
    rules: tuple[Rule, ...] = (
        Between(minimum=0, severity=Severity.WARN, remedy=returns),
        Between(minimum=-_MOST_MONEY, maximum=_MOST_MONEY, remedy=slipped),
    )
    if required:
        rules = (NotNull(), *rules)
    return Column(name, MONEY, description, required=required, rules=rules)


# The column that the settings may have computed from a text (`sentiment_from`).
SENTIMENT = "sentiment"


def sentiment(of: str) -> Column:
    """Return what a free text says, as a number; the text itself is not kept."""
    remedy = f"Map `{SENTIMENT}` to a number from -1 to 1, or score the text: `sentiment_from`."
    return Column(
        SENTIMENT, NUMBER, f"what the text of the {of} says, -1 (bad) to 1 (good); see "
        "`sentiment_from`",
        rules=(Between(minimum=-1, maximum=1, severity=Severity.WARN, remedy=remedy),),
        may_be_text=True,
    )  # fmt: skip


ISO_COUNTRY = Matches(
    pattern="[A-Z]{2}",
    form="two capital letters, as in DE",
    severity=Severity.WARN,
    remedy="Map the spellings of the source under `values`.",
)
