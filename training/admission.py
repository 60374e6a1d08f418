"""Admits a trained version: compares it with the champion, grades it, decides, and enters that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from contracts.errors import ModelMissing, Transient
from training.comparison import GONE, Comparison, Incomparable, compare
from training.deciding import Candidate, decide, over_champion
from training.grades import grade
from training.judgement import Judgement
from training.kinds import KINDS, kind_of
from training.ledger import Decision
from training.lessons import Lessons
from training.promotion import Registry
from training.registered import Registered

_TRIES = 3


@dataclass(frozen=True)
class Trained:
    """A version that a training registered, and how it was judged."""

    version: str
    run_id: str
    as_of: str
    holdout: str
    judgement: Judgement


def admit(
    registry: Registry, trained: Trained, lessons: Callable[[], Lessons], *, now: datetime
) -> Decision:
    """Return what is decided on a version; what has been decided earlier stands.

    `lessons` are those that it was fitted on; they are asked for only where there is a champion to
    compare with. Where another became champion meanwhile, it is compared with that.

    Raises
    ------
    ModelMissing
        The stored files of the version are not those that were registered.
    Transient
        Champions change faster than they can be compared with.
    """
    for _ in range(_TRIES):
        if earlier := decided_on(registry, trained.run_id, now=now):
            return earlier
        champion = registry.champion()
        found = None if champion is None else _compare(registry, trained, champion, lessons())
        by_chance = KINDS[registry.name].by_chance(trained.judgement.base)
        verdict = grade(trained.judgement, by_chance, over_champion=over_champion(found))
        registry.describe(trained.version, {"grade": verdict.grade, "grade_reason": verdict.reason})
        candidate = Candidate(
            trained.version, trained.run_id, verdict, trained.as_of, trained.holdout
        )
        if entry := registry.decide(decide(candidate, champion, found), decided_at=now):
            return entry.decision
    raise Transient(f"Other versions of `{registry.name}` became champion {_TRIES} times meanwhile")


def decided_on(registry: Registry, run_id: str, *, now: datetime) -> Decision | None:
    """Return what was first decided on the version of a run; None if nothing was."""
    decisions = [entry.decision for entry in registry.settled(now)]
    return next((decision for decision in decisions if decision.run_id == run_id), None)


def _compare(
    registry: Registry, trained: Trained, champion: str, lessons: Lessons
) -> Comparison | Incomparable:
    name = registry.name
    try:
        theirs = Registered.find(registry.root, name, champion)
    except ModelMissing:
        return Incomparable(champion, GONE, stays=False)
    ours = Registered.find(registry.root, name, trained.version)
    return compare(kind_of(name, lessons.business), lessons, ours, theirs)
