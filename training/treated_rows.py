"""How many rows of a panel were treated, and what a run says of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir

from training.splits import Split

# What is said of a cutoff that lost more of its churners.
_MOST_LOST = 0.5


@dataclass(frozen=True)
class TreatedRows:
    """What treatment takes from one cutoff and horizon, as `training.treatment` counts it."""

    cutoff: date
    horizon_days: int
    rows: int
    excluded: int
    weighted: int
    churners: int
    excluded_churners: int
    without_control: int

    @property
    def lost(self) -> float:
        """The share of the churners that is excluded."""
        return self.excluded_churners / self.churners if self.churners else 0.0


def read_treated(counted: ir.Table) -> tuple[TreatedRows, ...]:
    """Return what `training.treatment.count_treated` counted, oldest first."""
    found = counted.order_by("snapshot_date", "horizon_days").to_pyarrow().to_pylist()
    return tuple(TreatedRows(row.pop("snapshot_date"), **row) for row in found)


def treated_facts(treated: Sequence[TreatedRows], split: Split) -> dict[str, Any] | None:
    """Return what a card says of the rows that a model learns from, and its twin is judged on.

    None where nobody was contacted while any of these labels was watched. `scarce` are the cutoffs
    that lost more than half of their churners.
    """
    final, judged = split.final, split.judged
    learnt = [
        each
        for each in treated
        if each.cutoff in final.cutoffs and each.horizon_days == final.learnt_days
    ]
    held = [
        each
        for each in treated
        if each.cutoff == split.holdout and each.horizon_days == judged.horizon_days
    ]
    chosen = [*learnt, *held]
    if not any(each.excluded or each.weighted for each in chosen):
        return None
    return {
        "rows": sum(each.rows for each in learnt),
        "excluded": sum(each.excluded for each in learnt),
        "weighted": sum(each.weighted for each in learnt),
        "without_control": sum(each.without_control for each in learnt),
        "churners": sum(each.churners for each in learnt),
        "excluded_churners": sum(each.excluded_churners for each in learnt),
        "holdout_rows": sum(each.rows for each in held),
        "holdout_excluded": sum(each.excluded for each in held),
        "holdout_weighted": sum(each.weighted for each in held),
        "scarce": [str(each.cutoff) for each in chosen if each.lost > _MOST_LOST],
    }


def treated_metrics(facts: dict[str, Any] | None) -> dict[str, float]:
    """Return what MLflow shows beside a model; nothing where nobody was treated."""
    if facts is None:
        return {}
    return {
        "rows_treated_excluded": float(facts["excluded"]),
        "rows_control_weighted": float(facts["weighted"]),
        "holdout_treated_excluded": float(facts["holdout_excluded"]),
    }


def told_treated(facts: dict[str, Any]) -> list[str]:
    """Return what a run says of the rows that were treated, a part each."""
    lines = [
        f"{facts['excluded']:,} of {facts['rows']:,} rows left out, because a campaign contacted "
        f"the customer within the horizon ({facts['excluded_churners']:,} of "
        f"{facts['churners']:,} churners), and {facts['holdout_excluded']:,} of "
        f"{facts['holdout_rows']:,} at the holdout"
    ]
    if facts["weighted"]:
        lines.append(f"{facts['weighted']:,} controls count for them")
    if facts["without_control"]:
        lines.append(
            f"{facts['without_control']:,} of them have no control: nobody counts for whom these "
            "campaigns chose; keep a holdout in each"
        )
    if facts["scarce"]:
        lines.append(f"more than half of the churners are left out at {', '.join(facts['scarce'])}")
    return lines


def treated_remark(
    treated: Sequence[TreatedRows], cutoffs: Collection[date], horizon_days: int
) -> str:
    """Return what an error of too little data adds where rows were left out; nothing elsewhere."""
    asked = (each for each in treated if each.cutoff in cutoffs)
    excluded = sum(each.excluded for each in asked if each.horizon_days == horizon_days)
    if not excluded:
        return ""
    return (
        f" {excluded:,} rows were left out, because a campaign contacted the customer within the "
        "horizon: what they would have done untreated is not known. Keep a holdout in every "
        'campaign; `treated = "keep"` under [training] learns from all, as if nobody had been '
        "contacted."
    )
