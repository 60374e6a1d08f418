"""Says in our words why a database did not take a publish, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import psycopg
import sqlalchemy.exc

from contracts.errors import WriteBackRefused, WriteBackUnreachable
from contracts.postgres import failure_of, place_of

Outcome = TypeVar("Outcome")

# SQLSTATEs of a schema, table or column that is not there.
_NOT_THERE = {"3F000", "42P01", "42703"}
_NOT_GRANTED = "42501"
_MIGRATE = "Run `stammkunde database migrate`."
_GRANT = "`stammkunde database roles` prints what to grant."
_ASK = "The log of the server says more than is told here."


def driver_url(url: str) -> str:
    """Return the URL as libpq reads it.

    Raises
    ------
    WriteBackRefused
        It is that of another kind of database.
    """
    dialect, _, address = url.partition("://")
    if dialect.partition("+")[0] in {"postgresql", "postgres"}:
        return f"postgresql://{address}"
    raise WriteBackRefused(
        "The database", reason="it is no PostgreSQL",
        remedy="Name one of postgresql://... under [write_back].",
    )  # fmt: skip


def not_migrated(url: str, schema: str, *, found: str | None, needed: str) -> WriteBackRefused:
    """Return the error of tables that are missing, or of another version."""
    reason = (
        f"schema `{schema}` has no tables of ours"
        if found is None
        else f"the tables of schema `{schema}` are of version {found}, not {needed}"
    )
    return WriteBackRefused(place_of(driver_url(url)), reason=reason, remedy=_MIGRATE)


def other_project(url: str, schema: str, *, project: str) -> WriteBackRefused:
    """Return the error of a schema that holds the customers of another project."""
    return WriteBackRefused(
        place_of(driver_url(url)), reason=f"schema `{schema}` holds those of project `{project}`",
        remedy="Name another `schema` under [write_back].",
    )  # fmt: skip


def explained(
    work: Callable[[], Outcome], url: str, schema: str, *, connecting: bool = False
) -> Outcome:
    """Do the work; what the driver raises becomes an error of ours, without its words."""
    try:
        return work()
    except sqlalchemy.exc.DBAPIError as error:
        failure = _explain(error.orig or error, url, schema, connecting=connecting)
    except psycopg.Error as error:
        failure = _explain(error, url, schema, connecting=connecting)
    # Not within `except`: the driver's error, which may quote the URL or a row, would hang on it.
    raise failure


def _explain(error: BaseException, url: str, schema: str, *, connecting: bool) -> Exception:
    place = place_of(driver_url(url))
    known = failure_of(error, connecting=connecting)
    if known is not None and known.passing:
        return WriteBackUnreachable(place, reason=known.reason)
    if known is not None:
        remedy = "Correct its URL under [databases], or its grants."
        return WriteBackRefused(place, reason=known.reason, remedy=remedy)
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state in _NOT_THERE:
        reason = f"schema `{schema}` lacks what is written to"
        return WriteBackRefused(place, reason=reason, remedy=_MIGRATE)
    if state == _NOT_GRANTED:
        reason = f"its user may not write schema `{schema}`"
        return WriteBackRefused(place, reason=reason, remedy=_GRANT)
    return WriteBackRefused(place, reason=f"{type(error).__name__} ({state})", remedy=_ASK)
