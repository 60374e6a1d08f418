"""The canonical tables: grain, columns, types and rules. Sources are mapped to these.

Ids are text. Times are UTC, as timestamps without zone. Money is decimal with two places, in the
currency of the row. Every table also carries `ingested_at` (UTC, when the batch was accepted) and
`batch_id` (the accepted batch it came in). Of several deliveries of a key the newest counts.
"""

from __future__ import annotations

from contracts.columns import (
    ISO_COUNTRY,
    customer_column,
    happened,
    key_column,
    money,
    planned,
    sentiment,
)
from contracts.rules import (
    Between,
    InProjectCurrency,
    NotNull,
    OneOf,
    RefersTo,
    Severity,
    Unique,
)
from contracts.schema import FLAG, MONEY, NUMBER, TEXT, WHOLE, Column, TableSchema

CUSTOMERS = TableSchema(
    "customers",
    "one row per customer",
    (
        key_column("customer_id", "who; text, kept as it is"),
        happened("created_at", "since when known; the first order where absent", required=False),
        Column("merged_into", TEXT, "the account of the same person whose facts these now are"),
        Column("country", TEXT, "ISO 3166 code", rules=(ISO_COUNTRY,)),
        Column("postal_area", TEXT, "coarse area, never a full address"),
        Column("acquisition_channel", TEXT, "what brought the customer"),
        Column(
            "birth_year", WHOLE, "year only",
            rules=(Between(minimum=1900, maximum=2100, severity=Severity.WARN),),
        ),
        Column("loyalty_tier", TEXT, "tier of the loyalty programme"),
    ),
    key=("customer_id",),
    occurred_at="created_at",
    free_attributes=True,
)  # fmt: skip

IDENTITIES = TableSchema(
    "identities",
    "one row per customer: the direct identifiers, read at export only",
    (
        key_column("customer_id", "who; text, kept as it is"),
        Column("email", TEXT, "e-mail address"),
        Column("phone", TEXT, "telephone number"),
        Column("first_name", TEXT, "given name"),
        Column("last_name", TEXT, "family name, or the name of a company"),
        Column("street", TEXT, "street and number"),
        Column("postal_code", TEXT, "postal code; text, leading zeros stay"),
        Column("city", TEXT, "town"),
        Column("country", TEXT, "ISO 3166 code", rules=(ISO_COUNTRY,)),
    ),
    key=("customer_id",),
    holds_identifiers=True,
)

ORDERS = TableSchema(
    "orders",
    "one row per order",
    (
        key_column("order_id", "which order; derived from customer and time where absent"),
        customer_column(),
        happened("ordered_at", "when it was placed"),
        money("amount", "what is received for it", required=True),
        money("discount", "what was taken off, as a positive number"),
        Column("margin", MONEY, "contribution margin, if known"),
        Column(
            "currency", TEXT, "ISO 4217; the project's currency where absent",
            rules=(InProjectCurrency(remedy="Give its rate in `exchange_rates` of [project]."),),
        ),
        Column("channel", TEXT, "where it was placed"),
    ),
    key=("order_id",),
    occurred_at="ordered_at",
)  # fmt: skip

ORDER_LINES = TableSchema(
    "order_lines",
    "one row per line of an order",
    (
        Column(
            "order_id", TEXT, "the order of the line", required=True,
            rules=(NotNull(), RefersTo(table="orders", column="order_id")),
        ),
        Column("line", TEXT, "which line of the order"),
        Column("product_id", TEXT, "what was bought", required=True, rules=(NotNull(),)),
        Column("category", TEXT, "group of the product"),
        Column("quantity", NUMBER, "pieces or measure"),
        money("amount", "what is received for the line"),
        money("discount", "what was taken off, as a positive number"),
    ),
    key=("order_id",),
    shares_key=True,
)  # fmt: skip

REFUNDS = TableSchema(
    "refunds",
    "one row per refund",
    (
        key_column("refund_id", "which refund"),
        Column("order_id", TEXT, "the order it is for"),
        customer_column(),
        happened("refunded_at", "when it was paid back"),
        money("amount", "what was paid back, as a positive number", required=True),
    ),
    key=("refund_id",),
    occurred_at="refunded_at",
)

