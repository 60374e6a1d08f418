"""All families, and which of them the present tables switch on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import reduce

import ibis.expr.types as ir

from contracts.schema import SNAPSHOT_KEY
from features.basket import BASKET
from features.events import STREAMS
from features.rfm import RFM
from features.rhythm import RHYTHM
from features.trend import TREND
from features.windows import WINDOWS

FAMILIES = {family.name: family for family in (RFM, RHYTHM, WINDOWS, TREND, BASKET)}


def switched_on(tables: Collection[str]) -> tuple[str, ...]:
    """Return the names of the families whose canonical tables are all among `tables`."""
    return tuple(
        name
        for name, family in FAMILIES.items()
        if set(STREAMS[family.stream].tables) <= set(tables)
    )


def build_family(name: str, spine: ir.Table, tables: Mapping[str, ir.Table]) -> ir.Table:
    """Return family `name` at the rows of `spine`, in their order of key."""
    family = FAMILIES[name]
    return family.at(spine, STREAMS[family.stream].build(tables)).order_by(SNAPSHOT_KEY)


def join_families(families: list[ir.Table]) -> ir.Table:
    """Return one row per customer and snapshot date with the features of all families."""
    return reduce(lambda left, right: left.join(right, SNAPSHOT_KEY), families)
