"""Runs every table's suite in one checkpoint, builds the Data Docs and returns the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd

from contracts.schema import TableSchema
from contracts.tables import TABLES
from validation.data_docs import make_self_contained
from validation.gx import (
    Checkpoint,
    DataContextConfig,
    EphemeralDataContext,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
    RunIdentifier,
    ValidationDefinition,
    get_context,
)
from validation.ibis_engine import IbisDatasource
from validation.overview import write_overview
from validation.results import read_verdict
from validation.suites import suite_for
from validation.verdict import Verdict

# Counts, and nothing that could hold a value.
_COUNTS_ONLY = {
    "result_format": "BASIC",
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
}


def validate(
    tables: Mapping[str, ir.Table],
    *,
    docs: Path,
    schemas: Mapping[str, TableSchema] = TABLES,
) -> Verdict:
    """Check tables, named as in `schemas`, against their rules; write the Data Docs to `docs`.

    A broken rule is part of the verdict. Where the engine fails to count, its own error is raised
    and no page is written. `docs` belongs to this validation: one folder per run.
    """
    context = _context(docs)
    source = context.data_sources.add_ibis("tables")
    engine = source.get_execution_engine()
    engine.tables = tables
    present = {name: tuple(table.columns) for name, table in tables.items()}
    gate = context.checkpoints.add(
        Checkpoint(
            name="gate",
            validation_definitions=[
                _definition(context, source, schemas[name], present) for name in tables
            ],
            result_format=_COUNTS_ONLY,
        )
    )
    # One frame serves all tables: it is empty, and the engine knows the tables by name.
    run = gate.run(
        batch_parameters={"dataframe": pd.DataFrame()}, run_id=RunIdentifier(run_name="gate")
    )
    if engine.failure is not None:
        raise engine.failure
    verdict = read_verdict(run.run_results.values())
    # The stock index is drawn by a script; ours is not.
    context.build_data_docs(build_index=False)
    make_self_contained(docs)
    write_overview(verdict, docs)
    return verdict


def _context(docs: Path) -> EphemeralDataContext:
    """Return a context that keeps nothing but the pages in `docs`, shows and reports nothing."""
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
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
    context: EphemeralDataContext,
    source: IbisDatasource,
    schema: TableSchema,
    present: Mapping[str, tuple[str, ...]],
) -> ValidationDefinition:
    asset = source.add_dataframe_asset(schema.name)
    return context.validation_definitions.add(
        ValidationDefinition(
            name=schema.name,
            data=asset.add_batch_definition_whole_dataframe("all rows"),
            suite=context.suites.add(suite_for(schema, present=present)),
        )
    )
