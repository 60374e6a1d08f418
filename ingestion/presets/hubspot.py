"""What HubSpot's export of contacts is called inside, in English and in German.

Read in November 2026: headers of exports in public code that reads them (`Record ID,First Name,
Last Name,Email` ... `Create Date`, `Original Source`, `Country/Region`; older exports say `Contact
ID`), and HubSpot's pages on contact properties. The German names are those of the German pages
and have not been compared with an export.
"""

from __future__ import annotations

from ingestion.presets.preset import Preset

_ID = ("Record ID", "Record ID - Contact", "Contact ID", "Datensatz-ID", "Datensatz-ID - Kontakt")
_COUNTRY = (
    "Country/Region Code", "Country Code", "Country/Region", "Country", "Land/Region",
)  # fmt: skip
_TELLTALE = (
    "Lifecycle Stage", "Lead Status", "Contact owner", "Original Source", "Original Traffic Source",
    "Lifecycle-Phase", "Lead-Status", "Zuständiger Mitarbeiter",
)  # fmt: skip

HUBSPOT_CONTACTS = Preset(
    name="hubspot_contacts",
    table="customers",
    summary="HubSpot, export of contacts",
    columns={
        "customer_id": _ID,
        "created_at": ("Create Date", "Erstellungsdatum"),
        "country": _COUNTRY,
        "acquisition_channel": (
            "Original Traffic Source", "Original Source", "Original Source Type",
            "Ursprüngliche Quelle",
        ),
    },
    telltale=_TELLTALE,
    caveat="Times are those of the account: set `time_zone`. Lifecycle stage and lead status are "
    "left out: they say what a contact has become since, not what it was at a past date.",
)  # fmt: skip

HUBSPOT_IDENTITIES = Preset(
    name="hubspot_identities",
    table="identities",
    summary="HubSpot, export of contacts: names and addresses",
    columns={
        "customer_id": _ID,
        "email": ("Email", "E-Mail"),
        "phone": ("Phone Number", "Mobile Phone Number", "Telefonnummer"),
        "first_name": ("First Name", "Vorname"),
        "last_name": ("Last Name", "Nachname"),
        "street": ("Street Address", "Adresse"),
        "postal_code": ("Postal Code", "Postleitzahl"),
        "city": ("City", "Stadt", "Ort"),
        "country": _COUNTRY,
    },
    telltale=_TELLTALE,
)

PRESETS = (HUBSPOT_CONTACTS, HUBSPOT_IDENTITIES)
