"""What changed in segments since the publish before: who entered, left or moved, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from contracts.names import fingerprint
from segments.membership import Kept
from segments.settings import SegmentSettings

# Where a scored customer stands: `segment` is NULL of whoever is in none, and `lifecycle_stage` is
# the one that segments went by.
MEMBER_COLUMNS = {
    "customer_id": "string", "segment": "string", "lifecycle_stage": "string",
    "is_valuable": "boolean", "is_told": "boolean",
}  # fmt: skip
# Longer ago, where customers stood says little of where they stand.
_KEPT_DAYS = 35
FIRST_PUBLISH, FIRST_SCORED = "first publish", "first scored"
CONDITION, ORDERED, WARNED = "condition changed", "ordered since", "early warning"
RANK, SCORES = "value rank changed", "scores moved"
_SHOWN = ("customer_id", "segment_before", "segment", "change", "why")


@dataclass(frozen=True)
class Before:
    """The publish before: its date, fingerprint of its rules, rows of `MEMBER_COLUMNS`."""

    as_of: date
    rules: str
    members: pa.Table

    def kept(self, as_of: date, *, at_risk_share: float) -> Kept | None:
        """Return who may stay just beyond the limits at a date; None where this is too long ago."""
        if (as_of - self.as_of).days > _KEPT_DAYS:
            return None
        return Kept(self.members, at_risk_share)


@dataclass(frozen=True)
class Changes:
    """Who changed, by customer, and what the manifest says of it."""

    rows: pa.Table
    facts: dict[str, Any]


def changes_since(
    before: Before | None, scores: pa.Table, members: pa.Table, *, settings: SegmentSettings
) -> Changes:
    """Return what changed; `scores` has the date and the last orders of all of `members`.

    Columns of the rows: customer_id, segment_before, segment, change (entered, left, moved), why.
    Nobody is named who is not scored now: they may have objected, or been erased. They are counted.
    Without a publish before, every member has entered.
    """
    stood = _no_members() if before is None else before.members
    both = _side_by_side(stood, members, scores)
    changed = both.filter(_.change.notnull() & _.is_scored)
    named = changed.mutate(why=_why(before, settings)).select(*_SHOWN).order_by("customer_id")
    pairs = both.filter(_.segment_before.notnull() | _.segment.notnull()).group_by(
        "segment_before", "segment", "is_scored"
    )
    counted = pairs.agg(customers=_.count()).to_pyarrow().to_pylist()
    rows = named.to_pyarrow()
    return Changes(
        rows,
        {
            "since": None if before is None else before.as_of.isoformat(),
            "rules": rules_of(settings),
            "segments": _by_segment(settings.rules, counted),
            "no_longer_scored": sum(each["customers"] for each in counted if not each["is_scored"]),
            "why": dict(sorted(Counter(rows["why"].to_pylist()).items())),
        },
    )


def rules_of(settings: SegmentSettings) -> str:
    """Return what stands for the rules by which customers are in segments, and their order."""
    conditions = [(name, rule.condition) for name, rule in settings.rules.items()]
    return fingerprint(conditions, settings.valuable_share, settings.keep_within)


def _no_members() -> pa.Table:
    return ibis.schema(MEMBER_COLUMNS).to_pyarrow().empty_table()


def _side_by_side(stood: pa.Table, members: pa.Table, scores: pa.Table) -> ir.Table:
    """Return a row per customer of either publish; `_before` is what was, NULL where unknown."""
    ordered = scores.select(["customer_id", "as_of", "days_since_last_order"])
    known = ibis.memtable(members).left_join(ibis.memtable(ordered), "customer_id")
    now = known.select(*MEMBER_COLUMNS, "as_of", "days_since_last_order")
    was = ibis.memtable(stood).rename("{name}_before")
    both = now.outer_join(was, now.customer_id == was.customer_id_before)
    return both.mutate(
        customer_id=ibis.coalesce(_.customer_id, _.customer_id_before),
        is_scored=_.customer_id.notnull(),
        change=ibis.cases(
            (_.segment_before.isnull() & _.segment.notnull(), "entered"),
            (_.segment_before.notnull() & _.segment.isnull(), "left"),
            (_.segment_before != _.segment, "moved"),
            else_=ibis.null("string"),
        ),
    )


def _why(before: Before | None, settings: SegmentSettings) -> ir.Value:
    """Return the first reason that applies; where rules changed, nothing else can be told apart."""
    if before is None:
        return ibis.literal(FIRST_PUBLISH)
    gap_days = _.as_of.delta(ibis.literal(before.as_of), unit="day")
    return ibis.cases(
        (_.customer_id_before.isnull(), FIRST_SCORED),
        (ibis.literal(before.rules != rules_of(settings)), CONDITION),
        # An order on the day of a publish was not known to it.
        (_.days_since_last_order <= gap_days, ORDERED),
        (_.is_told_before != _.is_told, WARNED),
        (
            _.lifecycle_stage_before != _.lifecycle_stage,
            _.lifecycle_stage_before.concat(" -> ", _.lifecycle_stage),
        ),
        (_.is_valuable_before != _.is_valuable, RANK),
        else_=SCORES,
    )


def _by_segment(names: Iterable[str], counted: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Return entered, stayed and left of every segment, of those that are no more too."""
    found = {name: {"entered": 0, "stayed": 0, "left": 0} for name in names}
    for each in counted:
        was, now, number = each["segment_before"], each["segment"], each["customers"]
        if was is not None and was not in found:
            found[was] = {"entered": 0, "stayed": 0, "left": 0}
        if was == now:
            found[now]["stayed"] += number
            continue
        if was is not None:
            found[was]["left"] += number
        if now is not None:
            found[now]["entered"] += number
    return found
