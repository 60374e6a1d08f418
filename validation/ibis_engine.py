"""A Great Expectations engine that counts with Ibis: no row and no value of one enters Python.

Great Expectations asks its engine for metrics and decides on them. This engine answers from table
expressions, on whatever backend they are bound to; the batch that Great Expectations insists on is
an empty frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import ibis.expr.types as ir

from validation.counting import ROW_COUNT, RULES, UNIQUE, Question, count_rows
from validation.gx import (
    MetricConfiguration,
    MetricConfigurationID,
    PandasDatasource,
    PandasExecutionEngine,
)
from validation.references import References

# Samples of the rows that break a rule: asked for along with counts, and never given.
_SAMPLES = frozenset({"unexpected_values", "unexpected_index_list", "unexpected_rows"})


class UnknownMetricError(LookupError):
    """An expectation needs a metric that this engine does not know; it never passes silently."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        super().__init__(
            f"Metric `{metric}` has no answer in Ibis. Say it in `validation.counting`, "
            "or take the expectation out of the suite."
        )


class CountingError(RuntimeError):
    """Metrics could not be counted; the engine's `failure` says why."""


class IbisExecutionEngine(PandasExecutionEngine):
    """Answers metrics about `tables`, each a batch under its own name.

    Attributes
    ----------
    tables
        The table expressions by name.
    references
        What a rule of one table may refer to, by the name of the other.
    repeated
        By table and column, how many rows share a value, where whoever staged them has counted.
    failure
        What went wrong first, or None.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables: Mapping[str, ir.Table] = {}
        self.references: References = {}
        self.repeated: Mapping[str, Mapping[str, int]] = {}
        self.failure: Exception | None = None

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[MetricConfiguration],
        metrics: dict[MetricConfigurationID, Any] | None = None,  # noqa: ARG002 - the base's signature
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002 - the base's signature
    ) -> dict[MetricConfigurationID, Any]:
        """Return the answers by metric id, from one query (two where keys repeat), or none."""
        try:
            return self._answer(list(metrics_to_resolve))
        except Exception as failure:
            # Great Expectations makes a failed expectation of every exception and writes its
            # message, which may quote a value, to log and Data Docs. It gets the bare fact.
            self.failure = self.failure or failure
            raise CountingError(type(failure).__name__) from failure

    def _answer(self, metrics: list[MetricConfiguration]) -> dict[MetricConfigurationID, Any]:
        batch = self.batch_manager.active_batch
        name = batch.data_asset.name  # type: ignore[union-attr] # never an old batch
        table, repeated = self.tables[name], self.repeated.get(name, {})
        answers: dict[MetricConfigurationID, Any] = {}
        questions: dict[MetricConfigurationID, Question] = {}
        for metric in metrics:
            _refuse_filters(metric)
            question = _question(metric)
            if question is None:
                answers[metric.id] = _known_without_query(metric.metric_name, table)
            elif question.rule == UNIQUE and question.column in repeated:
                answers[metric.id] = repeated[question.column]
            else:
                questions[metric.id] = question
        if questions:
            counts = count_rows(list(questions.values()), table=table, references=self.references)
            answers.update(zip(questions, counts, strict=True))
        return answers


_EngineType = type[IbisExecutionEngine]  # the class below has a field named `type`


class IbisDatasource(PandasDatasource):
    """Registers itself as `context.data_sources.add_ibis`."""

    type: Literal["ibis"] = "ibis"  # type: ignore[assignment] # the base fixes its own name

    @property
    def execution_engine_type(self) -> _EngineType:
        """The engine that answers for this source."""
        return IbisExecutionEngine


def _refuse_filters(metric: MetricConfiguration) -> None:
    """Raise where a metric is about some of the rows; the counts are always about all."""
    if metric.metric_domain_kwargs.get("row_condition"):
        raise UnknownMetricError(f"{metric.metric_name} with row_condition")


def _question(metric: MetricConfiguration) -> Question | None:
    """Return what to count for a metric, or None where nothing needs counting."""
    if metric.metric_name == ROW_COUNT:
        return Question(ROW_COUNT)
    rule, _, part = metric.metric_name.rpartition(".")
    if rule in RULES and part == "unexpected_count":
        return Question(rule, metric.metric_domain_kwargs["column"], metric.metric_value_kwargs)
    return None


def _known_without_query(name: str, table: ir.Table) -> object:
    rule, _, part = name.rpartition(".")
    if name == "table.columns":
        return list(table.columns)
    if name == "table.column_types":
        return [{"name": column, "type": str(kind)} for column, kind in table.schema().items()]
    if rule in RULES and part == "condition":
        # A lazy step of Great Expectations' own engines; the count that follows knows the rule.
        return None, {}, {}
    if rule in RULES and part in _SAMPLES:
        return []
    if rule in RULES and part == "unexpected_index_query":
        return None
    raise UnknownMetricError(name)
