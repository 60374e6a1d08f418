"""The settings file that `stammkunde init` writes."""

from __future__ import annotations

from pathlib import Path

from contracts.errors import SettingsError

SETTINGS_BELOW_SOURCES = """\
[business]
kind = "shop"                        # or "contract": customers leave by the end of `subscriptions`
horizon_days = 90                    # churn: no order (no contract) any more in this many days
# clv_horizon_days = 90              # value: what is bought in this many days
# lost_after_days = 180              # learnt from the breaks customers take, where absent
# new_for_days = 90
# value_basis = "revenue"            # or "margin", if orders have one

[economics]                          # of a campaign that tries to keep customers
# contact_cost = 0.5                 # of one contact; 0.5 % of the mean customer value, where absent
# offer_cost = 5.0                   # of an offer taken; 5 % of the mean customer value, where absent
# acceptance = 0.3                   # share of the contacted churners who take it and stay

# [validation]
# max_rejected_share = 0.02          # of a delivery; above, it is refused
# max_shrinking = 0.2
# max_growth = 2.0

# [training]
# cutoffs = 6
# cutoff_step_days = 30

# [warning]                          # of `stammkunde alerts`
# silent_days = 90                   # the usual rule: after so much silence a customer is lost
# budget_share = 0.01                # of the watched customers, each time

# [scoring]
# at_risk_share = 0.2

# [segments]
# valuable_share = 0.3
# keep_within = 0.05                # valuable and at risk stay so this far beyond the limit

# [engine]
# memory_gb = 2.0
# threads = 2
"""

TEMPLATE = (
    """\
# Settings of a Stammkunde project. Paths are relative to this file.
# What is commented out shows its default. All settings: docs/settings.md

[project]
name = "my shop"
currency = "EUR"                     # of amounts without a currency of their own
# root = "."                         # where data/, outbox/ and mlruns/ are made

[sources.orders]                     # the only table you need
path = "orders.csv"                  # CSV, .jsonl (also .gz) or Parquet; globs: "orders/*.csv"
columns = { order_id = "order_id", customer_id = "customer_id", ordered_at = "date", amount = "amount" }
# timestamp_format = "%d.%m.%Y"      # where times are not ISO 8601
# delimiter = ";"                    # guessed where absent
# encoding = "cp1252"                # where it is not UTF-8
# decimal = ","                      # "1 234,50 €" is read as 1234.50
# skip_lines = 1                     # lines before the header

# More tables switch more features on:
# [sources.customers]
# path = "customers.csv"
# columns = { customer_id = "id", created_at = "registered", country = "country" }
# [sources.order_lines]
# path = "order_lines.csv"
# columns = { order_id = "order_id", product_id = "sku", category = "category", amount = "amount", discount = "discount" }
# [sources.consents]                 # without it, nobody is withheld from the files
# path = "consents.csv"
# columns = { customer_id = "id", purpose = "purpose", channel = "channel", status = "status", changed_at = "when" }

"""
    + SETTINGS_BELOW_SOURCES
)


def write_settings(file: Path, text: str = TEMPLATE) -> None:
    """Write settings to a new file.

    Raises
    ------
    SettingsError
        The file exists; it stays as it is.
    """
    refuse_existing(file)
    with file.open("x", encoding="utf-8") as settings:
        settings.write(text)


def refuse_existing(file: Path) -> None:
    """Say that a settings file is never overwritten.

    Raises
    ------
    SettingsError
        The file exists; it stays as it is.
    """
    if file.exists():
        raise SettingsError(f"{file} exists and stays as it is. Name another file by --config.")
