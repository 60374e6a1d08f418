"""Presets: what they declare, and what they make of a header and of what a person has set."""

from __future__ import annotations

import pytest

from contracts.errors import ColumnMissing, PresetUnfit
from contracts.schema import DIRECT_IDENTIFIERS
from contracts.tables import TABLES
from ingestion.presets import PRESETS, Preset, apply_preset, fill_format, fitting_presets
from ingestion.settings import SourceSettings


def columns(line: str, *, sign: str = ",") -> list[str]:
    return line.split(sign)


# Headers as their systems write them, shortened to what is read and a little of what is not.
SHOPIFY_ORDERS = columns(
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Cancelled at,"
    "Refunded Amount,Vendor,Id,Tags,Source,Lineitem discount,Phone"
)
SHOPIFY_CUSTOMERS = columns(
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address City,Default Address Country Code,"
    "Default Address Zip,Default Address Phone,Phone,Total Spent,Total Orders,Note,Tax Exempt,Tags"
)
WOO_SUITE = columns(
    "order_id,order_number,order_date,paid_date,status,discount_total,order_total,order_currency,"
    "customer_id,customer_email,billing_first_name,billing_email,line_item_1"
)
WOO_ADVANCED = columns(
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Email (Billing),"
    "Cart Discount Amount,Order Total Amount,SKU,Item #,Item Name,Quantity (- Refund),"
    "Order Line Total"
)
HUBSPOT = columns(
    "Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create Date,Original Source,"
    "Country/Region,Postal Code,City,Contact owner"
)
HUBSPOT_GERMAN = columns(
    "Datensatz-ID,Vorname,Nachname,E-Mail,Telefonnummer,Erstellungsdatum,Lead-Status,Land/Region"
)
ACCOUNT = columns(
    "Id,IsDeleted,MasterRecordId,Name,BillingStreet,BillingCity,BillingPostalCode,BillingCountry,"
    "Phone,Industry,NumberOfEmployees,AccountSource,CreatedDate"
)
CONTACT = columns(
    "Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,MailingStreet,MailingCity,"
    "MailingPostalCode,MailingCountry,Phone,Email,LeadSource,CreatedDate"
)
ORDER = columns(
    "Id,IsDeleted,AccountId,EffectiveDate,IsReductionOrder,Status,TotalAmount,OrderNumber,"
    "CreatedDate"
)
OPPORTUNITY = columns("Id,IsDeleted,AccountId,Name,StageName,Amount,CloseDate,IsClosed,IsWon")
CASE = columns(
    "Id,IsDeleted,MasterRecordId,CaseNumber,ContactId,AccountId,Type,Status,Reason,Origin,"
    "CreatedDate,ClosedDate"
)
DATEV = columns(
    "Konto;Name (Adressatentyp Unternehmen);Unternehmensgegenstand;"
    "Name (Adressatentyp natürl. Person);Vorname (Adressatentyp natürl. Person);Adressatentyp;"
    "Anrede;Straße;Postleitzahl;Ort;Land;Telefon;E-Mail;Kundennummer",
    sign=";",
)

FITTING = {
    "Shopify orders": (
        SHOPIFY_ORDERS,
        ["shopify_orders", "shopify_order_lines", "shopify_refunds"],
    ),
    "Shopify customers": (SHOPIFY_CUSTOMERS, ["shopify_customers", "shopify_identities"]),
    "WooCommerce, suite": (WOO_SUITE, ["woocommerce_orders"]),
    "WooCommerce, advanced": (WOO_ADVANCED, ["woocommerce_orders", "woocommerce_order_lines"]),
    "HubSpot": (HUBSPOT, ["hubspot_contacts", "hubspot_identities"]),
    "HubSpot in German": (HUBSPOT_GERMAN, ["hubspot_contacts", "hubspot_identities"]),
    "Account": (ACCOUNT, ["salesforce_accounts", "salesforce_account_identities"]),
    "Contact": (CONTACT, ["salesforce_contacts", "salesforce_contact_identities"]),
    "Order": (ORDER, ["salesforce_orders"]),
    "Opportunity": (OPPORTUNITY, ["salesforce_opportunities"]),
    "Case": (CASE, ["salesforce_cases"]),
    "DATEV": (DATEV, ["datev_customers", "datev_identities"]),
    "a file of one's own": (["order", "customer", "date", "sum"], []),
}


def source(preset: str, **settings: object) -> SourceSettings:
    return SourceSettings.model_validate({"path": "export.csv", "preset": preset, **settings})


@pytest.mark.parametrize("export", FITTING)
def test_an_export_is_known_by_its_columns(export: str) -> None:
    header, names = FITTING[export]
    assert [preset.name for preset in fitting_presets(header)] == names


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_a_preset_fills_a_canonical_table_with_all_it_requires(preset: Preset) -> None:
    schema = TABLES[preset.table]
    for column in schema.columns:
        assert not column.required or column.name in preset.columns, column.name
    for name in preset.columns:
        assert name in schema or schema.free_attributes
        assert schema.holds_identifiers or name not in DIRECT_IDENTIFIERS
    for name, words in preset.values.items():
        assert name in preset.columns
        assert words


@pytest.mark.parametrize("export", [name for name in FITTING if FITTING[name][1]])
def test_settings_of_a_preset_are_valid_settings(export: str) -> None:
    header, names = FITTING[export]
    for name in names:
        filled = apply_preset(PRESETS[name].table, source(name), header)
        assert SourceSettings.model_validate(filled.model_dump()) == filled
        assert set(filled.columns.values()) | set(filled.skip) <= set(header)


