"""Says in our words why PostgreSQL did not answer, and never what it said: that may quote rows."""

from __future__ import annotations

import psycopg

from contracts.errors import DatabaseRefused, DatabaseUnreachable, QueryFailed
from contracts.postgres import failure_of
from ingestion.sources.copy_binary import GarbledCopy
from ingestion.sources.extracts import TableRequest


def explain(error: Exception, place: str, request: TableRequest | None) -> Exception:
    """Return the error of ours that stands for what the driver raised while reading `request`."""
    if isinstance(error, GarbledCopy):
        return DatabaseUnreachable(place, reason="its rows do not have the fields of their columns")
    failure = failure_of(error, connecting=request is None)
    if failure is not None:
        kind = DatabaseUnreachable if failure.passing else DatabaseRefused
        return kind(place, reason=failure.reason)
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    named = f"{type(error).__name__} ({state})"
    if request is None:
        return DatabaseRefused(place, reason=named)
    if state == "42501":
        reason = f"the user may not SELECT what table `{request.table}` is read from"
        return DatabaseRefused(place, reason=reason)
    return QueryFailed(request.table, place, problem=named)
