"""What each declared rule expects, in Great Expectations' terms; the engine counts all of it."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from validation.counting import PRESENT, READABLE, REFER_TO
from validation.gx import (
    ColumnMapExpectation,
    ColumnMapMetricProvider,
    Expectation,
    ExpectationConfiguration,
    ExpectColumnValuesToBeBetween,
    ExpectColumnValuesToBeInSet,
    ExpectColumnValuesToBeUnique,
    ExpectColumnValuesToMatchRegex,
    ExpectColumnValuesToNotBeNull,
    PrivateAttr,
    column_condition_partial,
)
from validation.ibis_engine import IbisExecutionEngine


class Settled(Expectation):
    """An expectation that does not change once it is made, but for the id that a store gives it.

    Great Expectations asks each for its configuration fifty times a validation, and makes it anew
    each time; that alone was a sixth of what a small delivery costs.
    """

    _settled: ExpectationConfiguration | None = PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """What is expected, as Great Expectations hands it about."""
        if self._settled is None or self._settled.id != self.id:
            self._settled = super().configuration
        return self._settled


class ExpectColumnValuesInRange(Settled, ExpectColumnValuesToBeBetween):
    """Expect values to lie in a range."""


class ExpectColumnValuesOnList(Settled, ExpectColumnValuesToBeInSet):
    """Expect values to be on a list."""


class ExpectColumnValuesOfForm(Settled, ExpectColumnValuesToMatchRegex):
    """Expect values to have a form."""


class ExpectColumnValuesOnce(Settled, ExpectColumnValuesToBeUnique):
    """Expect no value to occur twice."""


class ExpectColumnValuesNotNull(Settled, ExpectColumnValuesToNotBeNull):
    """Expect a value in every row."""


class ExpectColumnValuesPresent(Settled, ExpectColumnValuesToNotBeNull):
    """Expect that the source has a value in every row, whether it can be read or not."""

    map_metric: ClassVar[str] = PRESENT


class ExpectColumnValuesReadable(Settled, ExpectColumnValuesToNotBeNull):
    """Expect that no value was lost because it could not be read as the type of its column.

    What could not be read is NULL, and says so in `faults` only. So the share is one of all rows,
    as it is of missing values; of a column without any value left, every other expectation holds.
    """

    map_metric: ClassVar[str] = READABLE


class ExpectColumnValuesToReferTo(Settled, ColumnMapExpectation):
    """Expect every value of the column, NULL aside, to stand in a column of another table."""

    referred_table: str
    referred_column: str

    map_metric: ClassVar[str] = REFER_TO
    success_keys: ClassVar[tuple[str, ...]] = ("referred_table", "referred_column", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "referred_table", "referred_column")


class _Counted(ColumnMapMetricProvider):
    """Registers a metric that Great Expectations lacks, so that it asks the engine for it."""

    @column_condition_partial(engine=IbisExecutionEngine)
    def _answered_by_the_engine(cls, column: object, **kwargs: object) -> NoReturn:  # noqa: N805 - the decorator makes it a class method
        """Never run: `IbisExecutionEngine` counts by itself."""
        raise NotImplementedError


class ColumnValuesPresent(_Counted):
    """Values that are there."""

    condition_metric_name = PRESENT


class ColumnValuesReadable(_Counted):
    """Values that could be read."""

    condition_metric_name = READABLE


class ColumnValuesReferTo(_Counted):
    """Values that stand in another table."""

    condition_metric_name = REFER_TO
    condition_value_keys = ("referred_table", "referred_column")
