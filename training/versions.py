"""The registered versions of a model as a person looks at them, and promotion by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mlflow

from contracts.errors import ModelMissing, PromotionRefused
from contracts.names import tracking_uri
from training.grades import Grade
from training.judgement import Interval
from training.ledger import BY_RULE, OUTSIDE, Decision, Entry, Outcome
from training.models import KINDS
from training.promotion import Registry


@dataclass(frozen=True)
class Version:
    """One version: its aliases and tags, and its headline metric on its own holdout."""

    model: str
    version: str
    run_id: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str]
    headline: str
    value: float
    interval: Interval

    @property
    def grade(self) -> str | None:
        """A, B or C; None where it was never decided on."""
        return self.tags.get("grade")


def list_versions(registry: Registry) -> tuple[Version, ...]:
    """Return all versions of a model, the newest first; none where it is not registered."""
    mlflow.set_tracking_uri(tracking_uri(registry.root))
    aliases = registry.aliases()
    found = mlflow.MlflowClient().search_model_versions(f"name = '{registry.name}'")
    by_number = sorted(found, key=lambda each: int(each.version), reverse=True)
    return tuple(_version(registry.name, each, aliases) for each in by_number)


def find_version(registry: Registry, version: str) -> Version:
    """Return one version.

    Raises
    ------
    ModelMissing
        There is none of this number.
    """
    versions = {each.version: each for each in list_versions(registry)}
    if version not in versions:
        there = ", ".join(sorted(versions, key=int)) or "none"
        raise ModelMissing(
            f"Model `{registry.name}` has no version {version}; there is {there}. "
            "`stammkunde models list` shows them."
        )
    return versions[version]


def promote(  # noqa: PLR0913 - which version, and all that an auditor asks
    registry: Registry, version: Version, *, approver: str, reason: str, force: bool, now: datetime
) -> Entry:
    """Make a version champion because a person says so; return the entry.

    Raises
    ------
    PromotionRefused
        The grade forbids it and it is not forced, it is champion already, or the champion changed
        meanwhile; or `approver` is nobody's name.
    """
    if approver.strip().lower() in {"", BY_RULE, OUTSIDE}:
        raise PromotionRefused(f"`{approver}` is nobody's name. Say who approves: --approver NAME.")
    champion, label = registry.champion(), f"{registry.name}/{version.version}"
    if champion == version.version:
        raise PromotionRefused(f"Model `{label}` is champion already.")
    is_weak = version.grade not in {Grade.A, Grade.B}
    if is_weak and not force:
        why = version.tags.get("grade_reason", "nothing has been decided on it")
        raise PromotionRefused(
            f"Model `{label}` has grade {version.grade or 'none'}: {why}. With --force it becomes "
            "champion all the same, and the ledger keeps that."
        )
    decision = Decision(
        version=version.version, run_id=version.run_id, outcome=Outcome.CHAMPION,
        champion_before=champion, champion_after=version.version, approver=approver.strip(),
        reason=reason, grade=version.grade, as_of=version.tags.get("as_of"),
        holdout=version.tags.get("holdout"), forced=is_weak,
    )  # fmt: skip
    entry = registry.decide(decision, decided_at=now)
    if entry is None:
        raise PromotionRefused(
            f"Model `{registry.name}/{champion}` is champion no longer: somebody else decided "
            "meanwhile. See `stammkunde models history`, and ask again if it is still right."
        )
    return entry


def _version(name: str, registered: Any, aliases: Mapping[str, str]) -> Version:
    headline = KINDS[name].headline
    metrics = mlflow.MlflowClient().get_run(registered.run_id).data.metrics
    low, high = (metrics.get(f"holdout.{headline}.{end}", float("nan")) for end in ("low", "high"))
    version = str(registered.version)
    return Version(
        model=name, version=version, run_id=registered.run_id,
        aliases=tuple(alias for alias, of in sorted(aliases.items()) if of == version),
        tags=dict(registered.tags), headline=headline,
        value=metrics.get(f"holdout.{headline}", float("nan")), interval=(low, high),
    )  # fmt: skip
