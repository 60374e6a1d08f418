"""The canonical tables: grain, columns, types and rules. Sources are mapped to these.

Ids are text. Times are UTC, as timestamps without zone. Money is decimal with two places, in the
currency of the row. Every table also carries `ingested_at` (UTC, when the batch was accepted) and
`batch_id` (content hash of the file it came in).
"""

from __future__ import annotations

from contracts.rules import Between, NotNull, OneOf, RefersTo, Rule, Severity, Unique
from contracts.schema import MONEY, NUMBER, TEXT, TIME, WHOLE, Column, TableSchema

_EARLIEST = "1970-01-01"


def _key(name: str, description: str) -> Column:
    remedy = "Deliver each key once; an export that repeats rows repeats their value."
    rules = (NotNull(), Unique(remedy=remedy))
    return Column(name, TEXT, description, required=True, rules=rules)


def _customer() -> Column:
    remedy = "Deliver the missing customers, or leave `customers` out: it is then derived."
    known = RefersTo(table="customers", column="customer_id", severity=Severity.WARN, remedy=remedy)
    return Column(
        "customer_id", TEXT, "who; text, kept as it is", required=True, rules=(NotNull(), known)
    )


def _time(name: str, description: str, *, required: bool = True) -> Column:
    remedy = f"Check the date format of `{name}`."
    range_ = Between(minimum=_EARLIEST, severity=Severity.WARN, remedy=remedy)
    rules: tuple[Rule, ...] = (NotNull(), range_) if required else (range_,)
    return Column(name, TIME, description, required=required, rules=rules)


def _money(name: str, description: str, *, required: bool = False) -> Column:
    remedy = f"Negative `{name}`: returns belong into `refunds`."
    positive = Between(minimum=0, severity=Severity.WARN, remedy=remedy)
    rules: tuple[Rule, ...] = (NotNull(), positive) if required else (positive,)
    return Column(name, MONEY, description, required=required, rules=rules)


CUSTOMERS = TableSchema(
    "customers",
    "one row per customer",
    (
        _key("customer_id", "who; text, kept as it is"),
        _time("created_at", "since when known; the first order where absent", required=False),
        Column("country", TEXT, "ISO 3166 code"),
        Column("postal_area", TEXT, "coarse area, never a full address"),
        Column("acquisition_channel", TEXT, "what brought the customer"),
        Column("birth_year", WHOLE, "year only", rules=(Between(minimum=1900, maximum=2100),)),
        Column("loyalty_tier", TEXT, "tier of the loyalty programme"),
    ),
    occurred_at="created_at",
    free_attributes=True,
)

ORDERS = TableSchema(
    "orders",
    "one row per order",
    (
        _key("order_id", "which order; derived from customer and time where absent"),
        _customer(),
        _time("ordered_at", "when it was placed"),
        _money("amount", "what is received for it", required=True),
        _money("discount", "what was taken off, as a positive number"),
        Column("margin", MONEY, "contribution margin, if known"),
        Column("currency", TEXT, "ISO 4217; the project's currency where absent"),
        Column("channel", TEXT, "where it was placed"),
    ),
    occurred_at="ordered_at",
)

ORDER_LINES = TableSchema(
    "order_lines",
    "one row per line of an order",
    (
        Column(
            "order_id", TEXT, "the order of the line", required=True,
            rules=(NotNull(), RefersTo(table="orders", column="order_id", severity=Severity.WARN)),
        ),
        Column("line", TEXT, "which line of the order"),
        Column("product_id", TEXT, "what was bought", required=True, rules=(NotNull(),)),
        Column("category", TEXT, "group of the product"),
        Column("quantity", NUMBER, "pieces or measure"),
        _money("amount", "what is received for the line"),
        _money("discount", "what was taken off, as a positive number"),
    ),
)  # fmt: skip

REFUNDS = TableSchema(
    "refunds",
    "one row per refund",
    (
        _key("refund_id", "which refund"),
        Column("order_id", TEXT, "the order it is for"),
        _customer(),
        _time("refunded_at", "when it was paid back"),
        _money("amount", "what was paid back, as a positive number", required=True),
    ),
    occurred_at="refunded_at",
)

