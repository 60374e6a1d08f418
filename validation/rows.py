"""How a row is named to people: by its ids and its place in the source, and by no other value."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.schema import TableSchema

MOST_EXAMPLES = 3

# A key longer than this was mapped from the wrong column, and would flood the terminal.
_MOST_LETTERS = 40


def id_columns(schema: TableSchema) -> list[str]:
    """Return the columns of a key that are ids: others may say something of a person."""
    return [name for name in schema.key if name.endswith("_id")]


def say_row(
    ids: Mapping[str, object], *, file: object, row: object, files: Mapping[int, str]
) -> str:
    """Return a row as people find it: `order_id o17 (crm/orders.csv:18)`.

    `files` says what the number `file` stands for. Where `row` is None its place is not known.
    """
    known = [f"{name} {_plain(value)}" for name, value in ids.items() if value is not None]
    place = files.get(file, f"file {file}") if isinstance(file, int) else "a source"
    said = " ".join(known) or "a row without key"
    return said if row is None else f"{said} ({place}:{row})"


def _plain(value: object) -> str:
    """Return a key as it can be printed: on one line, and short."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value))
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}..."
