"""Where the bench, the data and the work are, and the projects that are made there."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality import made

DEFAULT_SEED = 7


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

    def project(self, name: str, settings: str, write: Callable[[Path], None]) -> Project:
        """Return the project `name`: settings written anew, data once, into its folder `known`."""
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

    def made_data(self) -> Path:
        """Return the folder of made data: that of the peers, or one made here once."""
        size = f"s{self.customers // 1000}k"
        if self.peers and self.seed == DEFAULT_SEED:
            theirs = self.peers / "data" / size
            if (theirs / "truth.parquet").exists():
                return theirs
        python = Path(sys.executable)
        if self.peers and (self.peers / "venv-main").is_dir():
            # Which numbers are made depends on the version of DuckDB, and the peers state theirs.
            python = self.peers / "venv-main" / "bin" / "python"
        folder = self.work / "data" / f"{size}-{self.seed}"
        return made.make(self.bench, python, folder, customers=self.customers, seed=self.seed)
