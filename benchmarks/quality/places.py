"""Where the bench, the data and the work are, and the projects that are made there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Project:
    """A settings file of the product, and all purchases (customer_id, ordered_at, amount)."""

    name: str
    settings: Path
    events: Path


@dataclass(frozen=True)
class Places:
    """The folders of a run, and which data are made.

    `bench` has the scripts that judge, `public` the open data sets, `peers` the environments of the
    peers, or is None; all that is written goes to `work`.
    """

    bench: Path
    public: Path
    peers: Path | None
    work: Path
    customers: int
    seed: int

    @property
    def python_of_peers(self) -> Path | None:
        """The Python that has what the scripts need, in the versions the peers were known by."""
        python = self.peers and self.peers / "venv-main" / "bin" / "python"
        return python if python and python.exists() else None

    def project(self, name: str, settings: str, write: Callable[[Path], None]) -> Project:
        """Return the project `name`: settings written anew, data once, into its folder `known`.

        `write` gets the folder and leaves `events.parquet` there beside what the settings name.
        """
        root = self.work / name
        known, partial = root / "known", root / "known.partial"
        if not known.exists():
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            write(partial)
            partial.rename(known)
        file = root / "stammkunde.toml"
        file.write_text(settings)
        return Project(name, file, known / "events.parquet")