def test_shopify_orders_are_read_by_their_first_rows_under_hashed_customers() -> None:
    filled = apply_preset("orders", source("shopify_orders"), SHOPIFY_ORDERS)
    assert filled.columns == {
        "order_id": "Name", "customer_id": "Email", "ordered_at": "Created at", "amount": "Total",
        "discount": "Discount Amount", "currency": "Currency", "channel": "Source",
    }  # fmt: skip
    assert filled.continuation_rows
    assert filled.pseudonymous_ids
    assert filled.skip == {"Financial Status": ["voided", "expired"], "Email": [""]}


def test_optional_columns_that_the_file_lacks_stay_unmapped() -> None:
    header = ["Name", "Email", "Created at", "Total", "Lineitem name"]
    filled = apply_preset("orders", source("shopify_orders"), header)
    assert set(filled.columns) == {"order_id", "customer_id", "ordered_at", "amount"}
    assert filled.skip == {"Email": [""]}


def test_case_and_blanks_around_a_column_do_not_matter() -> None:
    header = ["NAME ", "email", "Created At", " Total", "Lineitem name"]
    filled = apply_preset("orders", source("shopify_orders"), header)
    assert filled.columns == {
        "order_id": "NAME", "customer_id": "email", "ordered_at": "Created At", "amount": "Total",
    }  # fmt: skip


def test_the_first_of_the_known_names_counts() -> None:
    filled = apply_preset("orders", source("woocommerce_orders"), WOO_SUITE)
    assert filled.columns["order_id"] == "order_number"
    assert filled.columns["customer_id"] == "billing_email"


def test_what_a_person_has_set_stays() -> None:
    said = source(
        "shopify_orders", columns={"amount": "Subtotal", "margin": "Taxes"},
        skip={"Financial Status": [], "Tags": ["test"]}, pseudonymous_ids=False,
    )  # fmt: skip
    filled = apply_preset("orders", said, SHOPIFY_ORDERS)
    assert filled.columns["amount"] == "Subtotal"
    assert filled.columns["margin"] == "Taxes"
    assert filled.columns["order_id"] == "Name"
    assert filled.skip == {"Financial Status": [], "Email": [""], "Tags": ["test"]}
    assert not filled.pseudonymous_ids
    assert filled.continuation_rows


def test_a_source_without_preset_comes_back_as_it_is() -> None:
    plain = SourceSettings(path="export.csv", columns={"amount": "sum"})
    assert apply_preset("orders", plain, ["sum"]) is plain
    assert fill_format("orders", plain) is plain


def test_a_required_column_that_the_file_lacks_is_named_with_all_its_names() -> None:
    header = [name for name in WOO_ADVANCED if name != "Email (Billing)"]
    with pytest.raises(ColumnMissing) as caught:
        apply_preset("orders", source("woocommerce_orders"), header)
    assert caught.value.missing == ["billing_email or Email (Billing) or customer_email"]
    assert "`export.csv` lacks column" in str(caught.value)


def test_a_required_column_may_be_mapped_by_hand() -> None:
    header = [name for name in WOO_ADVANCED if name != "Email (Billing)"] + ["Customer User Id"]
    said = source("woocommerce_orders", columns={"customer_id": "Customer User Id"})
    assert apply_preset("orders", said, header).columns["customer_id"] == "Customer User Id"


def test_opportunities_without_the_flag_of_the_won_ones_are_refused() -> None:
    header = [name for name in OPPORTUNITY if name != "IsWon"]
    with pytest.raises(ColumnMissing) as caught:
        apply_preset("orders", source("salesforce_opportunities"), header)
    assert caught.value.missing == ["IsWon"]


def test_an_unknown_preset_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(PresetUnfit, match="did you mean `shopify_orders`") as caught:
        apply_preset("orders", source("shopify_order"), SHOPIFY_ORDERS)
    assert caught.value.nearest == "shopify_orders"


def test_a_preset_of_another_table_is_refused_with_that_table() -> None:
    with pytest.raises(PresetUnfit, match=r"Move it to \[sources.orders\]") as caught:
        fill_format("customers", source("shopify_orders"))
    assert caught.value.belongs_to == "orders"


def test_the_format_is_known_before_the_header_is() -> None:
    filled = fill_format("customers", source("datev_customers"))
    assert (filled.skip_lines, filled.delimiter) == (1, ";")
    kept = fill_format("customers", source("datev_customers", skip_lines=3))
    assert kept.skip_lines == 3


@pytest.mark.parametrize(
    ("table", "preset", "file", "lines_before"),
    [
        ("orders", "shopify_orders", "shopify_orders_sample.csv", 0),
        ("order_lines", "shopify_order_lines", "shopify_orders_sample.csv", 0),
        ("refunds", "shopify_refunds", "shopify_orders_sample.csv", 0),
        ("customers", "datev_customers", "datev_EXTF_Stammdaten.csv", 1),
        ("identities", "datev_identities", "datev_EXTF_Stammdaten.csv", 1),
    ],
)
def test_a_preset_finds_all_it_requires_in_a_real_export(
    table: str, preset: str, file: str, lines_before: int, shared_data: object
) -> None:
    path = f"{shared_data}/messy_exports/{file}"
    with open(path, encoding="cp1252") as lines:  # noqa: PTH123
        line = [next(lines) for _ in range(lines_before + 1)][-1].rstrip("\r\n")
    header = line.split(";" if lines_before else ",")
    filled = apply_preset(table, source(preset), header)
    assert PRESETS[preset] in fitting_presets(header)
    assert set(filled.columns.values()) <= set(header)
