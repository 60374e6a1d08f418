"""Says in our words why PostgreSQL did not answer, and never what it said: that may quote rows."""

from __future__ import annotations

import re

import psycopg
from psycopg.conninfo import conninfo_to_dict

from contracts.errors import DatabaseRefused, DatabaseUnreachable, QueryFailed
from ingestion.sources.copy_binary import GarbledCopy
from ingestion.sources.extracts import TableRequest

# Before a session exists the server's reason is a text only, in the language of the server. What is
# not found here counts as unreachable: a retry in vain costs seconds, a night's run costs more.
_REFUSALS = (
    (r"assword|Passwort", "user or password are wrong"),
    (r"pg_hba\.conf", "the server does not let this user in from here, or not without TLS"),
    (
        r"certificate|not support SSL|sslmode",
        "the two sides do not agree on TLS, or a certificate is not known",
    ),
    (r"role .* does not exist|Rolle .* existiert nicht|permitted to log", "there is no such user"),
    (r"database .* does not exist|Datenbank .* existiert nicht", "there is no such database"),
    (r"permission denied for database", "this user may not connect to it"),
)
_SILENCES = (
    (r"refused", "nothing listens there"),
    (r"timeout|timed out", "no answer in time"),
    (r"resolve|translate host", "its host is not known"),
    (r"starting up|shutting down|recovery", "it is starting or stopping"),
    (r"too many|remaining connection slots|zu viele", "it has no connection left"),
)

# SQLSTATEs, or how they begin, of what may be gone in a moment.
_PASSING = {
    "08": "the connection is lost",
    "40": "a conflict ended what it was doing",
    "53": "it has too little memory, disk or connections left",
    "55P03": "the table is locked by another, for longer than 10 seconds",
    "57014": "it did not finish within an hour, or was told to stop",
    "57P": "the connection was ended by the server",
    "58": "its disk or system failed",
}

# Anything else may be part of a password, where a URL is not quoted as URLs must be.
_PLAIN = re.compile(r"[\w.-]+")


def explain(error: Exception, place: str, request: TableRequest | None) -> Exception:
    """Return the error of ours that stands for what the driver raised while reading `request`."""
    if isinstance(error, GarbledCopy):
        return DatabaseUnreachable(place, reason="its rows do not have the fields of their columns")
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state is None:
        return _explain_connection(error, place, refusable=request is None)
    for beginning, reason in _PASSING.items():
        if state.startswith(beginning):
            return DatabaseUnreachable(place, reason=reason)
    named = f"{type(error).__name__} ({state})"
    if request is None:
        return DatabaseRefused(place, reason=named)
    if state == "42501":
        reason = f"the user may not SELECT what table `{request.table}` is read from"
        return DatabaseRefused(place, reason=reason)
    return QueryFailed(request.table, place, problem=named)


def place_of(url: str) -> str:
    """Return the database and the host that a URL names, for a person."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        return "The database"
    name, host = (str(parts.get(key) or "") for key in ("dbname", "host"))
    named = f"Database `{name}`" if _PLAIN.fullmatch(name) else "The database"
    return f"{named} on `{host}`" if _PLAIN.fullmatch(host) else named


def _explain_connection(error: Exception, place: str, *, refusable: bool) -> Exception:
    if isinstance(error, psycopg.ProgrammingError):
        return DatabaseRefused(place, reason="its URL cannot be read; quote signs as in %40 for @")
    message = str(error)
    for pattern, reason in _REFUSALS if refusable else ():
        if re.search(pattern, message):
            return DatabaseRefused(place, reason=reason)
    for pattern, reason in _SILENCES:
        if re.search(pattern, message):
            return DatabaseUnreachable(place, reason=reason)
    return DatabaseUnreachable(place, reason="the connection is lost")
