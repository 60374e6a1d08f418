"""A project on disk: its settings and the folders that runs read and write."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from contracts.names import fingerprint
from flows.moved import follow_move
from flows.secret_values import keep_key, read_secret
from flows.settings import Settings, load_settings
from ingestion.settings import SourceSettings
from warehouse.commits import CommitLog
from warehouse.engine import open_engine, open_feature_engine
from warehouse.lake import Lake
from warehouse.room import told_if_full

_ROOMS = (
    "contracts", "features", "flows", "forecasting", "ingestion", "scoring", "segments",
    "training", "validation", "warehouse",
)  # fmt: skip


@dataclass(frozen=True)
class Project:
    """The settings in `file` and where its results live."""

    file: Path
    settings: Settings

    @cached_property
    def root(self) -> Path:
        """Folder that holds data/, outbox/ and mlruns/."""
        return (self.file.parent / self.settings.project.root).resolve()

    @property
    def outbox(self) -> Path:
        """Published files."""
        return self.root / "outbox"

    @property
    def mlruns(self) -> Path:
        """MLflow's store."""
        return self.root / "mlruns"

    @property
    def tables(self) -> Path:
        """Stored tables, `<name>/<fingerprint>/` each."""
        return self.root / "data" / "tables"

    @property
    def store(self) -> CommitLog:
        """The accepted batches: what was delivered, and the only copy of it here."""
        return CommitLog(self.root / "data" / "store")

    @property
    def quarantine(self) -> Path:
        """Rows that were kept out, `<table>/<batch>/` each."""
        return self.root / "data" / "quarantine"

    def fresh_staging(self, *names: str) -> Path:
        """Return an empty folder for what is read and does not count yet."""
        folder = self.store.staging.joinpath(*names)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        return folder

    @contextmanager
    def workspace(self, *names: str) -> Iterator[Path]:
        """Yield an empty folder for a source as it was read; it goes with what nobody keeps."""
        folder = self.fresh_staging(*names)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sources_of(self, database: str) -> dict[str, SourceSettings]:
        """Return the sources that are read from one database, by canonical table."""
        sources = self.settings.sources.items()
        return {table: source for table, source in sources if source.database == database}

    def database_url(self, database: str) -> str:
        """Return the address of a database, a secret; it is read where it is used."""
        return read_secret(
            f"databases.{database}", self.settings.databases[database], self.file.parent
        )

    def pseudonym_key(self) -> bytes:
        """Return the key of pseudonymous ids; a new one is made where there is none."""
        return keep_key(self.file.parent / self.settings.project.key_file)

    @property
    def spill(self) -> Path:
        """What is needed only while a stage works."""
        return self.root / "data" / "spill"

    @property
    def records(self) -> Path:
        """What finished stages left beside tables."""
        return self.root / "data" / "records"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' pages."""
        return self.root / "data" / "docs"

    @property
    def prefect_home(self) -> Path:
        """Prefect's own database."""
        return self.root / "data" / "prefect"

    @contextmanager
    def open_lake(self) -> Iterator[Lake]:
        """Open the engine and the tables of this project.

        Raises
        ------
        DiskFull
            What is done with them needs more room than there is.
        """
        with self._lake_by(open_engine) as lake:
            yield lake

    @contextmanager
    def open_feature_lake(self) -> Iterator[Lake]:
        """Open the same tables by the engine that the settings name for features.

        Raises
        ------
        DiskFull
            What is done with them needs more room than there is.
        EngineMissing
            What the engine needs is not installed.
        """
        with self._lake_by(open_feature_engine) as lake:
            yield lake

    @contextmanager
    def _lake_by(self, opener: Callable[..., AbstractContextManager[Any]]) -> Iterator[Lake]:
        settings = self.settings.engine
        with told_if_full(self.root), opener(settings, spill=self.spill) as engine:
            yield Lake(self.tables, engine, settings.slice_rows)

    def key(self, *parts: object) -> str:
        """Return the fingerprint of a stage's work: its inputs and settings, and our code."""
        return fingerprint(code_version(), *parts)


def open_project(file: Path | str) -> Project:
    """Return the project whose settings stand in `file`; a moved registry follows it."""
    path = Path(file).absolute()
    project = Project(path, load_settings(path))
    follow_move(project.mlruns)
    return project


@cache
def code_version() -> str:
    """Return the release and eight digits of the code of all rooms, as in `0.1.0+1f2e3d4c`."""
    house = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for room in _ROOMS:
        for module in sorted((house / room).rglob("*.py")):
            digest.update(str(module.relative_to(house)).encode())
            digest.update(module.read_bytes())
    return f"{version('stammkunde')}+{digest.hexdigest()[:8]}"
