"""What a canonical table is: columns with types, rules and meaning."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.rules import Rule

TEXT = "string"
TIME = "timestamp(6)"
MONEY = "decimal(18, 2)"
NUMBER = "float64"
WHOLE = "int64"

# A customer seen at a date: what features, labels and spines are keyed by.
SNAPSHOT_KEY = ("customer_id", "snapshot_date")

BATCH_COLUMNS = {"ingested_at": TIME, "batch_id": TEXT}

# A customer attribute with one of these names would be a direct identifier in the wrong table.
DIRECT_IDENTIFIERS = frozenset(
    {
        "address", "birth_date", "birthday", "city", "email", "e_mail", "first_name", "iban",
        "last_name", "mail", "mobile", "name", "phone", "street", "surname", "telephone",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    `required` columns must come from the source (or be derived, where the description says so);
    the others are NULL when the source has none.
    """

    name: str
    type: str
    description: str
    required: bool = False
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """One canonical table. `occurred_at` names the column that dates its facts."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    occurred_at: str | None = None
    free_attributes: bool = False

    def __getitem__(self, name: str) -> Column:
        """Return the column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)
