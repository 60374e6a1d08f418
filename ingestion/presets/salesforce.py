"""What Salesforce's objects are called inside: API names, as Data Loader and Export write them.

Read in November 2026: the Object Reference for the Salesforce Platform (Account, Contact, Order,
Opportunity, Case) and the Field Reference Guide (Order). Data Export writes flags as 0 and 1, the
APIs as false and true.

Customers are accounts, because orders and opportunities name an account; who counts people instead
takes the presets of contacts and maps `customer_id` of the others to `ContactId`.
"""

from __future__ import annotations

from ingestion.presets.preset import Preset, Skip

_TRUE = ("true", "True", "TRUE", "1")
_FALSE = ("false", "False", "FALSE", "0")
_DELETED: Skip = {("IsDeleted",): _TRUE}
_MERGED = (
    "Deleted records are passed over, and with them those merged into others. To follow those: "
    "skip = { IsDeleted = [] }."
)

SALESFORCE_ACCOUNTS = Preset(
    name="salesforce_accounts",
    table="customers",
    summary="Salesforce, Account: companies as customers",
    columns={
        "customer_id": ("Id",),
        "created_at": ("CreatedDate",),
        "merged_into": ("MasterRecordId",),
        "country": ("BillingCountryCode", "BillingCountry"),
        "acquisition_channel": ("AccountSource",),
        "industry": ("Industry",),
    },
    telltale=("BillingStreet", "NumberOfEmployees", "AccountSource"),
    skip=_DELETED,
    caveat=_MERGED,
)

SALESFORCE_ACCOUNT_IDENTITIES = Preset(
    name="salesforce_account_identities",
    table="identities",
    summary="Salesforce, Account: names and addresses",
    columns={
        "customer_id": ("Id",),
        "email": ("PersonEmail",),
        "phone": ("Phone",),
        "first_name": ("FirstName",),
        "last_name": ("LastName", "Name"),
        "street": ("BillingStreet",),
        "postal_code": ("BillingPostalCode",),
        "city": ("BillingCity",),
        "country": ("BillingCountryCode", "BillingCountry"),
    },
    telltale=("BillingStreet",),
    skip=_DELETED,
)

SALESFORCE_CONTACTS = Preset(
    name="salesforce_contacts",
    table="customers",
    summary="Salesforce, Contact: people as customers",
    columns={
        "customer_id": ("Id",),
        "created_at": ("CreatedDate",),
        "merged_into": ("MasterRecordId",),
        "country": ("MailingCountryCode", "MailingCountry"),
        "acquisition_channel": ("LeadSource",),
    },
    telltale=("MailingStreet", "MailingCity", "ReportsToId"),
    skip=_DELETED,
    caveat=_MERGED,
)

SALESFORCE_CONTACT_IDENTITIES = Preset(
    name="salesforce_contact_identities",
    table="identities",
    summary="Salesforce, Contact: names and addresses",
    columns={
        "customer_id": ("Id",),
        "email": ("Email",),
        "phone": ("Phone", "MobilePhone"),
        "first_name": ("FirstName",),
        "last_name": ("LastName",),
        "street": ("MailingStreet",),
        "postal_code": ("MailingPostalCode",),
        "city": ("MailingCity",),
        "country": ("MailingCountryCode", "MailingCountry"),
    },
    telltale=("MailingStreet", "MailingCity", "ReportsToId"),
    skip=_DELETED,
)

SALESFORCE_ORDERS = Preset(
    name="salesforce_orders",
    table="orders",
    summary="Salesforce, Order",
    columns={
        "order_id": ("Id",),
        "customer_id": ("AccountId",),
        "ordered_at": ("EffectiveDate",),
        "amount": ("TotalAmount",),
        "currency": ("CurrencyIsoCode",),
    },
    telltale=("EffectiveDate",),
    skip={
        ("IsDeleted",): _TRUE,
        ("IsReductionOrder",): _TRUE,
        ("Status",): ("Draft", "Cancelled", "Canceled"),
    },
    caveat="Drafts and reduction orders are passed over. Statuses of your own that are no sale "
    "need `skip` too.",
)

SALESFORCE_OPPORTUNITIES = Preset(
    name="salesforce_opportunities",
    table="orders",
    summary="Salesforce, Opportunity: won ones as orders",
    columns={
        "order_id": ("Id",),
        "customer_id": ("AccountId",),
        "ordered_at": ("CloseDate",),
        "amount": ("Amount",),
        "currency": ("CurrencyIsoCode",),
    },
    telltale=("StageName",),
    # Without it, opportunities that were lost or are still open would count.
    needs=("IsWon",),
    skip={("IsDeleted",): _TRUE, ("IsWon",): _FALSE},
    caveat="`CloseDate` has no time of day, and people set it: it is the day of the sale as they "
    "saw it.",
)

SALESFORCE_CASES = Preset(
    name="salesforce_cases",
    table="tickets",
    summary="Salesforce, Case",
    columns={
        "ticket_id": ("Id",),
        "customer_id": ("AccountId",),
        "opened_at": ("CreatedDate",),
        "closed_at": ("ClosedDate",),
        "topic": ("Reason", "Type"),
        "channel": ("Origin",),
    },
    telltale=("CaseNumber",),
    skip=_DELETED,
    caveat='Where customers are people: columns = { customer_id = "ContactId" }.',
)

PRESETS = (
    SALESFORCE_ACCOUNTS, SALESFORCE_ACCOUNT_IDENTITIES, SALESFORCE_CONTACTS,
    SALESFORCE_CONTACT_IDENTITIES, SALESFORCE_ORDERS, SALESFORCE_OPPORTUNITIES, SALESFORCE_CASES,
)  # fmt: skip
