"""One stage of the way, with what it needs before it; finished work is found, not repeated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts.errors import ValidationFailed
from contracts.names import split_ref
from flows.dates import settle_as_of
from flows.deciding import told
from flows.feature_tables import build_features
from flows.gates import explain_last
from flows.ingest import Ingested, ingest
from flows.names import TableRefs
from flows.project import Project, open_project
from flows.score import score
from flows.train import train


class Stage(StrEnum):
    """The stages, in the order of the way of the data."""

    INGEST = "ingest"
    VALIDATE = "validate"
    FEATURES = "features"
    TRAIN = "train"
    SCORE = "score"
    SEGMENT = "segment"


@dataclass(frozen=True)
class Options:
    """What a person may add to a stage.

    Attributes
    ----------
    full
        Tables to read whole; keys that no longer come are recorded as deleted.
    accept_volume
        Tables that may shrink or grow more than usual this time.
    explain
        Name rows by their key for everything that validation found.
    """

    full: tuple[str, ...] = ()
    accept_volume: tuple[str, ...] = ()
    explain: bool = False


def run_stage(
    stage: Stage,
    project_file: str,
    *,
    as_of: date | None,
    known_at: datetime | None,
    options: Options = Options(),
) -> list[str]:
    """Run everything up to `stage`; return the lines that say where the result is.

    Scoring uses the champions of the last training, whenever that was; it does not train.

    Raises
    ------
    StammkundeError
        Wrong settings, or a gate stopped the run.
    """
    project = open_project(project_file)
    ingested = _ingest(project, known_at, options)
    tables = ingested.tables
    if stage is Stage.INGEST:
        return [*ingested.received, *ingested.findings, *_places(project, tables)]
    if stage is Stage.VALIDATE:
        findings = explain_last(project) if options.explain else ingested.findings
        return [*findings, f"Data Docs: {project.data_docs / 'index.html'}"]
    day = settle_as_of(project_file, tables["orders"], as_of)
    if stage is Stage.FEATURES:
        built = build_features(project_file, tables, [day], known_at=known_at)
        return _places(project, built)
    if stage is Stage.TRAIN:
        trained = train(project_file, tables, day, known_at=known_at)
        return [told(name, model) for name, model in trained.items()]
    scored = score(project_file, tables, day, known_at=known_at, published=stage is Stage.SEGMENT)
    if stage is Stage.SCORE:
        return _places(project, {"scores": scored["scores"]})
    return [f"files: {scored['folder']}"]


def _ingest(project: Project, known_at: datetime | None, options: Options) -> Ingested:
    try:
        return ingest(
            str(project.file), known_at=known_at, full=options.full,
            accept_volume=options.accept_volume,
        )  # fmt: skip
    except ValidationFailed as failure:
        if not options.explain:
            raise
        raise ValidationFailed("\n".join(explain_last(project))) from failure


def _places(project: Project, tables: TableRefs) -> list[str]:
    """Return a line per table that says where its files are."""
    return [f"{name}: {project.tables.joinpath(*split_ref(ref))}" for name, ref in tables.items()]
