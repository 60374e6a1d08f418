"""Whom each campaign chose, and who of them left within the horizon of the contact."""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.schema import SNAPSHOT_KEY
from training.contract_labels import label_leaving, under_contract
from training.labels import label_horizons


def chosen_by_campaigns(contacts: ir.Table) -> ir.Table:
    """Return one row per campaign and customer: whether treated, and the day of the first contact.

    Whoever was contacted at all by a campaign is treated by it; without an arm one was. Columns:
    campaign_id, customer_id, is_treated, contacted_on.
    """
    return contacts.group_by("campaign_id", "customer_id").agg(
        is_treated=(_.arm.fill_null("treated") != "holdout").any(),
        contacted_on=_.contacted_at.min().date(),
    )


def who_left(chosen: ir.Table, orders: ir.Table, *, horizon_days: int) -> ir.Table:
    """Return the chosen with `has_left`: no order in `[contacted_on, contacted_on + horizon)`."""
    labels = _labels(chosen, orders, horizon_days)
    return _beside(chosen, labels.mutate(has_left=_.orders == 0))


def who_left_contracts(
    chosen: ir.Table,
    orders: ir.Table,
    subscriptions: ir.Table,
    *,
    horizon_days: int,
    words: Collection[str],
) -> ir.Table:
    """Return those of the chosen whose contract ran on the day of the contact, with `has_left`.

    Left has whoever has no contract at the end of the horizon.
    """
    labels = _labels(chosen, orders, horizon_days)
    who = under_contract(labels.select(*SNAPSHOT_KEY).distinct(), subscriptions, words=words)
    left = label_leaving(labels, who, subscriptions, words=words)
    return _beside(chosen, left.mutate(has_left=_.voluntary + _.payment > 0))


def _labels(chosen: ir.Table, orders: ir.Table, horizon_days: int) -> ir.Table:
    spine = chosen.select("customer_id", snapshot_date=_.contacted_on).distinct()
    days = spine.select("snapshot_date").distinct().order_by("snapshot_date").to_pyarrow()
    asked = [(day, horizon_days) for day in days["snapshot_date"].to_pylist()]
    return label_horizons(spine, orders, asked, value="amount")


def _beside(chosen: ir.Table, labels: ir.Table) -> ir.Table:
    found = labels.select("customer_id", "has_left", contacted_on=_.snapshot_date)
    return chosen.join(found, ["customer_id", "contacted_on"])


def campaign_times(campaigns: ir.Table | None, chosen: ir.Table) -> ir.Table:
    """Return one row per campaign that chose anybody, by the day it began.

    Columns: campaign_id, name (NULL where not known), starts_on (the first contact where that is
    earlier, or no start is known), last_contact_on, treated and holdout (customers).
    """
    found = chosen.group_by("campaign_id").agg(
        first=_.contacted_on.min(), last_contact_on=_.contacted_on.max(),
        treated=_.count(where=_.is_treated), holdout=_.count(where=~_.is_treated),
    )  # fmt: skip
    if campaigns is None:
        named = found.mutate(name=ibis.null("string"), starts_on=_.first)
    else:
        known = campaigns.select("campaign_id", "name", starts_on=_.starts_at.date())
        named = found.left_join(known, "campaign_id").mutate(
            starts_on=ibis.least(ibis.coalesce(_.starts_on, _.first), _.first)
        )
    return named.select(
        "campaign_id", "name", "starts_on", "last_contact_on", "treated", "holdout"
    ).order_by("starts_on", "campaign_id")
