"""The flow `audit leakage`: whether a feature, or the pipeline, knows what it is to predict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, task

from contracts.errors import AuditFailed
from features.definitions import definitions
from flows.canonical import canonical_tables
from flows.catalogue import list_features
from flows.dates import settle_as_of
from flows.panel import build_panel
from flows.progress import step
from flows.project import code_version, open_project
from flows.records import keep_record
from flows.stored_panel import PanelRefs, read_lessons

if TYPE_CHECKING:
    from training.leakage import WeighedFeature
    from training.panel import Panel
    from training.shuffling import ShuffleCheck


@dataclass(frozen=True)
class ModelAudit:
    """One model: all its features, flagged ones first, and what it learns from shuffled outcomes.

    `rows` are customers at risk at the holdout, of whom `churned_share` leave within the horizon.
    """

    model: str
    horizon_days: int
    holdout: date
    rows: int
    churned_share: float
    features: tuple[WeighedFeature, ...]
    shuffled: ShuffleCheck

    @property
    def flagged(self) -> tuple[WeighedFeature, ...]:
        """The features that look like leaks."""
        return tuple(feature for feature in self.features if feature.flags)

    def describe(self, *, accepted: Collection[str]) -> Iterator[str]:
        """Return a line per fault; flagged features that are `accepted` are none."""
        for feature in self.flagged:
            if feature.name not in accepted:
                yield (
                    f"`{feature.name}`, model {self.model}: AUC {feature.auc:.3f} alone, "
                    f"{feature.gain_share:.1%} of the gain"
                )
        for metric in self.shuffled.leaks:
            yield (
                f"model {self.model} knows shuffled outcomes: {metric} misses chance in all of "
                f"{len(self.shuffled.shuffles)} shuffles"
            )


@dataclass(frozen=True)
class LeakageAudit:
    """What was found of each model, the family of each feature, and the file that has it all.

    `accepted` are features that somebody has looked at and found honest.
    """

    as_of: date
    models: tuple[ModelAudit, ...]
    families: dict[str, str]
    record: Path
    accepted: tuple[str, ...]

    def check(self) -> None:
        """Check that nothing is flagged.

        Raises
        ------
        AuditFailed
            Something is.
        """
        faults = [
            fault for model in self.models for fault in model.describe(accepted=self.accepted)
        ]
        if faults:
            raise AuditFailed(
                "\n".join(
                    [
                        "This looks like a leak:", *faults,
                        "See how a flagged feature is made (`stammkunde features describe NAME`), "
                        "and whether its column is written or changed once a customer has left. "
                        "If so, leave the column out of the source and train again. If it was "
                        "known at the date, accept it: --accept NAME.",
                    ]
                )
            )  # fmt: skip


@flow(name="audit leakage")
def audit_leakage(
    project_file: str,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    accepted: Collection[str] = (),
) -> LeakageAudit:
    """Weigh every feature alone and fit every model to shuffled outcomes, on the training panel.

    What training as of the same day has stored is found, what it has not is built. The audit is a
    run of its own in MLflow.

    Raises
    ------
    NotEnoughData
        The history is too short, or has too few customers or churners.
    """
    project = open_project(project_file)
    tables = canonical_tables(project_file, known_at)
    day = settle_as_of(project_file, tables["orders"], as_of)
    panel = build_panel(project_file, tables, day, known_at=known_at)
    models = tuple(audit_model(project_file, name, panel) for name in panel.splits)
    business, training = project.settings.business, project.settings.training
    key = project.key(
        "audit leakage", tables, day, known_at, business.model_dump(), training.model_dump()
    )
    keep_record(project.records, "audit_leakage", key, _found(models))
    log_audit(project_file, day, key, models)
    return LeakageAudit(
        as_of=day,
        models=models,
        families={each.feature.name: each.family.name for each in list_features()},
        record=project.records / "audit_leakage" / f"{key}.json",
        accepted=tuple(accepted),
    )


@task(task_run_name="audit {model}")
def audit_model(project_file: str, model: str, panel: PanelRefs) -> ModelAudit:
    """Fit one model as training does, then to shuffled outcomes; return what either shows."""
    from training.kinds import kind_of
    from training.leakage import weigh_features
    from training.models import judge_out_of_time
    from training.panel import weighted_mean
    from training.shuffling import check_shuffled, read_shuffled, read_shuffled_contracts

    project, split = open_project(project_file), panel.splits[model]
    kind = kind_of(model, project.settings.business)
    with project.open_lake() as lake:
        features, labels = panel.tables(lake)
        read: Callable[..., Panel] = read_shuffled
        if kind.is_contract and panel.leaving is not None:
            who = lake.table(panel.leaving.who)
            labels = panel.untreated(lake, panel.leaving.labels)
            read = partial(read_shuffled_contracts, who=who)
        with step(f"weigh features of {model}") as done:
            lessons = replace(read_lessons(project, lake, panel), splits={model: split})
            judged = judge_out_of_time(kind, lessons)
            weighed = weigh_features(judged)
            done.outcome = f"{len(weighed)} features, {len(judged.holdout):,} customers at risk"
        with step(f"shuffle outcomes of {model}") as done:
            shuffled = check_shuffled(
                kind,
                lessons,
                lambda number: read(
                    features, labels, definitions=definitions(),
                    salt=f"{project.settings.training.seed} {number}",
                ),
            )  # fmt: skip
            done.outcome = f"{len(shuffled.shuffles)} shuffled"
    followed = judged.holdout.outcomes[split.judged.horizon_days]
    return ModelAudit(
        model, split.judged.horizon_days, split.holdout, len(judged.holdout),
        weighted_mean(followed.churned, followed.weight), weighed, shuffled,
    )  # fmt: skip


@task(task_run_name="log the audit")
def log_audit(project_file: str, as_of: date, key: str, models: tuple[ModelAudit, ...]) -> None:
    """Log what was found as a run in MLflow, with the tag `audit`; it names no customer."""
    from training.tracking import Tracking

    project = open_project(project_file)
    metrics: dict[str, float] = {}
    for each in models:
        metrics[f"{each.model}.flagged_features"] = float(len(each.flagged))
        metrics[f"{each.model}.greatest_feature_auc"] = max(one.auc for one in each.features)
        last = each.shuffled.shuffles[-1]
        for name in last.by_chance:
            metrics[f"{each.model}.shuffled.{name}"] = last.metrics[name]
            low, high = last.intervals[name]
            metrics[f"{each.model}.shuffled.{name}.low"] = low
            metrics[f"{each.model}.shuffled.{name}.high"] = high
    Tracking(project.mlruns, project.settings.project.name).log_audit(
        "leakage", as_of=as_of, metrics=metrics, found=_found(models),
        tags={"code_version": code_version(), "data_fingerprint": key},
    )  # fmt: skip


def _found(models: tuple[ModelAudit, ...]) -> dict[str, Any]:
    """Return what was found of each model, as JSON can say it."""
    return {
        each.model: {
            **asdict(each),
            "holdout": str(each.holdout),
            "flagged": {feature.name: list(feature.flags) for feature in each.flagged},
            "leaks": list(each.shuffled.leaks),
        }
        for each in models
    }
