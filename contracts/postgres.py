"""How we meet PostgreSQL: limits of a connection, and why it failed, never in the server's words.

Those may quote rows or the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

# A server that is gone is noticed by us within a minute; what hangs is ended by the server.
_LIMITS = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "application_name": "stammkunde",
}

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


@dataclass(frozen=True)
class Failure:
    """Why PostgreSQL did not do what was asked, in our words. `passing`: a retry can help."""

    reason: str
    passing: bool


def connect(url: str) -> psycopg.Connection:
    """Connect; what the URL says counts more than our limits."""
    return psycopg.connect(
        make_conninfo(url, **{**_LIMITS, **conninfo_to_dict(url), "client_encoding": "UTF8"})
    )


def place_of(url: str) -> str:
    """Return the database and the host that a URL names, for a person."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        return "The database"
    name, host = (str(parts.get(key) or "") for key in ("dbname", "host"))
    named = f"Database `{name}`" if _PLAIN.fullmatch(name) else "The database"
    return f"{named} on `{host}`" if _PLAIN.fullmatch(host) else named


def failure_of(error: BaseException, *, connecting: bool) -> Failure | None:
    """Return why the driver raised this; None where the server refused a statement for itself.

    Before a session exists (`connecting`) a refusal is told by its text only.
    """
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state is None:
        return _failure_of_connection(error, refusable=connecting)
    for beginning, reason in _PASSING.items():
        if state.startswith(beginning):
            return Failure(reason, passing=True)
    return None


def _failure_of_connection(error: BaseException, *, refusable: bool) -> Failure:
    if isinstance(error, psycopg.ProgrammingError):
        return Failure("its URL cannot be read; quote signs as in %40 for @", passing=False)
    message = str(error)
    for pattern, reason in _REFUSALS if refusable else ():
        if re.search(pattern, message):
            return Failure(reason, passing=False)
    for pattern, reason in _SILENCES:
        if re.search(pattern, message):
            return Failure(reason, passing=True)
    return Failure("the connection is lost", passing=True)
