"""Files that people open: one for analysts' programs, one for a German Excel. Never one for both.

UTF-8 with BOM and `;` opens cleanly in a German Excel; programs want neither. A line `sep=;` would
make Excel forget the BOM.
"""

from __future__ import annotations

from collections.abc import Callable

from segments.vendors.recipients import Recipient
from segments.vendors.shared import refusal, score_columns
from segments.vendors.target import Column, Form, Kind, Limits, Target

# Those of a sheet, less the header.
_SHEET_ROWS = 1_048_575

_GERMAN = {
    "lifecycle_stage": "Phase",
    "churn_probability": "Abwanderung Wahrscheinlichkeit",
    "churn_percentile": "Abwanderung Perzentil",
    "clv": "Kundenwert",
    "days_overdue": "Tage überfällig",
    "next_order": "Nächste Bestellung erwartet",
    "as_of": "Stichtag",
}


def _place(one: Recipient) -> str | None:
    """Return code and town in one cell: alone, Excel would take the zero from `01067`."""
    return " ".join(part.strip() for part in (one.postal_code, one.city) if part) or None


def _sheet_columns(header: Callable[[str], str]) -> tuple[Column, ...]:
    return (
        Column("Kundennummer", Kind.TEXT, lambda one: one.customer_id, is_required=True),
        Column("Segment", Kind.LABEL, lambda one: one.label),
        Column("Vorname", Kind.NAME, lambda one: one.first_name),
        Column("Nachname", Kind.NAME, lambda one: one.last_name),
        Column("E-Mail", Kind.EMAIL, lambda one: one.email),
        Column("Telefon", Kind.PHONE, lambda one: one.phone),
        Column("Straße", Kind.TEXT, lambda one: one.street),
        Column("PLZ und Ort", Kind.TOWN, _place),
        Column("Land", Kind.COUNTRY, lambda one: one.country),
        *score_columns(header),
    )


# Whoever computes with scores needs no names.
ANALYST = Target(
    name="analyst",
    title="analysts: scores, without names",
    rules="2026-11",
    columns=(
        Column("customer_id", Kind.TEXT, lambda one: one.customer_id, is_required=True),
        Column("segment", Kind.LABEL, lambda one: one.label),
        *score_columns(lambda name: name),
    ),
    withheld=lambda _: None,
    form=Form(line_end="\n"),
    identifiers=("customer_id",),
    key=("customer_id",),
    is_spreadsheet=True,
)
EXCEL_DE = Target(
    name="excel-de",
    title="Excel in German",
    rules="2026-11",
    columns=_sheet_columns(lambda name: _GERMAN[name]),
    withheld=refusal,
    form=Form(
        delimiters=";", has_bom=True, decimal_mark=",", date="%d.%m.%Y", moment="%d.%m.%Y %H:%M:%S"
    ),
    limits=Limits(most_rows=_SHEET_ROWS, split_rows=_SHEET_ROWS),
    identifiers=("Kundennummer",),
    key=("Kundennummer",),
    is_spreadsheet=True,
    keeps_digits=True,
)
