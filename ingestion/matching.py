"""Which column of a file is which canonical one, by name and by content, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.schema import FLAG, MONEY, NUMBER, TIME, WHOLE, Column
from contracts.tables import IDENTITIES, TABLES
from ingestion.profile import ColumnProfile
from ingestion.words import likeness

# Canonical column -> (certainty from 0 to 1, source column), best first.
Options = Mapping[str, Sequence[tuple[float, str]]]

# Keys that are derived where a source has none.
DERIVED = {("orders", "order_id"), ("interactions", "interaction_id")}

# Below this certainty a column is not mapped. A required one may be, for somebody to check.
_LEAST_REQUIRED = 0.25
_LEAST_OPTIONAL = 0.45

# What a missing required column takes from a table, and an optional one adds, beside 1 for each
# required one that is there.
_PENALTY = 0.5
_OPTIONAL = 0.3

# A longest value of fewer characters is no telephone number, and no postal code.
_SHORTEST = {"phone": 6, "postal_code": 4}

_EMAIL_BY_ANY_NAME = 0.7

# Yes and no, and some spellings of them.
_MOST_WORDS_OF_A_FLAG = 4

# A column that repeats more than this is no key.
_LEAST_DISTINCT = 0.6


def guess_columns(table: str, profiles: Sequence[ColumnProfile]) -> Options:
    """Return canonical column -> (certainty, source column), best first; each source once."""
    options = {
        column.name: sorted(
            (
                (_likeness(one, column, table) * _plausible(one, column, table), one.name)
                for one in profiles
            ),
            key=lambda option: -option[0],
        )
        for column in TABLES[table].columns
    }
    required = {column.name: column.required for column in TABLES[table].columns}
    order = sorted(options, key=lambda name: (not required[name], -best(options[name])))
    taken: set[str] = set()
    found: dict[str, list[tuple[float, str]]] = {}
    for name in order:
        least = _LEAST_REQUIRED if required[name] else _LEAST_OPTIONAL
        free = [one for one in options[name] if one[1] not in taken and one[0] >= least]
        if free:
            found[name] = free
            taken.add(free[0][1])
    return found


def best(options: Sequence[tuple[float, str]]) -> float:
    """Return the certainty of the best option; 0 where there is none."""
    return options[0][0] if options else 0.0


def _likeness(profile: ColumnProfile, column: Column, table: str) -> float:
    """Return how likely the name is; e-mail addresses are what they are under any name."""
    by_name = likeness(profile.name, table, column.name)
    is_email = column.name == "email" and profile.looks_like == "e-mail"
    return max(by_name, _EMAIL_BY_ANY_NAME) if is_email else by_name


def _plausible(profile: ColumnProfile, column: Column, table: str) -> float:
    """Return how well the values of a source column fit a canonical one, 0 to 1."""
    is_number = profile.kind in {"number", "whole number"} and profile.looks_like is None
    if column.type == TIME:
        return 1.0 if profile.kind == "date" else 0.4
    if column.type in {MONEY, NUMBER}:
        return 1.0 if is_number else 0.2
    if column.type == WHOLE:
        return 1.0 if profile.kind == "whole number" else 0.2
    if column.type == FLAG:
        return 1.0 if profile.distinct <= _MOST_WORDS_OF_A_FLAG else 0.2
    return _plausible_text(profile, column, table)


def _plausible_text(profile: ColumnProfile, column: Column, table: str) -> float:
    if profile.kind in {"date", "number"}:
        return 0.2
    if profile.looks_like == "e-mail" and column.name not in {"email", "customer_id"}:
        return 0.0
    if profile.lengths is not None and profile.lengths[1] < _SHORTEST.get(column.name, 0):
        return 0.2
    is_key = (column.name,) == TABLES[table].key and (table, column.name) not in DERIVED
    return 0.5 if is_key and profile.distinct < _LEAST_DISTINCT * profile.present else 1.0


def score_table(table: str, found: Options, profiles: Sequence[ColumnProfile]) -> float:
    """Return how much speaks for a table; 0 and less is nothing."""
    score = 0.0
    for column in TABLES[table].columns:
        certainty = best(found.get(column.name, ()))
        if not column.required or (table, column.name) in DERIVED:
            score += _OPTIONAL * certainty
        elif certainty:
            score += certainty
        else:
            score -= _PENALTY
    if table == "customers":
        people = guess_columns(IDENTITIES.name, profiles)
        score += _OPTIONAL * sum(best(found) for found in people.values())
    return score
