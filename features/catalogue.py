"""All families, and which of them the present tables switch on.

A family is a module of `features.families` with an upper-case `FeatureFamily`: it is found by
being there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import reduce
from importlib import import_module
from pkgutil import iter_modules

import ibis.expr.types as ir

import features.families
from contracts.schema import SNAPSHOT_KEY
from features.family import Feature, FeatureFamily
from features.snapshots import features_at
from features.stream import Stream


def _found() -> dict[str, FeatureFamily]:
    modules = [
        import_module(f"{features.families.__name__}.{module.name}")
        for module in iter_modules(features.families.__path__)
    ]
    return {
        family.name: family
        for module in modules
        for family in vars(module).values()
        if isinstance(family, FeatureFamily)
    }


FAMILIES: Mapping[str, FeatureFamily] = _found()
FEATURES: Mapping[str, Feature] = {
    feature.name: feature for family in FAMILIES.values() for feature in family.features
}


def switched_on(tables: Collection[str]) -> tuple[str, ...]:
    """Return the names of the families whose canonical tables are all among `tables`."""
    return tuple(
        name for name, family in FAMILIES.items() if set(family.stream.tables) <= set(tables)
    )


def streams() -> dict[str, Stream]:
    """Return name -> stream, of all that families aggregate."""
    return {family.stream.name: family.stream for family in FAMILIES.values()}


def by_stream(names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return stream -> those of the families that aggregate it: they are computed together."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        stream = FAMILIES[name].stream.name
        found[stream] = (*found.get(stream, ()), name)
    return found


def build_families(
    names: Collection[str],
    spine: ir.Table,
    tables: Mapping[str, ir.Table],
    *,
    only_date: date | None = None,
    only: Collection[str] | None = None,
) -> ir.Table:
    """Return families of one stream at the rows of `spine`, in their order of key.

    With `only` they have those of their features that it names.
    """
    families = [_cut(FAMILIES[name], only) for name in names]
    return features_at(families, spine, tables, only_date=only_date).order_by(SNAPSHOT_KEY)


def asked_of(names: Collection[str], only: Collection[str]) -> tuple[str, ...] | None:
    """Return those features of families that `only` names; None where it names all of them."""
    known = [feature.name for name in names for feature in FAMILIES[name].features]
    asked = tuple(name for name in known if name in only)
    return None if len(asked) == len(known) else asked


def _cut(family: FeatureFamily, only: Collection[str] | None) -> FeatureFamily:
    if only is None:
        return family
    return replace(family, features=tuple(each for each in family.features if each.name in only))


def join_families(families: list[ir.Table]) -> ir.Table:
    """Return one row per customer and snapshot date with the features of all families."""
    return reduce(lambda left, right: left.join(right, SNAPSHOT_KEY), families)
