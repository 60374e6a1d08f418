"""Names tables whose rows still count though the settings no longer have a source for them."""

from __future__ import annotations

from flows.project import Project
from warehouse.history import count_live


def tell_sourceless(project: Project) -> tuple[str, ...]:
    """Return a warning for each such table: where its rows came from, and how to let them go."""
    sources = project.settings.sources
    read = set(sources)
    if sources["orders"].negative_amounts == "refunds":
        read.add("refunds")
    return tuple(
        f"Warning: table `{table}`: {rows:,} rows of `{batches[-1].batch.source}` still count, and "
        f"the settings have no source for them any more. Put [sources.{table}] back; to let the "
        "rows go, point it at a file with the header and no rows, and run stammkunde ingest "
        f"--full {table} --accept-volume {table} once."
        for table, batches in project.store.history().items()
        if table not in read and (rows := count_live(batches))
    )
