"""The expectations that Great Expectations lacks: references, and values that could be read."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from validation.counting import REFER_TO
from validation.gx import (
    ColumnMapExpectation,
    ColumnMapMetricProvider,
    ExpectColumnValuesToNotBeNull,
    column_condition_partial,
)
from validation.ibis_engine import IbisExecutionEngine


class ColumnValuesReferTo(ColumnMapMetricProvider):
    """Registers the metric, so that Great Expectations asks the engine for it."""

    condition_metric_name = REFER_TO
    condition_value_keys = ("referred_table", "referred_column")

    @column_condition_partial(engine=IbisExecutionEngine)
    def _answered_by_the_engine(cls, column: object, **kwargs: object) -> NoReturn:  # noqa: N805 - the decorator makes it a class method
        """Never run: `IbisExecutionEngine` counts by itself."""
        raise NotImplementedError


class ExpectColumnValuesToReferTo(ColumnMapExpectation):
    """Expect every value of the column, NULL aside, to stand in a column of another table."""

    referred_table: str
    referred_column: str

    map_metric: ClassVar[str] = REFER_TO
    success_keys: ClassVar[tuple[str, ...]] = ("referred_table", "referred_column", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "referred_table", "referred_column")


class ColumnValuesReadable(ColumnMapMetricProvider):
    """Registers the metric, so that Great Expectations asks the engine for it."""

    condition_metric_name = "column_values.readable"

    @column_condition_partial(engine=IbisExecutionEngine)
    def _answered_by_the_engine(cls, column: object, **kwargs: object) -> NoReturn:  # noqa: N805 - the decorator makes it a class method
        """Never run: `IbisExecutionEngine` counts by itself."""
        raise NotImplementedError


class ExpectColumnValuesToBeReadable(ExpectColumnValuesToNotBeNull):
    """Expect that no value was lost because it could not be read as the type of its column.

    What could not be read is NULL, and says so in `faults` only. So the share is one of all rows,
    as it is of missing values; of a column without any value left, every other expectation holds.
    """

    map_metric: ClassVar[str] = "column_values.readable"
