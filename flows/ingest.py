"""The flow `ingest`: files to canonical tables, then validation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from prefect import flow, task

from contracts.errors import ValidationFailed
from flows.progress import step
from flows.project import open_project
from flows.records import find_record, keep_record
from flows.retrying import RETRIES
from ingestion.canonical import read_canonical
from ingestion.derive import derive_customers
from ingestion.sources.files import find_deliveries
from validation.time_gate import check_as_of, day_after, order_span
from validation.verdict import Verdict, VerdictJson
from warehouse.reading import readable

# Canonical name (or name of a feature table) -> the stored table.
TableRefs = dict[str, str]


@dataclass(frozen=True)
class Ingested:
    """The canonical tables, and the lines in which validation says what it found."""

    tables: TableRefs
    findings: tuple[str, ...] = ()


@flow(name="ingest")
def ingest(project_file: str, *, validated: bool = True) -> Ingested:
    """Bring every source into its canonical table, then validate them all.

    Raises
    ------
    StammkundeError
        A source cannot be read, or a gate of validation failed.
    """
    sources = open_project(project_file).settings.sources
    tables = {name: ingest_table(project_file, name) for name in sources}
    if "customers" not in tables:
        tables["customers"] = derive_customer_table(project_file, tables["orders"])
    findings = validate_tables(project_file, tables) if validated else []
    return Ingested(tables, tuple(findings))


@task(task_run_name="ingest {table}", **RETRIES)
def ingest_table(project_file: str, table: str) -> str:
    """Write the canonical table `table` from its files; return its reference."""
    project = open_project(project_file)
    source = project.settings.sources[table]
    currency = project.settings.project.currency
    with (
        project.open_lake() as lake,
        TemporaryDirectory(dir=project.spill) as workspace,
        readable(table, source.path),
        step(f"ingest {table}") as done,
    ):
        deliveries = find_deliveries(table, source, folder=project.file.parent)
        contents = [delivery.batch_id for delivery in deliveries]
        key = project.key("ingest", table, source.model_dump(exclude={"path"}), currency, contents)
        ref = lake.keep(
            table,
            key,
            lambda: read_canonical(
                lake.engine, table, source, deliveries=deliveries, currency=currency,
                ingested_at=datetime.now(UTC), workspace=Path(workspace),
            ),
        )  # fmt: skip
        done.outcome = f"{lake.row_count(ref):,} rows"
    return ref


@task(task_run_name="derive customers")
def derive_customer_table(project_file: str, orders: str) -> str:
    """Write the table `customers` of everyone who ever ordered; return its reference."""
    project = open_project(project_file)
    with project.open_lake() as lake, step("derive customers") as done:
        key = project.key("derive customers", orders)
        ref = lake.keep("customers", key, lambda: derive_customers(lake.table(orders)))
        done.outcome = f"{lake.row_count(ref):,} rows"
    return ref


@task(task_run_name="validate")
def validate_tables(project_file: str, tables: TableRefs) -> list[str]:
    """Check the canonical tables; return the lines that say what was found.

    Raises
    ------
    ValidationFailed
        An expectation with severity "stop" was not met.
    """
    from validation.checkpoint import validate

    project = open_project(project_file)
    with project.open_lake() as lake, step("validate") as done:
        key = project.key("validate", tables)
        record = find_record(project.records, "validate", key)
        if record is None:
            expressions = {name: lake.table(ref) for name, ref in tables.items()}
            verdict = validate(expressions, docs=project.data_docs)
            record = keep_record(project.records, "validate", key, dict(verdict.to_json()))
        verdict = Verdict.from_json(cast(VerdictJson, record))
        done.outcome = f"{verdict.rules_checked} rules, {len(verdict.findings)} findings"
    if verdict.stops:
        raise ValidationFailed(
            "\n".join([*verdict.describe(), f"Data Docs: {project.data_docs / 'index.html'}"])
        )
    return list(verdict.describe())


@task(task_run_name="settle the date")
def settle_as_of(project_file: str, orders: str, as_of: date | None) -> date:
    """Return the date of the run: the one given, else the day after the last order.

    Raises
    ------
    AsOfOutsideData
        The orders say nothing about the date given.
    """
    project = open_project(project_file)
    with project.open_lake() as lake:
        table = lake.table(orders)
        span = order_span(table, before=as_of)
        if as_of is None and span is not None:
            as_of = day_after(span)
    assert as_of is not None, "ingest refuses an empty table of orders"  # noqa: S101
    silence = project.settings.validation.max_order_silence_days
    check_as_of(as_of, span, max_silence_days=silence)
    return as_of
