"""What exports of WooCommerce orders are called inside; a plug-in writes them, so names differ.

Read in November 2026: the documentation of Import Export Suite for WooCommerce ("Import and Export
of WooCommerce Orders", names such as `order_total`) and the source of Advanced Order Export
(algolplus, `class-wc-order-export-data-extractor.php`, names such as `Order Total Amount`).
The order report of WooCommerce itself has no id of a customer and cannot be used.
"""

from __future__ import annotations

from ingestion.presets.preset import Preset

_ORDER = ("order_number", "Order Number", "order_id", "Order ID")
_STATUS = ("status", "Order Status", "order_status")
_TELLTALE = ("order_total", "Order Total Amount", "Order Status", "billing_email")

# What the reports of WooCommerce leave out by default, and orders whose money went back whole.
_NO_ORDERS = (
    "pending", "cancelled", "failed", "refunded", "trash", "checkout-draft",
    "wc-pending", "wc-cancelled", "wc-failed", "wc-refunded", "wc-checkout-draft",
    "Pending payment", "Pending Payment", "Cancelled", "Failed", "Refunded", "Trash", "Draft",
)  # fmt: skip

WOOCOMMERCE_ORDERS = Preset(
    name="woocommerce_orders",
    table="orders",
    summary="WooCommerce, export of orders by a plug-in",
    columns={
        "order_id": _ORDER,
        "customer_id": ("billing_email", "Email (Billing)", "customer_email"),
        "ordered_at": ("order_date", "Order Date"),
        "amount": ("order_total", "Order Total Amount"),
        "discount": ("discount_total", "Cart Discount Amount", "cart_discount"),
        "currency": ("order_currency", "Currency"),
    },
    telltale=_TELLTALE,
    skip={_STATUS: _NO_ORDERS},
    continuation_rows=True,
    pseudonymous_ids=True,
    caveat="Times are the shop's: set `time_zone`. Refunds of a part are not in the export; orders "
    "refunded whole are passed over. Statuses in other languages need `skip` of your own.",
)

WOOCOMMERCE_ORDER_LINES = Preset(
    name="woocommerce_order_lines",
    table="order_lines",
    summary="WooCommerce, export of orders with a row per product",
    columns={
        "order_id": _ORDER,
        "line": ("Item #", "item_id"),
        # Every product has a name; not every one has an SKU.
        "product_id": ("Item Name", "Product Name", "item_name", "Name"),
        "category": ("Category", "item_category"),
        "quantity": ("Quantity (- Refund)", "Quantity", "item_quantity"),
        "amount": ("Order Line Total", "item_total"),
    },
    telltale=("Item #", "Item Name", "item_name"),
    caveat="The plug-in must write the order number into every row. "
    'Where every product has an SKU: columns = { product_id = "SKU" }.',
)

PRESETS = (WOOCOMMERCE_ORDERS, WOOCOMMERCE_ORDER_LINES)
