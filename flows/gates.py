"""The tasks that decide whether staged tables may count: rules, limits, volume."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import ibis.expr.types as ir
from prefect import task

from contracts.errors import ValidationFailed
from contracts.failpoints import reach
from contracts.rules import Facts, Severity
from flows.accepting import quarantine
from flows.canonical import view_of
from flows.names import Ingestion
from flows.progress import step
from flows.project import Project, open_project
from flows.records import find_record, keep_record
from flows.staged import Staged
from flows.staging import staged_rows
from validation.verdict import Finding, Verdict, VerdictJson
from warehouse.history import live_rows
from warehouse.lake import Lake

# The stage, and the name, under which the newest verdict is kept.
_STAGE, _LAST = "validate", "last"


@task(task_run_name="validate")
def validate_staged(project_file: str, folders: list[str], ingestion: Ingestion) -> None:
    """Judge the staged tables; keep the verdict, and the rows that are kept out.

    Raises
    ------
    ValidationFailed
        Something stops the run; nothing of these tables will count.
    """
    from validation.checkpoint import validate

    project = open_project(project_file)
    staged = [Staged.load(folder) for folder in folders]
    with project.open_lake() as lake, step("validate") as done:
        verdict = validate(
            {each.table: staged_rows(lake, each) for each in staged},
            docs=project.data_docs,
            facts=Facts(ingestion.ingested_at, project.settings.project.currency),
            known=_known(lake, project),
            rejected={
                each.table: each.counts["rejected"] + each.counts["repeated"] for each in staged
            },
            also=_beside_rules(staged),
            settings=project.settings.validation,
        )
        reach("after_validation")
        for each in staged:
            quarantine(lake, project, each)
        batches = {each.table: each.batch_id for each in staged}
        record = {"verdict": dict(verdict.to_json()), "batches": batches}
        keep_record(project.records, _STAGE, _LAST, record)
        done.outcome = f"{verdict.rules_checked} rules, {len(verdict.findings)} findings"
    if verdict.stops:
        raise ValidationFailed(
            "\n".join([*verdict.describe(), f"Data Docs: {project.data_docs / 'index.html'}"])
        )


def last_verdict(project: Project) -> Verdict | None:
    """Return what the newest validation found; None before the first."""
    record = find_record(project.records, _STAGE, _LAST)
    return None if record is None else Verdict.from_json(cast(VerdictJson, record["verdict"]))


def _known(lake: Lake, project: Project) -> dict[str, ir.Table]:
    """Return the rows accepted so far, by table: what staged rows may refer to."""
    history = project.store.history()
    return {
        table: live_rows(lake.engine, view_of(table, batches)) for table, batches in history.items()
    }


def _beside_rules(staged: Iterable[Staged]) -> list[Finding]:
    """Return what was found of deliveries as a whole."""
    return [
        Finding(
            table=each.table, column=None, code="added_column",
            rule="the source has the columns it had", severity=Severity.WARN,
            rows=each.counts["staged"], failed_rows=0,
            found=f"the source has new columns that nobody reads: {', '.join(each.added_columns)}",
            remedy="Map them under `columns`, or let them be.",
        )
        for each in staged
        if each.added_columns
    ]  # fmt: skip
