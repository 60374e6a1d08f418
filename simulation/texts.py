"""The settings file and the README beside the tables."""

from __future__ import annotations

from contracts.tables import TABLES
from simulation.company import Company
from simulation.fates import COOL_LEAVES, TROUBLE_DAYS, TROUBLED_LEAVES
from simulation.treatment import OFFER_CENTS
from simulation.writing import Format

SETTINGS_FILE = "stammkunde.toml"


def settings_text(company: Company, format_: Format) -> str:
    """Return the settings that a run on the tables takes."""
    sources = "\n".join(f'[sources.{name}]\npath = "{name}.{format_}"' for name in TABLES)
    return f"""\
# A made company; README.md beside this file says what it is.
[project]
name = "made {company.kind}"
currency = "EUR"

{sources}

[business]
kind = "{company.kind}"
horizon_days = {company.horizon_days}

[economics]
contact_cost = 0.3
offer_cost = {OFFER_CENTS / 100}
"""


def readme_text(company: Company, format_: Format, command: str) -> str:
    """Return what the files are; `command` is the one that made them."""
    tables = "\n".join(
        f"| `{name}.{format_}` | {schema.grain} |" for name, schema in TABLES.items()
    )
    horizon = company.horizon_days
    return f"""\
# A made {company.kind}

Nobody in these files exists. They were made by

    {command}

and come out the same for the same options and release. They hold what a company would know from
{company.start} until the end of {company.last_day}:

| file | holds |
| --- | --- |
{tables}
| `truth.parquet` | one row per person: what no company knows; no source of the settings |
| `{SETTINGS_FILE}` | settings for all of it: `stammkunde run --config {SETTINGS_FILE}` |

## The truth

| column | meaning |
| --- | --- |
| `left_on` | first day without the customer; NULL for who stays {horizon} days longer |
| `left_unpaid` | left because a contract was not paid; NULL for who stays |
| `left_on_if_left_alone` | the same, had every campaign left the customer alone |
| `left_on_if_contacted` | the same, had no campaign that chose the customer left them alone |
| `in_holdout` | one in ten, whom all campaigns leave alone: which of the two came true |
| `uplift_type` | persuadable, sure_thing, lost_cause or sleeping_dog |
| `kept_share` | what a contact does to the risk of leaving in the 90 days after it: 0.6 takes \
six tenths of it away, and in a shop brings back six tenths of those who had left; -3 adds three \
times as much |
| `leaving_rate_per_day` | risk on a day in a good mood; {COOL_LEAVES} times as high in a cool \
one, and {TROUBLED_LEAVES} times in the {TROUBLE_DAYS} days after an order whose ticket ends badly |
| `first_order_on`, `pace_days`, `mean_basket` | how the customer buys |
| `orders_ahead`, `value_ahead` | orders and their amounts in the {horizon} days after |
| `second_account` | id of another account of the same person, merged or not |

Addresses are of example.com and example.org, and telephone numbers of the ranges that are kept
free for films (Germany, France, Great Britain, the United States). Some names
are meant to be awkward for a spreadsheet, as in `=1+1`.
"""