INTERACTIONS = TableSchema(
    "interactions",
    "one row per contact between customer and company",
    (
        _key("interaction_id", "which interaction; derived from the row where absent"),
        _customer(),
        _time("occurred_at", "when it happened"),
        Column("channel", TEXT, "email, web, app, sms, phone, store"),
        Column("kind", TEXT, "sent, open, click, visit, login, redeem ...", required=True,
               rules=(NotNull(),)),
        Column("campaign_id", TEXT, "the campaign it belongs to"),
    ),
    occurred_at="occurred_at",
)  # fmt: skip

TICKETS = TableSchema(
    "tickets",
    "one row per service ticket",
    (
        _key("ticket_id", "which ticket"),
        _customer(),
        _time("opened_at", "when it was opened"),
        _time("closed_at", "when it was closed; NULL while open", required=False),
        Column("topic", TEXT, "what it is about"),
        Column("channel", TEXT, "how it came in"),
        Column("satisfaction", NUMBER, "score the customer gave"),
    ),
    occurred_at="opened_at",
)

SURVEYS = TableSchema(
    "surveys",
    "one row per answer",
    (
        _key("survey_id", "which answer"),
        _customer(),
        _time("answered_at", "when it was given"),
        Column("question", TEXT, "nps, preference ..."),
        Column("score", NUMBER, "the number given"),
        Column("answer", TEXT, "the choice made; no free text"),
    ),
    occurred_at="answered_at",
)

SUBSCRIPTIONS = TableSchema(
    "subscriptions",
    "one row per contract",
    (
        _key("subscription_id", "which contract"),
        _customer(),
        _time("started_at", "when it began"),
        _time("ended_at", "when it ended; NULL while it runs", required=False),
        Column("plan", TEXT, "tariff"),
        _money("price", "price of a period"),
        Column("end_reason", TEXT, "why it ended"),
    ),
    occurred_at="started_at",
)

CONSENTS = TableSchema(
    "consents",
    "append-only ledger: one row per change of a consent",
    (
        _customer(),
        Column("purpose", TEXT, "what for", required=True,
               rules=(NotNull(), OneOf(values=("profiling", "marketing", "ad_matching")))),
        Column("channel", TEXT, "for which channel; NULL means all"),
        Column("status", TEXT, "what was said", required=True,
               rules=(NotNull(), OneOf(values=("granted", "withdrawn", "objected")))),
        _time("changed_at", "when it was said"),
        Column("source", TEXT, "where it was said"),
        Column("text_version", TEXT, "which wording was agreed to"),
    ),
    occurred_at="changed_at",
)  # fmt: skip

CAMPAIGNS = TableSchema(
    "campaigns",
    "one row per campaign",
    (
        _key("campaign_id", "which campaign"),
        Column("name", TEXT, "what people call it"),
        Column("channel", TEXT, "how it reaches people"),
        _time("starts_at", "first day"),
        _time("ends_at", "last day", required=False),
        _money("contact_cost", "cost of one contact"),
        _money("offer_cost", "cost of the offer when taken"),
    ),
    occurred_at="starts_at",
)

CONTACTS = TableSchema(
    "contacts",
    "treatment log: one row per customer and campaign",
    (
        Column("campaign_id", TEXT, "which campaign", required=True,
               rules=(NotNull(), RefersTo(table="campaigns", column="campaign_id"))),
        _customer(),
        _time("contacted_at", "when"),
        Column("channel", TEXT, "how"),
        Column("arm", TEXT, "treated or holdout", rules=(OneOf(values=("treated", "holdout")),)),
    ),
    occurred_at="contacted_at",
)  # fmt: skip

TABLES = {
    schema.name: schema
    for schema in (
        CUSTOMERS, ORDERS, ORDER_LINES, REFUNDS, INTERACTIONS, TICKETS, SURVEYS, SUBSCRIPTIONS,
        CONSENTS, CAMPAIGNS, CONTACTS,
    )
}  # fmt: skip
