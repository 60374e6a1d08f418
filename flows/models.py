"""The registered models of a project, for people: list, history, promotion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from contracts.errors import UsageError
from features.definitions import definitions
from flows.project import Project, open_project

if TYPE_CHECKING:
    from training.ledger import Entry
    from training.promotion import Registry
    from training.versions import Version

__all__ = [
    "Entry", "History", "Version", "champion_entry", "check_name", "comparisons", "list_models",
    "model_histories", "promote_model",
]  # fmt: skip

MODELS = ("churn", "clv")


@dataclass(frozen=True)
class History:
    """What was decided on a model's versions, and which of them is champion now."""

    model: str
    entries: tuple[Entry, ...]
    champion: str | None


def list_models(project_file: str) -> tuple[Version, ...]:
    """Return all versions of all models, the newest first."""
    from training.versions import list_versions

    return tuple(
        version
        for registry in _registries(open_project(project_file))
        for version in list_versions(registry)
    )


def model_histories(project_file: str, model: str | None) -> tuple[History, ...]:
    """Return the history of a model, or of all.

    Raises
    ------
    UsageError
        There is no model of this name.
    DamagedLedger
        An entry is missing, or is not what was written.
    """
    if model is not None:
        check_name(model)
    return tuple(
        History(registry.name, registry.ledger.entries(), registry.champion())
        for registry in _registries(open_project(project_file))
        if model in {None, registry.name}
    )


def champion_entry(history: History, day: date) -> Entry | None:
    """Return the entry that made who was champion at the end of a day (UTC)."""
    from training.ledger import champion_on

    return champion_on(history.entries, day)


def comparisons(history: History, entry: Entry) -> int:
    """Return how often versions were compared with a champion on the holdout of an entry."""
    from training.ledger import times_compared

    return times_compared(history.entries, entry.decision)


def promote_model(  # noqa: PLR0913 - who promotes what, and why
    project_file: str, model: str, version: str, *, approver: str, reason: str, force: bool
) -> Entry:
    """Make a version champion because a person says so; it must be able to score.

    Raises
    ------
    ModelMissing
        There is no such version, or its files are not those that were registered.
    FeaturesChanged
        It was fitted on features that are defined otherwise by now.
    PromotionRefused
        Its grade forbids it and it is not forced, or it is champion already.
    """
    from training.registered import Registered
    from training.versions import find_version, promote

    check_name(model)
    registry = _registry(open_project(project_file), model)
    asked = find_version(registry, version)
    registered = Registered.find(registry.root, model, version)
    registered.contract.check(definitions(), model=registered.label)
    registered.load()
    return promote(
        registry, asked, approver=approver, reason=reason, force=force, now=datetime.now(UTC)
    )


def check_name(model: str) -> None:
    """Check that there can be a model of this name.

    Raises
    ------
    UsageError
        There cannot.
    """
    if model not in MODELS:
        raise UsageError(f"There is no model `{model}`. There are: {', '.join(MODELS)}.")


def _registries(project: Project) -> Iterator[Registry]:
    if project.mlruns.joinpath("mlflow.db").exists():
        for name in MODELS:
            yield _registry(project, name)


def _registry(project: Project, name: str) -> Registry:
    from training.promotion import Registry

    return Registry(project.mlruns, name)
