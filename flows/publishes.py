"""Looks at what has been published, and goes back to an earlier publish."""

from __future__ import annotations

from dataclasses import replace

from flows.project import open_project
from flows.write_back import write_back
from segments.destinations.publishes import Entry

__all__ = ["Entry", "publishes_of", "roll_back"]


def publishes_of(project_file: str) -> list[Entry]:
    """Return the publishes of a project, oldest date first."""
    from segments.destinations.publishes import list_publishes

    return list_publishes(open_project(project_file).outbox)


def roll_back(project_file: str, run: str | None) -> Entry:
    """Let `current` point to the publish of a run again, or to the one before; return it.

    Nothing is computed or deleted, and going back can be undone the same way. Where publishes are
    written back to a database, its tables go first; if that fails, all stays as it is.

    Raises
    ------
    NoSuchPublish
        There is none to go back to.
    DamagedPublish
        Its files are not as they were written.
    WriteBackUnreachable, WriteBackRefused
        The database does not answer, or does not take it.
    """
    from segments.destinations.outbox import make_current
    from segments.destinations.publishes import check_whole, chosen

    project = open_project(project_file)
    outbox = project.outbox
    entry = chosen(publishes_of(project_file), outbox, run)
    check_whole(entry)
    if project.settings.write_back.database is not None:
        # Without Prefect, as going back must work when little else does.
        write_back.fn(project_file, str(entry.folder))
    make_current(outbox, entry.folder)
    return replace(entry, is_current=True)
