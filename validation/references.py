"""The expectation that Great Expectations lacks: values of a column stand in another table."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from validation.gx import ColumnMapExpectation, ColumnMapMetricProvider, column_condition_partial
from validation.ibis_engine import IbisExecutionEngine


class ColumnValuesReferTo(ColumnMapMetricProvider):
    """Registers the metric, so that Great Expectations asks the engine for it."""

    condition_metric_name = "column_values.refer_to"
    condition_value_keys = ("referred_table", "referred_column")

    @column_condition_partial(engine=IbisExecutionEngine)
    def _answered_by_the_engine(cls, column: object, **kwargs: object) -> NoReturn:  # noqa: N805 - the decorator makes it a class method
        """Never run: `IbisExecutionEngine` counts by itself."""
        raise NotImplementedError


class ExpectColumnValuesToReferTo(ColumnMapExpectation):
    """Expect every value of the column, NULL aside, to stand in a column of another table."""

    referred_table: str
    referred_column: str

    map_metric: ClassVar[str] = "column_values.refer_to"
    success_keys: ClassVar[tuple[str, ...]] = ("referred_table", "referred_column", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "referred_table", "referred_column")
