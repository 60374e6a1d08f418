"""What Shopify's own exports of orders and of customers are called inside.

Read in November 2026: headers of whole order and customer exports in public code of several
programs that read them (search for `Lineitem compare at price` beside `Risk Level`, and for
`Default Address Country Code`), and Shopify's customer template as help pages repeat it.

An export of orders has a row per line of an order; what belongs to the order stands in the first.
It names customers by their e-mail only, so that is what joins all tables of Shopify here.
"""

from __future__ import annotations

from ingestion.presets.preset import Preset

_ONLY_ORDERS = ("Lineitem name", "Lineitem quantity")
_ONLY_CUSTOMERS = ("Accepts Email Marketing", "Total Spent")

# Voided: the payment was called back. Expired: it never came. Neither is an order that was paid.
_UNPAID = ("voided", "expired")
_NOBODY = ("",)

SHOPIFY_ORDERS = Preset(
    name="shopify_orders",
    table="orders",
    summary="Shopify, export of orders",
    columns={
        "order_id": ("Name",),
        "customer_id": ("Email",),
        "ordered_at": ("Created at",),
        "amount": ("Total",),
        "discount": ("Discount Amount",),
        "currency": ("Currency",),
        "channel": ("Source",),
    },
    telltale=_ONLY_ORDERS,
    skip={("Financial Status",): _UNPAID, ("Email",): _NOBODY},
    continuation_rows=True,
    pseudonymous_ids=True,
    caveat="Orders without an e-mail, as tills make them, belong to nobody and are passed over. "
    "Orders cancelled after they were paid count; shopify_refunds takes their money back.",
)

SHOPIFY_ORDER_LINES = Preset(
    name="shopify_order_lines",
    table="order_lines",
    summary="Shopify, export of orders: what was bought",
    columns={
        "order_id": ("Name",),
        # The SKU would be the better key, but shops may leave it empty; a line has a name always.
        "product_id": ("Lineitem name",),
        "category": ("Vendor",),
        "quantity": ("Lineitem quantity",),
        "discount": ("Lineitem discount",),
    },
    telltale=_ONLY_ORDERS,
    # Only the first line of an order tells; it decides for all of them.
    skip={("Financial Status",): _UNPAID, ("Email",): _NOBODY},
    caveat="`amount` stays empty: the export has the price of a piece, not of the line. "
    'Where every product has an SKU: columns = { product_id = "Lineitem sku" }.',
)

SHOPIFY_REFUNDS = Preset(
    name="shopify_refunds",
    table="refunds",
    summary="Shopify, export of orders: what was paid back",
    columns={
        "refund_id": ("Name",),
        "order_id": ("Name",),
        "customer_id": ("Email",),
        "refunded_at": ("Created at",),
        "amount": ("Refunded Amount",),
    },
    telltale=("Refunded Amount",),
    skip={
        ("Refunded Amount",): ("", "0", "0.0", "0.00"),
        ("Financial Status",): _UNPAID,
        ("Email",): _NOBODY,
    },
    continuation_rows=True,
    pseudonymous_ids=True,
    caveat="The export does not say when a refund was paid: it is dated like its order, so that "
    "past snapshots know of it too early.",
)

SHOPIFY_CUSTOMERS = Preset(
    name="shopify_customers",
    table="customers",
    summary="Shopify, export of customers",
    columns={
        "customer_id": ("Email",),
        "country": ("Default Address Country Code", "Country Code"),
    },
    telltale=_ONLY_CUSTOMERS,
    skip={("Email",): _NOBODY},
    pseudonymous_ids=True,
    caveat="It has no date of registration. Its consents have no date either, so they cannot "
    "become `consents`.",
)

SHOPIFY_IDENTITIES = Preset(
    name="shopify_identities",
    table="identities",
    summary="Shopify, export of customers: names and addresses",
    columns={
        "customer_id": ("Email",),
        "email": ("Email",),
        "phone": ("Phone", "Default Address Phone"),
        "first_name": ("First Name",),
        "last_name": ("Last Name",),
        "street": ("Default Address Address1", "Address1"),
        "postal_code": ("Default Address Zip", "Zip"),
        "city": ("Default Address City", "City"),
        "country": ("Default Address Country Code", "Country Code"),
    },
    telltale=_ONLY_CUSTOMERS,
    skip={("Email",): _NOBODY},
    pseudonymous_ids=True,
)

PRESETS = (
    SHOPIFY_ORDERS, SHOPIFY_ORDER_LINES, SHOPIFY_REFUNDS, SHOPIFY_CUSTOMERS, SHOPIFY_IDENTITIES,
)  # fmt: skip
