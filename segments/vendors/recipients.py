"""Whom files are for: the table that all targets take, read a customer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from segments.vendors.identifiers import Unusable, read_country, read_email, read_phone

# One row per customer who may be contacted; everything but `customer_id` may be NULL.
RECIPIENTS = pa.schema(
    [
        pa.field("customer_id", pa.string(), nullable=False),
        # As the canonical table `identities` has them.
        ("email", pa.string()),
        ("phone", pa.string()),
        ("first_name", pa.string()),
        ("last_name", pa.string()),
        ("street", pa.string()),
        ("postal_code", pa.string()),
        ("city", pa.string()),
        ("country", pa.string()),
        # As scoring wrote them.
        ("as_of", pa.date32()),
        ("lifecycle_stage", pa.string()),
        ("churn_probability", pa.float64()),
        ("churn_percentile", pa.float64()),
        ("clv", pa.float64()),
        ("days_overdue", pa.float64()),
        ("next_order_p50", pa.date32()),
        # The entry of the ledger of consents that lets a campaign contact the customer.
        ("consent_state", pa.string()),  # granted, withdrawn or objected
        ("consent_at", pa.timestamp("us", tz="UTC")),  # when it was said
        ("consent_channel", pa.string()),  # email, sms ...; NULL means all
        ("consent_basis", pa.string()),  # consent, contract or legitimate_interest
        ("consent_entry", pa.string()),  # which entry: the proof
        # What may become of identifiers at an ad platform: granted, or anything else for no.
        ("ad_user_data", pa.string()),  # they may be handed over
        ("ad_personalization", pa.string()),  # ads may be chosen by them
    ]
)

_GIVEN = {"email": "given_email", "phone": "given_phone", "country": "given_country"}


@dataclass(frozen=True)
class Recipient:
    """One customer. Texts without a character are None; identifiers are read when asked for.

    Reading takes most of the time of a file, and a file of scores needs none.
    """

    label: str
    customer_id: str
    given_email: str | None
    given_phone: str | None
    given_country: str | None
    first_name: str | None
    last_name: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    as_of: date | None
    lifecycle_stage: str | None
    churn_probability: float | None
    churn_percentile: float | None
    clv: float | None
    days_overdue: float | None
    next_order_p50: date | None
    consent_state: str | None
    consent_at: datetime | None
    consent_channel: str | None
    consent_basis: str | None
    consent_entry: str | None
    ad_user_data: str | None
    ad_personalization: str | None

    @cached_property
    def email(self) -> str | Unusable:
        """The e-mail address, as it is written."""
        return read_email(self.given_email)

    @cached_property
    def phone(self) -> str | Unusable:
        """The telephone number, as E.164."""
        return read_phone(self.given_phone, self.country)

    @cached_property
    def country(self) -> str | None:
        """The country, as two capital letters."""
        return read_country(self.given_country)


def recipients_of(table: pa.Table, *, label: str) -> Iterator[Recipient]:
    """Yield the rows of a table of `RECIPIENTS`, in the order of their ids.

    Raises
    ------
    ValueError
        The table lacks a column, or has a customer twice.
    """
    missing = sorted(set(RECIPIENTS.names) - set(table.column_names))
    if missing:
        raise ValueError(f"recipients lack {', '.join(missing)}")
    if pc.count_distinct(table["customer_id"]).as_py() != table.num_rows:
        raise ValueError("a customer stands twice among the recipients")
    ordered = table.select(RECIPIENTS.names).cast(RECIPIENTS).sort_by("customer_id")
    for batch in ordered.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            yield _recipient(row, label)


def _recipient(row: dict[str, Any], label: str) -> Recipient:
    said: dict[str, Any] = {
        _GIVEN.get(name, name): _said(value) if isinstance(value, str) else value
        for name, value in row.items()
    }
    return Recipient(label=label, **said)


def _said(text: str) -> str | None:
    # No tool takes NUL, some end the cell there, and hashes would hide it.
    kept = text.replace("\0", "")
    return kept if kept.strip() else None
