"""The tasks that decide whether staged tables may count: rules, limits, volume, survivors."""

from __future__ import annotations

from collections.abc import Iterator
from glob import escape
from typing import cast

import ibis.expr.types as ir
from prefect import task

from contracts.errors import ValidationFailed
from contracts.failpoints import reach
from contracts.rules import Facts, Severity
from contracts.tables import TABLES
from flows.accepting import prepared_batch, quarantine
from flows.canonical import view_of
from flows.names import Ingestion
from flows.progress import step
from flows.project import Project, open_project
from flows.records import find_record, keep_record
from flows.staged import Staged
from flows.staging import staged_rows
from validation.deletions import check_survivors, vanished_by_cohort
from validation.verdict import Finding, Verdict, VerdictJson
from validation.volume import Volume, check_volumes
from warehouse.commits import Committed
from warehouse.history import count_live, live_rows
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
    from validation.examples import find_examples

    project = open_project(project_file)
    staged = [Staged.load(folder) for folder in folders]
    history = project.store.history()
    with project.open_lake() as lake, step("validate") as done:
        tables = {each.table: staged_rows(lake, each, as_stored=True) for each in staged}
        facts = Facts(ingestion.ingested_at, project.settings.project.currency)
        known = _referred(lake, staged, history)
        verdict = validate(
            tables,
            docs=project.data_docs,
            facts=facts,
            known=known,
            rejected={
                each.table: each.counts["rejected"] + each.counts["repeated"] for each in staged
            },
            repeated={
                each.table: {each.key[0]: each.counts["repeated"]}
                for each in staged
                if len(each.key) == 1
            },
            limits={
                each.table: share
                for each in staged
                if (share := project.settings.sources[each.reads].max_rejected_share) is not None
            },
            also=[
                *_new_columns(staged),
                *check_volumes(
                    [_volume(project, each, history.get(each.table, [])) for each in staged],
                    project.settings.validation,
                    accepted=ingestion.accept_volume,
                ),
                *_survivors(lake, staged, history),
            ],
            settings=project.settings.validation,
        )
        reach("after_validation")
        for each in staged:
            quarantine(lake, project, each)
        record = {
            "verdict": dict(verdict.to_json()),
            "batches": {each.table: each.batch_id for each in staged},
            "examples": find_examples(
                verdict.findings, tables, facts=facts, known=known,
                files={each.table: each.file_names for each in staged},
            ),
        }  # fmt: skip
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


def explain_last(project: Project) -> tuple[str, ...]:
    """Return the newest validation's findings with examples by key."""
    from validation.explain import explain

    record = find_record(project.records, _STAGE, _LAST)
    if record is None:
        return ("Nothing has been validated yet.",)
    verdict = Verdict.from_json(cast(VerdictJson, record["verdict"]))
    rows: dict[str, ir.Table] = {}
    files: dict[str, dict[int, str]] = {}
    with project.open_lake() as lake:
        for table, batch_id in record["batches"].items():
            kept_out = project.quarantine / table / batch_id / "rows.parquet"
            if kept_out.exists():
                rows[table] = lake.engine.read_parquet(escape(str(kept_out)))
                named = rows[table].select("_file", "file").distinct().to_pyarrow().to_pylist()
                files[table] = {row["_file"]: row["file"] for row in named}
        return explain(verdict, rows, files=files, warned=record.get("examples", {}))


def _referred(
    lake: Lake, staged: list[Staged], history: dict[str, list[Committed]]
) -> dict[str, ir.Table]:
    """Return the rows accepted so far that staged ones may refer to, by table."""
    wanted = frozenset[str]().union(*(TABLES[each.table].referred_tables for each in staged))
    return {table: _live(lake, table, history) for table in wanted & history.keys()}


def _live(lake: Lake, table: str, history: dict[str, list[Committed]]) -> ir.Table:
    return live_rows(lake.engine, view_of(table, history[table]))


def _new_columns(staged: list[Staged]) -> Iterator[Finding]:
    for each in staged:
        if each.added_columns:
            yield Finding(
                table=each.table, column=None, code="added_column",
                rule="the source has the columns it had", severity=Severity.WARN,
                rows=each.counts["staged"], failed_rows=0,
                found=f"the source has columns that nobody reads: {', '.join(each.added_columns)}",
                remedy="Map them under `columns`, or let them be.",
            )  # fmt: skip


def _volume(project: Project, staged: Staged, batches: list[Committed]) -> Volume:
    counts = prepared_batch(project, staged).counts
    before = count_live(batches)
    delivered = staged.counts["staged"]
    earlier = tuple(each.batch.counts["staged"] for each in batches)
    return Volume(
        table=staged.table,
        before=before,
        after=before + counts["accepted"] - counts["superseded"] - counts["deleted"],
        delivered=None if staged.is_complete else delivered,
        earlier=earlier,
    )


def _survivors(
    lake: Lake, staged: list[Staged], history: dict[str, list[Committed]]
) -> Iterator[Finding]:
    """Look who is gone where customers are delivered whole; orders date those without a date."""
    for each in staged:
        if each.table == "customers" and each.is_complete and "customers" in history:
            customers = _live(lake, "customers", history)
            if "orders" in history:
                customers = _dated(customers, _live(lake, "orders", history))
            cohorts = vanished_by_cohort(customers, staged_rows(lake, each))
            yield from check_survivors(cohorts)


def _dated(customers: ir.Table, orders: ir.Table) -> ir.Table:
    first = orders.group_by("customer_id").agg(first_order_at=orders.ordered_at.min())
    joined = customers.left_join(first, "customer_id")
    since = joined.created_at.fill_null(joined.first_order_at)
    return joined.select("customer_id", created_at=since)
