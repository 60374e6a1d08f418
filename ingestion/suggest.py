"""Guesses which canonical tables a file holds and which column is which, and says its doubts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.schema import MONEY, NUMBER, TIME
from contracts.tables import IDENTITIES, TABLES
from ingestion.matching import DERIVED, Options, best, guess_columns, score_table
from ingestion.presets import Preset, fitting_presets
from ingestion.profile import ColumnProfile

# Below this a column is mapped with a doubt.
_SURE = 0.6

# Less than most of its required columns is no table of facts.
_LEAST_SCORE = 0.75

_NONE = ColumnProfile("", 0, 0, 0, "empty")


@dataclass(frozen=True)
class Suggestion:
    """One canonical table of a file.

    Attributes
    ----------
    columns
        Canonical name -> name in the source; also what a preset would map.
    settings
        Other settings of the source; its preset, where it has one, fills them too.
    missing
        Required canonical columns that none of the file seems to be.
    doubts
        Sentences for whoever checks the settings.
    """

    table: str
    columns: Mapping[str, str]
    preset: str | None = None
    settings: Mapping[str, str | bool] = field(default_factory=dict)
    missing: Sequence[str] = ()
    doubts: Sequence[str] = ()


def suggest(profiles: Sequence[ColumnProfile]) -> list[Suggestion]:
    """Return the tables that a file with these columns holds, the likeliest first; maybe none."""
    header = [profile.name for profile in profiles]
    presets = fitting_presets(header)
    if presets:
        return [_by_preset(preset, header) for preset in presets]
    filled = [profile for profile in profiles if profile.kind != "empty"]
    guesses = {table: guess_columns(table, filled) for table in TABLES if table != IDENTITIES.name}
    scores = {table: score_table(table, found, filled) for table, found in guesses.items()}
    likeliest = max(scores, key=lambda table: scores[table])
    if scores[likeliest] <= (0 if likeliest == "customers" else _LEAST_SCORE):
        return []
    suggestion = _by_guess(likeliest, guesses[likeliest], filled)
    if likeliest != "customers":
        return [suggestion]
    return [suggestion, *_identities(suggestion, filled)]


def _by_preset(preset: Preset, header: Sequence[str]) -> Suggestion:
    flags = {
        "continuation_rows": preset.continuation_rows, "pseudonymous_ids": preset.pseudonymous_ids,
    }  # fmt: skip
    return Suggestion(
        preset.table,
        preset.found_in(header),
        preset=preset.name,
        settings={name: flag for name, flag in flags.items() if flag},
        doubts=[preset.caveat] if preset.caveat else [],
    )


def _by_guess(table: str, found: Options, profiles: Sequence[ColumnProfile]) -> Suggestion:
    by_name = {profile.name: profile for profile in profiles}
    columns = {name: options[0][1] for name, options in found.items()}
    doubts = []
    settings: dict[str, str | bool] = {}
    email = next((one.name for one in profiles if one.looks_like == "e-mail"), None)
    if "customer_id" in TABLES[table] and "customer_id" not in columns and email:
        columns["customer_id"] = email
    if by_name.get(columns.get("customer_id", ""), _NONE).looks_like == "e-mail":
        settings["pseudonymous_ids"] = True
        doubts.append(
            "Customers are known by an e-mail address only, so a keyed hash takes its place; map a "
            "number of the customer instead, where there is one."
        )
    if table == "orders" and "order_id" in columns:
        key, when = by_name[columns["order_id"]], by_name.get(columns.get("ordered_at", ""), _NONE)
        if not key.is_unique and when.present == key.distinct < key.rows:
            settings["continuation_rows"] = True
        elif not key.is_unique:
            del columns["order_id"]
            doubts.append(
                f"`{key.name}` repeats: rows are lines of orders. Without `order_id` the rows of "
                "one customer at one time are one order, and their amounts are added up."
            )
    missing = [
        column.name
        for column in TABLES[table].columns
        if column.required and column.name not in columns and (table, column.name) not in DERIVED
    ]
    settings |= _formats(columns, table, by_name)
    doubts += _doubts(table, columns, found, by_name)
    in_order = [column.name for column in TABLES[table].columns if column.name in columns]
    return Suggestion(
        table, {name: columns[name] for name in in_order}, settings=settings, missing=missing,
        doubts=doubts,
    )  # fmt: skip


def _formats(
    columns: Mapping[str, str], table: str, by_name: Mapping[str, ColumnProfile]
) -> dict[str, str | bool]:
    """Return `timestamp_format` and `decimal`, where the mapped columns agree on one."""
    schema = TABLES[table]
    mapped = [(schema[name].type, by_name[source]) for name, source in columns.items()]
    dates = {one.formats[:1] for type_, one in mapped if type_ == TIME and one.formats}
    signs = {one.decimal for type_, one in mapped if type_ in {MONEY, NUMBER} and one.decimal}
    found: dict[str, str | bool] = {}
    if len(dates) == 1 and (first := dates.pop()[0]) is not None:
        found["timestamp_format"] = first
    if signs == {","}:
        found["decimal"] = ","
    return found


def _doubts(
    table: str,
    columns: Mapping[str, str],
    found: Options,
    by_name: Mapping[str, ColumnProfile],
) -> list[str]:
    doubts = []
    for name, source in columns.items():
        profile, column = by_name[source], TABLES[table][name]
        others = [
            other for certainty, other in found.get(name, ())[1:4] if certainty >= _SURE - 0.2
        ]
        others = [f"`{other}`" for other in others if other not in columns.values()]
        if best(found.get(name, ((1.0, source),))) < _SURE or others:
            instead = f"; it may be {' or '.join(others)}" if others else ""
            doubts.append(f"`{name}` is taken from `{source}` by its name{instead}.")
        if column.type == TIME and profile.kind != "date":
            doubts.append(
                f"`{source}` is in no known format of dates: set `timestamp_format`, and "
                "`timestamp_suffix` where the year is missing."
            )
        if len(profile.formats) > 1:
            either = " or ".join(str(one) for one in profile.formats)
            doubts.append(f"The dates of `{source}` may be {either}: the values do not tell.")
        if column.required and profile.missing_share > 0 and table != "orders":
            doubts.append(f"`{source}` is empty in {profile.missing_share:.0%} of the rows.")
        if column.type == MONEY and profile.numbers and profile.numbers[0] < 0:
            doubts.append(f"`{source}` is below zero in some rows: see `negative_amounts`.")
        if (name,) == TABLES[table].key and not profile.is_unique and table != "orders":
            doubts.append(f"`{source}` repeats: the last row of each counts.")
    return doubts


def _identities(customers: Suggestion, profiles: Sequence[ColumnProfile]) -> list[Suggestion]:
    """Return the direct identifiers in a file of customers, as a table of their own."""
    found = guess_columns(IDENTITIES.name, profiles)
    columns = {name: options[0][1] for name, options in found.items() if name != "customer_id"}
    if not set(columns) - {"country"}:
        return []
    key = {name: source for name, source in customers.columns.items() if name == "customer_id"}
    columns = key | {
        one.name: columns[one.name] for one in IDENTITIES.columns if one.name in columns
    }
    return [
        Suggestion(
            IDENTITIES.name, columns,
            settings={
                name: value for name, value in customers.settings.items()
                if name == "pseudonymous_ids"
            },
            missing=[name for name in customers.missing if name == "customer_id"],
        )
    ]  # fmt: skip
