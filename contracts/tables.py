"""The canonical tables: grain, columns, types and rules. Sources are mapped to these.

Ids are text. Times are UTC, as timestamps without zone. Money is decimal with two places, in the
currency of the row. Every table also carries `ingested_at` (UTC, when the batch was accepted) and
`batch_id` (the accepted batch it came in). Of several deliveries of a key the newest counts.
"""

from __future__ import annotations

from contracts.rules import (
    Between,
    InProjectCurrency,
    Matches,
    NotFuture,
    NotNull,
    OneOf,
    RefersTo,
    Rule,
    Severity,
    Unique,
)
from contracts.schema import MONEY, NUMBER, TEXT, TIME, WHOLE, Column, TableSchema

_EARLIEST, _LATEST = "1970-01-01", "2100-01-01"

# More than this in one row is a slipped decimal sign, not an order.
_MOST_MONEY = 10_000_000


def _key(name: str, description: str) -> Column:
    remedy = "Deliver each key once; the last row of a key counted."
    rules = (NotNull(), Unique(remedy=remedy))
    return Column(name, TEXT, description, required=True, rules=rules)


def _customer() -> Column:
    remedy = "Deliver the missing customers, or leave `customers` out: it is then derived."
    known = RefersTo(table="customers", column="customer_id", remedy=remedy)
    return Column(
        "customer_id", TEXT, "who; text, kept as it is", required=True, rules=(NotNull(), known)
    )


def _happened(name: str, description: str, *, required: bool = True) -> Column:
    """Return the time of a fact: it has happened."""
    remedy = f"Check the date format of `{name}`, and `time_zone`."
    rules: tuple[Rule, ...] = (Between(minimum=_EARLIEST, remedy=remedy), NotFuture(remedy=remedy))
    if required:
        rules = (NotNull(), *rules)
    return Column(name, TIME, description, required=required, rules=rules)


def _planned(name: str, description: str, *, required: bool = False) -> Column:
    """Return a time that may lie ahead."""
    remedy = f"Check the date format of `{name}`."
    range_ = Between(minimum=_EARLIEST, maximum=_LATEST, remedy=remedy)
    rules: tuple[Rule, ...] = (NotNull(), range_) if required else (range_,)
    return Column(name, TIME, description, required=required, rules=rules)


def _money(name: str, description: str, *, required: bool = False) -> Column:
    returns = f"Negative `{name}`: returns belong into `refunds`; see `negative_amounts`."
    slipped = f"Check the decimal sign of `{name}`."
    rules: tuple[Rule, ...] = (
        Between(minimum=0, severity=Severity.WARN, remedy=returns),
        Between(minimum=-_MOST_MONEY, maximum=_MOST_MONEY, remedy=slipped),
    )
    if required:
        rules = (NotNull(), *rules)
    return Column(name, MONEY, description, required=required, rules=rules)


_ISO_COUNTRY = Matches(
    pattern="[A-Z]{2}",
    form="two capital letters, as in DE",
    severity=Severity.WARN,
    remedy="Map the spellings of the source under `values`.",
)

CUSTOMERS = TableSchema(
    "customers",
    "one row per customer",
    (
        _key("customer_id", "who; text, kept as it is"),
        _happened("created_at", "since when known; the first order where absent", required=False),
        Column("merged_into", TEXT, "the account of the same person whose facts these now are"),
        Column("country", TEXT, "ISO 3166 code", rules=(_ISO_COUNTRY,)),
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
        _key("customer_id", "who; text, kept as it is"),
        Column("email", TEXT, "e-mail address"),
        Column("phone", TEXT, "telephone number"),
        Column("first_name", TEXT, "given name"),
        Column("last_name", TEXT, "family name, or the name of a company"),
        Column("street", TEXT, "street and number"),
        Column("postal_code", TEXT, "postal code; text, leading zeros stay"),
        Column("city", TEXT, "town"),
        Column("country", TEXT, "ISO 3166 code", rules=(_ISO_COUNTRY,)),
    ),
    key=("customer_id",),
    holds_identifiers=True,
)

ORDERS = TableSchema(
    "orders",
    "one row per order",
    (
        _key("order_id", "which order; derived from customer and time where absent"),
        _customer(),
        _happened("ordered_at", "when it was placed"),
        _money("amount", "what is received for it", required=True),
        _money("discount", "what was taken off, as a positive number"),
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
        _money("amount", "what is received for the line"),
        _money("discount", "what was taken off, as a positive number"),
    ),
    key=("order_id",),
    shares_key=True,
)  # fmt: skip

REFUNDS = TableSchema(
    "refunds",
    "one row per refund",
    (
        _key("refund_id", "which refund"),
        Column("order_id", TEXT, "the order it is for"),
        _customer(),
        _happened("refunded_at", "when it was paid back"),
        _money("amount", "what was paid back, as a positive number", required=True),
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
        _customer(),
        _happened("occurred_at", "when it happened"),
        Column("channel", TEXT, "email, web, app, sms, phone, store"),
        Column("kind", TEXT, "sent, open, click, visit, login, redeem ...", required=True,
               rules=(NotNull(),)),
        Column("campaign_id", TEXT, "the campaign it belongs to"),
    ),
    key=("interaction_id",),
    occurred_at="occurred_at",
)  # fmt: skip

TICKETS = TableSchema(
    "tickets",
    "one row per service ticket",
    (
        _key("ticket_id", "which ticket"),
        _customer(),
        _happened("opened_at", "when it was opened"),
        _happened("closed_at", "when it was closed; NULL while open", required=False),
        Column("topic", TEXT, "what it is about"),
        Column("channel", TEXT, "how it came in"),
        Column("satisfaction", NUMBER, "score the customer gave"),
    ),
    key=("ticket_id",),
    occurred_at="opened_at",
)

SURVEYS = TableSchema(
    "surveys",
    "one row per answer",
    (
        _key("survey_id", "which answer"),
        _customer(),
        _happened("answered_at", "when it was given"),
        Column("question", TEXT, "nps, preference ..."),
        Column("score", NUMBER, "the number given"),
        Column("answer", TEXT, "the choice made; no free text"),
    ),
    key=("survey_id",),
    occurred_at="answered_at",
)

SUBSCRIPTIONS = TableSchema(
    "subscriptions",
    "one row per contract",
    (
        _key("subscription_id", "which contract"),
        _customer(),
        _planned("started_at", "when it began", required=True),
        _planned("ended_at", "when it ended; NULL while it runs"),
        Column("plan", TEXT, "tariff"),
        _money("price", "price of a period"),
        Column("end_reason", TEXT, "why it ended"),
    ),
    key=("subscription_id",),
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
        _happened("changed_at", "when it was said"),
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
        _key("campaign_id", "which campaign"),
        Column("name", TEXT, "what people call it"),
        Column("channel", TEXT, "how it reaches people"),
        _planned("starts_at", "first day", required=True),
        _planned("ends_at", "last day"),
        _money("contact_cost", "cost of one contact"),
        _money("offer_cost", "cost of the offer when taken"),
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
        _customer(),
        _happened("contacted_at", "when"),
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
