"""Customers who are gone from the source."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts.rules import Severity
from validation.deletions import Cohort, check_survivors, vanished_by_cohort


def test_vanished_customers_are_counted_by_the_year_they_came(engine: Backend) -> None:
    began = [datetime(year, 3, 1) for year in (2022, 2022, 2022, 2023)]  # noqa: DTZ001 - UTC, as stored
    known = engine.create_table(
        "known",
        pa.table({"customer_id": ["a", "b", "c", "d", "e"], "created_at": [*began, None]}),
    )
    # A new customer and one delivered twice change nothing.
    delivered = engine.create_table("delivered", pa.table({"customer_id": ["a", "a", "d", "new"]}))

    cohorts = vanished_by_cohort(known, delivered)

    assert set(cohorts) == {Cohort(2022, 3, 2), Cohort(2023, 1, 0), Cohort(None, 1, 1)}


def test_loss_of_more_than_one_percent_is_a_warning_by_cohort() -> None:
    cohorts = [Cohort(2021, 20_000, 3_000), Cohort(2022, 30_000, 1_000), Cohort(2023, 50_000, 120)]

    (finding,) = check_survivors(cohorts)

    assert finding.severity is Severity.WARN
    assert finding.describe() == (
        "Warning: table `customers`, column `customer_id`: 4,120 of 100,000 customers are gone "
        "from the source, most of them known since 2021 (15 % of these), known since 2022 (3.3 % "
        "of these), known since 2023 (0.24 % of these). Models learn from survivors only: ask the "
        "source to keep or flag customers who leave."
    )


@pytest.mark.parametrize(
    ("cohorts", "warned"),
    [
        ([], False),
        ([Cohort(2024, 1_000, 10)], False),
        ([Cohort(2024, 1_000, 11)], True),
        # One in a hundred of all, but one in fifty of those who came first.
        ([Cohort(2020, 100, 2), Cohort(2024, 10_000, 0)], True),
        ([Cohort(2020, 99, 2), Cohort(2024, 10_000, 0)], False),
        ([Cohort(None, 50, 1)], True),
    ],
)
def test_small_losses_are_the_usual_course(cohorts: list[Cohort], warned: bool) -> None:
    assert bool(check_survivors(cohorts)) is warned


def test_customers_of_unknown_beginning_are_named_as_such() -> None:
    (finding,) = check_survivors([Cohort(None, 100, 50)])

    assert "known since an unknown year (50 % of these)" in finding.found
