"""Says in a line what a file holds, by its suggestion: how many of what, of whom, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.tables import TABLES
from ingestion.profile import ColumnProfile
from ingestion.suggest import Suggestion


def say_verdict(suggestions: Sequence[Suggestion], profiles: Sequence[ColumnProfile]) -> str:
    """Return the verdict on a file, as in "looks like orders; 3 orders of 2 customers"."""
    if not suggestions:
        return "looks like none of the canonical tables"
    first, *others = suggestions
    by_name = {profile.name: profile for profile in profiles}
    parts = [f"looks like {first.table}", *_parts(first, by_name)]
    if first.missing:
        parts.append(f"no column could be {' or '.join(f'`{name}`' for name in first.missing)}")
    if others:
        parts.append(f"also serves {' and '.join(other.table for other in others)}")
    return "; ".join(parts)


def _parts(suggestion: Suggestion, by_name: Mapping[str, ColumnProfile]) -> list[str]:
    schema = TABLES[suggestion.table]
    mapped = {name: by_name[source] for name, source in suggestion.columns.items()}
    rows = max((profile.rows for profile in by_name.values()), default=0)
    when = mapped.get(schema.occurred_at or "")
    key = mapped.get(schema.key[0]) if len(schema.key) == 1 and not schema.shares_key else None
    count = key.distinct if key is not None else rows
    is_counted = key is not None or len(schema.key) > 1 or schema.shares_key
    said = f"{count:,} {suggestion.table.replace('_', ' ') if is_counted else 'rows'}"
    if schema.name != "customers" and "customer_id" in mapped:
        said += f" of {mapped['customer_id'].distinct:,} customers"
    if when is not None and when.dates is not None:
        said += f", {when.dates[0]:%Y-%m-%d} to {when.dates[1]:%Y-%m-%d}"
    parts = [said]
    if suggestion.settings.get("continuation_rows") and when is not None and when.present < rows:
        parts.append(f"{rows - when.present:,} rows continue the one above")
    return parts
