"""Customer buckets: which one a customer is in, and how many of them are read at once."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend

BUCKETS = 16
BUCKET = "bucket"

# Ids in steps of a power of two, as some systems give them, must spread too.
_PRIME = 65_521
_OF_NUMBERS = f"number % {_PRIME} % {BUCKETS}"


def bucketing(engine: BaseBackend, by: ir.Value) -> str:
    """Return what stands for how the buckets of a column are computed: equal text, equal buckets.

    Those of whole numbers are the same everywhere; the engine's hash of a text may differ between
    its versions.
    """
    return _OF_NUMBERS if isinstance(by, ir.IntegerValue) else of_texts(engine)


def known_ways(engine: BaseBackend) -> frozenset[str]:
    """Return every `bucketing` that this engine can compute."""
    return frozenset({_OF_NUMBERS, of_texts(engine)})


def of_texts(engine: BaseBackend) -> str:
    """Return the `bucketing` of texts by this engine."""
    probe = engine.to_pyarrow(_hash_text(ibis.literal("stammkunde"))).as_py()
    return f"hash {probe % 2**32:08x} % {BUCKETS}"


def bucket(by: ir.Value) -> ir.Value:
    """Return the bucket of each value of a column."""
    number = _spread(by) if isinstance(by, ir.IntegerValue) else _hash_text(by) % BUCKETS
    return number.fill_null(0).cast("uint8")


@dataclass(frozen=True)
class Slice:
    """The customers of some buckets."""

    bucketing: str
    buckets: frozenset[int]

    def has(self, customer_ids: ir.StringValue) -> ir.BooleanValue:
        """Say of each id whether it is of this slice; every id is of one of all slices."""
        if self.bucketing == _OF_NUMBERS:
            # A source holds whole numbers of one of these types, or of a shorter one.
            ways = [_spread(customer_ids.try_cast(whole)) for whole in ("int64", "uint64")]
            number = ibis.coalesce(*ways, 0)
        else:
            number = bucket(customer_ids)
        is_in: ir.BooleanValue = number.isin(sorted(self.buckets))
        return is_in


def cut(bucketing: str, *, rows: int, rows_at_once: int) -> list[Slice]:
    """Return slices that cover all customers, of about `rows_at_once` rows each."""
    number = min(ceil(rows / rows_at_once), BUCKETS)
    return [Slice(bucketing, frozenset(range(first, BUCKETS, number))) for first in range(number)]


def fewest(bucketing: str, *, share: float) -> Slice:
    """Return a slice of as few buckets as hold `share` of the customers."""
    return Slice(bucketing, frozenset(range(min(ceil(share * BUCKETS), BUCKETS))))


def share_of(only: Slice | None) -> float:
    """Return about which share of the customers is in a slice."""
    return 1.0 if only is None else len(only.buckets) / BUCKETS


def _spread(number: ir.NumericValue) -> ir.NumericValue:
    rest: ir.NumericValue = number.abs() % _PRIME % BUCKETS
    return rest


@ibis.udf.scalar.builtin(name="hash", signature=(("string",), "uint64"))  # type: ignore[untyped-decorator]
def _hash_text(text: str) -> int:  # type: ignore[empty-body]
    """Hash a text as the engine does: quick, and the same within one version of it."""
