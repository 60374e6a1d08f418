"""Decides on the versions that a training registered: which of them score from now on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from prefect import task

from flows.model_card import CardProject, card_page, model_card
from flows.progress import step
from flows.project import Project, open_project
from flows.retrying import RETRIES
from flows.stored_panel import PanelRefs, read_lessons

if TYPE_CHECKING:
    from training.ledger import Decision
    from training.promotion import Registry

# Model name -> `dataclasses.asdict` of what was decided, `champion`, who scores now, and
# `decided_before`, how many versions had been decided on by the same holdout.
Decisions = dict[str, dict[str, Any]]


def decide_on(
    project_file: str, record: dict[str, Any], *, as_of: date, panel: Callable[[], PanelRefs]
) -> Decisions:
    """Return what is decided on each version of a training; what was decided earlier stands.

    `panel` builds what the versions were judged on; it is called only if something is to decide.
    """
    decided = find_decisions(project_file, record)
    if len(decided) < len(record):
        decided = decide(project_file, record, as_of=as_of, panel=panel())
    return decided


def told(name: str, model: dict[str, Any]) -> str:
    """Return what became of a trained version, in a sentence."""
    decision = model["decision"]
    champion = decision["champion"]
    scores = f"{name}/{champion} scores" if champion else f"no version of {name} scores"
    return (
        f"{name}/{model['version']} is of grade {decision['grade']} ({decision['outcome']}: "
        f"{decision['reason']}); {scores}{_peeked(decision['decided_before'])}"
    )


def _peeked(decided_before: int) -> str:
    """Return what to say of a holdout that is not fresh any more; nothing where it is."""
    if not decided_before:
        return ""
    times = "once" if decided_before == 1 else f"{decided_before} times"
    return (
        f"; this holdout has decided {times} already: the more often, the more a win is luck; a "
        "later --as-of brings a fresh one"
    )


@task(task_run_name="find earlier decisions", **RETRIES)
def find_decisions(project_file: str, record: dict[str, Any]) -> Decisions:
    """Return what was decided on the versions before."""
    from training.admission import decided_on

    project, now = open_project(project_file), _now()
    found = {}
    for name, model in record.items():
        registry = _registry(project, name)
        if decision := decided_on(registry, model["run_id"], now=now):
            found[name] = _as_told(registry, decision)
    return found


@task(task_run_name="decide", **RETRIES)
def decide(
    project_file: str, record: dict[str, Any], *, as_of: date, panel: PanelRefs
) -> Decisions:
    """Compare each version with its champion, grade it, and let the better one score."""
    from training.admission import Trained, admit
    from training.judgement import Judgement

    project = open_project(project_file)
    decisions = {}
    with project.open_lake() as lake:
        lessons = cache(lambda: read_lessons(project, lake, panel))
        for name, model in record.items():
            judgement = Judgement.from_json(model["judgement"])
            trained = Trained(
                str(model["version"]), model["run_id"], str(as_of), model["holdout"], judgement
            )
            registry = _registry(project, name)
            with step(f"decide on {name}") as done:
                decision = admit(registry, trained, lessons, now=_now())
                decisions[name] = _as_told(registry, decision)
                peeked = _peeked(decisions[name]["decided_before"])
                done.outcome = (
                    f"grade {decision.grade}; {decision.outcome}: {decision.reason}{peeked}"
                )
            _log_card(project, name, model, decisions[name], registry=registry)
    return decisions


def _as_told(registry: Registry, decision: Decision) -> dict[str, Any]:
    """Return a decision with who is champion now, and how often its holdout had decided before."""
    from training.ledger import decided_before

    before = decided_before(registry.ledger.entries(), decision)
    return {**asdict(decision), "champion": registry.champion(), "decided_before": before}


def _log_card(
    project: Project,
    name: str,
    model: dict[str, Any],
    decision: dict[str, Any],
    *,
    registry: Registry,
) -> None:
    """Log the model card to the run of the version, and show the grade there and above it."""
    from training.ledger import Decision, times_compared
    from training.tracking import Tracking

    settings = project.settings
    card = model_card(
        name, model, decision,
        project=CardProject(settings.project.currency, settings.business.value_basis),
        comparisons=times_compared(registry.ledger.entries(), Decision.from_json(decision)),
    )  # fmt: skip
    Tracking(project.mlruns, settings.project.name).log_decision(
        name, str(model["version"]), model["run_id"], decision=Decision.from_json(decision),
        card=card, page=card_page(card, title=f"Model card: {name} {model['version']}"),
    )  # fmt: skip


def _registry(project: Project, name: str) -> Registry:
    from training.promotion import Registry

    return Registry(project.mlruns, name)


def _now() -> datetime:
    """Return the time of a decision: what an auditor asks for, and no model sees."""
    return datetime.now(UTC)
