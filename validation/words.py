"""Says a declared rule in words, and what to do where the declaration leaves that open."""

from __future__ import annotations

from contracts.rules import Between, NotNull, OneOf, RefersTo, Rule, Unique


def rule_in_words(rule: Rule) -> str:
    """Return the rule as a short statement; of all values in play, it names its bounds only."""
    match rule:
        case NotNull():
            return "every row has a value"
        case Unique():
            return "no value occurs twice"
        case Between(minimum=minimum, maximum=maximum):
            return _range(minimum, maximum)
        case OneOf(values=values):
            return f"values are one of {', '.join(values)}"
        case RefersTo(table=table, column=column):
            return f"values stand in {table}.{column}"
    raise TypeError(f"There are no words for `{rule}`. Add them to `validation.words`.")


def remedy_for(rule: Rule) -> str:
    """Return the declared remedy, or the usual one of such a rule."""
    if rule.remedy:
        return rule.remedy
    match rule:
        case NotNull():
            return "Deliver the missing values, or leave these rows out."
        case Unique():
            return "Deliver each row once."
        case Between():
            return "Correct these values in the source, or leave them empty."
        case OneOf():
            return "Map these values to the ones listed, or leave these rows out."
        case RefersTo(table=table):
            return f"Deliver the rows that `{table}` lacks."
    raise TypeError(f"There is no remedy for `{rule}`. Add it to `validation.words`.")


def _range(minimum: float | str | None, maximum: float | str | None) -> str:
    if maximum is None:
        return f"values are at least {minimum}"
    if minimum is None:
        return f"values are at most {maximum}"
    return f"values lie in [{minimum}, {maximum}]"
