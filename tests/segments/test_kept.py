"""Who was valuable or at risk stays so just beyond the limits, so that noise moves fewer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from contracts.scores import SCORE_COLUMNS
from segments.changes import MEMBER_COLUMNS
from segments.membership import Kept, members_of, place_customers
from segments.settings import SegmentSettings

NOBODY = pa.chunked_array([[]], pa.string())
AT_RISK_SHARE = 0.2
STANDING = ibis.schema(MEMBER_COLUMNS).to_pyarrow()


def scores(*rows: Mapping[str, Any]) -> ir.Table:
    always = {
        **dict.fromkeys(SCORE_COLUMNS), "as_of": date(2024, 7, 1), "run_id": "run1",
        "is_cold_start": False,
    }  # fmt: skip
    return ibis.memtable([{**always, **row} for row in rows], schema=SCORE_COLUMNS)


def ranked(customers: int, stage: str = "active") -> ir.Table:
    """Return customers of whom c0 is the most valuable, then c1, and so on."""
    return scores(*(
        {"customer_id": f"c{n}", "lifecycle_stage": stage, "clv": 100.0 - n}
        for n in range(customers)
    ))  # fmt: skip


def stood(stage: str, *names: str, is_valuable: bool = True) -> Kept:
    rows = [
        {"customer_id": name, "segment": "any", "lifecycle_stage": stage,
         "is_valuable": is_valuable, "is_told": False}
        for name in names
    ]  # fmt: skip
    return Kept(pa.Table.from_pylist(rows, schema=STANDING), AT_RISK_SHARE)


def in_segment(
    name: str, scored: ir.Table, kept: Kept | None, *, keep_within: float = 0.1
) -> set[str]:
    settings = SegmentSettings(valuable_share=0.3, keep_within=keep_within)
    placed = place_customers(scored, told=NOBODY, settings=settings, kept=kept)
    rows = members_of(placed, settings)
    return {row["customer_id"] for row in rows.to_pyarrow().to_pylist() if row["segment"] == name}


def test_who_was_valuable_stays_so_only_just_beyond_the_limit() -> None:
    best = {f"c{n}" for n in range(6)}
    kept = stood("active", "c7", "c8", "c0")
    assert in_segment("valuable_loyal", ranked(20), None) == best
    assert in_segment("valuable_loyal", ranked(20), kept) == best | {"c7"}
    assert in_segment("valuable_loyal", ranked(20), kept, keep_within=0) == best


def test_who_was_not_valuable_or_in_another_stage_gets_no_wider_limit() -> None:
    best = {f"c{n}" for n in range(6)}
    for kept in (stood("active", "c7", is_valuable=False), stood("at_risk", "c7")):
        assert in_segment("valuable_loyal", ranked(20), kept) == best


def risky(*stages: tuple[str, float | None]) -> ir.Table:
    return scores(*(
        {"customer_id": f"c{n}", "lifecycle_stage": stage, "churn_percentile": percentile}
        for n, (stage, percentile) in enumerate(stages)
    ))  # fmt: skip


def test_who_was_at_risk_stays_so_only_just_below_the_limit() -> None:
    scored = risky(("at_risk", 80.0), ("active", 75.0), ("active", 69.0), ("active", None))
    kept = stood("at_risk", "c0", "c1", "c2", "c3", is_valuable=False)
    assert in_segment("at_risk", scored, kept) == {"c0", "c1"}
    assert in_segment("at_risk", scored, kept, keep_within=0) == {"c0"}
    assert in_segment("at_risk", scored, stood("active", "c1")) == {"c0"}


def test_who_is_lost_or_has_returned_is_not_kept_at_risk() -> None:
    scored = risky(("lost", 79.0), ("returned", 79.0), ("new", 79.0))
    kept = stood("at_risk", "c0", "c1", "c2")
    assert in_segment("at_risk", scored, kept) == set()


def test_whoever_is_kept_at_risk_is_shown_as_scored_and_kept_again() -> None:
    scored, settings = risky(("active", 79.0)), SegmentSettings(keep_within=0.1)
    kept = stood("at_risk", "c0")
    placed = place_customers(scored, told=NOBODY, settings=settings, kept=kept)
    (row,) = placed.to_pyarrow().to_pylist()
    assert (row["segment"], row["lifecycle_stage"]) == ("at_risk", "active")
    assert row["stage_taken"] == "at_risk"


def weekly_changes(keep_within: float, *, weeks: int = 9, customers: int = 1_000) -> float:
    """Return the share of customers who change segments in a week in which nothing happens."""
    rng = np.random.default_rng(7)
    value, risk = rng.normal(size=(2, customers))
    settings = SegmentSettings(keep_within=keep_within)
    kept: Kept | None = None
    before: list[str | None] = []
    changed: list[float] = []
    for _week in range(weeks):
        seen_value, seen_risk = (
            known + 0.1 * rng.normal(size=customers) for known in (value, risk)
        )
        percentile = 100 * (seen_risk.argsort().argsort() + 1) / customers
        scored = scores(*(
            {
                "customer_id": f"c{n:05}", "clv": float(np.exp(seen_value[n])),
                "churn_percentile": float(percentile[n]),
                "lifecycle_stage": (
                    "at_risk" if percentile[n] >= 100 * (1 - AT_RISK_SHARE) else "active"
                ),
            }
            for n in range(customers)
        ))  # fmt: skip
        placed = place_customers(scored, told=NOBODY, settings=settings, kept=kept)
        rows = placed.order_by("customer_id").drop("lifecycle_stage")
        members = rows.rename(lifecycle_stage="stage_taken").select(*MEMBER_COLUMNS).to_pyarrow()
        segments = members["segment"].to_pylist()
        if before:
            changed.append(float(np.mean([a != b for a, b in zip(before, segments, strict=True)])))
        before, kept = segments, Kept(members, AT_RISK_SHARE)
    return float(np.mean(changed))


def test_noise_alone_moves_far_fewer() -> None:
    assert weekly_changes(0.05) < 0.6 * weekly_changes(0)