INTERACTIONS = TableSchema(
    "interactions",
    "one row per contact between customer and company",
    (
        Column(
            "interaction_id", TEXT,
            "which interaction; where absent, rows that are equal throughout are one interaction",
            rules=(Unique(),),
        ),
        customer_column(),
        happened("occurred_at", "when it happened"),
        Column("channel", TEXT, "email, web, app, sms, phone, store"),
        Column("kind", TEXT, "sent, open, click, visit, login, redeem ...", required=True,
               rules=(NotNull(),)),
        Column("campaign_id", TEXT, "the campaign it belongs to"),
        Column("points", NUMBER, "loyalty points it brings; negative where they are redeemed"),
    ),
    key=("interaction_id",),
    occurred_at="occurred_at",
)  # fmt: skip

TICKETS = TableSchema(
    "tickets",
    "one row per service ticket",
    (
        key_column("ticket_id", "which ticket"),
        customer_column(),
        happened("opened_at", "when it was opened"),
        happened("closed_at", "when it was closed; NULL while open", required=False),
        Column("topic", TEXT, "what it is about"),
        Column("channel", TEXT, "how it came in"),
        Column("satisfaction", NUMBER, "score the customer gave, 1 (bad) to 5"),
        Column("solved", FLAG, "whether it was solved when it was closed: true, yes, resolved ..."),
        sentiment("ticket"),
    ),
    key=("ticket_id",),
    occurred_at="opened_at",
    known_later={"closed_at": ("satisfaction", "solved")},
)

SURVEYS = TableSchema(
    "surveys",
    "one row per answer",
    (
        key_column("survey_id", "which answer"),
        customer_column(),
        happened("answered_at", "when it was given"),
        Column("question", TEXT, "nps, preference ..."),
        Column("score", NUMBER, "the number given"),
        Column("answer", TEXT, "the choice made; no free text"),
        sentiment("answer"),
    ),
    key=("survey_id",),
    occurred_at="answered_at",
)

SUBSCRIPTIONS = TableSchema(
    "subscriptions",
    "one row per contract",
    (
        key_column("subscription_id", "which contract"),
        customer_column(),
        planned("started_at", "when it began", required=True),
        planned("ended_at", "when it ended; NULL while it runs"),
        Column("plan", TEXT, "tariff"),
        money("price", "price of a period"),
        Column("end_reason", TEXT, "why it ended"),
    ),
    key=("subscription_id",),
    occurred_at="started_at",
    known_later={"ended_at": ("end_reason",)},
)

CONSENTS = TableSchema(
    "consents",
    "append-only ledger: one row per change of a consent",
    (
        customer_column(),
        Column("purpose", TEXT, "what for", required=True,
               rules=(NotNull(), OneOf(values=("profiling", "marketing", "ad_matching")))),
        Column("channel", TEXT, "for which channel; NULL means all"),
        Column("status", TEXT, "what was said", required=True,
               rules=(NotNull(), OneOf(values=("granted", "withdrawn", "objected")))),
        happened("changed_at", "when it was said"),
        Column("source", TEXT, "where it was said"),
        Column("text_version", TEXT, "which wording was agreed to"),
    ),
    key=("customer_id", "purpose", "channel", "status", "changed_at", "source", "text_version"),
    keeps_every_row=True,
    occurred_at="changed_at",
)  # fmt: skip

CAMPAIGNS = TableSchema(
    "campaigns",
    "one row per campaign",
    (
        key_column("campaign_id", "which campaign"),
        Column("name", TEXT, "what people call it"),
        Column("channel", TEXT, "how it reaches people"),
        planned("starts_at", "first day", required=True),
        planned("ends_at", "last day"),
        money("contact_cost", "cost of one contact"),
        money("offer_cost", "cost of the offer when taken"),
    ),
    key=("campaign_id",),
    occurred_at="starts_at",
)

CONTACTS = TableSchema(
    "contacts",
    "treatment log: one row per customer and campaign",
    (
        Column("campaign_id", TEXT, "which campaign", required=True,
               rules=(NotNull(), RefersTo(table="campaigns", column="campaign_id"))),
        customer_column(),
        happened("contacted_at", "when"),
        Column("channel", TEXT, "how"),
        Column("arm", TEXT, "treated or holdout", rules=(OneOf(values=("treated", "holdout")),)),
    ),
    key=("campaign_id", "customer_id", "contacted_at"),
    occurred_at="contacted_at",
)  # fmt: skip

TABLES = {
    schema.name: schema
    for schema in (
        CUSTOMERS, IDENTITIES, ORDERS, ORDER_LINES, REFUNDS, INTERACTIONS, TICKETS, SURVEYS,
        SUBSCRIPTIONS, CONSENTS, CAMPAIGNS, CONTACTS,
    )
}  # fmt: skip
