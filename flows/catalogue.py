"""The catalogue of features as people look at it: all, one of them, one customer's values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

import ibis.expr.types as ir

from contracts.errors import AsOfOutsideData, UsageError
from features.catalogue import FAMILIES, build_families, by_stream, switched_on
from features.definitions import definitions
from features.family import Feature, FeatureFamily
from features.spine import spine
from flows.canonical import canonical_tables
from flows.dates import settle_as_of
from flows.feature_tables import known_tables
from flows.project import open_project


@dataclass(frozen=True)
class Listed:
    """One feature with its family."""

    family: FeatureFamily
    feature: Feature

    @property
    def absence(self) -> str:
        """What the value says of a customer about whom there is nothing to say."""
        nothing = self.feature.absence or self.family.absence
        if self.feature.if_no_events is None:
            return f"not known: {nothing}"
        value = f"{self.feature.if_no_events:g} without any event"
        return f"{value}; not known: {self.feature.absence}" if self.feature.absence else value


@dataclass(frozen=True)
class Previewed:
    """A feature's value for one customer, and what is normal for that customer, if declared."""

    family: str
    name: str
    unit: str
    value: float | str | None
    own_normal: float | str | None


def list_features() -> list[Listed]:
    """Return every feature, family by family."""
    return [Listed(family, feature) for family in FAMILIES.values() for feature in family.features]


def describe(name: str) -> tuple[Listed, str]:
    """Return one feature and the digest of its definition.

    Raises
    ------
    UsageError
        There is no feature of that name.
    """
    return feature_named(name), definitions()[name]


def feature_named(name: str) -> Listed:
    """Return one feature.

    Raises
    ------
    UsageError
        There is no feature of that name.
    """
    features = {each.feature.name: each for each in list_features()}
    if name not in features:
        near = get_close_matches(name, features, n=3)
        hint = f"Did you mean {', '.join(near)}? " if near else ""
        raise UsageError(
            f"There is no feature `{name}`. {hint}`stammkunde features list` shows all."
        )
    return features[name]


def preview(
    project_file: str, customer_id: str, *, as_of: date | None, known_at: datetime | None
) -> tuple[date, list[Previewed]]:
    """Return the date, and one customer's values of all features that the tables switch on.

    Nothing is ingested and nothing is kept: the tables are those of the last ingest.

    Raises
    ------
    AsOfOutsideData
        The customer is not scorable at that date.
    """
    project = open_project(project_file)
    refs = canonical_tables.fn(project_file, known_at)
    day = settle_as_of.fn(project_file, refs["orders"], as_of)
    with project.open_lake() as lake:
        tables = {
            name: _of_customer(table, customer_id)
            for name, table in known_tables(lake, refs, known_at).items()
        }
        seen = spine(tables["customers"], tables["orders"], [day], consents=tables.get("consents"))
        if not lake.engine.to_pyarrow(seen.count()).as_py():
            raise AsOfOutsideData(
                f"Customer `{customer_id}` is in no table before {day}, was erased or objected to "
                "profiling. Check the id, or choose another --as-of."
            )
        values: dict[str, float | str | None] = {}
        for families in by_stream(switched_on(tables)).values():
            built = build_families(families, seen, tables, only_date=day)
            values |= lake.engine.to_pyarrow(built).to_pylist()[0]
    return day, [
        _previewed(each, values) for each in list_features() if each.feature.name in values
    ]


def _of_customer(table: ir.Table, customer_id: str) -> ir.Table:
    if "customer_id" not in table.columns:
        return table
    return table.filter(table.customer_id == customer_id)


def _previewed(listed: Listed, values: dict[str, float | str | None]) -> Previewed:
    feature = listed.feature
    return Previewed(
        listed.family.name, feature.name, feature.unit, values[feature.name],
        values.get(feature.own_normal),
    )  # fmt: skip
