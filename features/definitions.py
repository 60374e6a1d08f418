"""What stands for how a feature is defined: another definition, another text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache

import ibis

from contracts.schema import BATCH_COLUMNS
from contracts.tables import TABLES
from features.catalogue import FAMILIES, streams
from features.family import FeatureFamily
from features.stream import Stream
from features.streams import ORDERS

_LENGTH = 16


@cache
def definitions() -> Mapping[str, str]:
    """Return feature -> digest of its expression and of how its stream is made, for all."""
    made = {name: _made(stream) for name, stream in streams().items()}
    return {
        name: digest
        for family in FAMILIES.values()
        for name, digest in _of_family(family, made[family.stream.name]).items()
    }


def _of_family(family: FeatureFamily, stream: str) -> dict[str, str]:
    return {
        each.name: _digest(
            stream, repr(each.expression), repr(each.if_no_events), repr(each.is_category)
        )
        for each in family.features
    }


def _made(stream: Stream) -> str:
    """Return a digest of the queries that make what a stream's features see."""
    tables = {
        schema.name: ibis.table(
            {column.name: column.type for column in schema.columns} | BATCH_COLUMNS,
            name=schema.name,
        )
        for schema in TABLES.values()
    }
    seen = (stream, ORDERS) if stream.is_beside_last_order else (stream,)
    queries = [str(ibis.to_sql(each.build(tables), dialect="duckdb")) for each in seen]
    return _digest(*queries, repr(sorted(stream.known_later.items())))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_LENGTH]
