"""Lets the registry follow its project to another folder: MLflow keeps whole paths of its files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

# Where MLflow's database says in which folder files are, table by table.
_PLACES = {
    "experiments": "artifact_location",
    "runs": "artifact_uri",
    "logged_models": "artifact_location",
    "model_versions": "storage_location",
}
_WAIT_SECONDS = 60.0


@cache
def follow_move(mlruns: Path) -> None:
    """Let the database below `mlruns` say that its files are there, where they say otherwise.

    Files that were left behind are not looked at: a copy of a project stands by itself. It is done
    once in a process and folder; where nothing was moved, nothing is written.
    """
    file = mlruns / "mlflow.db"
    if not file.exists():
        return
    here = (mlruns / "artifacts").as_uri()
    with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as database:
        for there in _places_before(database, here):
            with database:
                for table, column in _PLACES.items():
                    # No LIKE: an address may hold its signs.
                    database.execute(
                        f"UPDATE {table} SET {column} = ? || substr({column}, length(?) + 1) "  # noqa: S608 - names of our own
                        f"WHERE {column} = ? OR substr({column}, 1, length(?) + 1) = ? || '/'",
                        (here, there, there, there, there),
                    )


def _places_before(database: sqlite3.Connection, here: str) -> list[str]:
    """Return where experiments of ours are said to keep files, if that is somewhere else."""
    known = database.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'experiments'"
    ).fetchone()
    if not known[0]:
        return []
    found = database.execute(
        "SELECT DISTINCT artifact_location FROM experiments "
        "WHERE artifact_location LIKE 'file://%/artifacts' AND artifact_location <> ?",
        (here,),
    )
    return [place for (place,) in found]
