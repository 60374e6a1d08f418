"""Reads the results of Great Expectations into a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from contracts.rules import Severity
from validation.gx import (
    ExpectationConfiguration,
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from validation.suites import Meta
from validation.verdict import Finding, Verdict


class EvaluationError(RuntimeError):
    """Great Expectations could not evaluate an expectation, which says nothing about the data."""

    def __init__(self, table: str, expectation: str) -> None:
        self.table, self.expectation = table, expectation
        super().__init__(
            f"Table `{table}`: `{expectation}` could not be evaluated. "
            "Correct the suite; the table may be as it should."
        )


def read_verdict(suites: Iterable[ExpectationSuiteValidationResult]) -> Verdict:
    """Return the verdict over all suites, each named after its table."""
    findings: list[Finding] = []
    rows: dict[str, int] = {}
    rules_checked = 0
    for suite in suites:
        rules = list(read_rules(suite))
        rows[suite.suite_name] = row_count(suite)
        rules_checked += len(rules)
        findings += [finding for is_met, finding in rules if not is_met]
    return Verdict(findings=tuple(findings), rules_checked=rules_checked, rows=rows)


def read_rules(suite: ExpectationSuiteValidationResult) -> Iterator[tuple[bool, Finding]]:
    """Yield every rule of a suite: whether it is met, and what a finding of it says."""
    table = suite.suite_name
    rules = [_evaluated(table, result) for result in suite.results]
    rows = row_count(suite)
    for rule, result in zip(rules, suite.results, strict=True):
        yield bool(result.success), _finding(table, rule, result, rows=rows)


def row_count(suite: ExpectationSuiteValidationResult) -> int:
    """Return the number of rows, the only value that a suite observes."""
    (count,) = (
        result.result["observed_value"]
        for result in suite.results
        if "observed_value" in result.result
    )
    return int(count)


def _evaluated(table: str, result: ExpectationValidationResult) -> ExpectationConfiguration:
    """Return what was expected; raise where an exception stands in place of a result."""
    rule = result.expectation_config
    # An exception in a metric stands under the metric's id, without `raised_exception`.
    if rule is None or result.exception_info.get("raised_exception", True):
        raise EvaluationError(table, rule.type if rule else "an expectation")
    return rule


def _finding(
    table: str, rule: ExpectationConfiguration, result: ExpectationValidationResult, *, rows: int
) -> Finding:
    said = cast(Meta, rule.meta)
    return Finding(
        table=table,
        column=rule.kwargs.get("column"),
        code=said["code"],
        rule=said["rule"],
        severity=Severity(said["severity"]),
        rows=rows,
        # A rule without a count per row is about the whole: broken, it is broken for every row.
        failed_rows=result.result.get("unexpected_count", 0 if result.success else rows),
        remedy=said["remedy"],
        escalates=said["escalates"],
    )
