"""What a canonical table is: columns with types, rules and meaning, and the key of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contracts.rules import Readable, RefersTo, Rule, Severity

TEXT = "string"
TIME = "timestamp(6)"
MONEY = "decimal(18, 2)"
NUMBER = "float64"
WHOLE = "int64"
FLAG = "boolean"

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

    Of a column with `may_be_text`, what cannot be read is not kept either: a source may hold words
    of a person there, where it should hold a number.
    """

    name: str
    type: str
    description: str
    required: bool = False
    rules: tuple[Rule, ...] = ()
    may_be_text: bool = False


@dataclass(frozen=True)
class TableSchema:
    """One canonical table.

    Attributes
    ----------
    key
        Columns that say which earlier rows a later delivery replaces: all rows of the same key.
    shares_key
        Several rows of one delivery belong to one key, as the lines of an order do.
    occurred_at
        The column that dates the facts of the table.
    known_later
        Column of a later time -> columns that are known from that time on, as it is itself.
    holds_identifiers
        Names people; read at export only, and never shown.
    keeps_every_row
        No row may be kept out, a refusal least of all: where others reject a row, this one stops.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    shares_key: bool = False
    occurred_at: str | None = None
    known_later: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    free_attributes: bool = False
    holds_identifiers: bool = False
    keeps_every_row: bool = False

    def __getitem__(self, name: str) -> Column:
        """Return the column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    @property
    def referred_tables(self) -> frozenset[str]:
        """The tables that values of this one refer to."""
        return frozenset(
            rule.table
            for column in self.columns
            for rule in column.rules
            if isinstance(rule, RefersTo)
        )

    def rules_of(self, column: Column) -> tuple[Rule, ...]:
        """Return the rules of a column: those declared, and that a typed one can be read.

        An optional value that cannot be read is left out with a warning; it costs no row.
        """
        rules = column.rules
        if column.type != TEXT:
            severity = Severity.REJECT if column.required else Severity.WARN
            rules = (Readable(severity=severity, escalates=not column.required), *rules)
        if not self.keeps_every_row:
            return rules
        return tuple(
            replace(rule, severity=Severity.STOP) if rule.severity is Severity.REJECT else rule
            for rule in rules
        )
