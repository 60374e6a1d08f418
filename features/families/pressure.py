"""Campaign pressure: how often the company has written to or called the customer lately."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from features.family import Feature, FeatureFamily, within
from features.stream import Stream, Tables


def _contacts(tables: Tables) -> ir.Table:
    """Return one event per contact that was made; the holdout was left alone."""
    contacts = tables["contacts"].filter(_.arm.fill_null("treated") != "holdout")
    return contacts.select("customer_id", occurred_at=_.contacted_at)


PRESSURE = FeatureFamily(
    name="pressure",
    stream=Stream("contacts", ("contacts",), _contacts),
    description="Contacts by campaigns.",
    absence="never contacted",
    meaning="pressure",
    features=(
        *(
            Feature(
                f"contact_count_{days}d", _.count(where=within(days)), "contacts",
                f"contacts by campaigns in the last {days} days", 0,
                told_as="contacts" if days == 30 else "",
            )
            for days in (30, 90)
        ),
        Feature("days_since_contact", _.age_days.min(), "days", "since the last contact"),
    ),
)  # fmt: skip
