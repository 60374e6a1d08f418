"""Runs every table's suite in one checkpoint, builds the Data Docs and returns the verdict."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from contracts.rules import Facts
from contracts.schema import TableSchema
from contracts.tables import TABLES
from validation.data_docs import SITE
from validation.gx import (
    Checkpoint,
    DataContextConfig,
    EphemeralDataContext,
    ExpectationSuite,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
    RunIdentifier,
    ValidationDefinition,
    get_context,
)
from validation.ibis_engine import IbisDatasource
from validation.limits import escalate, too_many_rejected
from validation.overview import write_overview
from validation.references import referable
from validation.results import read_verdict
from validation.settings import DEFAULTS, ValidationSettings
from validation.suites import suite_for
from validation.verdict import Finding, Verdict

_NONE: Mapping[str, Any] = MappingProxyType({})

# Counts, and nothing that could hold a value.
_COUNTS_ONLY = {
    "result_format": "BASIC",
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
}


def validate(  # noqa: PLR0913 - what is validated, by what, and what else was found
    tables: Mapping[str, ir.Table],
    *,
    docs: Path,
    facts: Facts,
    known: Mapping[str, ir.Table] = _NONE,
    rejected: Mapping[str, int] = _NONE,
    repeated: Mapping[str, Mapping[str, int]] = _NONE,
    limits: Mapping[str, float] = _NONE,
    also: Iterable[Finding] = (),
    settings: ValidationSettings = DEFAULTS,
    schemas: Mapping[str, TableSchema] = TABLES,
) -> Verdict:
    """Check tables, named as in `schemas`, against their rules; write the Data Docs to `docs`.

    A broken rule is part of the verdict. Where the engine fails to count, its own error is raised
    and no page is written. The pages of tables of an earlier validation go.

    Parameters
    ----------
    tables
        The staged rows: all that are new, those to be rejected as well, with what is wrong with
        each (`contracts.staged`).
    known
        Rows accepted before; a reference may point to these and to the staged ones to be accepted.
    rejected
        How many staged rows are kept out, by table. Of a repeated key all rows but the last are,
        so the rules' own counts do not tell.
    repeated
        By table and column, how many rows another of the same value replaces, where that is known
        already; equal rows are one.
    limits
        Share of rejected rows at which a table stops the run, where it has one of its own.
    also
        What gates outside the rules found, such as that of volume; it joins verdict and page.
    """
    context = _context(docs)
    source = context.data_sources.add_ibis("tables")
    engine = source.get_execution_engine()
    engine.tables = tables
    engine.references = referable(tables, known)
    engine.repeated = repeated
    there = {
        name: set.intersection(*(set(table.columns) for table in targets))
        for name, targets in engine.references.items()
    }
    suites = [
        suite_for(schemas[name], present=table.columns, referable=there, facts=facts)
        for name, table in tables.items()
    ]
    gate = context.checkpoints.add(
        Checkpoint(
            name="gate",
            validation_definitions=[_definition(context, source, suite) for suite in suites],
            result_format=_COUNTS_ONLY,
        )
    )
    # One frame serves all tables: it is empty, and the engine knows the tables by name.
    run = gate.run(
        batch_parameters={"dataframe": pd.DataFrame()}, run_id=RunIdentifier(run_name="gate")
    )
    if engine.failure is not None:
        raise engine.failure
    counted = read_verdict(run.run_results.values())
    shares = dict.fromkeys(tables, settings.max_rejected_share) | dict(limits)
    verdict = replace(
        counted,
        findings=(
            *too_many_rejected(rejected, rows=counted.rows, max_rejected_shares=shares),
            *also,
            *escalate(counted.findings, max_rejected_shares=shares),
        ),
        rejected=dict(rejected),
    )
    shutil.rmtree(docs / "validations", ignore_errors=True)
    context.build_data_docs()
    write_overview(verdict, docs, ingested_at=facts.ingested_at)
    return verdict


def _context(docs: Path) -> EphemeralDataContext:
    """Return a context that keeps nothing but the pages in `docs`, shows and reports nothing."""
    site = {
        **SITE,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(docs.absolute()),
        },
    }
    return get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            data_docs_sites={"docs": site},
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )


def _definition(
    context: EphemeralDataContext, source: IbisDatasource, suite: ExpectationSuite
) -> ValidationDefinition:
    asset = source.add_dataframe_asset(suite.name)
    return context.validation_definitions.add(
        ValidationDefinition(
            name=suite.name,
            data=asset.add_batch_definition_whole_dataframe("all rows"),
            suite=context.suites.add(suite),
        )
    )
