"""Takes what was paid back from the value of the orders that it was paid back for."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from training.labels import LABEL_KEY


def net_of_refunds(
    labels: ir.Table, orders: ir.Table, refunds: ir.Table, *, value: str
) -> ir.Table:
    """Return the labels with `value` less the refunds of orders placed within the horizon.

    Only what was paid back within it, too: of later refunds nobody knew at its end. A refund of an
    order that is not known counts as if it were of an order of its day. Of another `value` than
    the amount a refund takes the share that it has in the amount of its order, and nothing where
    that order is not known. What stands among the orders as well, below zero, is not taken twice.
    """
    paid_back = _paid_back(orders, refunds, value)
    taken = (
        labels.select(*LABEL_KEY)
        .join(paid_back, "customer_id")
        .filter(
            _.ordered_on >= _.snapshot_date,
            _.ordered_on.delta(_.snapshot_date, unit="day") < _.horizon_days,
            _.refunded_on.delta(_.snapshot_date, unit="day") < _.horizon_days,
        )
        .group_by(*LABEL_KEY)
        .agg(taken=_.taken.sum())
    )
    net = labels.left_join(taken, LABEL_KEY).mutate(value=_.value - _.taken.fill_null(0.0))
    return net.select(*labels.columns)


def _paid_back(orders: ir.Table, refunds: ir.Table, value: str) -> ir.Table:
    """Return one row per refund: customer_id, ordered_on, refunded_on, and what it `taken` is."""
    of_order = orders.select(
        "order_id", ordered_on=_.ordered_at.date(), of_amount=_.amount, of_value=_[value]
    )
    returned = orders.filter(_.amount < 0).select(
        "customer_id", refunded_on=_.ordered_at.date(), amount=-_.amount
    )
    rows = refunds.select(
        "customer_id", "order_id", "amount", refunded_on=_.refunded_at.date()
    ).anti_join(returned, ["customer_id", "refunded_on", "amount"])
    found = rows.left_join(of_order, "order_id")
    amount = found.amount.cast("float64")
    share = found.of_value.cast("float64") / found.of_amount.cast("float64").nullif(0.0)
    taken = amount if value == "amount" else (amount * share).fill_null(0.0)
    return found.select(
        "customer_id", "refunded_on",
        ordered_on=ibis.coalesce(found.ordered_on, found.refunded_on), taken=taken,
    )  # fmt: skip
