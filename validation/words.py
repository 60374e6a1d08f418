"""Says a declared rule in words, and what to do where the declaration leaves that open."""

from __future__ import annotations

from contracts.rules import (
    Between,
    Facts,
    InProjectCurrency,
    Matches,
    NotFuture,
    NotNull,
    OneOf,
    Readable,
    RefersTo,
    Rule,
    Unique,
)
from contracts.schema import FLAG, MONEY, NUMBER, TEXT, TIME, WHOLE, Column

_KINDS = {
    TEXT: "text", TIME: "times", MONEY: "amounts", NUMBER: "numbers", WHOLE: "whole numbers",
    FLAG: "yes or no",
}  # fmt: skip


def rule_in_words(rule: Rule, *, column: Column, facts: Facts) -> str:  # noqa: PLR0911 - one a rule
    """Return the rule as a short statement; of all values in play, it names its bounds only."""
    match rule:
        case NotNull():
            return "every row has a value"
        case Readable():
            return f"values can be read as {_KINDS[column.type]}"
        case Unique():
            return "no value occurs twice"
        case Between(minimum=minimum, maximum=maximum):
            return _range(minimum, maximum)
        case NotFuture():
            return "values are not in the future"
        case OneOf(values=values):
            return f"values are one of {', '.join(values)}"
        case InProjectCurrency():
            return f"amounts are in the project's currency, {facts.currency}"
        case Matches(form=form):
            return f"values look like {form}"
        case RefersTo(table=table, column=referred):
            return f"values stand in {table}.{referred}"
    raise TypeError(f"There are no words for `{rule}`. Add them to `validation.words`.")


def remedy_for(rule: Rule) -> str:  # noqa: PLR0911 - one a rule
    """Return the declared remedy, or the usual one of such a rule."""
    if rule.remedy:
        return rule.remedy
    match rule:
        case NotNull():
            return "Deliver the missing values, or leave these rows out."
        case Readable():
            return "Map another column, or correct these values in the source."
        case Unique():
            return "Deliver each row once."
        case Between() | NotFuture():
            return "Correct these values in the source, or leave them empty."
        case OneOf():
            return "Map these values to the ones listed, or leave these rows out."
        case InProjectCurrency():
            return "Deliver amounts in the project's currency, or give an exchange rate."
        case Matches():
            return "Map these values to that form."
        case RefersTo(table=table):
            return f"Deliver the rows that `{table}` lacks."
    raise TypeError(f"There is no remedy for `{rule}`. Add it to `validation.words`.")


def percent(share: float) -> str:
    """Return a share as people write it: `2 %`, `0.5 %`, `340 %`."""
    figure = f"{share * 100:.2g}" if share < 1 else f"{share * 100:,.0f}"
    return f"{figure} %"


def _range(minimum: float | str | None, maximum: float | str | None) -> str:
    if maximum is None:
        return f"values are at least {_figure(minimum)}"
    if minimum is None:
        return f"values are at most {_figure(maximum)}"
    return f"values lie in [{_figure(minimum)}, {_figure(maximum)}]"


def _figure(bound: float | str | None) -> str:
    # A year stays 1900; a million reads better in groups.
    return f"{bound:,}" if isinstance(bound, int | float) and abs(bound) >= 10_000 else f"{bound}"
