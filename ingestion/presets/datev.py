"""What DATEV's master data of debtors and creditors are called inside (EXTF, category 16).

Read in November 2026: the DATEV format on the developer portal (semicolons, decimal commas, a meta
line before the header), field lists of programs that write it (some spell `Adressattyp`), and a
sample file of a public library that writes it. Most files are in cp1252, some in UTF-8: the
encoding is guessed. The file is no list of orders: it gives names to customers, not purchases.
"""

from __future__ import annotations

from ingestion.presets.preset import Preset

_TELLTALE = ("Adressatentyp", "Adressattyp")
_CREDITORS = (
    "Creditors count as customers too, where the export has them: export debtors only. "
    "`customer_id` is the number of the account, so orders must name that."
)

DATEV_CUSTOMERS = Preset(
    name="datev_customers",
    table="customers",
    summary="DATEV, debtors",
    columns={"customer_id": ("Konto",), "country": ("Land",)},
    telltale=_TELLTALE,
    delimiter=";",
    skip_lines=1,
    caveat=_CREDITORS,
)

DATEV_IDENTITIES = Preset(
    name="datev_identities",
    table="identities",
    summary="DATEV, debtors: names and addresses",
    columns={
        "customer_id": ("Konto",),
        "email": ("E-Mail",),
        "phone": ("Telefon",),
        "first_name": (
            "Vorname (Adressatentyp natürl. Person)", "Vorname (Adressattyp natürl. Person)",
        ),
        "last_name": (
            "Name (Adressatentyp natürl. Person)", "Name (Adressattyp natürl. Person)",
        ),
        "street": ("Straße", "Strasse"),
        "postal_code": ("Postleitzahl",),
        "city": ("Ort",),
        "country": ("Land",),
    },
    telltale=_TELLTALE,
    delimiter=";",
    skip_lines=1,
    caveat="Companies have no name here, since theirs stands in a column of its own; for companies "
    'only: columns = { last_name = "Name (Adressatentyp Unternehmen)" }.',
)  # fmt: skip

PRESETS = (DATEV_CUSTOMERS, DATEV_IDENTITIES)
