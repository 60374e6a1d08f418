"""What `stammkunde models` shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from stammkunde.report import aligned

if TYPE_CHECKING:
    from flows.models import Entry, History, Version

_VERSION_HEAD = (
    "version", "alias", "grade", "as of", "holdout", "metric", "value", "90 % interval", "why",
)  # fmt: skip
_HISTORY_HEAD = (
    "", "decided (UTC)", "version", "outcome", "champion", "grade", "by", "as of", "holdout",
    "compared", "over the champion", "why",
)  # fmt: skip
_NOTHING = "Nothing is registered yet. Train first: stammkunde train."


def version_list(versions: Sequence[Version]) -> list[str]:
    """Return a line per version."""
    if not versions:
        return [_NOTHING]
    cells = [
        (
            f"{each.model}/{each.version}", " ".join(each.aliases), each.grade or "-",
            each.tags.get("as_of", ""), each.tags.get("holdout", ""), each.headline,
            f"{each.value:.3f}", "{:.3f} to {:.3f}".format(*each.interval),
            each.tags.get("grade_reason", ""),
        )
        for each in versions
    ]  # fmt: skip
    return aligned([_VERSION_HEAD, *cells], right={6})


def history_report(histories: Sequence[History]) -> list[str]:
    """Return a table of decisions per model."""
    return [line for history in histories for line in _of_model(history)] or [_NOTHING]


def champion_report(histories: Sequence[History], day: date) -> list[str]:
    """Return a line per model: who was champion at the end of a day, since when, and why."""
    from flows.models import champion_entry

    lines = []
    for history in histories:
        entry = champion_entry(history, day)
        if entry is None or entry.decision.champion_after is None:
            lines.append(f"{history.model}: no version was champion at the end of {day} (UTC)")
            continue
        decision = entry.decision
        lines.append(
            f"{history.model}: version {decision.champion_after} was champion at the end of {day} "
            f"(UTC), since {entry.decided_at:%Y-%m-%d %H:%M}, approved by {decision.approver}: "
            f"{decision.reason}"
        )
    return lines or [_NOTHING]


def promotion_report(model: str, entry: Entry) -> list[str]:
    """Return what a promotion changed."""
    decision = entry.decision
    before = f"; before it was {model}/{decision.champion_before}"
    return [
        f"{model}/{decision.champion_after} is champion, approved by {decision.approver}"
        + (before if decision.champion_before else ""),
        "the next run scores by it; `stammkunde models history` keeps when and why",
    ]


def _of_model(history: History) -> list[str]:
    from flows.models import comparisons

    cells = [_cells(entry, comparisons(history, entry)) for entry in history.entries]
    entered = history.entries[-1].decision.champion_after if history.entries else None
    lines = [f"model {history.model}: champion {history.champion or 'none'}", ""]
    lines += aligned([_HISTORY_HEAD, *cells], right={0}) if cells else ["no decision yet"]
    if entered != history.champion:
        lines.append("the alias was moved in MLflow since; the next decision enters that")
    return [*lines, ""]


def _cells(entry: Entry, comparisons: int) -> tuple[str, ...]:
    decision = entry.decision
    difference = decision.difference
    return (
        f"{entry.number}", f"{entry.decided_at:%Y-%m-%d %H:%M}", decision.version or "-",
        f"{decision.outcome}{' (forced)' if decision.forced else ''}",
        decision.champion_after or "none", decision.grade or "-", decision.approver,
        decision.as_of or "", decision.holdout or "", f"{comparisons} times" if comparisons else "",
        "{:+.3f} to {:+.3f}".format(*difference) if difference else "", decision.reason,
    )  # fmt: skip
