"""The engine against Great Expectations' own counts on pandas, and what it refuses to answer."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from validation.gx import (
    DataContextConfig,
    EphemeralDataContext,
    ExpectationConfiguration,
    ExpectationSuite,
    ExpectationSuiteValidationResult,
    ExpectColumnValuesToBeBetween,
    ExpectColumnValuesToBeInSet,
    ExpectColumnValuesToBeUnique,
    ExpectColumnValuesToMatchRegex,
    ExpectColumnValuesToNotBeNull,
    ExpectTableRowCountToBeBetween,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
    get_context,
)
from validation.ibis_engine import UnknownMetricError
from validation.results import EvaluationError, read_verdict

COLUMNS = ("key", "amount", "pieces", "kind", "at")


@pytest.fixture(params=[1, 2, 3])
def dirty(request: pytest.FixtureRequest) -> pd.DataFrame:
    """Rows with gaps, repeats, values off every list and on every bound."""
    chance = random.Random(request.param)  # noqa: S311 - test rows, no secret
    rows = 200
    start = datetime.fromisoformat("2024-12-31")
    return pd.DataFrame(
        {
            "key": [chance.choice([None, f"k{chance.randrange(150)}"]) for _ in range(rows)],
            "amount": [chance.choice([None, -0.01, 0.0, 9.99, 10.0]) for _ in range(rows)],
            "pieces": pd.array(
                [chance.choice([None, *range(-2, 5)]) for _ in range(rows)], dtype="Int64"
            ),
            "kind": [chance.choice([None, "open", "click", "Open", ""]) for _ in range(rows)],
            "at": [start + timedelta(hours=12 * chance.randrange(5)) for _ in range(rows)],
        }
    )


def rules() -> ExpectationSuite:
    first, last = datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2025-01-02")
    return ExpectationSuite(
        name="dirty",
        expectations=[
            ExpectTableRowCountToBeBetween(min_value=1),
            *(ExpectColumnValuesToNotBeNull(column=column) for column in COLUMNS),
            *(ExpectColumnValuesToBeUnique(column=column) for column in COLUMNS),
            ExpectColumnValuesToBeInSet(column="kind", value_set=["open", "click"]),
            ExpectColumnValuesToMatchRegex(column="kind", regex="^(?:open|click)$"),
            ExpectColumnValuesToMatchRegex(column="key", regex="^(?:k1[0-9]?)$"),
            ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=9.99),
            ExpectColumnValuesToBeBetween(column="amount", min_value=0, strict_min=True),
            ExpectColumnValuesToBeBetween(column="amount", max_value=10, strict_max=True),
            ExpectColumnValuesToBeBetween(column="pieces", max_value=3),
            ExpectColumnValuesToBeBetween(column="at", min_value=first, max_value=last),
            ExpectColumnValuesToBeBetween(
                column="at", min_value=first, max_value=last, strict_min=True, strict_max=True
            ),
        ],
    )


def on_pandas(suite: ExpectationSuite, rows: pd.DataFrame) -> ExpectationSuiteValidationResult:
    source = _context().data_sources.add_pandas("source")
    batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("all")
    return batch.get_batch({"dataframe": rows}).validate(suite)


def on_ibis(
    suite: ExpectationSuite, rows: ir.Table
) -> tuple[ExpectationSuiteValidationResult, Exception | None]:
    """Return the results in the format that shows most, and what made the engine fail."""
    source = _context().data_sources.add_ibis("source")
    engine = source.get_execution_engine()
    engine.tables = {suite.name: rows}
    batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("all")
    whole = batch.get_batch({"dataframe": pd.DataFrame()})
    return whole.validate(suite, result_format="COMPLETE"), engine.failure


def _context() -> EphemeralDataContext:
    return get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )


def test_counts_equal_those_of_great_expectations_on_pandas(
    engine: Backend, dirty: pd.DataFrame
) -> None:
    rows = engine.create_table("dirty", pa.Table.from_pandas(dirty, preserve_index=False))

    ours, failure = on_ibis(rules(), rows)
    theirs = on_pandas(rules(), dirty)

    assert failure is None
    for one, other in zip(ours.results, theirs.results, strict=True):
        assert one.expectation_config == other.expectation_config
        assert one.success == other.success
        for count in ("element_count", "unexpected_count", "missing_count", "observed_value"):
            assert one.result.get(count) == other.result.get(count), one.expectation_config
    broken = [result for result in ours.results if result.result.get("unexpected_count", 0) > 0]
    assert len(broken) >= 16


def test_complete_results_hold_counts_and_no_value(engine: Backend) -> None:
    rows = engine.create_table("dirty", pa.table({"kind": ["canary", "canary", "open", None]}))
    suite = ExpectationSuite(
        name="dirty",
        expectations=[
            ExpectColumnValuesToBeInSet(column="kind", value_set=["open"]),
            ExpectColumnValuesToBeUnique(column="kind"),
        ],
    )

    results, failure = on_ibis(suite, rows)

    assert failure is None
    assert [result.result["unexpected_count"] for result in results.results] == [2, 2]
    assert [result.result["unexpected_list"] for result in results.results] == [[], []]
    assert "canary" not in repr(results)


def test_metric_that_the_engine_does_not_know_is_refused_and_gives_no_verdict(
    engine: Backend,
) -> None:
    rows = engine.create_table("dirty", pa.table({"kind": ["open"]}))
    strange = ExpectationConfiguration(
        type="expect_column_values_to_not_match_regex", kwargs={"column": "kind", "regex": "o"}
    )
    suite = ExpectationSuite(name="dirty", expectations=[strange.to_domain_obj()])

    results, failure = on_ibis(suite, rows)

    assert not results.success
    assert isinstance(failure, UnknownMetricError)
    assert failure.metric == "column_values.not_match_regex.condition"
    with pytest.raises(EvaluationError, match="expect_column_values_to_not_match_regex"):
        read_verdict([results])


def test_rule_about_some_of_the_rows_is_refused(engine: Backend) -> None:
    rows = engine.create_table("dirty", pa.table({"kind": ["open"]}))
    opened = {
        "type": "comparison",
        "column": {"name": "kind"},
        "operator": "==",
        "parameter": "open",
    }
    some = ExpectationConfiguration(
        type="expect_column_values_to_be_unique", kwargs={"column": "kind", "row_condition": opened}
    )
    suite = ExpectationSuite(name="dirty", expectations=[some.to_domain_obj()])

    results, failure = on_ibis(suite, rows)

    assert not results.success
    assert isinstance(failure, UnknownMetricError)
