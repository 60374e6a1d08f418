"""Errors about databases, read or written. None holds an address, a secret or a value."""

from __future__ import annotations

from difflib import get_close_matches

from contracts.errors.roots import Transient, UsageError


class DatabaseRefused(UsageError):
    """A database answers, and does not grant what is asked. `place` names it without secrets."""

    def __init__(self, place: str, *, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"{place} cannot be read: {reason}. Correct its URL under [databases], or its grants."
        )


class RelationMissing(UsageError):
    """A database has no such table or view, or hides it from the role that reads."""

    def __init__(self, table: str, relation: str, *, place: str, found: list[str]) -> None:
        self.table, self.relation, self.found = table, relation, found
        nearest = get_close_matches(relation, found, n=5, cutoff=0.3) or sorted(found)[:5]
        seen = f"The nearest are {', '.join(nearest)}" if nearest else "Its user can read none"
        super().__init__(
            f"Table `{table}`: {place} has no such relation: `{relation}`. {seen}. "
            f"Correct `relation` under [sources.{table}], or grant SELECT on it."
        )


class CursorUnusable(UsageError):
    """The column that says what is new is not there, or does not grow as numbers and times do."""

    def __init__(self, table: str, cursor: str, *, problem: str) -> None:
        self.table, self.cursor = table, cursor
        super().__init__(
            f"Table `{table}`: the cursor `{cursor}` {problem}. "
            f"Correct `cursor` under [sources.{table}]; without one all rows are read."
        )


class QueryFailed(UsageError):
    """A database cannot answer. `problem` is its name for that, never its words: they quote."""

    def __init__(self, table: str, place: str, *, problem: str) -> None:
        self.table, self.place, self.problem = table, place, problem
        super().__init__(
            f"Table `{table}`: {place} cannot answer: {problem}. "
            f"Correct `query` or `relation` under [sources.{table}]; run it in the database to "
            "read its whole message."
        )


class DatabaseUnreachable(Transient):
    """A database does not answer, or stopped answering. `place` names it without secrets."""

    def __init__(self, place: str, *, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"{place} does not answer: {reason}. Nothing of it was taken over; run again once it "
            "answers."
        )


class WriteBackRefused(UsageError):
    """A database answers, and does not take what is written back. `place` names it."""

    def __init__(self, place: str, *, reason: str, remedy: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"{place} cannot be written back to: {reason}. {remedy} Nothing was written, and "
            "`current` stays; run the same command again once that is done."
        )


class WriteBackUnreachable(Transient):
    """A database did not answer, or stopped answering, while a publish was written back.

    All of it was written or nothing: the next attempt looks, and writes what is missing.
    """

    def __init__(self, place: str, *, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"{place} does not answer: {reason}. The publish is there whole or not at all, and "
            "`current` stays; run the same command again once it answers."
        )
