"""What `stammkunde audit leakage` and `stammkunde audit time-travel` show."""

from __future__ import annotations

from flows.audit_leakage import LeakageAudit, ModelAudit
from flows.audit_time_travel import TimeTravelAudit
from stammkunde.report import aligned

_FEATURE_HEAD = ("feature", "family", "AUC", "gain", "flag")
_SHUFFLE_HEAD = ("shuffled outcomes", "model", "90 % interval", "by chance", "")
_FAMILY_HEAD = ("family", "features", "rows", "values", "differ")


def leakage_report(audit: LeakageAudit, *, top: int) -> list[str]:
    """Return the flagged features and the next `top` of each model, and its shuffles."""
    lines = [f"as of {audit.as_of}"]
    for model in audit.models:
        lines += ["", *_model(model, audit, top)]
    return [*lines, "", f"all of it: {audit.record}"]


def time_travel_report(audit: TimeTravelAudit) -> list[str]:
    """Return a line per family."""
    days = ", ".join(map(str, audit.dates))
    what = "the panel that models learn from" if audit.is_panel else "all customers"
    cells = [
        (
            each.name, f"{len(each.differing)}", f"{each.rows:,}", f"{each.values:,}",
            f"{each.differing_values:,}",
        )
        for each in audit.families
    ]  # fmt: skip
    notes = [
        f"{name}: attributes without a date are taken as they are today, on both sides"
        for name in audit.undated
    ]
    table = aligned([_FAMILY_HEAD, *cells], right={1, 2, 3, 4})
    return [f"{what}, as of {days}", "", *table, *notes]


def _model(model: ModelAudit, audit: LeakageAudit, top: int) -> list[str]:
    shown = model.features[: len(model.flagged) + top]
    features = [
        (
            each.name, audit.families.get(each.name, ""), f"{each.auc:.3f}",
            f"{each.gain_share:.1%}", _flag(each.flags, is_accepted=each.name in audit.accepted),
        )
        for each in shown
    ]  # fmt: skip
    return [
        f"model {model.model}: {model.rows:,} customers at risk on {model.holdout}, "
        f"{model.churned_share:.1%} left within {model.horizon_days} days; "
        f"{len(model.flagged)} of {len(model.features)} features flagged",
        "",
        *aligned([_FEATURE_HEAD, *features], right={2, 3}),
        "",
        *aligned([_SHUFFLE_HEAD, *_shuffles(model)], right={1, 3}),
    ]


def _flag(flags: tuple[str, ...], *, is_accepted: bool) -> str:
    named = " and ".join(flags)
    return f"{named}, accepted" if flags and is_accepted else named


def _shuffles(model: ModelAudit) -> list[tuple[str, ...]]:
    cells: list[tuple[str, ...]] = []
    for number, each in enumerate(model.shuffled.shuffles, start=1):
        missed = {name for name, _ in each.misses()}
        for name, chance in each.by_chance.items():
            low, high = each.intervals[name]
            cells.append(
                (
                    f"{name}, shuffle {number}", f"{each.metrics[name]:.3f}",
                    f"{low:.3f} to {high:.3f}", f"{chance:.3f}",
                    "misses" if name in missed else "",
                )
            )  # fmt: skip
    return cells
