"""Salesforce Bulk API 2.0: an upsert of scores by the customer id, and of nothing else.

Read: developer.salesforce.com/docs/platform/api-asynch/guide/datafiles-prepare-csv (form),
datafiles_csv_valid_record_rows (`#N/A`), walkthrough-upsert (external id).

An upsert makes a record of an id that it does not know. Without a last name Salesforce refuses to
make a contact, so a file without names never makes one. An empty cell would leave the score of the
last time in place: `#N/A` takes it out.
"""

from __future__ import annotations

import re

from segments.vendors.shared import score_columns
from segments.vendors.target import Column, Form, Kind, Limits, Target

NULL = "#N/A"
EXTERNAL_ID = "SK_Customer_Id__c"

_API_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)?")
_CREATING = frozenset({"lastname", "firstname", "name", "email", "phone", "mobilephone"})


def _header(name: str) -> str:
    return f"SK_{name.title()}__c"


def _header_fault(header: str) -> str | None:
    if header.lower() in _CREATING:
        return "would let an upsert make contacts: leave it out"
    if _API_NAME.fullmatch(header) is None:
        return "is no API name of a field, such as `SK_CLV__c`"
    return None


SALESFORCE = Target(
    name="salesforce",
    title="Salesforce Bulk API 2.0, scores",
    rules="2026-11",
    columns=(
        Column(EXTERNAL_ID, Kind.TEXT, lambda one: one.customer_id, is_required=True,
               empty_means="names no customer"),
        Column("SK_Segment__c", Kind.LABEL, lambda one: one.label,
               empty_means="leaves the old value"),
        *score_columns(_header, empty_means="leaves the old value"),
    ),
    withheld=lambda _: None,
    form=Form(line_end="\n", moment="%Y-%m-%dT%H:%M:%S.000Z", empty=NULL),
    # 100 MB before they are sent as base64.
    limits=Limits(most_bytes=100_000_000, split_bytes=100_000_000),
    identifiers=(EXTERNAL_ID,),
    key=(EXTERNAL_ID,),
    header_fault=_header_fault,
)  # fmt: skip
