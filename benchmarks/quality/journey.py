"""The Complete Journey, by the settings of the example: value of 90 days, churn of 28."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
from ibis import _

from benchmarks.quality.holdouts import Holdout
from benchmarks.quality.measures import INTERVALS, JOURNEY_CHURN, JOURNEY_VALUE
from benchmarks.quality.places import Places
from benchmarks.quality.runs import measured
from benchmarks.quality.table import Part
from examples.complete_journey import export_crm

_CUT = date(2017, 9, 30)
_VALUE = Holdout("journey_90", "Complete Journey, 90 days", _CUT, 90, (*JOURNEY_VALUE, *INTERVALS))
_CHURN = Holdout("journey_28", "Complete Journey, 28 days", _CUT, 28, JOURNEY_CHURN)

_EXAMPLE = Path(export_crm.__file__).with_name("stammkunde.toml")
_SETTINGS = _EXAMPLE.read_text().replace('"crm/', '"known/')

# Column of time of each file: a row counts from then on.
_KNOWN_FROM = {
    "households.csv": "first_seen", "baskets.parquet": "bought_at",
    "campaigns.csv": "start_date", "campaign_contacts.csv": "contacted_at",
    "coupon_redemptions.csv": "redemption_date",
}  # fmt: skip


def parts(places: Places) -> Iterator[Part]:
    """Measure with churn in the days of value, and by the example's own settings."""
    project = places.project("journey", _SETTINGS, _write)
    for holdout in (_VALUE, _CHURN):
        yield measured(places, holdout, project, data=Path("journey"))


def _write(folder: Path) -> None:
    """Write what the example exports as known at the cut, and `events.parquet`, all baskets."""
    tables = export_crm.export()
    known = {name: _known(tables[name], column) for name, column in _KNOWN_FROM.items()}
    known["basket_lines.parquet"] = tables["basket_lines.parquet"].semi_join(
        known["baskets.parquet"], "basket_id"
    )
    for name, table in known.items():
        write = table.to_parquet if name.endswith(".parquet") else table.to_csv
        write(folder / name)
    tables["baskets.parquet"].select(
        customer_id=_.household_id, ordered_at=_.bought_at, amount=_.received
    ).to_parquet(folder / "events.parquet")


def _known(table: ir.Table, column: str) -> ir.Table:
    return table.filter(table[column] < _VALUE.as_of)
