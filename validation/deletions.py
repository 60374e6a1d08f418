"""Whether customers vanish at the source, so that only those who stayed are left to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
from ibis import _

from contracts.rules import Severity
from validation.verdict import Finding
from validation.words import percent

# Some accounts are always closed or merged; of a small cohort, a few are a large share.
_MOST_VANISHED_SHARE = 0.01
_LEAST_CUSTOMERS = 100

# So many cohorts are named; the rest are in the sum.
_NAMED = 3


@dataclass(frozen=True)
class Cohort:
    """Customers known since the same year, and how many of them the source no longer has.

    `year` is None of those whose beginning is not known.
    """

    year: int | None
    customers: int
    vanished: int

    @property
    def share(self) -> float:
        """Share of the cohort that is gone."""
        return self.vanished / self.customers


def vanished_by_cohort(known: ir.Table, delivered: ir.Table) -> tuple[Cohort, ...]:
    """Return a cohort per year, oldest first, from one query.

    Parameters
    ----------
    known
        The live customers before the delivery, without those erased on request: `customer_id`,
        and `created_at`, which is the first order where the source says nothing else.
    delivered
        A delivery of all customers; a part of them would make the others look gone.
    """
    there = delivered.select(delivered_id="customer_id").distinct()
    rows = (
        known.left_join(there, [("customer_id", "delivered_id")])
        .group_by(year=_.created_at.year())
        .aggregate(customers=_.count(), vanished=_.count(where=_.delivered_id.isnull()))
        .order_by(_.year)
        .to_pyarrow()
        .to_pylist()
    )
    return tuple(Cohort(row["year"], row["customers"], row["vanished"]) for row in rows)


def check_survivors(cohorts: Sequence[Cohort]) -> tuple[Finding, ...]:
    """Return a warning where more than 1 % of all customers, or of a cohort, are gone.

    A cohort counts by itself from 100 customers on.
    """
    customers = sum(cohort.customers for cohort in cohorts)
    vanished = sum(cohort.vanished for cohort in cohorts)
    thinned = [
        cohort
        for cohort in cohorts
        if cohort.customers >= _LEAST_CUSTOMERS and cohort.share > _MOST_VANISHED_SHARE
    ]
    if not thinned and vanished <= _MOST_VANISHED_SHARE * customers:
        return ()
    finding = Finding(
        table="customers",
        column="customer_id",
        code="vanished",
        rule=f"at most {percent(_MOST_VANISHED_SHARE)} of the customers vanish at the source",
        severity=Severity.WARN,
        rows=customers,
        failed_rows=vanished,
        found=f"{vanished:,} of {customers:,} customers are gone from the source, most of them "
        f"{_named(cohorts)}",
        remedy="Models learn from survivors only: ask the source to keep or flag customers who "
        "leave.",
    )
    return (finding,)


def _named(cohorts: Sequence[Cohort]) -> str:
    """Name the cohorts that lost most."""
    by_loss = sorted(cohorts, key=lambda cohort: -cohort.vanished)
    return ", ".join(
        f"known since {cohort.year or 'an unknown year'} ({percent(cohort.share)} of these)"
        for cohort in by_loss[:_NAMED]
        if cohort.vanished
    )
