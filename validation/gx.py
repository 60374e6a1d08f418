"""The names of Great Expectations that this room uses, imported in one place without its noise.

They come from where they are defined: the packages above export them without saying so.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # Importing it imports two parts of `re` that Python has deprecated; nothing of ours uses them.
    warnings.filterwarnings(
        "ignore", r"module 'sre_(constants|parse)' is deprecated", DeprecationWarning
    )
    from great_expectations import (
        Checkpoint,
        ExpectationSuite,
        RunIdentifier,
        ValidationDefinition,
        get_context,
    )
    from great_expectations.compatibility.pydantic import PrivateAttr
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.datasource.fluent.pandas_datasource import PandasDatasource
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.core.expect_column_to_exist import ExpectColumnToExist
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )
    from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
        ExpectColumnValuesToBeInSet,
    )
    from great_expectations.expectations.core.expect_column_values_to_be_unique import (
        ExpectColumnValuesToBeUnique,
    )
    from great_expectations.expectations.core.expect_column_values_to_match_regex import (
        ExpectColumnValuesToMatchRegex,
    )
    from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
        ExpectColumnValuesToNotBeNull,
    )
    from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
        ExpectTableRowCountToBeBetween,
    )
    from great_expectations.expectations.expectation import ColumnMapExpectation, Expectation
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (  # noqa: E501 - one name
        column_condition_partial,
    )
    from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (  # noqa: E501 - one name
        ColumnMapMetricProvider,
    )
    from great_expectations.render.renderer.site_builder import SiteBuilder
    from great_expectations.validator.metric_configuration import (
        MetricConfiguration,
        MetricConfigurationID,
    )

__all__ = [
    "Checkpoint",
    "ColumnMapExpectation",
    "ColumnMapMetricProvider",
    "DataContextConfig",
    "EphemeralDataContext",
    "ExpectColumnToExist",
    "ExpectColumnValuesToBeBetween",
    "ExpectColumnValuesToBeInSet",
    "ExpectColumnValuesToBeUnique",
    "ExpectColumnValuesToMatchRegex",
    "ExpectColumnValuesToNotBeNull",
    "ExpectTableRowCountToBeBetween",
    "Expectation",
    "ExpectationConfiguration",
    "ExpectationSuite",
    "ExpectationSuiteValidationResult",
    "ExpectationValidationResult",
    "FailureSeverity",
    "InMemoryStoreBackendDefaults",
    "MetricConfiguration",
    "MetricConfigurationID",
    "PandasDatasource",
    "PandasExecutionEngine",
    "PrivateAttr",
    "ProgressBarsConfig",
    "RunIdentifier",
    "SiteBuilder",
    "ValidationDefinition",
    "column_condition_partial",
    "get_context",
]
