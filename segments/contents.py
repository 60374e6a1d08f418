"""What one publish holds: the scores, a table per segment, who was withheld, and who was drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis import _

from contracts.economics import EconomicsSettings
from segments.changes import MEMBER_COLUMNS
from segments.holdout import HOLDOUT, TREATED, draw_arms
from segments.membership import RESTS_ON, Kept, members_of, place_customers
from segments.permission import HELD_OUT, OVER_CAP, scorable_now, with_permission
from segments.rules import SegmentRule
from segments.settings import SegmentSettings

Flags = npt.NDArray[np.bool_]

# One series: whoever is left alone is so by all campaigns, or their effects could not be told.
_SERIES = "campaigns"
# What files show of customers.
_SHOWN = (
    "customer_id", "segment", "as_of", "lifecycle_stage", "churn_probability", "churn_percentile",
    "clv", "days_overdue",
)  # fmt: skip


@dataclass(frozen=True)
class Draw:
    """How members of segments are drawn for the holdout; `before` says who has which arm."""

    key: str
    before: Mapping[str, str]


@dataclass(frozen=True)
class Contents:
    """Rows in memory, ready to be written.

    `segments` has an entry for every named segment, empty ones too; `withheld` counts by reason the
    members of segments who are in no file; `stages` counts the customers per stage. `contacts` is
    the treatment log: who is contacted or left alone by which campaign. `arms` are those of
    customers who had none before. `members` says where every scored customer stands, whoever is
    withheld too: consent, holdout and caps are not what customers did.
    """

    scores: pa.Table
    segments: dict[str, pa.Table]
    withheld: dict[str, int]
    stages: dict[str, int]
    contacts: pa.Table
    arms: pa.Table
    members: pa.Table


def gather(  # noqa: PLR0913 - a publish comes from all of it
    scores: ir.Table,
    consents: ir.Table | None,
    *,
    told: pa.ChunkedArray,
    settings: SegmentSettings,
    economics: EconomicsSettings,
    draw: Draw,
    kept: Kept | None = None,
) -> Contents:
    """Return the contents of a publish.

    `consents` is the ledger as it is now; without one nobody is withheld for want of consent.
    `told` are the customers whom early warning names. Nobody is in two segments, and nobody of the
    holdout in a file. Who is `kept` stays valuable or at risk just beyond the limits.
    """
    scores = scorable_now(scores, consents)
    placed = place_customers(scores, told=told, settings=settings, kept=kept)
    # Once, not again for each question that is asked of it.
    placed = ibis.memtable(placed.select(*_SHOWN, *RESTS_ON).to_pyarrow())
    permitted = with_permission(members_of(placed, settings), consents, settings)
    rows = permitted.order_by(ibis.desc("clv"), "customer_id").to_pyarrow()
    rows = _with_profit(rows, settings.rules, economics)
    rows = _capped(rows, settings.rules)
    rows, arms = _drawn(rows, settings, draw)
    return Contents(
        scores=scores.to_pyarrow(),
        segments={name: _file_rows(rows, name) for name in settings.rules},
        withheld=dict(sorted(Counter(rows["withheld_reason"].drop_null().to_pylist()).items())),
        stages=_customers_by_stage(scores),
        contacts=_contacts(rows, settings.rules),
        arms=arms,
        members=_standing(placed),
    )


def _standing(placed: ir.Table) -> pa.Table:
    rows = placed.drop("lifecycle_stage").rename(lifecycle_stage="stage_taken")
    return rows.select(*MEMBER_COLUMNS).order_by("customer_id").to_pyarrow()


def _with_profit(
    rows: pa.Table, rules: Mapping[str, SegmentRule], economics: EconomicsSettings
) -> pa.Table:
    """Add `expected_profit`: of contacting the customer, over not contacting."""
    churn, value = (
        rows[name].to_numpy().astype(np.float64) for name in ("churn_probability", "clv")
    )
    usual = economics.campaign(float(np.nanmean(value)) if np.isfinite(value).any() else 0.0)
    profit = np.full(len(rows), np.nan)
    for name, rule in rules.items():
        of_segment = _is(rows, "segment", name)
        campaign = usual.costing(contact=rule.contact_cost, offer=rule.offer_cost)
        profit[of_segment] = campaign.expected_profit(churn[of_segment], value[of_segment])
    return rows.append_column("expected_profit", pa.array(profit, from_pandas=True))


def _capped(rows: pa.Table, rules: Mapping[str, SegmentRule]) -> pa.Table:
    """Withhold whom a cap leaves no place: those of the lowest expected profit."""
    profit = np.nan_to_num(rows["expected_profit"].to_numpy(), nan=-np.inf)
    beyond = np.zeros(len(rows), np.bool_)
    for name, rule in rules.items():
        if rule.cap is not None:
            chosen = np.flatnonzero(_is(rows, "segment", name) & _is_free(rows))
            beyond[chosen[np.argsort(-profit[chosen], kind="stable")][rule.cap :]] = True
    return _withheld(rows, beyond, OVER_CAP)


def _drawn(rows: pa.Table, settings: SegmentSettings, draw: Draw) -> tuple[pa.Table, pa.Table]:
    """Withhold the holdout; return the rows with `arm`, and the arms of who had none before."""
    lists = [name for name, rule in settings.rules.items() if rule.is_advice]
    places = np.flatnonzero(_is_free(rows) & ~np.isin(rows["segment"].to_pylist(), lists))
    drawn = draw_arms(
        rows.take(places), draw.before,
        key=draw.key, series=_SERIES, share=settings.holdout_share,
    )  # fmt: skip
    arms = np.full(len(rows), None, dtype=object)
    arms[_is_free(rows)] = TREATED
    arms[places] = drawn["arm"].to_pylist()
    fresh = np.array([each not in draw.before for each in drawn["customer_id"].to_pylist()], bool)
    rows = rows.append_column("arm", pa.array(arms.tolist(), pa.string()))
    new = drawn.select(["customer_id", "arm"]).filter(pa.array(fresh))
    return _withheld(rows, arms == HOLDOUT, HELD_OUT), new.sort_by("customer_id")


def _withheld(rows: pa.Table, which: Flags, reason: str) -> pa.Table:
    reasons = np.array(rows["withheld_reason"].to_pylist(), dtype=object)
    reasons[which] = reason
    place = rows.column_names.index("withheld_reason")
    return rows.set_column(place, "withheld_reason", pa.array(reasons.tolist(), pa.string()))


def _is_free(rows: pa.Table) -> Flags:
    return np.asarray(rows["withheld_reason"].is_null().to_numpy(), dtype=np.bool_)


def _is(rows: pa.Table, column: str, value: str) -> Flags:
    return np.asarray(pa.compute.equal(rows[column], value).to_numpy(), dtype=np.bool_)


def _file_rows(rows: pa.Table, segment: str) -> pa.Table:
    """Return the members of a segment as its file shows them: rounded, best first."""
    members = ibis.memtable(rows.filter(pa.array(_is(rows, "segment", segment) & _is_free(rows))))
    shown = members.order_by(ibis.desc("clv"), "customer_id").select(
        "customer_id",
        "segment",
        "action",
        "as_of",
        "lifecycle_stage",
        churn_probability=_.churn_probability.cast("decimal(6, 4)"),
        churn_percentile=_.churn_percentile.cast("decimal(5, 1)"),
        clv=_.clv.cast("decimal(18, 2)"),
        days_overdue=_.days_overdue.cast("int64"),
        expected_profit=_.expected_profit.cast("decimal(18, 2)"),
        consent_entry=_.consent_entry,
        consent_at=_.consent_at,
    )
    return shown.to_pyarrow()


def _contacts(rows: pa.Table, rules: Mapping[str, SegmentRule]) -> pa.Table:
    """Return the treatment log as the canonical table `contacts` has it, by customer."""
    chosen = rows.filter(pa.array(np.array(rows["arm"].is_valid().to_numpy(), dtype=np.bool_)))
    found = ibis.memtable(chosen).select(
        campaign_id=_.segment.concat(" ", _.as_of.cast("string")),
        customer_id=_.customer_id,
        contacted_at=_.as_of.cast("timestamp"),
        channel=ibis.cases(
            *((_.segment == name, rule.channel) for name, rule in rules.items() if rule.channel),
            else_=ibis.null("string"),
        )
        if any(rule.channel for rule in rules.values())
        else ibis.null("string"),
        arm=_.arm,
    )
    return found.order_by("customer_id").to_pyarrow()


def _customers_by_stage(scores: ir.Table) -> dict[str, int]:
    counted = scores.group_by("lifecycle_stage").agg(customers=_.count())
    rows = counted.order_by("lifecycle_stage").to_pyarrow().to_pylist()
    return {row["lifecycle_stage"]: row["customers"] for row in rows}
